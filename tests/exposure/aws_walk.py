"""One packet walked through the short form of a case, layer by layer, as the semantics say it: slow, and plain.

It shares no code with the scanner: addresses are those of the standard library, and everything is compared one by one.
What could not be read is taken as nothing, or as everything that it could be.
"""

import functools
import ipaddress
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

Given = dict[str, Any]

NAMES = {"tcp": 6, "udp": 17, "icmp": 1, "icmpv6": 58, "-1": None}
LISTENERS = {"HTTP": "t", "HTTPS": "t", "TCP": "t", "TLS": "t", "UDP": "u", "TCP_UDP": "tu", "QUIC": "u"}
FAMILIES = {"ipv4": (4,), "dualstack": (4, 6), "dualstack-without-public-ipv4": (6,)}


class Sent(NamedTuple):
    """A packet: from an address, by a protocol's number, to a port (None: it has none)."""

    source: str
    protocol: int
    port: int | None

    @property
    def family(self) -> int:
        return address(self.source).version


@functools.cache
def address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    return ipaddress.ip_address(text)


@functools.cache
def network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    return ipaddress.ip_network(text, strict=False)


@functools.cache
def within(source: str, block: str) -> bool:
    return network(block).version == address(source).version and address(source) in network(block)


def arrives(given: Given, sent: Sent, *, generous: bool) -> bool:
    """Tell whether the packet gets through; `generous` takes what was not read for what is most open."""
    return (
        (given.get("attached", True) or "lb" in given)
        and has_address(given, sent.family)
        and is_routed(given, sent.source, generous=generous)
        and not is_blocked(given)
        and passes(given.get("nacl_in"), sent.source, sent.protocol, sent.port)
        and any(
            passes(given.get("nacl_out"), sent.source, sent.protocol, port) for port in replies(given, sent)
        )
        and is_listened_to(given, sent)
        and is_let_in(given, sent, generous=generous)
    )


def has_address(given: Given, family: int) -> bool:
    interface, balancer = given.get("eni", {}), given.get("lb")
    if family == 6 and interface.get("deny_igw"):
        return False
    if balancer:
        return balancer["scheme"] == "internet-facing" and family in FAMILIES[balancer.get("ip", "ipv4")]
    return bool(interface.get(f"pub{family}"))


def is_routed(given: Given, source: str, *, generous: bool) -> bool:
    best: tuple[int, bool] | None = None
    target = ""
    for destination, to in given.get("routes", [["0.0.0.0/0", "igw-1"], ["::/0", "igw-1"]]):
        is_list = destination.startswith("pl-")
        blocks = given.get("pl", {}).get(destination) if is_list else [destination]
        if blocks is None:
            if generous and to == "igw-1" and given.get("igw", True):
                return True
            continue
        for block in blocks:
            if not within(source, block):
                continue
            # The longest prefix; of two that are equal the one that somebody wrote down.
            order = (network(block).prefixlen, not is_list)
            if best is None or order > best:
                best, target = order, to
    return target == "igw-1" and given.get("igw", True)


def is_blocked(given: Given) -> bool:
    return given.get("bpa", "off") != "off" and given.get("excl") != "allow-bidirectional"


def passes(entries: list[Any] | None, source: str, protocol: int, port: int | None) -> bool:
    if entries is None:
        return True
    for _, action, proto, ports, block in sorted(entries, key=lambda entry: entry[0]):
        if not within(source, block) or proto not in ("-1", str(protocol)):
            continue
        # Of every protocol at once ports mean nothing.
        if ports is not None and proto in ("6", "17") and not ports[0] <= (port or 0) <= ports[1]:
            continue
        return bool(action == "allow")
    return False


def replies(given: Given, sent: Sent) -> Iterator[int | None]:
    """Ports that a client may have, of which one is enough; between the edges of entries none differs from another."""
    if sent.port is None:
        yield None
        return
    edges = {1024, 65535}
    for _, _, _, ports, _ in given.get("nacl_out") or ():
        for edge in ports or ():
            edges |= {edge - 1, edge, edge + 1}
    yield from sorted(edge for edge in edges if 1024 <= edge <= 65535)


def is_listened_to(given: Given, sent: Sent) -> bool:
    if "lb" not in given:
        return True
    letter = {6: "t", 17: "u"}.get(sent.protocol, "?")
    return any(letter in LISTENERS[name] and sent.port == port for name, port in given["lb"]["listeners"])


def is_let_in(given: Given, sent: Sent, *, generous: bool) -> bool:
    if given.get("sg") is None:
        return True
    rules = (rule for group in given["sg"] for rule in group)
    return any(matches(rule, sent) and comes_from(given, rule["src"], sent, generous) for rule in rules)


def matches(rule: Given, sent: Sent) -> bool:
    protocol = NAMES[rule["p"]] if rule["p"] in NAMES else int(rule["p"])
    if protocol is None:
        return True
    if protocol != sent.protocol:
        return False
    return protocol not in (6, 17) or "from" not in rule or rule["from"] <= (sent.port or 0) <= rule["to"]


def comes_from(given: Given, sources: Iterable[str], sent: Sent, generous: bool) -> bool:  # noqa: FBT001
    for source in sources:
        if source.startswith("pl-"):
            blocks = given.get("pl", {}).get(source)
            if blocks is None and generous:
                return True
            if any(within(sent.source, block) for block in blocks or ()):
                return True
        elif not source.startswith("sg-") and within(sent.source, source):
            return True
    return False
