"""The real command in a process of its own, against the demo's server: what it prints, and how it ends."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]

#: What a run takes over from the tests' own process: how to find programs, and where `make coverage` counts.
INHERITED = ("PATH", "SYSTEMROOT", "COVERAGE_PROCESS_START", "COVERAGE_PROCESS_CONFIG")

#: Runs before anything else in the process: a connection or a look-up that leaves this machine is noted and refused.
GUARD = """
import ipaddress, os, sys
def _guard(event, arguments):
    if event not in ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto"):
        return
    host = arguments[1] if event in ("socket.connect", "socket.sendto") else arguments[0]
    host = host[0] if isinstance(host, tuple) else host
    try:
        stays = ipaddress.ip_address(str(host)).is_loopback
    except ValueError:
        stays = host == "localhost"
    if not stays:
        with open(os.environ["GUARD_NOTES"], "a") as notes:
            notes.write(f"{event} {host}\\n")
        raise ConnectionRefusedError(f"a test forbids {host}")
sys.addaudithook(_guard)
"""

#: Moves the clock by which a run is told from another, and waivers end, to the night that the environment names.
NIGHT = """
import os
if os.environ.get("NIGHT"):
    import datetime
    import scanner.cli.known
    import scanner.run
    class _Night(datetime.datetime):
        @classmethod
        def now(cls, tz=None):
            return cls.fromisoformat(os.environ["NIGHT"])
    scanner.cli.known.datetime = scanner.run.datetime = _Night
"""


@dataclass(frozen=True, slots=True)
class Ran:
    """One run of the command that has ended."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[dict[str, Any]]:
        """Standard output as `-o jsonl` writes it."""
        return [json.loads(line) for line in self.out.splitlines()]

    def of_type(self, kind: str) -> list[dict[str, Any]]:
        return [line for line in self.lines if line["type"] == kind]

    @property
    def verdicts(self) -> dict[tuple[str, str], str]:
        """(rule, resource) → outcome."""
        return {(line["rule"], line["resource"]): line["outcome"] for line in self.of_type("verdict")}


class Command:
    """`surefoot` as a person runs it: its own process, in an empty folder, with an environment of its own.

    No run may reach another machine: there is no telemetry and no look for updates.
    """

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self.folder = folder
        self.notes = folder / "reached.txt"
        self._started: list[subprocess.Popen[str]] = []
        guard = folder / "guard"
        guard.mkdir()
        (guard / "sitecustomize.py").write_text(GUARD)
        self.environment = {
            **{name: os.environ[name] for name in INHERITED if name in os.environ},
            "HOME": str(folder),
            "PYTHONPATH": os.pathsep.join((str(guard), str(ROOT))),
            "GUARD_NOTES": str(self.notes),
            "NO_COLOR": "1",
            **environment,
        }

    def __call__(self, *words: str | Path, **environment: str) -> Ran:
        process = self.start(*words, **environment)
        out, err = process.communicate(timeout=120)
        assert self.reached() == []
        return Ran(process.returncode, out, err)

    def reached(self) -> list[str]:
        """Return every other machine that a run tried to reach."""
        return self.notes.read_text().splitlines() if self.notes.exists() else []

    def start(self, *words: str | Path, **environment: str) -> "subprocess.Popen[str]":
        """Start the command, and do not wait for its end."""
        process = subprocess.Popen(
            [sys.executable, "-m", "scanner", *map(str, words)],
            cwd=self.folder,
            env={**self.environment, **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=None if os.name == "nt" else _listen,  # noqa: PLW1509 - no other thread holds a lock here
        )
        self._started.append(process)
        return process

    def close(self) -> None:
        """End what a failed test left running."""
        for process in self._started:
            with process:
                if process.poll() is None:
                    process.kill()


def _listen() -> None:
    """Hear Ctrl-C also when the tests themselves were started in the background."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
