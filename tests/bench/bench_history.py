"""A million verdicts a night into the history: a file, and PostgreSQL where its binaries are."""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from measuring import Row, cost_of

AIM, COMPARED = 15, 2
"""Seconds for a night to be stored, and to be compared with the night before."""


def rows(environment: dict[str, str]) -> Iterator[Row]:
    """Measure three nights in each database; the second is like any night after the first."""
    with tempfile.TemporaryDirectory() as folder:
        yield from _nights("sqlite", f"{folder}/history.db", environment)
        with _postgres(Path(folder)) as where:
            if where is None:
                yield Row("history, PostgreSQL", note="not measured: no PostgreSQL was found")
            else:
                yield from _nights("PostgreSQL", where, environment)


def _nights(name: str, where: str, environment: dict[str, str]) -> Iterator[Row]:
    script = Path(__file__).with_name("history_nights.py")
    said = json.loads(cost_of([sys.executable, script, where], environment).out)
    for number, night in enumerate(said["nights"], 1):
        compared = (
            f"compared in {night['compared']:.2f} s (aim {COMPARED})" if number > 1 else "the first night"
        )
        yield Row(
            f"history, {name}, night {number}",
            night["wall"],
            night["cpu"],
            peak_mb=said["peak"],
            rate=f"{said['verdicts'] / night['wall']:,.0f} verdicts",
            note=f"{night['turns']:,} turns; {compared}; {night['wall'] / AIM:.2f} of the {AIM} s that it may take",
        )


def _quiet(words: Sequence[str | Path], folder: Path) -> None:
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL, cwd=folder)


@contextmanager
def _postgres(folder: Path) -> Iterator[str | None]:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not found:
        yield None
        return
    binaries, data = found[-1].parent, folder / "postgres"
    data.mkdir()
    become: list[str] = []
    if os.geteuid() == 0:  # it refuses to run as root
        become = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
        folder.chmod(0o755)
        shutil.chown(data, "postgres", "postgres")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    initdb: list[str | Path] = [
        *become,
        binaries / "initdb",
        "-D",
        data / "base",
        "-A",
        "trust",
        "-U",
        "surefoot",
    ]
    _quiet(initdb, data)
    settings = (
        f"-c listen_addresses=127.0.0.1 -p {port} -k {data} -c shared_buffers=256MB -c max_wal_size=4GB"
    )
    control: list[str | Path] = [*become, binaries / "pg_ctl", "-D", data / "base", "-w", "-l", data / "log"]
    _quiet([*control, "-o", settings, "start"], data)
    try:
        yield f"postgresql://surefoot@127.0.0.1:{port}/postgres"
    finally:
        _quiet([*control, "-m", "immediate", "stop"], data)
