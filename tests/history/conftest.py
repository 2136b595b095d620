"""Histories for the tests: a file, and PostgreSQL from Debian's packages, started in a temporary folder."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from scanner.history.opening import open_history

if TYPE_CHECKING:
    from sqlalchemy import Engine

sys.path.insert(0, str(Path(__file__).parents[1] / "known"))
sys.path.insert(0, str(Path(__file__).parent))


def _binaries() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    on_path = shutil.which("initdb")
    return found[-1].parent if found else Path(on_path).parent if on_path else None


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """Start a server on loopback; the value is the URL of its database, without a name."""
    binaries = _binaries()
    if binaries is None:
        pytest.skip("no PostgreSQL was found: apt-get install postgresql")
    # Not among pytest's own folders: those are shut to all but who runs the tests, whenever another run starts.
    folder = Path(tempfile.mkdtemp(prefix="surefoot-postgres-"))
    become: list[str] = []
    if os.geteuid() == 0:  # it refuses to run as root
        become = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
        shutil.chown(folder, "postgres", "postgres")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    data = folder / "data"
    initdb: list[str | Path] = [
        *become,
        binaries / "initdb",
        "-D",
        data,
        "-A",
        "trust",
        "-U",
        "surefoot",
        "--no-sync",
    ]
    subprocess.run(initdb, check=True, capture_output=True, cwd=folder)
    settings = f"-c listen_addresses=127.0.0.1 -p {port} -k {folder} -c fsync=off"
    control: list[str | Path] = [*become, binaries / "pg_ctl", "-D", data, "-w", "-l", folder / "log"]
    subprocess.run([*control, "-o", settings, "start"], check=True, stdout=subprocess.DEVNULL, cwd=folder)
    yield f"postgresql://surefoot@127.0.0.1:{port}"
    subprocess.run([*control, "-m", "immediate", "stop"], check=True, stdout=subprocess.DEVNULL, cwd=folder)
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty history as a file: copying it is faster than making its tables again."""
    path = tmp_path_factory.mktemp("history") / "empty.db"
    open_history(str(path), make=True).dispose()
    return path


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.slow)])
def where(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where an empty history is: the same tests run on both databases."""
    if request.param == "sqlite":
        return str(shutil.copy(request.getfixturevalue("template"), tmp_path / "history.db"))
    server: str = request.getfixturevalue("postgres")
    name = f"t{uuid.uuid4().hex}"
    binaries = _binaries()
    assert binaries is not None
    port = server.rpartition(":")[2]
    words: list[str | Path] = [binaries / "createdb", "-h", "127.0.0.1", "-p", port, "-U", "surefoot", name]
    subprocess.run(words, check=True)
    return f"{server}/{name}"


@pytest.fixture
def engine(where: str) -> "Iterator[Engine]":
    """An empty history, open."""
    made = open_history(where, make=True)
    yield made
    made.dispose()


@pytest.fixture
def opened(where: str) -> "Callable[[], Engine]":
    """Open it again."""
    return lambda: open_history(where)
