"""Ports before address translation: a load balancer's port 50001 that reaches port 22 behind it.

A firewall behind a translator sees the translated port, while a person asks about the one in front. So the layers
behind it are rewritten into the ports in front, which commutes with all set algebra: the chain then speaks of one
kind of port, in exposure and in a trace alike. Put a layer before them that hands on the front ports only.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from scanner.exposure.addresses import AddressSet
from scanner.exposure.bands import Band, joined
from scanner.exposure.layers import Layer
from scanner.exposure.notation import WIDTH, Family
from scanner.exposure.packets import PacketSet
from scanner.exposure.services import Ports, places


@dataclass(frozen=True, slots=True)
class Translation:
    """Ports of one protocol in front, and those behind: as many, in order, or a single one for all.

    ValueError when they are neither, or no port ranges.
    """

    protocol: str
    front: Ports
    back: Ports

    def __post_init__(self) -> None:
        for family in WIDTH:
            places(family, self.protocol, self.front)
            places(family, self.protocol, self.back)
        (first, last), (back_first, back_last) = self.front, self.back
        if back_first != back_last and last - first != back_last - back_first:
            raise ValueError(
                f"{self.protocol} ports {first}-{last} cannot be translated to {back_first}-{back_last}"
            )


def in_front(layer: Layer, translations: Iterable[Translation]) -> Layer:
    """Rewrite a layer behind a translator into the ports in front of it; ports not translated match no rule.

    ValueError when two translations share a front port.
    """
    ways = tuple(translations)
    rules = (
        replace(rule, packets=packets_in_front(rule.packets, ways), maybe=packets_in_front(rule.maybe, ways))
        for rule in layer.rules
    )
    return replace(layer, rules=tuple(rules))


def packets_in_front(packets: PacketSet, translations: Iterable[Translation]) -> PacketSet:
    """The packets that become those of `packets` by translation; ValueError as in `in_front`."""
    ways = tuple(translations)
    bands = sorted(
        (band for way in ways for family in WIDTH for band in _moved(packets, way, family)),
        key=lambda band: band[:2],
    )
    fronts = sorted(places(4, way.protocol, way.front) for way in ways)
    for (_, stop), (start, _) in pairwise(fronts):
        if start < stop:
            raise ValueError("two translations share a front port, so it has no one port behind it")
    return PacketSet(joined(bands))


def _moved(packets: PacketSet, way: Translation, family: Family) -> Iterator[Band[AddressSet]]:
    front, front_stop = places(family, way.protocol, way.front)
    back, back_stop = places(family, way.protocol, way.back)
    for low, high, sources in packets.bands:
        start, stop = max(low, back), min(high, back_stop)
        if start >= stop:
            continue
        if back_stop - back == 1:
            yield front, front_stop, sources
        else:
            yield start - back + front, stop - back + front, sources
