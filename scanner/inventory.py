"""What was read and what was not: resources, listings and gaps, in memory and in one file."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import IO, Any, Final

import orjson
from pydantic import ValidationError

from scanner.errors import UserError
from scanner.files import lines_of, whole_file
from scanner.models import kinds
from scanner.models.resource import Cloud, Code, Resource, Scope, Why, read_at

FORMAT: Final = 1
ANY_KIND: Final = "*"


@dataclass(frozen=True, slots=True)
class Gap:
    """A listing that could not be read, or not to its end, and why. `kind` `*` covers the whole scope."""

    scope: Scope
    kind: str
    code: Code
    permission: str = ""
    call: str = ""
    text: str = ""

    @property
    def why(self) -> str:
        """The reason in one line."""
        return ": ".join(part for part in (self.call, self.text) if part) or self.code.value


@dataclass(frozen=True, slots=True)
class Listing:
    """One kind asked in one scope: when, by which call, from where (live, recorded, a bulk service), how many.

    What several scopes list is counted in each of them, though it is kept once.
    """

    scope: Scope
    kind: str
    call: str
    read_at: datetime
    origin: str = "live"
    count: int = 0


@dataclass(frozen=True, slots=True)
class Header:
    """The first line of an inventory: what was asked for. `kinds` maps a kind to the fields that were asked.

    `others` are accounts of the same run, as (cloud, account), that other shards of it read.
    """

    kinds: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    scopes: tuple[Scope, ...] = ()
    left_out: tuple[str, ...] = ()
    started: datetime | None = None
    version: str = ""
    format: int = FORMAT
    others: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class End:
    """The last line: whether everything was asked that was to be asked."""

    complete: bool = True


Entry = Header | Resource | Listing | Gap | End


@dataclass(slots=True)
class Inventory:
    """A whole inventory in memory. Large ones are streamed instead, by `read` and `Writer`."""

    resources: list[Resource] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    listings: list[Listing] = field(default_factory=list)
    header: Header = field(default_factory=Header)
    complete: bool = True


class InventoryError(UserError):
    """A file that is not an inventory that this version can read. Names the file and the line; exit code 2."""


class Writer:
    """Writes an inventory line by line. `end` must be called for the file to count as whole."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self.counts = {"resources": 0, "gaps": 0}

    def write(self, entry: Entry) -> None:
        """Append one entry."""
        counted = {Gap: "gaps", Header: "", Listing: ""}.get(type(entry), "resources")
        self.write_line(to_line(entry), counted)

    def write_line(self, line: bytes, counted: str) -> None:
        """Append a line that `to_line` made; `counted` is what its end counts it as, "" nothing."""
        if counted:
            self.counts[counted] = self.counts.get(counted, 0) + 1
        self._stream.write(line)

    def end(self, *, complete: bool) -> None:
        """Append the line without which a file was cut short."""
        self._stream.write(_json({"type": "end", "complete": complete, "counts": self.counts}))


@contextmanager
def writing(path: Path) -> Iterator[Writer]:
    """Open an inventory file for writing: whole or not there, readable by its owner only. Raises OSError."""
    with whole_file(path) as stream:
        yield Writer(stream)


def save(inventory: Inventory, path: Path) -> None:
    """Write an inventory that is in memory."""
    with writing(path) as writer:
        entries: list[Entry] = [inventory.header, *inventory.listings, *inventory.resources, *inventory.gaps]
        for entry in entries:
            writer.write(entry)
        writer.end(complete=inventory.complete)


def load(path: Path) -> Inventory:
    """Read a whole inventory into memory. Raises InventoryError, OSError."""
    inventory = Inventory()
    for entry in read(path):
        match entry:
            case Header():
                inventory.header = entry
            case Listing():
                inventory.listings.append(entry)
            case Gap():
                inventory.gaps.append(entry)
            case Resource():
                inventory.resources.append(entry)
            case End():
                inventory.complete = entry.complete
    return inventory


