"""The same report whoever reads the accounts: one process, workers of which one dies, shards that are merged."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from command import ROOT, Command
from organization import REGION, RULES, Organization, organization

COUNT = 40
SELECTED = [word for rule in RULES for word in ("--select", rule)]
SCAN = ("scan", "aws", "--organization", "aws", "--region", REGION, *SELECTED, "--fail-on", "never")


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
    """The lines of a report, or of an inventory, without what says when."""
    lines = [json.loads(line) for line in text.splitlines()]
    for line in lines:
        for name in ("run", "started", "read_at"):
            line.pop(name, None)
    return lines


@pytest.fixture(scope="module")
def alone(served: Organization, tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """The report of one process."""
    served.reset()
    command = served.command(tmp_path_factory.mktemp("alone"))
    ran = command(*SCAN, "-o", "jsonl", "--save", "all.jsonl")
    command.close()
    assert ran.code == 0, ran.err
    assert len({line["account"] for line in ran.of_type("verdict")}) == COUNT + 1
    return but_for_times(ran.out)


@contextmanager
def cluster(environment: Mapping[str, str], folder: Path) -> Iterator[dict[str, Any]]:
    with subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("workers.py"))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        cwd=folder,
        env={"PATH": os.environ["PATH"], "HOME": str(folder), "PYTHONPATH": str(ROOT), **environment},
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        yield json.loads(process.stdout.readline())
        process.stdin.close()


def test_a_worker_that_dies_changes_nothing(
    served: Organization, surefoot: Command, alone: list[dict[str, Any]]
) -> None:
    served.between.delay = 0.05
    with cluster(served.environment, surefoot.folder) as made:
        process = surefoot.start(*SCAN, "--engine", f"dask={made['address']}", "-o", "jsonl")
        limit = time.monotonic() + 60
        while served.between.asked["ec2:DescribeVolumes"] < COUNT // 3:
            assert time.monotonic() < limit
            assert process.poll() is None, process.communicate()
            time.sleep(0.01)
        os.kill(made["pids"][0], signal.SIGKILL)
        out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    assert but_for_times(out) == alone
    # Nothing that had been left in the store was asked for again: only what the dead worker was at.
    assert served.between.asked["ec2:DescribeVolumes"] < 1.5 * COUNT


def test_shards_that_are_merged_are_one_run(surefoot: Command, alone: list[dict[str, Any]]) -> None:
    for number in (1, 2, 3):
        ran = surefoot(*SCAN, "--shard", f"{number}/3", "--save", f"{number}.jsonl.zst", "-o", "jsonl")
        assert ran.code == 0, ran.err
        accounts = {line["account"] for line in ran.of_type("verdict")}
        assert (COUNT + 1) // 3 <= len(accounts) <= (COUNT + 1) // 3 + 1
    parts = [f"{number}.jsonl.zst" for number in (3, 1, 2)]
    judged = (*SELECTED, "-o", "jsonl", "--fail-on", "never")
    merged = surefoot("merge", *parts, *judged, "--save", "merged.jsonl")
    assert merged.code == 0, merged.err
    assert but_for_times(merged.out) == alone

    again = surefoot("evaluate", "merged.jsonl", *judged)
    assert but_for_times(again.out) == alone

    lacking = surefoot("merge", *parts[:2], *judged)
    assert lacking.code == 3
    gaps = lacking.of_type("gap")
    assert len(gaps) == len({gap["account"] for gap in gaps}) == len(range(1, COUNT + 1, 3))
    assert {gap["kind"] for gap in gaps} == {"*"}


def test_a_folder_of_a_run_is_a_part_too(surefoot: Command, alone: list[dict[str, Any]]) -> None:
    for number in (1, 2):
        assert surefoot(*SCAN, "--shard", f"{number}/2", "--run", f"run-{number}").code == 0
    merged = surefoot("merge", "run-1", "run-2", *SELECTED, "-o", "jsonl", "--fail-on", "never")
    assert but_for_times(merged.out) == alone
