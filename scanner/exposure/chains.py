"""Layers that all clouds share: the address itself, what an endpoint listens on, whom it lets in by itself."""

from collections.abc import Callable, Iterable
from typing import Final

from scanner.exposure.addresses import ANYWHERE, NOWHERE, AddressSet, by_family
from scanner.exposure.estate import Estate
from scanner.exposure.layers import Action, Chain, Layer, Rule
from scanner.exposure.notation import V4, V6, Family
from scanner.exposure.packets import EVERYTHING, PacketSet
from scanner.models.endpoint import Address, Endpoint, Service
from scanner.models.resource import Code, UnreadError, Why

Ways = tuple[Chain, ...]
"""Every way from the internet to an endpoint: it can be reached if any lets a packet through."""

WHOLE: Final[dict[Family, PacketSet]] = {family: PacketSet.of(ANYWHERE[family]) for family in (V4, V6)}
"""All packets of a family."""

_WORDS: Final[dict[Family, str]] = {V4: "IPv4", V6: "IPv6"}


def unresolved(name: str, error: UnreadError, estate: Estate, action: Action = Action.NEXT) -> Layer:
    """Return the layer that may let through anything, for it was not read."""
    why = str(error)
    estate.unread.setdefault(why, error)
    return Layer(name, (Rule("", action, maybe=EVERYTHING, why=why),))


def layer(name: str, estate: Estate, make: Callable[[], Layer], action: Action = Action.NEXT) -> Layer:
    """Return the layer that `make` makes, or an unresolved one where it meets a fact that was not read."""
    try:
        return make()
    except UnreadError as error:
        return unresolved(name, error, estate, action)


def closed(name: str, ref: str) -> Layer:
    """Return the layer that lets nothing through."""
    return Layer(name, (), Action.DROP, ref)


def public(addresses: Iterable[Address]) -> tuple[Address, ...]:
    """Return the addresses that the internet can send to."""
    return tuple(one for one in addresses if one.public is not None and not one.blocked)


def arrival(endpoint: Endpoint, addresses: Iterable[Address], estate: Estate) -> Layer:
    """Return the layer of the address: packets to a family in which the endpoint has a public one, while it runs."""

    def make() -> Layer:
        given = tuple(addresses)
        families = frozenset(one.family for one in public(given))
        blocked = any(one.public is not None and one.blocked for one in given)
        why = "its address is kept from the internet" if blocked else ""
        if families and not endpoint.running:
            return estate.once(_arrival, frozenset(), "it is not running")
        return estate.once(_arrival, families, why)

    return layer("address", estate, make)


def _arrival(_: Estate, families: frozenset[int], why: str) -> Layer:
    rules = [
        Rule("", Action.NEXT, packets)
        if family in families
        else Rule(why or f"no public {_WORDS[family]} address", Action.DROP, packets)
        for family, packets in WHOLE.items()
    ]
    return Layer("address", tuple(rules))


def listening(services: Iterable[Service] | None, estate: Estate) -> Layer | None:
    """Return the layer of the ports on which an endpoint takes packets; None where nobody outside knows them."""
    if services is None:
        return None
    return estate.once(ports_of, frozenset((service.protocol, service.ports) for service in services))


def ports_of(_: Estate, ports: frozenset[tuple[str, tuple[int, int] | None]]) -> Layer:
    """Return the layer that hands on these ports of these protocols only."""
    rules = tuple(
        Rule("", Action.NEXT, PacketSet.of(ANYWHERE[family], protocol, None if span is None else [span]))
        for protocol, span in sorted(ports, key=str)
        for family in (V4, V6)
    )
    return Layer("listeners", rules, Action.DROP, "nothing listens there")


def admitted(sources: Iterable[str] | None, ref: str) -> Layer | None:
    """Return the layer of an endpoint's own list of who may come; None where it has none. Raises UnreadError."""
    if sources is None:
        return None
    try:
        told = by_family(sources)
    except ValueError as broken:
        raise UnreadError("Endpoint.sources", Why(code=Code.MALFORMED, text=str(broken))) from None
    found: dict[Family, AddressSet] = {**NOWHERE, **dict(zip((V4, V6), told, strict=True))}
    rules = tuple(Rule(ref, Action.NEXT, PacketSet.of(each)) for each in found.values() if each)
    return Layer("own list", rules, Action.DROP, f"not in {ref}")


def front(endpoint: Endpoint, estate: Estate) -> Chain:
    """Return the way to what ends at the provider's own front: only the endpoint itself decides."""
    layers = [
        arrival(endpoint, endpoint.addresses, estate),
        _or_unresolved("listeners", estate, lambda: listening(endpoint.services, estate)),
        _or_unresolved("own list", estate, lambda: admitted(endpoint.sources, "its own list of addresses")),
    ]
    return Chain(tuple(each for each in layers if each is not None), Action.ACCEPT)


def _or_unresolved(name: str, estate: Estate, make: Callable[[], Layer | None]) -> Layer | None:
    try:
        return make()
    except UnreadError as error:
        return unresolved(name, error, estate)
