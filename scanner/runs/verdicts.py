"""Verdicts of any number of accounts in their order: a few in memory, many in a file that nobody else can open."""

import sys
import tempfile
import weakref
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import IO, Any, Final, overload

import orjson
import zstandard

from scanner.engine import Outcome, Unread, Verdict
from scanner.models.resource import Cloud, Scope, Why
from scanner.rule import Severity

#: Verdicts in memory at most: some 70 MB.
IN_MEMORY: Final = 100_000


class Verdicts(Sequence[Verdict]):
    """Sorted by scope, rule and resource whatever the order in which they are added; an account's are read at once."""

    def __init__(self, most: int = IN_MEMORY) -> None:
        self._most = most
        self._here: dict[tuple[Cloud, str], list[Verdict]] = defaultdict(list)
        self._there: dict[tuple[Cloud, str], list[tuple[int, int]]] = defaultdict(list)
        self._held = 0
        self._count = 0
        self._file: IO[bytes] | None = None
        self._sorted = True

    def add(self, verdicts: Iterable[Verdict]) -> None:
        """Take verdicts. Raises OSError when the disk is full."""
        for verdict in verdicts:
            self._here[verdict.scope[:2]].append(verdict)
            self._held += 1
            self._count += 1
        self._sorted = False
        if self._held > self._most:
            self._put_away()

    def _put_away(self) -> None:
        if self._file is None:
            self._file = tempfile.TemporaryFile()  # noqa: SIM115 - it is open as long as this is
            weakref.finalize(self, self._file.close)
        self._file.seek(0, 2)
        for key, verdicts in self._here.items():
            rows = orjson.dumps([_row(verdict) for verdict in verdicts])
            packed = zstandard.ZstdCompressor(level=1).compress(rows)
            self._there[key].append((self._file.tell(), len(packed)))
            self._file.write(packed)
        self._here.clear()
        self._held = 0

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Verdict]:
        if not self._sorted:
            for verdicts in self._here.values():
                verdicts.sort(key=_order)
            self._sorted = True
        for key in sorted({*self._here, *self._there}):
            away = self._there.get(key)
            if away is None:
                yield from self._here[key]
            else:
                yield from sorted((*self._read(away), *self._here.get(key, ())), key=_order)

    def _read(self, places: Iterable[tuple[int, int]]) -> Iterator[Verdict]:
        assert self._file is not None  # noqa: S101 - something was put away
        for start, length in places:
            self._file.seek(start)
            rows = orjson.loads(zstandard.ZstdDecompressor().decompress(self._file.read(length)))
            yield from map(_verdict, rows)

    @overload
    def __getitem__(self, index: int) -> Verdict: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[Verdict]: ...

    def __getitem__(self, index: int | slice) -> Verdict | Sequence[Verdict]:
        if isinstance(index, slice):
            return list(self)[index]
        if not -len(self) <= index < len(self):
            raise IndexError(index)
        return next(islice(self, index % len(self), None))


def _order(verdict: Verdict) -> tuple[Any, ...]:
    return verdict.order


def _row(verdict: Verdict) -> tuple[Any, ...]:
    unread = [
        (one.field, one.why.code, one.why.permission, one.why.call, one.why.text) for one in verdict.unread
    ]
    return (*verdict[:4], tuple(verdict.scope), *verdict[5:9], unread)


def _verdict(row: list[Any]) -> Verdict:
    rule, identity, outcome, severity, scope, kind, resource, name, messages, unread = row
    return Verdict(
        sys.intern(rule),
        sys.intern(identity),
        Outcome(outcome),
        Severity(severity),
        Scope(Cloud(scope[0]), sys.intern(scope[1]), sys.intern(scope[2])),
        sys.intern(kind),
        resource,
        name,
        tuple(messages),
        tuple(
            Unread(field, Why(code=code, permission=permission, call=call, text=text))
            for field, code, permission, call, text in unread
        ),
    )
