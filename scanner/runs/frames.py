"""Framed, checksummed records: what was written whole can be read, and what was cut or changed is never taken for it.

A file is `MAGIC`, then frames: length (4 bytes, little-endian), checksum (4), and the payload. The checksum is the
CRC-32 of the payload that goes on from the checksum of the frame before, so that a frame that is missing, twice or
from another file shows as well as a wrong bit. A payload is a line of JSON, what the frame is, and packed lines.
"""

import struct
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import IO, Any, Final

import orjson
import zstandard

MAGIC: Final = b"SUREFOOT/1\n"
_HEAD: Final = struct.Struct("<II")
#: Longer than any frame that is written: what claims to be longer is no frame.
_LONGEST: Final = 1 << 28
_ORJSON: Final = orjson.OPT_SORT_KEYS


@dataclass(frozen=True, slots=True)
class Frame:
    """What a frame is, and its lines, still packed. `end` is where it ends in the file, in bytes."""

    said: Mapping[str, Any]
    packed: bytes
    end: int
    checksum: int

    @property
    def lines(self) -> list[bytes]:
        """The lines, each with its end."""
        text = zstandard.ZstdDecompressor().decompress(self.packed) if self.packed else b""
        return text.splitlines(keepends=True)


class Frames:
    """Writes frames one after the other; `at` is the checksum of the frame before (0: of none)."""

    def __init__(self, stream: IO[bytes], at: int | None = None) -> None:
        self._stream = stream
        self.checksum = at or 0
        if at is None:
            stream.write(MAGIC)

    def write(self, said: Mapping[str, Any], lines: Iterable[bytes] = ()) -> None:
        """Append a frame. Raises OSError; what of it was written then is no frame."""
        text = b"".join(lines)
        packed = zstandard.ZstdCompressor(level=3).compress(text) if text else b""
        payload = orjson.dumps(said, option=_ORJSON) + b"\n" + packed
        self.checksum = zlib.crc32(payload, self.checksum)
        self._stream.write(_HEAD.pack(len(payload), self.checksum) + payload)


def frames(stream: IO[bytes]) -> Iterator[Frame]:
    """Yield the frames up to the first that is not whole: cut short, changed, or not where it belongs."""
    if stream.read(len(MAGIC)) != MAGIC:
        return
    checksum, end = 0, len(MAGIC)
    while True:
        head = stream.read(_HEAD.size)
        if len(head) < _HEAD.size:
            return
        length, said = _HEAD.unpack(head)
        payload = stream.read(length) if length <= _LONGEST else b""
        checksum = zlib.crc32(payload, checksum)
        if len(payload) < length or length > _LONGEST or checksum != said:
            return
        line, _, packed = payload.partition(b"\n")
        end += _HEAD.size + length
        yield Frame(orjson.loads(line), packed, end, checksum)
