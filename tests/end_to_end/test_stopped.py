"""Ctrl-C and SIGTERM in the middle: what was read is kept, and it says of itself that it is not all."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable

import pytest
from between import Between
from command import Command

pytest_plugins = ["demo_account"]
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.name == "nt", reason="Windows has no signals to send to one process"),
]

STOPS = pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])


def interrupted(
    process: "subprocess.Popen[str]", between: Between, number: signal.Signals
) -> tuple[str, str]:
    """Send the signal when some calls were answered and many were not; return what the command printed."""
    wait_until(lambda: sum(between.asked.values()) > 30)
    before = time.monotonic()
    process.send_signal(number)
    out, err = process.communicate(timeout=60)
    assert time.monotonic() - before < 10
    return out, err


def wait_until(so: Callable[[], bool]) -> None:
    limit = time.monotonic() + 30
    while not so():
        assert time.monotonic() < limit
        time.sleep(0.01)


@STOPS
def test_an_interrupted_scan_keeps_what_it_has_and_says_that_it_is_not_all(
    refused: Command, between: Between, number: signal.Signals, code: int
) -> None:
    between.delay = 0.4
    process = refused.start("scan", "aws", "-o", "jsonl", "--save", "kept.jsonl", "--fail-on", "never")
    out, err = interrupted(process, between, number)
    assert process.returncode == code
    assert "incomplete" in err.splitlines()[-1]

    lines = [json.loads(line) for line in out.splitlines()]
    assert (lines[0]["type"], lines[-1]["type"], lines[-1]["complete"]) == ("run", "end", False)
    gaps = [line for line in lines if line["type"] == "gap"]
    assert gaps
    assert all("interrupted" in gap["why"] for gap in gaps)

    inventory = [json.loads(line) for line in (refused.folder / "kept.jsonl").read_text().splitlines()]
    assert (inventory[0]["type"], inventory[-1]["type"]) == ("inventory", "end")
    assert inventory[-1]["complete"] is False
    assert sum(line["type"] == "gap" for line in inventory) == len(gaps)
    assert list(refused.folder.glob(".kept*")) == []

    later = refused("evaluate", "kept.jsonl", "-o", "jsonl", "--fail-on", "never")
    assert later.code == 3
    assert later.lines[-1]["complete"] is False
    assert len(later.of_type("gap")) == len(gaps)


@STOPS
def test_an_interrupted_collect_keeps_what_it_has(
    refused: Command, between: Between, number: signal.Signals, code: int
) -> None:
    between.delay = 0.4
    process = refused.start("collect", "aws", "-o", "kept.jsonl.zst")
    interrupted(process, between, number)
    assert process.returncode == code
    later = refused("evaluate", "kept.jsonl.zst", "-o", "jsonl", "--fail-on", "never")
    assert (later.code, later.lines[-1]["complete"]) == (3, False)


def test_a_second_signal_ends_at_once(refused: Command, between: Between) -> None:
    between.delay = 5.0
    process = refused.start("scan", "aws", "-o", "jsonl")
    wait_until(lambda: sum(between.asked.values()) >= 1)
    process.send_signal(signal.SIGTERM)
    time.sleep(0.1)
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=4)
    assert process.returncode in (143, -signal.SIGTERM)
