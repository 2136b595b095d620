"""Which openings matter to a rule: those by which a large part of the internet gets to every one of some ports."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from scanner.exposure.breadth import Breadth
from scanner.exposure.notation import V4, V6, Family
from scanner.exposure.openings import Opening
from scanner.exposure.services import Ports
from scanner.models.resource import UnreadError


def wide(
    found: Sequence[Sequence[Opening]], ports: Ports, unread: Mapping[str, UnreadError]
) -> Iterator[tuple[Family, list[Opening]]]:
    """Yield, per IP version, the openings of one of `found` that let a large part of the internet in on all of `ports`.

    Raises UnreadError at the end when others may; `unread` maps the words by which openings call something unresolved
    to the error that says what was not read.
    """
    near = [_near(one, ports) for one in found]
    missing: UnreadError | None = None
    for family in (V4, V6) if any(near) else ():
        ways = [_way([each for each in one if each.family == family], ports) for one in near]
        open_ = next((way for way in ways if way and not _unresolved(way)), None)
        if open_:
            yield family, open_
            continue
        whys = (why for way in ways for opening in way for why in opening.unresolved)
        missing = missing or next((unread[why] for why in whys), None)
    if missing is not None:
        raise missing


def covered(spans: Iterable[Ports], ports: Ports) -> bool:
    """Tell whether the ranges together hold all of these ports: cheap, and seldom so."""
    port = ports[0]
    for first, last in sorted(spans):
        if first > port:
            return False
        port = max(port, last + 1)
    return port > ports[1]


def _near(found: Iterable[Opening], ports: Ports) -> list[Opening]:
    """The openings to some of the ports that are wide or unresolved: mostly none."""
    first, last = ports
    near = [each for each in found if each.ports[0] <= last and each.ports[1] >= first]
    return [each for each in near if each.breadth is not Breadth.NARROW]


def _way(near: list[Opening], ports: Ports) -> list[Opening]:
    """The openings that cover all of the ports; none when a port is open to few or to nobody."""
    return near if covered((each.ports for each in near), ports) else []


def _unresolved(way: Iterable[Opening]) -> bool:
    return any(opening.breadth is Breadth.UNRESOLVED for opening in way)


def which(protocol: str, ports: Ports) -> str:
    """`tcp 22` or `tcp 1-65535`."""
    first, last = ports
    return f"{protocol} {first}" if first == last else f"{protocol} {first}-{last}"


def who(way: Iterable[Opening], family: Family) -> str:
    """Say how much of the internet comes through all of these openings."""
    whole = all(opening.breadth is Breadth.WORLD for opening in way)
    return f"{'the whole internet' if whole else 'a large part of the internet'} (IPv{family})"


def how(way: Iterable[Opening], most: int) -> str:
    """Name the rules that let it through, at most so many, and those that may close it after all."""
    openings = list(way)
    via = _listed((ref for opening in openings for ref in opening.via), most)
    doubts = _listed((ref for opening in openings for ref in opening.doubts), most)
    return f"{via}, unless {doubts} closes it" if doubts else via


_MORE: Final = " and {} more"


def _listed(refs: Iterable[str], most: int) -> str:
    unique = list(dict.fromkeys(refs))
    more = len(unique) - most
    return ", ".join(unique[:most]) + (_MORE.format(more) if more > 0 else "")
