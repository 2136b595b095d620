"""Files that are whole or not there."""

import os
import threading
from pathlib import Path

import pytest

from scanner.files import whole_file


def test_a_file_appears_when_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    with whole_file(path) as stream:
        stream.write(b"{}")
        assert not path.exists()
    assert path.read_bytes() == b"{}"
    assert path.stat().st_mode & 0o077 == 0


def test_what_is_left_half_written_is_not_there(tmp_path: Path) -> None:
    def interrupted() -> None:
        with whole_file(tmp_path / "report.json") as stream:
            stream.write(b"{")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        interrupted()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes in folders")
def test_what_is_no_file_stays_what_it_is(tmp_path: Path) -> None:
    """Renaming a file over /dev/null would take it away from the whole machine."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()))
    reader.start()
    with whole_file(pipe) as stream:
        stream.write(b"{}")
    reader.join(5)
    assert read == [b"{}"]
    assert pipe.is_fifo()
