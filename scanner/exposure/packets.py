"""Sets of packets: which source addresses may send to which protocol and destination port.

A set is one sorted list of bands, each a range of places (see `services`) with the addresses that may send there, so
that all algebra is one merge of two lists.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Self

from scanner.exposure.addresses import ANYWHERE, AddressSet, union
from scanner.exposure.bands import Band, joined, overlaid, overlaps
from scanner.exposure.notation import V4, V6, Family
from scanner.exposure.services import END, FAMILY_BASE, Packet, Ports, places


@dataclass(frozen=True, slots=True)
class PacketSet:
    """An immutable set of packets.

    `bands` are [start, stop) and the addresses: sorted, disjoint, never empty, and neighbours that touch differ in
    their addresses; so equal sets compare equal. Make sets with `of` and the operators `| & -`; `<=` is subset.
    To restrict a set to some sources or ports, intersect it with their set.
    """

    bands: tuple[Band[AddressSet], ...] = ()

    @classmethod
    def of(cls, sources: AddressSet, protocol: str = "all", ports: Iterable[Ports] | None = None) -> Self:
        """Packets from `sources` of one protocol to some ports (None: to all, or the protocol has none).

        `protocol` is a name or a number as text, in any case. Ports must belong to a protocol that has them, and
        be 0 to 65535. ValueError names what is wrong.
        """
        if ports is None:
            ranges = [places(sources.family, protocol, None)]
        else:
            ranges = sorted([places(sources.family, protocol, each) for each in ports])
        if len(ranges) == 1 and sources.edges:
            return cls(((*ranges[0], sources),))
        return cls(joined((start, stop, sources) for start, stop in _disjoint(ranges)))

    def sources(self, family: Family, protocol: str = "all", ports: Ports | None = None) -> AddressSet:
        """Every address that may send to at least one of these ports."""
        start, stop = places(family, protocol, ports)
        return union(family, [each for low, high, each in self.bands if low < stop and high > start])

    def __bool__(self) -> bool:
        return bool(self.bands)

    def __contains__(self, packet: Packet) -> bool:
        return any(start <= packet.place < stop and packet.source in each for start, stop, each in self.bands)

    def __or__(self, other: Self) -> Self:
        pieces = overlaid(self.bands, other.bands)
        return type(self)(joined((start, stop, a | b if a and b else a or b) for start, stop, a, b in pieces))

    def __and__(self, other: Self) -> Self:
        return type(self)(
            joined((start, stop, a & b) for start, stop, a, b in overlaps(self.bands, other.bands))
        )

    def __sub__(self, other: Self) -> Self:
        pieces = overlaid(self.bands, other.bands)
        return type(self)(joined((start, stop, a - b if b else a) for start, stop, a, b in pieces if a))

    def __le__(self, other: Self) -> bool:
        return not self - other


NOTHING: Final = PacketSet()
"""No packet."""

EVERYTHING: Final = PacketSet(((0, FAMILY_BASE[V6], ANYWHERE[V4]), (FAMILY_BASE[V6], END, ANYWHERE[V6])))
"""Every packet."""


def _disjoint(ranges: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Sorted ranges without their overlaps."""
    reached = 0
    for start, stop in ranges:
        if stop > reached:
            yield max(start, reached), stop
            reached = stop
