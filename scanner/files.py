"""Files that are whole or not there: written under a temporary name, renamed at the end, readable by their owner."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

import zstandard

ZSTD_MAGIC: Final = b"\x28\xb5\x2f\xfd"


@contextmanager
def whole_file(path: Path) -> Iterator[IO[bytes]]:
    """Open `path` for writing; it appears only when the block ends without an exception.

    A name that ends in `.zst` is compressed with Zstandard. What is no file, such as /dev/null or a pipe, stays what it
    is, and is written to. Raises OSError.
    """
    if path.exists() and not path.is_file():
        with path.open("wb") as device:
            yield device
        return
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as raw:
            if path.suffix == ".zst":
                with zstandard.ZstdCompressor(level=3).stream_writer(raw, closefd=False) as packed:
                    yield packed
            else:
                yield raw
            raw.flush()
            os.fsync(raw.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def lines_of(path: Path) -> Iterator[bytes]:
    """Yield the lines of a file, unpacking Zstandard by its first bytes. Raises OSError.

    A file that was cut ends with what could be unpacked; its last line may be broken.
    """
    with path.open("rb") as raw:
        packed = raw.peek(4)[:4] == ZSTD_MAGIC
        stream: IO[bytes] = zstandard.ZstdDecompressor().stream_reader(raw) if packed else raw
        rest = b""
        while True:
            try:
                chunk = stream.read(1 << 20)
            except zstandard.ZstdError:
                chunk = b""
            if not chunk:
                break
            *lines, rest = (rest + chunk).split(b"\n")
            yield from lines
        if rest:
            yield rest
