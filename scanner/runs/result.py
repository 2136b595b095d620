"""What came of one account: a file of frames that is whole or not there, sorted, and read without its every fact.

The first frame says what was asked and what could not be read, the last one that this is all. Between them stand the
resources, a frame per region and kind, so that what nobody asks for is passed by.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final, NamedTuple
from urllib.parse import quote

import orjson

from scanner.collect import Event, Whole
from scanner.errors import UserError
from scanner.exposure.exposures import Exposures
from scanner.files import whole_file
from scanner.inventory import (
    Gap,
    Header,
    Listing,
    from_line,
    once_each,
    scope_fields,
    scope_of,
    tidy,
    to_line,
)
from scanner.models.resource import Cloud, Code, Resource, Scope, read_at
from scanner.runs.frames import Frames, frames

#: Lines of one frame at most.
_LINES: Final = 500
#: What others of the same cloud are called in facts.
_NAMED: Final = {
    Cloud.AWS: re.compile(rb"(?<!\d)(\d{12})(?!\d)"),
    Cloud.GCP: re.compile(rb"projects/([a-z0-9.:-]*[a-z][a-z0-9-]*)"),
    Cloud.AZURE: re.compile(rb"(?i)/subscriptions/([0-9a-f-]{36})"),
}
#: Kinds that are looked at across accounts: what is shared has an owner elsewhere.
_ACROSS: Final = frozenset(kind.kind() for kind in Exposures.reads)


class ResultError(UserError):
    """A result that is not whole, or not one; exit code 2."""


class Key(NamedTuple):
    """Which account a result is of."""

    cloud: Cloud
    account: str

    @property
    def file(self) -> str:
        """The name of its files: no two accounts share one, on no file system."""
        return f"{self.cloud}-{quote(self.account, safe='')}"

    def __str__(self) -> str:
        return f"{self.cloud}:{self.account}"


@dataclass(frozen=True, slots=True)
class Summary:
    """What a result says before its resources.

    `kinds` maps a kind to the fields that were asked. `links` names other accounts that its network's facts name.
    `guests` are resources whose owner is another account, as (kind, canonical id). `calls` and `resources` count.
    """

    key: Key
    scopes: tuple[Scope, ...] = ()
    left_out: tuple[str, ...] = ()
    gaps: tuple[Gap, ...] = ()
    listings: tuple[Listing, ...] = ()
    kinds: Mapping[str, tuple[str, ...]] | None = None
    links: frozenset[str] = frozenset()
    guests: frozenset[tuple[str, str]] = frozenset()
    calls: int = 0
    resources: int = 0
    complete: bool = True
    started: datetime | None = None

    def as_json(self) -> dict[str, Any]:
        """The words of the first frame."""
        return {
            "type": "result",
            "cloud": self.key.cloud.value,
            "account": self.key.account,
            "scopes": [scope_fields(scope) for scope in self.scopes],
            "left_out": self.left_out,
            "gaps": [gap_row(gap) for gap in self.gaps],
            "listings": [to_line(listing).decode() for listing in self.listings],
            "kinds": self.kinds,
            "links": sorted(self.links),
            "guests": sorted(self.guests),
            "calls": self.calls,
            "resources": self.resources,
            "complete": self.complete,
            "started": read_at(self.started) if self.started else None,
        }

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> "Summary":
        """Read the words of the first frame."""
        kinds = said["kinds"]
        return cls(
            key=Key(Cloud(said["cloud"]), said["account"]),
            scopes=tuple(scope_of(scope) for scope in said["scopes"]),
            left_out=tuple(said["left_out"]),
            gaps=tuple(gap_of(row) for row in said["gaps"]),
            listings=tuple(_listing(line) for line in said["listings"]),
            kinds=None if kinds is None else {kind: tuple(fields) for kind, fields in kinds.items()},
            links=frozenset(said["links"]),
            guests=frozenset((kind, id_) for kind, id_ in said["guests"]),
            calls=said["calls"],
            resources=said["resources"],
            complete=said["complete"],
            started=datetime.fromisoformat(said["started"]) if said["started"] else None,
        )


def gap_row(gap: Gap) -> dict[str, str]:
    """A gap with the call and the cloud's words apart, as no other output needs them."""
    words = {"kind": gap.kind, "code": gap.code.value, "permission": gap.permission}
    return {**scope_fields(gap.scope), **words, "call": gap.call, "text": gap.text}


def gap_of(row: Mapping[str, str]) -> Gap:
    """Return the gap that `gap_row` wrote."""
    return Gap(scope_of(row), row["kind"], Code(row["code"]), row["permission"], row["call"], row["text"])


def _listing(line: str) -> Listing:
    entry = from_line(line.encode(), "a result")
    assert isinstance(entry, Listing)  # noqa: S101 - the frame says so
    return entry


