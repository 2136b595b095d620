"""Protocols and ports of firewall rules, from each cloud's words into those of `NetworkRule`."""

from collections.abc import Iterable
from typing import Final

from scanner.exposure.services import PORTS, WITH_PORTS, protocol_number

_NAMED: Final = {1: "icmp", 6: "tcp", 17: "udp", 58: "icmpv6"}
_EVERY_PORT: Final = (0, PORTS - 1)


def protocol_word(text: str) -> str:
    """A protocol by name or number as `NetworkRule.protocol` has it. Raises ValueError for one that nobody knows."""
    number = protocol_number(text)
    return "all" if number is None else _NAMED.get(number, str(number))


def has_ports(protocol: str) -> bool:
    """Tell whether ports mean anything: for `all` they are those of every protocol that has ports."""
    number = protocol_number(protocol)
    return number is None or number in WITH_PORTS


def port_ranges(texts: Iterable[str]) -> tuple[tuple[int, int], ...]:
    """Ranges of ports from `22`, `80-443` and `*`; empty when all ports are among them. Raises ValueError."""
    ranges = tuple(_range(text) for text in texts)
    return () if _EVERY_PORT in ranges else ranges


def _range(text: str) -> tuple[int, int]:
    first, dash, last = text.strip().partition("-")
    if first == "*" and not dash:
        return _EVERY_PORT
    return int(first), int(last if dash else first)
