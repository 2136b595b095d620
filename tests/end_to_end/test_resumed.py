"""Killed at any time, a run goes on with what is not whole, and its report is that of a run that nobody killed."""

import json
import os
import random
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from command import Command
from organization import RULES, Organization, organization

COUNT = 12
KILLS = 20
REGIONS = ("us-east-1", "eu-west-1", "us-west-2")
SCAN = (
    *("scan", "aws", "--organization", "aws"),
    *(word for region in REGIONS for word in ("--region", region)),
    *(word for rule in RULES for word in ("--select", rule)),
    *("--fail-on", "never", "-o", "jsonl", "--save", "kept.jsonl"),
)

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")


@pytest.fixture(scope="module")
def served() -> Iterator[Organization]:
    with organization(COUNT) as made:
        yield made


@pytest.fixture
def surefoot(served: Organization, tmp_path: Path) -> Iterator[Command]:
    served.reset()
    command = served.command(tmp_path)
    yield command
    command.close()


def but_for_times(text: str) -> list[dict[str, Any]]:
    lines = [json.loads(line) for line in text.splitlines()]
    for line in lines:
        for name in ("run", "started", "read_at"):
            line.pop(name, None)
    return lines


def both(out: str, folder: Path) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The report and the inventory of a run."""
    return but_for_times(out), but_for_times((folder / "kept.jsonl").read_text())


@pytest.fixture(scope="module")
def uninterrupted(
    served: Organization, tmp_path_factory: pytest.TempPathFactory
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    served.reset()
    command = served.command(tmp_path_factory.mktemp("uninterrupted"))
    ran = command(*SCAN)
    command.close()
    assert ran.code == 0, ran.err
    return both(ran.out, command.folder)


def killed(process: "subprocess.Popen[str]", after: float) -> str | None:
    """Kill a run after so many seconds; return what it printed when it had ended before."""
    try:
        out, err = process.communicate(timeout=after)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        return None
    assert process.returncode == 0, err
    return out


def test_killed_at_random_times_the_result_is_the_same(
    served: Organization, surefoot: Command, uninterrupted: tuple[Any, Any]
) -> None:
    seed = random.SystemRandom().randrange(10**6)
    chance = random.Random(seed)  # noqa: S311 - only times follow from it
    served.between.delay = 0.06
    kills = runs = 0
    while kills < KILLS:
        runs += 1
        words: tuple[str, ...] = (*SCAN, "--run", f"run-{runs}")
        while True:
            out = killed(surefoot.start(*words), chance.uniform(0.8, 3.5))
            if out is not None:
                break
            kills += 1
            if (surefoot.folder / f"run-{runs}" / "run").exists():
                words = ("scan", "--resume", f"run-{runs}")
        assert both(out, surefoot.folder) == uninterrupted, f"seed {seed}, run {runs}"


def test_what_is_whole_is_not_asked_again(
    served: Organization, surefoot: Command, uninterrupted: tuple[Any, Any]
) -> None:
    served.between.delay = 0.06
    process = surefoot.start(*SCAN)
    state = surefoot.folder / ".local" / "state" / "surefoot" / "runs"
    limit = time.monotonic() + 60
    while len(list(state.glob("*/accounts/aws-*"))) < 3:
        assert time.monotonic() < limit
        assert process.poll() is None
        time.sleep(0.01)
    process.kill()
    process.communicate()
    (run,) = state.iterdir()
    whole = {path.name.removeprefix("aws-") for path in (run / "accounts").glob("aws-*")}
    listed = surefoot("runs")
    assert listed.out.startswith(f"{run.name}  {len(whole)} of {COUNT + 1} accounts")

    served.between.asked.clear()
    served.assumed.clear()
    out = surefoot("scan", "--resume", run.name)
    assert out.code == 0, out.err
    assert both(out.out, surefoot.folder) == uninterrupted
    asked_again = {given["RoleArn"].split(":")[4] for given in served.assumed}
    assert asked_again.isdisjoint(whole)
    assert served.between.asked["organizations:ListAccounts"] == 0
    assert served.between.asked["ec2:DescribeVolumes"] <= len(REGIONS) * (COUNT + 1 - len(whole))
    assert not run.exists()
    assert surefoot("runs").out == "no run was cut short\n"


def test_a_run_goes_on_only_as_what_it_is(served: Organization, surefoot: Command) -> None:
    served.between.delay = 1.0
    process = surefoot.start(*SCAN, "--run", "night")
    limit = time.monotonic() + 60
    while not list((surefoot.folder / "night").glob("journal/*")):
        assert time.monotonic() < limit
        time.sleep(0.01)
    busy = surefoot("scan", "--resume", "night")
    assert (busy.code, "still going on" in busy.err) == (2, True)
    process.kill()
    process.communicate()
    other = surefoot("scan", "--resume", "night", "--region", "eu-central-1")
    assert (other.code, "it asks for other regions" in other.err) == (2, True)
    again = surefoot(*SCAN, "--run", "night")
    assert (again.code, "--resume night" in again.err) == (2, True)
    nowhere = surefoot("scan", "--resume", "nowhere")
    assert (nowhere.code, "no run is kept there" in nowhere.err) == (2, True)
