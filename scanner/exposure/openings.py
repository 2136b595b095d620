"""What an exposure comes to, for people and programs: open ports, how widely, and the way in."""

from bisect import bisect_right
from collections.abc import Iterable
from functools import lru_cache
from operator import itemgetter
from typing import Any, Final, NamedTuple

from scanner.exposure.addresses import AddressSet, union
from scanner.exposure.bands import Band
from scanner.exposure.breadth import Breadth, breadth
from scanner.exposure.deciding import Turn
from scanner.exposure.notation import V4, V6, Family
from scanner.exposure.services import Ports, places, protocol_number
from scanner.exposure.special import PUBLIC
from scanner.exposure.walking import Cell, Exposure

_REPORTED: Final = ("tcp", "udp")


class Opening(NamedTuple):
    """A range of ports that the internet can reach, or may be able to.

    `breadth` is the class of what is surely open, but U where less than a large part is, and what is `unresolved`
    could widen it. `sources` is all that is surely accepted, private addresses included. `via` names the rules
    that let public addresses through, in the order of the layers; `doubts` those that may close the opening, but
    could not be resolved. A protocol without ports has the ports 0 to 65535.
    """

    family: Family
    protocol: str
    ports: Ports
    breadth: Breadth
    sources: AddressSet
    via: tuple[str, ...] = ()
    unresolved: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """One entry of the exposure file; `unresolved` and `doubts` stand in it only where there are any."""
        row: dict[str, Any] = {
            "family": self.family,
            "protocol": self.protocol,
            "ports": self.ports,
            "class": self.breadth,
            "sources": self.sources.cidrs(),
            "via": self.via,
        }
        if self.unresolved:
            row["unresolved"] = self.unresolved
        if self.doubts:
            row["doubts"] = self.doubts
        return row


_Texts = tuple[str, ...]
Summary = tuple[Breadth, AddressSet, _Texts, _Texts, _Texts]
"""All of an opening but where it is."""


@lru_cache(maxsize=1 << 7)
def openings(exposure: Exposure, protocols: tuple[str, ...] = _REPORTED) -> tuple[Opening, ...]:
    """The openings of an exposure, sorted by protocol, family and port.

    Neighbouring ports with the same class and sources are one range, which names the evidence of them all. Ports
    that no public address can reach are left out. ValueError when `protocols` names none or all.
    """
    bands = []
    for start, stop, cells in exposure.bands:
        found = summary(cells)
        if found is not None:
            bands.append((start, stop, found))
    return listed(bands, protocols)


def listed(bands: Iterable[Band[Summary]], protocols: Iterable[str] = _REPORTED) -> tuple[Opening, ...]:
    """The openings of what was summed up, by place; as in `openings`."""
    bands = list(bands)
    found: list[Opening] = []
    for protocol in sorted(protocols):
        if protocol_number(protocol) is None:
            raise ValueError(f"openings are listed by protocol, and {protocol!r} is not one")
        for family in (V4, V6):
            found += _of_protocol(protocol, family, bands)
    return tuple(found)


def in_short(found: Iterable[Opening]) -> str:
    """Openings as `tcp4:22=W tcp4:80-443=N ...`, or `none`: classes only, whatever the sources."""
    words: list[tuple[str, int, int, Breadth]] = []
    for each in found:
        (first, last), name = each.ports, f"{each.protocol}{each.family}"
        if words and words[-1][0] == name and words[-1][2] == first - 1 and words[-1][3] is each.breadth:
            first = words.pop()[1]
        words.append((name, first, last, each.breadth))
    ports = (
        (name, str(first) if first == last else f"{first}-{last}", level)
        for name, first, last, level in words
    )
    return " ".join(f"{name}:{text}={level.value}" for name, text, level in ports) or "none"


def summary(cells: tuple[Cell, ...]) -> Summary | None:
    """What the cells at one place come to; None when no public address is let through."""
    sources, _path, _sure, refs = cells[0]
    if refs is None or len(cells) > 1:
        return _summed_up(cells, sources.family)
    return by(once_each(refs), sources)


def by(refs: _Texts, sources: AddressSet) -> Summary | None:
    """What comes to addresses that one way lets through, of which all rules are known; None when none is public."""
    level = breadth(sources)
    return None if level is None else (level, sources, refs, (), ())


def _summed_up(cells: tuple[Cell, ...], family: Family) -> Summary | None:
    shown = [cell for cell in cells if cell.sure]
    sources = shown[0].sources if len(shown) == 1 else union(family, [cell.sources for cell in shown])
    level = breadth(sources)
    if len(shown) < len(cells) and level is not Breadth.WORLD:
        maybe = [cell for cell in cells if not cell.sure and (cell.sources - sources).meets(PUBLIC[family])]
        if maybe and level is not Breadth.PART:
            level = Breadth.UNRESOLVED
        shown += maybe
    if level is None:
        return None
    if len(shown) > 1:
        # A way in for private addresses only is not worth a word.
        shown = [cell for cell in shown if cell.sources.meets(PUBLIC[family])]
    return (level, sources, *_evidence(shown))


def _evidence(cells: Iterable[Cell]) -> tuple[_Texts, _Texts, _Texts]:
    """The rules on the ways of the cells, what was unresolved among them, and the doubts; each once, in order."""
    via: dict[str, None] = {}
    whys: dict[str, None] = {}
    doubts: dict[str, None] = {}
    for cell in cells:
        if cell.refs is not None:
            via.update(dict.fromkeys(cell.refs))
            continue
        for _sources, _layer, _action, turns, why, doubtful, _refs in cell.path:
            # Every cell here has public addresses, and the only rule of a step decides about all of them.
            if len(turns) == 1:
                via[turns[0].ref] = None
            else:
                via.update(_public_names(turns, cell))
            if why:
                whys[why] = None
            if doubtful:
                doubts.update(_public_names(doubtful, cell))
    via.pop("", None)
    return tuple(via), tuple(whys), tuple(doubts)


def _public_names(turns: tuple[Turn, ...], cell: Cell) -> dict[str, None]:
    """The rules that decide about public addresses of the cell."""
    public = _public(cell.sources.family, cell.sources.edges)
    return dict.fromkeys([turn.ref for turn in turns if turn.sources.meets(public)])


@lru_cache(maxsize=1 << 10)
def _public(family: Family, edges: tuple[int, ...]) -> AddressSet:
    """The public ones of some addresses. The sets that many rules make up are few, and wide."""
    return AddressSet(family, edges) & PUBLIC[family]


def _of_protocol(protocol: str, family: Family, bands: list[tuple[int, int, Summary]]) -> list[Opening]:
    low, high = places(family, protocol, None)
    found: list[Opening] = []
    last = -1
    for start, stop, found_there in bands[bisect_right(bands, low, key=itemgetter(1)) :]:
        if start >= high:
            break
        first = start - low if start > low else 0
        touches = found and first == last + 1
        last = (min(high, stop)) - low - 1
        opening = Opening(family, protocol, (first, last), *found_there)
        if touches and _alike(found[-1], opening):
            opening = _both(found.pop(), opening)
        found.append(opening)
    return found


def _alike(before: Opening, after: Opening) -> bool:
    return before.breadth is after.breadth and before.sources == after.sources


def _both(before: Opening, after: Opening) -> Opening:
    return after._replace(
        ports=(before.ports[0], after.ports[1]),
        via=once_each(before.via + after.via),
        unresolved=once_each(before.unresolved + after.unresolved),
        doubts=once_each(before.doubts + after.doubts),
    )


def once_each(texts: _Texts) -> _Texts:
    """Return texts in order, each once."""
    return tuple(dict.fromkeys(texts))
