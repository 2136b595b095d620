"""Where a packet can go: family, protocol and port laid out on one line of 2 x 2^24 places, family first.

"Every protocol" is then one range of places like any other, and so is a port range.
"""

from functools import lru_cache
from typing import Final, NamedTuple, Self

from scanner.exposure.notation import V4, V6, Family, read_address

PORTS: Final = 1 << 16
FAMILY_BASE: Final[dict[Family, int]] = {V4: 0, V6: 1 << 24}
END: Final = 2 << 24

# The names that clouds use for numbers of the IANA protocol registry, in lower case.
PROTOCOLS: Final = {
    "icmp": 1, "igmp": 2, "ipip": 4, "tcp": 6, "udp": 17, "gre": 47, "esp": 50, "ah": 51,
    "icmpv6": 58, "ipv6-icmp": 58, "sctp": 132,
}  # fmt: skip
ALL_PROTOCOLS: Final = frozenset({"all", "any", "*", "-1"})
# TCP, UDP, DCCP (RFC 4340), SCTP (RFC 9260), UDP-Lite (RFC 3828): the rest has no ports. What APIs call ports of
# ICMP are types and codes.
WITH_PORTS: Final = frozenset({6, 17, 33, 132, 136})

Ports = tuple[int, int]
"""First and last port, both included."""

_NUMBERS: Final = {str(number): number for number in range(256)}


@lru_cache(maxsize=1 << 12)
def protocol_number(text: str) -> int | None:
    """The number of a protocol given by name or number, in any case; None for every protocol.

    ValueError names a text that is neither.
    """
    name = text.lower()
    if name in ALL_PROTOCOLS:
        return None
    number = PROTOCOLS.get(name, _NUMBERS.get(name))
    if number is None:
        allowed = ", ".join(sorted(PROTOCOLS))
        raise ValueError(
            f"unknown protocol {text!r}: a number from 0 to 255, all (any, *, -1), or one of {allowed}"
        )
    return number


def protocol_name(number: int) -> str:
    """Return the first name of a protocol's number, or the number as text."""
    return next((name for name, each in PROTOCOLS.items() if each == number), str(number))


@lru_cache(maxsize=1 << 12)
def places(family: Family, protocol: str, ports: Ports | None) -> tuple[int, int]:
    """The range [start, stop) of a protocol's ports; None is all ports, or no port where the protocol has none.

    ValueError names a protocol that is unknown, or has no ports when some are given, and ports outside 0 to 65535.
    """
    number = protocol_number(protocol)
    if ports is not None and number not in WITH_PORTS:
        raise ValueError(f"protocol {protocol!r} has no ports, so {ports[0]}-{ports[1]} means nothing for it")
    if number is None:
        return FAMILY_BASE[family], FAMILY_BASE[family] + 256 * PORTS
    first, last = ports or (0, PORTS - 1)
    if not 0 <= first <= last < PORTS:
        raise ValueError(f"ports {first}-{last} are not a range within 0 to 65535")
    start = FAMILY_BASE[family] + number * PORTS
    return start + first, start + last + 1


def family_at(place: int) -> Family:
    """Return the family of a place."""
    return V4 if place < FAMILY_BASE[V6] else V6


class Packet(NamedTuple):
    """One packet: the place to which it goes, and the number of its source address."""

    place: int
    source: int

    @classmethod
    def of(cls, source: str, protocol: str, port: int | None = None) -> Self:
        """`source` is one address; `port` is None for a protocol without ports. ValueError names what is wrong."""
        family, value = read_address(source)
        number = protocol_number(protocol)
        if number is None:
            raise ValueError(f"a packet has one protocol, not {protocol!r}")
        if port is None and number in WITH_PORTS:
            raise ValueError(f"a packet of protocol {protocol!r} has a port")
        return cls(places(family, protocol, None if port is None else (port, port))[0], value)
