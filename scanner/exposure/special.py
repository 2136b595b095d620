"""What of the address space is the internet: our own table of special-purpose blocks.

The rows are those of the IANA IPv4 and IPv6 Special-Purpose Address Registries (RFC 6890, as amended by RFC 8190;
registries of 2025-10-09), each with the document that reserved it and the registry's column "Globally Reachable".
Where that column is not "True" the addresses are not public: the registry leaves it open (N/A, blank) for the
old tunnels 6to4 and Teredo only, from which nobody is a client of the internet any more. Multicast is added from its
own registries (RFC 5771, RFC 4291), and of IPv6 nothing outside 2000::/3 is public, which is all that IANA hands out
as global unicast.

The standard library is not asked: `is_global` of a network looks at two addresses only, and what it knows differs
from one Python version to the next.
"""

from typing import Final, NamedTuple

from scanner.exposure.addresses import ANYWHERE, AddressSet, block, union
from scanner.exposure.notation import V4, V6, WIDTH, Family


class Special(NamedTuple):
    """One row: the block, the registry's name for it, the document, and whether it is globally reachable."""

    block: str
    name: str
    source: str
    reachable: bool = False


SPECIAL: Final = (
    Special("0.0.0.0/8", "This network", "RFC 791"),
    Special("10.0.0.0/8", "Private-Use", "RFC 1918"),
    Special("100.64.0.0/10", "Shared Address Space", "RFC 6598"),
    Special("127.0.0.0/8", "Loopback", "RFC 1122"),
    Special("169.254.0.0/16", "Link Local", "RFC 3927"),
    Special("172.16.0.0/12", "Private-Use", "RFC 1918"),
    Special("192.0.0.0/24", "IETF Protocol Assignments", "RFC 6890"),
    Special("192.0.0.9/32", "Port Control Protocol Anycast", "RFC 7723", reachable=True),
    Special("192.0.0.10/32", "Traversal Using Relays around NAT Anycast", "RFC 8155", reachable=True),
    Special("192.0.2.0/24", "Documentation (TEST-NET-1)", "RFC 5737"),
    Special("192.31.196.0/24", "AS112-v4", "RFC 7535", reachable=True),
    Special("192.52.193.0/24", "AMT", "RFC 7450", reachable=True),
    Special("192.88.99.0/24", "Deprecated (6to4 Relay Anycast)", "RFC 7526"),
    Special("192.168.0.0/16", "Private-Use", "RFC 1918"),
    Special("192.175.48.0/24", "Direct Delegation AS112 Service", "RFC 7534", reachable=True),
    Special("198.18.0.0/15", "Benchmarking", "RFC 2544"),
    Special("198.51.100.0/24", "Documentation (TEST-NET-2)", "RFC 5737"),
    Special("203.0.113.0/24", "Documentation (TEST-NET-3)", "RFC 5737"),
    Special("224.0.0.0/4", "Multicast", "RFC 5771"),
    Special("240.0.0.0/4", "Reserved", "RFC 1112"),
    Special("::/128", "Unspecified Address", "RFC 4291"),
    Special("::1/128", "Loopback Address", "RFC 4291"),
    Special("::ffff:0:0/96", "IPv4-mapped Address", "RFC 4291"),
    Special("64:ff9b::/96", "IPv4-IPv6 Translation", "RFC 6052", reachable=True),
    Special("64:ff9b:1::/48", "IPv4-IPv6 Translation", "RFC 8215"),
    Special("100::/64", "Discard-Only Address Block", "RFC 6666"),
    Special("100:0:0:1::/64", "Dummy IPv6 Prefix", "RFC 9780"),
    Special("2001::/23", "IETF Protocol Assignments", "RFC 2928"),
    Special("2001::/32", "TEREDO", "RFC 4380"),
    Special("2001:1::1/128", "Port Control Protocol Anycast", "RFC 7723", reachable=True),
    Special("2001:1::2/128", "Traversal Using Relays around NAT Anycast", "RFC 8155", reachable=True),
    Special("2001:1::3/128", "DNS-SD Service Registration Protocol Anycast", "RFC 9665", reachable=True),
    Special("2001:2::/48", "Benchmarking", "RFC 5180"),
    Special("2001:3::/32", "AMT", "RFC 7450", reachable=True),
    Special("2001:4:112::/48", "AS112-v6", "RFC 7535", reachable=True),
    Special("2001:10::/28", "Deprecated (previously ORCHID)", "RFC 4843"),
    Special("2001:20::/28", "ORCHIDv2", "RFC 7343", reachable=True),
    Special("2001:30::/28", "Drone Remote ID Protocol Entity Tags", "RFC 9374", reachable=True),
    Special("2001:db8::/32", "Documentation", "RFC 3849"),
    Special("2002::/16", "6to4", "RFC 3056"),
    Special("2620:4f:8000::/48", "Direct Delegation AS112 Service", "RFC 7534", reachable=True),
    Special("3fff::/20", "Documentation", "RFC 9637"),
    Special("5f00::/16", "Segment Routing (SRv6) SIDs", "RFC 9602"),
    Special("fc00::/7", "Unique-Local", "RFC 4193"),
    Special("fe80::/10", "Link-Local Unicast", "RFC 4291"),
    Special("ff00::/8", "Multicast", "RFC 4291"),
)


DOCUMENTATION: Final = tuple(row for row in SPECIAL if row.name.startswith("Documentation"))
"""Blocks for examples: they stand for addresses on the internet, and nobody has one."""


def _public(family: Family, unicast: AddressSet) -> AddressSet:
    rows = [(block(row.block), row.reachable) for row in SPECIAL]
    # Reachable rows stand inside unreachable ones, never the other way round: so they are given back at the end.
    closed = union(family, [each for each, reachable in rows if each.family == family and not reachable])
    given_back = union(family, [each for each, reachable in rows if each.family == family and reachable])
    return ((unicast - closed) | given_back) & unicast


PUBLIC: Final[dict[Family, AddressSet]] = {
    V4: _public(V4, ANYWHERE[V4]),
    V6: _public(V6, block("2000::/3")),
}
"""The globally reachable unicast addresses of each family."""

PUBLIC_SIZE: Final[dict[Family, int]] = {family: PUBLIC[family].size for family in WIDTH}
"""How many they are."""
