"""What an exposure comes to, for people and programs: open ports, how widely, and the way in."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any, Final, NamedTuple

from scanner.exposure.addresses import AddressSet, union
from scanner.exposure.breadth import Breadth, breadth
from scanner.exposure.deciding import Turn
from scanner.exposure.notation import V4, V6, Family
from scanner.exposure.services import PORTS, Ports, family_at, places, protocol_number
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
            "ports": list(self.ports),
            "class": self.breadth.value,
            "sources": list(self.sources.cidrs()),
            "via": list(self.via),
        }
        if self.unresolved:
            row["unresolved"] = list(self.unresolved)
        if self.doubts:
            row["doubts"] = list(self.doubts)
        return row


@lru_cache(maxsize=1 << 7)
def openings(exposure: Exposure, protocols: tuple[str, ...] = _REPORTED) -> tuple[Opening, ...]:
    """The openings of an exposure, sorted by protocol, family and port.

    Neighbouring ports with the same class and sources are one range, which names the evidence of them all. Ports
    that no public address can reach are left out. ValueError when `protocols` names none or all.
    """
    bands = [
        (start, stop, summary)
        for start, stop, cells in exposure.bands
        if (summary := _summary(cells, family_at(start)))
    ]
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


class _Summary(NamedTuple):
    breadth: Breadth
    sources: AddressSet
    via: tuple[str, ...]
    unresolved: tuple[str, ...]
    doubts: tuple[str, ...]


def _summary(cells: tuple[Cell, ...], family: Family) -> _Summary | None:
    """What the cells at one place come to; None when no public address is let through."""
    if len(cells) == 1 and cells[0].sure:  # nearly every place
        sources = cells[0].sources
        level = breadth(sources)
        return None if level is None else _Summary(level, sources, *_evidence(cells))
    shown = [cell for cell in cells if cell.sure]
    sources = union(family, [cell.sources for cell in shown])
    level = breadth(sources)
    if len(shown) < len(cells) and level is not Breadth.WORLD:
        maybe = [cell for cell in cells if not cell.sure and (cell.sources - sources) & PUBLIC[family]]
        if maybe and level is not Breadth.PART:
            level = Breadth.UNRESOLVED
        shown += maybe
    if level is None:
        return None
    if len(shown) > 1:
        # A way in for private addresses only is not worth a word.
        shown = [cell for cell in shown if cell.sources & PUBLIC[family]]
    return _Summary(level, sources, *_evidence(shown))


def _evidence(cells: Iterable[Cell]) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """The rules on the ways of the cells, what was unresolved among them, and the doubts."""
    via: list[str] = []
    whys: list[str] = []
    doubts: list[str] = []
    for cell in cells:
        for step in cell.path:
            # Every cell here has public addresses, and the only rule of a step decides about all of them.
            if len(step.turns) == 1:
                via.append(step.turns[0].ref)
            else:
                via += _public_names(step.turns, cell)
            if step.why:
                whys.append(step.why)
            if step.doubts:
                doubts += _public_names(step.doubts, cell)
    return _texts(via), _texts(whys), _texts(doubts)


def _public_names(turns: tuple[Turn, ...], cell: Cell) -> list[str]:
    """The rules that decide about public addresses of the cell."""
    public = cell.sources & PUBLIC[cell.sources.family]
    return [turn.ref for turn in turns if turn.sources & public]


def _texts(texts: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, texts))) if texts else ()


def _of_protocol(protocol: str, family: Family, bands: list[tuple[int, int, _Summary]]) -> list[Opening]:
    low, high = places(family, protocol, None)
    found: list[Opening] = []
    for start, stop, summary in bands[bisect_right(bands, low, key=itemgetter(1)) :]:
        if start >= high:
            break
        ports = max(start, low) % PORTS, (min(stop, high) - 1) % PORTS
        opening = Opening(family, protocol, ports, *summary)
        if found and _continues(found[-1], opening):
            opening = _both(found.pop(), opening)
        found.append(opening)
    return found


def _continues(before: Opening, after: Opening) -> bool:
    touch = before.ports[1] + 1 == after.ports[0]
    return touch and before.breadth is after.breadth and before.sources == after.sources


def _both(before: Opening, after: Opening) -> Opening:
    return after._replace(
        ports=(before.ports[0], after.ports[1]),
        via=_texts(before.via + after.via),
        unresolved=_texts(before.unresolved + after.unresolved),
        doubts=_texts(before.doubts + after.doubts),
    )
