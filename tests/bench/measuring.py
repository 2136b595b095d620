"""Runs a command and says what it cost; writes the table of `make bench`."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

SUREFOOT = (sys.executable, "-m", "scanner")
ROOT = Path(__file__).parents[2]


def signed_in(url: str) -> dict[str, str]:
    """Return the environment in which the SDK finds the AWS at this address, with made-up keys."""
    return {
        "AWS_ENDPOINT_URL": url,
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
    }


@dataclass(frozen=True, slots=True)
class Cost:
    """What one process and its children took: seconds of wall and of CPU, the peak of its memory in MB."""

    wall: float
    cpu: float
    peak_mb: float
    code: int
    out: str = field(default="", repr=False)
    err: str = field(default="", repr=False)


def cost_of(words: Sequence[str | Path], environment: Mapping[str, str], folder: Path | None = None) -> Cost:
    """Run a command to its end. Raises RuntimeError with what it said when it ends by a signal or with 2.

    A child's peak of memory starts at that of the process that starts it, so this one has to stay small.
    """
    began = time.perf_counter()
    process = subprocess.Popen(
        [str(word) for word in words],
        env=dict(environment),
        cwd=folder or ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    said = _drained(process)
    _, status, used = os.wait4(process.pid, 0)
    wall = time.perf_counter() - began
    out, err = (thread.result() for thread in said)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode < 0 or process.returncode == 2:
        raise RuntimeError(f"{' '.join(map(str, words))} ended with {process.returncode}: {err[-2000:]}")
    peak = used.ru_maxrss / (1024 if sys.platform != "darwin" else 1024 * 1024)
    return Cost(wall, used.ru_utime + used.ru_stime, peak, process.returncode, out, err)


class _Reader(threading.Thread):
    def __init__(self, stream: "Iterable[str]") -> None:
        super().__init__(daemon=True)
        self._stream = stream
        self._parts: list[str] = []
        self.start()

    def run(self) -> None:
        self._parts += self._stream

    def result(self) -> str:
        self.join()
        return "".join(self._parts)


def _drained(process: "subprocess.Popen[str]") -> tuple[_Reader, _Reader]:
    assert process.stdout is not None
    assert process.stderr is not None
    return _Reader(process.stdout), _Reader(process.stderr)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table. What was not measured is None; `note` says what to compare it with."""

    what: str
    wall: float | None = None
    cpu: float | None = None
    calls: int | None = None
    peak_mb: float | None = None
    resources: int | None = None
    rate: str = ""
    note: str = ""


HEAD = ("", "wall s", "CPU s", "calls", "peak MB", "resources", "per second", "")


def table(rows: Iterable[Row]) -> str:
    """Lay rows out in columns."""
    cells = [HEAD, *(_cells(row) for row in rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(HEAD))]
    lines = []
    for row in cells:
        numbers = (cell.rjust(width) for cell, width in zip(row[1:-1], widths[1:-1], strict=True))
        lines.append("  ".join([row[0].ljust(widths[0]), *numbers, row[-1]]).rstrip())
    return "\n".join(lines) + "\n"


def _cells(row: Row) -> tuple[str, ...]:
    def number(value: float | None, digits: int) -> str:
        return "" if value is None else f"{value:,.{digits}f}"

    return (
        row.what,
        number(row.wall, 2),
        number(row.cpu, 2),
        number(row.calls, 0),
        number(row.peak_mb, 0),
        number(row.resources, 0),
        row.rate,
        row.note,
    )
