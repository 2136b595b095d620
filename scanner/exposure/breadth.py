"""How much of the internet a set of addresses is: the classes in which exposure is reported."""

import enum
from fractions import Fraction
from functools import lru_cache
from typing import Final

from scanner.exposure.addresses import AddressSet
from scanner.exposure.notation import V4, V6, Family
from scanner.exposure.special import PUBLIC, PUBLIC_SIZE


class Breadth(enum.StrEnum):
    """How wide open, by the share of public addresses. The values are those of the exposure file."""

    WORLD = "W"
    """At least 99.9 % of the public addresses: the whole internet."""
    PART = "P"
    """A large part: as many public addresses as a /8 of IPv4 or a /24 of IPv6 holds, or more."""
    NARROW = "N"
    """Some public addresses, but fewer."""
    UNRESOLVED = "U"
    """Could be wider than what is known: a source could not be resolved."""


# In per mille, to compare whole numbers: 128-bit counts do not fit a float.
_WORLD_PER_MILLE: Final = 999
_PART: Final[dict[Family, int]] = {V4: 1 << (32 - 8), V6: 1 << (128 - 24)}


def breadth(sources: AddressSet) -> Breadth | None:
    """The class of a set of addresses that is fully known; None when no public address is in it."""
    edges = sources.edges
    if edges and edges[-1] - edges[0] < _PART[sources.family]:
        return Breadth.NARROW if sources.meets(PUBLIC[sources.family]) else None
    return _breadth(sources.family, edges)


@lru_cache(maxsize=1 << 12)
def _breadth(family: Family, edges: tuple[int, ...]) -> Breadth | None:
    public = (AddressSet(family, edges) & PUBLIC[family]).size
    if public * 1000 >= PUBLIC_SIZE[family] * _WORLD_PER_MILLE:
        return Breadth.WORLD
    if public >= _PART[family]:
        return Breadth.PART
    return Breadth.NARROW if public else None


def share(sources: AddressSet) -> Fraction:
    """Return the exact share of the public addresses of its family that the set holds, 0 to 1."""
    return Fraction((sources & PUBLIC[sources.family]).size, PUBLIC_SIZE[sources.family])
