"""Nights of which one was denied much: nothing is fixed that was not seen to be, and no alert closes."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from command import Command

from scanner.demo import azure, gcp
from scanner.demo.served import serving
from scanner.demo.wire.azure import Azure
from scanner.demo.wire.google import Google
from scanner.demo.wire.server import Fault, WireServer

pytestmark = pytest.mark.slow

CLOUDS = {
    "gcp": (Google, gcp.asking, gcp.PROJECT),
    "azure": (Azure, azure.asking, azure.SUBSCRIPTION),
}
SIGN_IN = ("Subscriptions_List", "Subscriptions_Get", "ListLocations", "regions.list", "projects.get")
"""Calls without which there is no scan at all."""


@pytest.fixture(params=CLOUDS)
def cloud(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def wire(cloud: str) -> Iterator[WireServer]:
    with serving(cloud, CLOUDS[cloud][0]()) as server:
        yield server


@pytest.fixture
def surefoot(wire: WireServer, cloud: str, tmp_path: Path) -> Iterator[Command]:
    command = Command(tmp_path, CLOUDS[cloud][1](wire.url))
    yield command
    command.close()


def hashes(path: Path) -> set[str]:
    runs = json.loads(path.read_text())["runs"]
    return {one["partialFingerprints"]["primaryLocationLineHash"] for run in runs for one in run["results"]}


@pytest.mark.parametrize("half", [0, 1])
def test_half_of_the_calls_are_denied_for_two_nights(
    surefoot: Command, wire: WireServer, cloud: str, half: int
) -> None:
    scan = ("scan", cloud, "--account", CLOUDS[cloud][2], "--fail-on", "never")
    first = surefoot(*scan, "-o", "jsonl=1.jsonl", "-o", "sarif=1.sarif")
    assert first.code == 0, first.err
    denied = [call for call in sorted(wire.seen) if call and not call.endswith(SIGN_IN)][half::2]
    for call in denied:
        wire.fail(call, Fault.DENIED)
    for night in (2, 3):
        told = ("-o", f"jsonl={night}.jsonl", "-o", f"sarif={night}.sarif")
        assert surefoot(*scan, "--baseline", f"{night - 1}.jsonl", *told).code == 3
        assert hashes(surefoot.folder / f"{night}.sarif") == hashes(surefoot.folder / "1.sarif")
        changes = surefoot("diff", "1.jsonl", f"{night}.jsonl", "-o", "jsonl", "--fail-on", "never").of_type(
            "change"
        )
        assert {one["change"] for one in changes} <= {"unchanged", "changed", "not_checked"}
        assert sum(one["change"] == "not_checked" for one in changes) > len(changes) / 10
    wire.calm()
    back = surefoot(
        *scan[:-2], "--baseline", "3.jsonl", "--new-only", "-o", "sarif=4.sarif", "-o", "jsonl=4.jsonl"
    )
    assert back.code == 0, back.err
    assert hashes(surefoot.folder / "4.sarif") == hashes(surefoot.folder / "1.sarif")
    again = surefoot("diff", "1.jsonl", "4.jsonl", "-o", "jsonl").of_type("change")
    assert {one["change"] for one in again} == {"unchanged"}
