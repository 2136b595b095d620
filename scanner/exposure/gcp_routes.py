"""The way back from a machine of Google Cloud: the routes of its network that are in force for it."""

from collections.abc import Iterable
from typing import Final

from scanner.exposure.addresses import block
from scanner.exposure.estate import Estate
from scanner.exposure.layers import Action, Layer, Rule
from scanner.exposure.packets import PacketSet
from scanner.models.resource import Code, Scope, UnreadError, Why
from scanner.models.routing import Route, RouteTable

_ROUTE: Final = "route"


def routed(estate: Estate, network_id: str, tags: frozenset[str], scope: Scope) -> Layer:
    """Return the layer of the way back: clients to whom replies leave straight to the internet.

    `tags` are the network tags of the machine, for some routes are only for those that carry one. Raises UnreadError.
    """
    named = {one.id for _, route in estate.once(_routes, network_id, scope) for one in route.targets}
    return estate.once(_routed, network_id, scope, tags & named)


def _routes(estate: Estate, network_id: str, scope: Scope) -> tuple[tuple[str, Route], ...]:
    """The routes of a network that are in force, the first that matches a client first, with their names."""
    tables = estate.by(RouteTable, _network, network_id, scope)
    missing = estate.missing(RouteTable.kind(), tables[0].scope if tables else scope)
    if missing is not None:
        raise missing
    found = [(table.name, route) for table in tables for route in table.routes if route.active]
    return tuple(sorted(found, key=lambda one: _first(one[1])))


def _first(route: Route) -> tuple[int, int, bool]:
    """Sort by length of prefix, then by priority; routes that share both are used side by side."""
    return block(_destination(route)).size, route.priority or 0, not route.to_internet


def _destination(route: Route) -> str:
    if route.destination is None:
        why = Why(code=Code.MALFORMED, text="a route without a destination")
        raise UnreadError("Route.destination", why)
    return route.destination


def _routed(estate: Estate, network_id: str, scope: Scope, tags: frozenset[str]) -> Layer:
    rules = tuple(
        Rule(
            f"route {name}",
            Action.NEXT if route.to_internet else Action.DROP,
            PacketSet.of(block(_destination(route))),
        )
        for name, route in estate.once(_routes, network_id, scope)
        if not route.targets or tags & {one.id for one in route.targets}
    )
    return Layer(_ROUTE, rules, Action.DROP, "no route to the internet")


def _network(table: RouteTable) -> Iterable[str]:
    return (table.network,)