def read(path: Path, only: Iterable[str] | None = None) -> Iterator[Entry]:
    """Yield the entries of an inventory file, streamed; `only` these kinds of resources when given.

    A file that was cut short ends with a gap over each of its scopes. Raises InventoryError, OSError.
    """
    wanted = None if only is None else frozenset(only)
    header: Header | None = None
    last: Entry | None = None
    lines = enumerate(lines_of(path), 1)
    for number, line in lines:
        if wanted is not None and header is not None and _is_of_other(line, wanted):
            last = None
            continue
        try:
            row = orjson.loads(line)
        except orjson.JSONDecodeError as error:
            if next(lines, None) is None and number > 1:
                break
            raise InventoryError(f"{path}:{number}: not JSON: {error}") from None
        last = _entry(row, wanted, f"{path}:{number}", number)
        if isinstance(last, Header):
            header = last
        if last is not None:
            yield last
    if isinstance(last, End):
        return
    if header is None:
        raise InventoryError(f"{path}: empty, not an inventory")
    for scope in header.scopes:
        yield Gap(scope, ANY_KIND, Code.UNAVAILABLE, text=f"{path.name} was cut short")
    yield End(complete=False)


_BEFORE_KIND: Final = b'{"type":"resource","kind":"'


def _is_of_other(line: bytes, wanted: frozenset[str]) -> bool:
    """Tell by the beginning of a line that `to_line` wrote whether it is a resource of no kind that is wanted.

    Most of a large inventory is then not read as JSON.
    """
    if not line.startswith(_BEFORE_KIND):
        return False
    start = len(_BEFORE_KIND)
    return line[start : line.find(b'"', start)].decode(errors="replace") not in wanted


def tidy(gaps: Iterable[Gap], listings: Iterable[Listing]) -> list[Gap]:
    """Return the gaps sorted, equal ones once, and a region in which everything was denied as one gap.

    Such a denial is the work of a policy that covers the region; naming each permission would mislead.
    """
    merged: dict[tuple[Any, ...], list[Gap]] = {}
    for gap in gaps:
        merged.setdefault((gap.scope, gap.kind, gap.code, gap.permission, gap.call), []).append(gap)
    single = [_merged(group) for group in merged.values()]
    asked: dict[Scope, set[str]] = {}
    for listing in listings:
        if listing.call:  # the region itself is listed without one
            asked.setdefault(listing.scope, set()).add(listing.kind)
    for scope, kinds_asked in asked.items():
        denied = [
            gap for gap in single if gap.scope == scope and gap.code is Code.DENIED and gap.kind != ANY_KIND
        ]
        permissions = {gap.permission for gap in denied}
        if len(permissions) >= _MANY and kinds_asked <= {gap.kind for gap in denied}:
            text = f"every listing was denied, {', '.join(sorted(permissions))}; the first said: {denied[0].text}"
            single = [gap for gap in single if gap not in denied]
            single.append(Gap(scope, ANY_KIND, Code.DENIED, text=text))
    return sorted(single, key=lambda gap: (gap.scope, gap.kind, gap.code, gap.permission, gap.call))


def once_each(listings: Iterable[Listing]) -> list[Listing]:
    """Return the listings sorted; those under many parents in one scope as one: since when, and how many in all."""
    found: dict[tuple[Any, ...], Listing] = {}
    for one in listings:
        key = (one.scope, one.kind, one.call, one.origin)
        seen = found.get(key)
        found[key] = (
            one
            if seen is None
            else replace(seen, read_at=min(seen.read_at, one.read_at), count=seen.count + one.count)
        )
    return [found[key] for key in sorted(found)]


_MANY: Final = 3


def _merged(group: list[Gap]) -> Gap:
    first = min(group, key=lambda gap: gap.text)
    more = f" (and {len(group) - 1} more like it)" if len(group) > 1 else ""
    return replace(first, text=first.text + more)


