"""What was written whole is read; what was cut, changed, left out, doubled or taken from elsewhere never is."""

import io
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.runs.frames import MAGIC, Frame, Frames, frames

Said = list[tuple[dict[str, object], list[bytes]]]

SAID: Said = [
    ({"type": "asked", "n": 1}, []),
    ({"type": "found", "n": 2}, [b"a\n", b"b\n"]),
    ({"type": "whole"}, []),
]


def written(said: Said = SAID) -> bytes:
    stream = io.BytesIO()
    writer = Frames(stream)
    for words, lines in said:
        writer.write(words, lines)
    return stream.getvalue()


def read(content: bytes) -> list[Frame]:
    return list(frames(io.BytesIO(content)))


WHOLE = written()
ENDS = [frame.end for frame in read(WHOLE)]


def test_what_was_written_is_read() -> None:
    assert [(frame.said, frame.lines) for frame in read(WHOLE)] == SAID
    assert ENDS[-1] == len(WHOLE)


@pytest.mark.parametrize("length", range(len(WHOLE)))
def test_cut_anywhere_the_frames_before_the_cut_are_left(length: int) -> None:
    assert [frame.end for frame in read(WHOLE[:length])] == [end for end in ENDS if end <= length]


@given(st.integers(0, len(WHOLE) * 8 - 1))
def test_a_wrong_bit_ends_the_file(bit: int) -> None:
    broken = bytearray(WHOLE)
    broken[bit // 8] ^= 1 << bit % 8
    left = [] if bit // 8 < len(MAGIC) else [end for end in ENDS if end <= bit // 8]
    assert [frame.end for frame in read(bytes(broken))] == left


def test_a_frame_that_is_missing_or_doubled_ends_the_file() -> None:
    parts = [WHOLE[start:end] for start, end in pairwise([0, *ENDS])]
    assert len(read(parts[0] + parts[2])) == 1
    assert len(read(parts[0] + parts[1] + parts[1])) == 2


def test_a_frame_of_another_file_ends_the_file() -> None:
    other = written([({"type": "other"}, []), *SAID[1:]])
    start = read(other)[0].end
    assert len(read(WHOLE[: ENDS[0]] + other[start:])) == 1


def test_a_file_goes_on_after_its_last_good_frame() -> None:
    good = read(WHOLE[: ENDS[1] + 3])
    stream = io.BytesIO(WHOLE[: good[-1].end])
    stream.seek(0, io.SEEK_END)
    Frames(stream, good[-1].checksum).write({"type": "again"})
    assert [frame.said["type"] for frame in read(stream.getvalue())] == ["asked", "found", "again"]


def test_nothing_and_garbage_are_no_frames() -> None:
    assert read(b"") == read(b"garbage" * 100) == read(MAGIC) == read(MAGIC + b"\xff" * 40) == []