def write(path: Path, summary: Summary, lines: Iterable[bytes]) -> Summary:
    """Write a result from the lines of its resources, in any order; the same facts give the same file.

    Returns the summary with what follows from the lines. Raises OSError; then there is no file.
    """
    rows: dict[tuple[Any, ...], bytes] = {}
    for line in lines:
        row = orjson.loads(line)
        where = (row["provider"], row["account"], row["region"], row["kind"])
        # Of what was seen from several regions, always the same one stays.
        rows[*where, row["id"]] = min(line, rows.get((*where, row["id"]), line))
    listings = once_each(summary.listings)
    own = summary.key.account
    named = _NAMED.get(summary.key.cloud)
    links = {
        found.decode().lower()
        for at, line in rows.items()
        if named is not None and at[3] in _ACROSS
        for found in named.findall(line)
    }
    summary = replace(
        summary,
        listings=tuple(listings),
        gaps=tuple(tidy(summary.gaps, listings)),
        links=frozenset(links - {own.lower()}),
        guests=frozenset((at[3], _canonical(at)) for at in rows if at[1] != own),
        resources=len(rows),
    )
    with whole_file(path) as stream:
        writer = Frames(stream)
        writer.write(summary.as_json())
        for where, group in _groups(rows):
            writer.write(
                {"type": "resources", "kind": where[3], "guest": where[1] != own, "count": len(group)}, group
            )
        writer.write({"type": "end", "resources": len(rows)})
    return summary


def of_events(path: Path, summary: Summary, events: Iterable[Event]) -> "Result":
    """Write the result of events that are in memory."""
    lines: list[bytes] = []
    gaps, listings = list(summary.gaps), list(summary.listings)
    for event in events:
        match event:
            case list():
                lines += map(to_line, event)
            case Gap():
                gaps.append(event)
            case Listing():
                listings.append(event)
            case Whole():
                pass
    return Result(path, write(path, replace(summary, gaps=tuple(gaps), listings=tuple(listings)), lines))


def _canonical(at: tuple[Any, ...]) -> str:
    return str(at[4]).lower() if at[0] == Cloud.AZURE else str(at[4])


def _groups(rows: Mapping[tuple[Any, ...], bytes]) -> Iterator[tuple[tuple[Any, ...], list[bytes]]]:
    """Yield (where, lines), in the order of inventories."""
    group: list[bytes] = []
    before: tuple[Any, ...] = ()
    for at in sorted(rows):
        if group and (at[:4] != before or len(group) == _LINES):
            yield before, group
            group = []
        before = at[:4]
        group.append(rows[at])
    if group:
        yield before, group


@dataclass(frozen=True, slots=True)
class Result:
    """A result that lies in a file."""

    path: Path
    summary: Summary

    @classmethod
    def at(cls, path: Path) -> "Result":
        """Open a result. Raises ResultError when it is not whole, OSError."""
        with path.open("rb") as stream:
            found, last = None, None
            for frame in frames(stream):
                found = found or Summary.of(frame.said)
                last = frame.said
        if found is None or last is None or last["type"] != "end":
            raise ResultError(f"{path}: not a whole result of an account")
        return cls(path, found)

    def lines(self, kinds: Collection[str] | None = None, *, guests: bool = True) -> Iterator[bytes]:
        """Yield the lines of resources, of these kinds when given, in the order of inventories.

        Raises ResultError when the file has been cut or changed since it was opened.
        """
        whole = False
        with self.path.open("rb") as stream:
            for frame in frames(stream):
                said = frame.said
                whole = said["type"] == "end"
                if said["type"] != "resources" or (said["guest"] and not guests):
                    continue
                if kinds is None or said["kind"] in kinds:
                    yield from frame.lines
        if not whole:
            raise ResultError(f"{self.path}: cut short or changed while it was read")

    def resources(self, kinds: Collection[str] | None = None, *, guests: bool = True) -> Iterator[Resource]:
        """Yield the resources of those lines."""
        for line in self.lines(kinds, guests=guests):
            entry = from_line(line, str(self.path))
            if isinstance(entry, Resource):
                yield entry


def header_of(results: Iterable[Summary], started: datetime, version: str) -> Header:
    """Return what an inventory of all these accounts says first."""
    results = list(results)
    kinds: dict[str, tuple[str, ...]] = {}
    for one in results:
        for kind, fields in (one.kinds or {}).items():
            kinds[kind] = tuple(sorted({*kinds.get(kind, ()), *fields}))
    return Header(
        dict(sorted(kinds.items())),
        tuple(scope for one in results for scope in one.scopes),
        tuple(word for one in results for word in one.left_out),
        started,
        version,
    )
