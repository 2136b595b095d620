"""An account while it is read: what came is appended as it comes, and a scope counts once it is whole.

Frames: `asked` (what for), `scopes` (which regions there are), `found` (lines of a scope), `whole` (a scope),
`again` (a later attempt: what it finds of scopes that are not whole takes the place of what was found before).
"""

import os
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scanner.collect import Event, Whole
from scanner.inventory import Gap, Listing, from_line, scope_fields, scope_of, to_line
from scanner.models.resource import Scope
from scanner.runs.frames import Frame, Frames, frames
from scanner.runs.result import gap_of, gap_row


@dataclass(slots=True)
class Read:
    """What a journal holds: `scopes` is None as long as the regions are not known."""

    scopes: tuple[Scope, ...] | None = None
    left_out: tuple[str, ...] = ()
    gaps: list[Gap] = field(default_factory=list)
    whole: set[Scope] = field(default_factory=set)
    calls: int = 0


class Journal:
    """The journal of one account. Opening one that was cut drops what is not whole of its last frame."""

    def __init__(self, path: Path, asked: Mapping[str, Any]) -> None:
        self._path = path
        end, checksum = self._good(asked)
        self.read = self._replayed() if end else Read()
        self._stream = path.open("r+b" if end else "wb")
        self._stream.seek(end)
        self._stream.truncate()
        self._frames = Frames(self._stream, checksum if end else None)
        self._frames.write({"type": "again"} if end else {"type": "asked", "asked": asked})
        self._flush()

    def _good(self, asked: Mapping[str, Any]) -> tuple[int, int]:
        """Return where the good frames end, and their checksum; 0 when it was about something else."""
        end, checksum = 0, 0
        if self._path.exists():
            with self._path.open("rb") as stream:
                for number, frame in enumerate(frames(stream)):
                    if not number and frame.said.get("asked") != asked:
                        return 0, 0
                    end, checksum = frame.end, frame.checksum
        return end, checksum

    def _replayed(self) -> Read:
        read = Read()
        for frame in self._frames_there():
            said = frame.said
            if said["type"] == "scopes":
                read.scopes = tuple(scope_of(row) for row in said["scopes"])
                read.left_out = tuple(said["left_out"])
                read.gaps = [gap_of(row) for row in said["gaps"]]
            elif said["type"] == "whole":
                read.whole.add(scope_of(said["scope"]))
                read.calls = said["calls"]
        return read

    def _frames_there(self) -> Iterator[Frame]:
        with self._path.open("rb") as stream:
            yield from frames(stream)

    def found(self, scopes: Sequence[Scope], left_out: Sequence[str], gaps: Sequence[Gap]) -> None:
        """Note which scopes there are to read."""
        self.read.scopes, self.read.left_out, self.read.gaps = tuple(scopes), tuple(left_out), list(gaps)
        said = {
            "scopes": [scope_fields(scope) for scope in scopes],
            "left_out": list(left_out),
            "gaps": [gap_row(gap) for gap in gaps],
        }
        self._frames.write({"type": "scopes", **said})
        self._flush()

    def take(self, scope: Scope, event: Event, calls: int) -> None:
        """Note what came of a scope. `calls`: how many were sent for this account until now."""
        said: dict[str, Any] = {"type": "found", "scope": scope_fields(scope)}
        match event:
            case list():
                self._frames.write(said, [to_line(resource) for resource in event])
            case Listing():
                self._frames.write(said, [to_line(event)])
            case Gap():
                self._frames.write({**said, "gap": gap_row(event)})
            case Whole():
                self._frames.write({**said, "type": "whole", "calls": calls})
                self.read.whole.add(scope)
                self.read.calls = calls
                self._flush()

    def entries(self) -> tuple[list[bytes], list[Listing], list[Gap]]:
        """Return all that was found: the lines of resources, the listings, the gaps."""
        self._stream.flush()
        found: dict[Scope, list[Frame]] = defaultdict(list)
        whole: set[Scope] = set()
        for frame in self._frames_there():
            match frame.said["type"]:
                case "found":
                    found[scope_of(frame.said["scope"])].append(frame)
                case "whole":
                    whole.add(scope_of(frame.said["scope"]))
                case "asked" | "scopes":
                    pass
                case _:  # again
                    found = defaultdict(
                        list, {scope: kept for scope, kept in found.items() if scope in whole}
                    )
        lines: list[bytes] = []
        listings: list[Listing] = []
        gaps = list(self.read.gaps)
        for frame in (frame for kept in found.values() for frame in kept):
            if "gap" in frame.said:
                gaps.append(gap_of(frame.said["gap"]))
            for line in frame.lines:
                if line.startswith(b'{"type":"listing"'):
                    entry = from_line(line, str(self._path))
                    assert isinstance(entry, Listing)  # noqa: S101 - the line says so
                    listings.append(entry)
                else:
                    lines.append(line)
        return lines, listings, gaps

    def close(self, *, delete: bool = False) -> None:
        """Close the file, and delete it when its account's result is there."""
        self._stream.close()
        if delete:
            self._path.unlink(missing_ok=True)

    def _flush(self) -> None:
        self._stream.flush()
        os.fsync(self._stream.fileno())
