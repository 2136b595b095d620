"""One packet's way to one endpoint, layer by layer: which rule decides at each."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from scanner.exposure.addresses import block
from scanner.exposure.chains import Ways
from scanner.exposure.exposures import Exposures
from scanner.exposure.notation import read_address
from scanner.exposure.services import Packet
from scanner.exposure.special import SPECIAL
from scanner.exposure.tracing import Decision, Fate, fate, trace
from scanner.models.endpoint import Endpoint

#: The best end that a packet can have on one of several ways comes first.
_BEST: Final = (Fate.ACCEPTED, Fate.UNRESOLVED, Fate.DROPPED)


@dataclass(frozen=True, slots=True)
class Reached:
    """The decisions on every way to the endpoint, and how the best way ends."""

    endpoint: Endpoint
    ways: tuple[tuple[Decision, ...], ...]
    fate: Fate
    note: str = ""


def reach(exposures: Exposures, endpoint: Endpoint, source: str, protocol: str, port: int | None) -> Reached:
    """Send one packet. Raises ValueError that says what is wrong with it."""
    packet = Packet.of(source, protocol, port)
    ways = tuple(tuple(trace(way, packet)) for way in _ways(exposures, endpoint))
    ends = {fate(way) for way in ways} or {Fate.DROPPED}
    return Reached(endpoint, ways, min(ends, key=_BEST.index), _note(source))


def _ways(exposures: Exposures, endpoint: Endpoint) -> Ways:
    return exposures.ways(endpoint)


def _note(source: str) -> str:
    """Say that nobody on the internet has an address, where that is so: then the answer is of no use to anybody."""
    family, value = read_address(source)
    for row in reversed(SPECIAL):
        found = block(row.block)
        if found.family == family and value in found and not row.reachable:
            return f"{source} is of {row.block} ({row.name}): nobody on the internet has it"
    return ""


def different(ways: Sequence[tuple[Decision, ...]]) -> tuple[tuple[Decision, ...], ...]:
    """Return ways that differ in their decisions, each once: zones are often alike."""
    return tuple(dict.fromkeys(ways))