def to_line(entry: Entry) -> bytes:
    """One entry as one line of an inventory file."""
    row: dict[str, Any]
    match entry:
        case Header():
            row = {
                "type": "inventory",
                "format": entry.format,
                "tool": "surefoot",
                "version": entry.version,
                "started": read_at(entry.started) if entry.started else None,
                "scopes": [scope_fields(scope) for scope in entry.scopes],
                "left_out": entry.left_out,
                "kinds": entry.kinds,
                **({"others": entry.others} if entry.others else {}),
            }
        case Listing():
            row = {
                "type": "listing",
                **scope_fields(entry.scope),
                "kind": entry.kind,
                "call": entry.call,
                "read_at": read_at(entry.read_at),
                "origin": entry.origin,
                "count": entry.count,
            }
        case Gap():
            row = {"type": "gap", **gap_fields(entry)}
        case Resource():
            row = {
                "type": "resource",
                "kind": entry.kind(),
                **scope_fields(entry.scope),
                "id": entry.id,
                "name": entry.name,
                "facts": entry.model_dump(mode="json", exclude=_IDENTITY, exclude_defaults=True),
                "unread": {name: why.model_dump(mode="json") for name, why in sorted(entry.unread.items())},
            }
        case End():
            row = {"type": "end", "complete": entry.complete}
    return _json(row)


_IDENTITY: Final = {"id", "name", "scope", "unread"}


def from_line(line: bytes, place: str) -> Entry:
    """Return the entry that `to_line` made a line of. Raises InventoryError, which names the place."""
    entry = _entry(orjson.loads(line), None, place, 0)
    assert entry is not None  # noqa: S101 - nothing is left out
    return entry


def scope_fields(scope: Scope) -> dict[str, str]:
    """A scope as every output writes it."""
    return {"provider": scope.cloud.value, "account": scope.account, "region": scope.region}


def gap_fields(gap: Gap) -> dict[str, str]:
    """A gap as every output writes it."""
    return {
        **scope_fields(gap.scope),
        "kind": gap.kind,
        "code": gap.code.value,
        "permission": gap.permission,
        "why": gap.why,
    }


def _json(row: Mapping[str, Any]) -> bytes:
    return orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE)


def _entry(row: Any, wanted: frozenset[str] | None, place: str, number: int) -> Entry | None:
    if number == 1:
        return _header(row, place)
    try:
        match row["type"]:
            case "resource":
                if wanted is not None and row["kind"] not in wanted:
                    return None
                return _resource(row, place)
            case "listing":
                when = datetime.fromisoformat(row["read_at"])
                return Listing(scope_of(row), row["kind"], row["call"], when, row["origin"], row["count"])
            case "gap":
                return Gap(scope_of(row), row["kind"], Code(row["code"]), row["permission"], text=row["why"])
            case "end":
                return End(complete=bool(row["complete"]))
            case other:
                raise InventoryError(f"{place}: a line of type {other!r} has no place in an inventory")
    except (KeyError, TypeError, ValueError) as error:
        raise InventoryError(f"{place}: {error}") from None


def _header(row: Any, place: str) -> Header:
    if not isinstance(row, dict) or row.get("type") != "inventory":
        raise InventoryError(f"{place}: not an inventory: its first line must have the type `inventory`")
    if not isinstance(row.get("format"), int) or row["format"] > FORMAT:
        raise InventoryError(
            f"{place}: format {row.get('format')!r} is newer than {FORMAT}, the newest that this version reads: "
            f"it was written by surefoot {row.get('version') or '?'}"
        )
    try:
        return Header(
            kinds={kind: tuple(fields) for kind, fields in row["kinds"].items()},
            scopes=tuple(scope_of(scope) for scope in row["scopes"]),
            left_out=tuple(row.get("left_out", ())),
            started=datetime.fromisoformat(row["started"]) if row.get("started") else None,
            version=row.get("version", ""),
            format=row["format"],
            others=tuple((cloud, account) for cloud, account in row.get("others", ())),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InventoryError(f"{place}: {error!r}") from None


def scope_of(row: Mapping[str, Any]) -> Scope:
    """Return the scope that `scope_fields` wrote."""
    return Scope(Cloud(row["provider"]), row["account"], row["region"])


def _resource(row: Mapping[str, Any], place: str) -> Resource:
    kind = kinds().get(row["kind"])
    if kind is None:
        raise InventoryError(f"{place}: kind {row['kind']!r} is not known to this version")
    unread = {name: Why.model_validate(why) for name, why in row["unread"].items()}
    try:
        return kind.model_validate(
            {**row["facts"], "id": row["id"], "name": row["name"], "scope": scope_of(row), "unread": unread}
        )
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise InventoryError(f"{place}: {row['kind']}.{where}: {first['msg']}") from None
