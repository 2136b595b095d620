"""Parts of a run: which accounts are whose, and how what several runs read becomes one."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Final

import orjson

from scanner.errors import UserError
from scanner.files import lines_of
from scanner.inventory import ANY_KIND, End, Gap, Header, Listing, read
from scanner.models.resource import Cloud, Code, Resource, Scope
from scanner.providers import provider_of
from scanner.runs import folder
from scanner.runs.result import Key, Result, Summary, write

_RESOURCE: Final = b'{"type":"resource"'


@dataclass(frozen=True, slots=True)
class Shard:
    """The accounts `number`, `number` + `of` ... of all in their order; numbers begin with 1."""

    number: int
    of: int

    def __str__(self) -> str:
        return f"{self.number}/{self.of}"

    def own(self, keys: Sequence[Key]) -> list[Key]:
        """Return those of sorted accounts that are this shard's."""
        return list(keys[self.number - 1 :: self.of])


@dataclass(frozen=True, slots=True)
class Part:
    """What one run read: results, the accounts that it or other shards of it were to read, when it started."""

    place: str
    results: Sequence[Result]
    accounts: Sequence[Key]
    started: datetime | None = None


def part_of(path: Path, work: Path) -> Part:
    """Open a run's folder, or a saved inventory as results in the folder `work`. Raises UserError, OSError."""
    if not path.exists():
        raise UserError(f"{path}: neither a saved inventory nor the folder of a run is there")
    return _of_folder(path) if path.is_dir() else _of_inventory(path, work)


def _of_folder(path: Path) -> Part:
    found = folder.find(str(path))
    head = found.head
    assert head is not None  # noqa: S101 - found means that
    results = [Result.at(file) for file in found.results]
    return Part(str(path), results, head.everyone, head.started)


def _of_inventory(path: Path, work: Path) -> Part:
    """Cut an inventory, which is sorted, into its accounts. What belongs to none of them is a guest of the first."""
    header, complete = Header(), True
    gaps: dict[Key, list[Gap]] = defaultdict(list)
    listings: dict[Key, list[Listing]] = defaultdict(list)
    for entry in read(path):
        match entry:
            case Header():
                header = entry
            case Gap():
                gaps[Key(*entry.scope[:2])].append(entry)
            case Listing():
                listings[Key(*entry.scope[:2])].append(entry)
            case End():
                complete = entry.complete
            case _:
                pass
    scopes: dict[Key, list[Scope]] = defaultdict(list)
    for scope in header.scopes:
        scopes[Key(*scope[:2])].append(scope)
    results = []
    for key, lines in _by_account(path, scopes):
        summary = Summary(
            key,
            tuple(scopes[key]),
            tuple(word for word in header.left_out if word.startswith(f"{key}/")),
            tuple(gaps.pop(key, ())),
            tuple(listings[key]),
            header.kinds,
            complete=complete,
            started=header.started,
        )
        results.append(Result(work / key.file, write(work / key.file, summary, lines)))
    others = [Key(Cloud(cloud), account) for cloud, account in header.others]
    return Part(str(path), results, sorted({*scopes, *others}), header.started)


def _by_account(path: Path, scopes: Iterable[Key]) -> Iterator[tuple[Key, list[bytes]]]:
    """Yield each account's lines, those of all accounts that were asked; of one account at a time in memory.

    A file that we wrote has each account in one piece. One that was put together by others is gone through once for
    each account: none of its lines may get lost.
    """
    waiting = sorted(scopes)
    if not waiting:
        return
    known, first = set(waiting), waiting[0]
    strays: list[bytes] = []
    pieces: list[Key] = []
    for line in _resources(path):
        key = _key(line)
        if key not in known:
            strays.append(line)
        elif pieces[-1:] != [key]:
            pieces.append(key)
    if len(pieces) == len(set(pieces)):
        ours = (line for line in _resources(path) if _key(line) in known)
        for key, lines in groupby(ours, _key):
            yield key, [*lines, *(strays if key == first else ())]
    else:
        for key in dict.fromkeys(pieces):
            mine = (line for line in _resources(path) if _key(line) == key)
            yield key, [*mine, *(strays if key == first else ())]
    for key in waiting:
        if key not in pieces:
            yield key, strays if key == first else []


def _resources(path: Path) -> Iterator[bytes]:
    for line in lines_of(path):
        if line.startswith(_RESOURCE):
            try:
                orjson.loads(line)
            except orjson.JSONDecodeError:
                return  # cut short; the scopes have a gap for it
            yield line + b"\n"


def _key(line: bytes) -> Key:
    row = orjson.loads(line)
    return Key(Cloud(row["provider"]), row["account"])


def joined(parts: Sequence[Part]) -> tuple[list[Result], list[Gap]]:
    """Return one result per account, and a gap for each account that was to be read and is in no part.

    Of several results of one account a whole one counts, and of these the one that was read last. Raises UserError.
    """
    best: dict[Key, Result] = {}
    for part in parts:
        for result in part.results:
            before = best.get(result.summary.key)
            if before is None or _worth(result.summary) > _worth(before.summary):
                best[result.summary.key] = result
    if not best:
        raise UserError(f"{', '.join(part.place for part in parts) or 'nothing'}: no account was read there")
    gaps = []
    for key in sorted({key for part in parts for key in part.accounts} - best.keys()):
        where = ", ".join(part.place for part in parts if key in part.accounts)
        text = f"none of the parts has this account, which was to be read ({where})"
        gaps.append(Gap(Scope(*key), ANY_KIND, Code.UNAVAILABLE, text=text))
    return [best[key] for key in sorted(best)], gaps


def _worth(summary: Summary) -> tuple[bool, str]:
    return summary.complete, summary.started.isoformat() if summary.started else ""


def not_collected(result: Result, kinds: Iterable[type[Resource]]) -> Result:
    """Return a result with a gap for each kind of its cloud that it was never asked for: never a denial."""
    summary = result.summary
    there = {source.kind.kind() for source in provider_of(summary.key.cloud).sources}
    asked = (summary.kinds or {}).keys()
    gaps = [
        Gap(
            Scope(*summary.key),
            kind,
            Code.NOT_ASKED,
            text=f"this inventory was collected without kind {kind}",
        )
        for kind in sorted({kind.kind() for kind in kinds} & there - asked)
    ]
    return replace(result, summary=replace(summary, gaps=(*summary.gaps, *gaps)))
