"""The way to an address of Google Cloud: route back, policies above the network, VPC rules, policies of the network."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from scanner.exposure.chains import Ways, arrival, front, layer, public, unresolved
from scanner.exposure.estate import Estate
from scanner.exposure.gcp_network import Regional, firewalls
from scanner.exposure.gcp_routes import routed
from scanner.exposure.latent import latent
from scanner.exposure.layers import Action, Chain, Layer
from scanner.exposure.passing import Way, passed_on, passes_on
from scanner.exposure.targets import Reach, Target, fit, reach_of, target
from scanner.models.endpoint import Address, Endpoint
from scanner.models.network import SERVICE_ACCOUNT, TAG, AddressList, Firewall
from scanner.models.resource import Resource, Scope, UnreadError
from scanner.models.routing import Network, RouteTable

READS: Final[Mapping[type[Resource], frozenset[str]]] = {
    Endpoint: frozenset(
        {
            *("owner", "addresses", "network", "memberships", "running", "services", "sources"),
            *("policies", "tag_sets"),
        }
    ),
    Firewall: frozenset({"rules", "applies_to", "level"}),
    AddressList: frozenset({"reference", "addresses"}),
    Network: frozenset({"policies", "policies_first"}),
    RouteTable: frozenset({"network", "routes"}),
}

_IMPLIED: Final = "implied deny"
_UNTOLD: Final = "what is told of nobody"


def ways(endpoint: Endpoint, estate: Estate) -> Ways:
    """Return every way from the internet to an endpoint: one for each public address, or machine behind it."""
    try:
        if passes_on(endpoint):
            return tuple(passed_on(endpoint, estate, lambda one, at, _: _behind(one, at, estate)))
        network = endpoint.network
        if network is None:
            return (front(endpoint, estate),)
        given = endpoint.addresses
        shown = public(given) if endpoint.running else ()
    except UnreadError as error:
        return (Chain((unresolved("address", error, estate),), Action.ACCEPT),)
    if not shown:
        return (Chain((arrival(endpoint, given, estate),)),)
    return tuple(_to(endpoint, network, one, estate) for one in shown)


def _to(endpoint: Endpoint, network: str, address: Address, estate: Estate) -> Chain:
    """The way to one address of a machine."""

    def back() -> Layer:
        tags = frozenset(one.id for one in endpoint.memberships if one.kind == TAG)
        return routed(estate, network, tags, endpoint.scope)

    return Chain(
        (
            arrival(endpoint, (address,), estate),
            layer("route", estate, back),
            *_firewalls(endpoint, network, target(endpoint, address.family, address.private), estate),
        ),
        default_ref=_IMPLIED,
    )


def _firewalls(endpoint: Endpoint, network: str, whom: Target, estate: Estate) -> tuple[Layer, ...]:
    scope = endpoint.scope
    return firewalls(estate, network, scope.region, whom, scope, _regional(endpoint, estate))


def _regional(endpoint: Endpoint, estate: Estate) -> Regional:
    try:
        return endpoint.policies
    except UnreadError as error:
        why = str(error)
        estate.unread.setdefault(why, error)
        return why


def _behind(backend: Endpoint, address: Address, estate: Estate) -> Iterator[Way]:
    """The firewalls of a machine, for packets that a front passes on as they are.

    Their replies leave by routes of Google's own, which stand in no table of the network.
    """
    try:
        network = backend.network
    except UnreadError as error:
        yield [unresolved("network", error, estate)], Action.ACCEPT, ""
        return
    if network is not None:
        whom = target(backend, address.family, address.private)
        yield _firewalls(backend, network, whom, estate), Action.DROP, _IMPLIED


def rule_level(endpoint: Endpoint, estate: Estate) -> Ways:
    """Return the ways that firewalls leave to a machine, whatever its addresses, routes and state; none to a front."""
    network = endpoint.network
    if network is None or passes_on(endpoint):
        return ()
    return latent(endpoint, lambda whom: _firewalls(endpoint, network, whom, estate), Action.DROP, _IMPLIED)


def carriers(firewall: Firewall, estate: Estate) -> Sequence[Endpoint]:
    """Return the machines that a firewall is for, and the fronts that lead to them.

    Raises UnreadError when none is known, and there may be some.
    """
    reaches = frozenset(reach_of(rule) for rule in firewall.rules)
    machines = [
        machine
        for network in _networks(firewall, estate)
        for machine in estate.once(_machines, network, reaches, firewall.scope)
    ]
    fronts = (one for machine in machines for one in estate.named(Endpoint, _backends, machine.id))
    return tuple(dict.fromkeys((*machines, *fronts)))


def parts(_: Estate) -> Mapping[str, Sequence[Endpoint]]:
    """Return nothing: every endpoint of Google Cloud counts by itself."""
    return {}


def _networks(firewall: Firewall, estate: Estate) -> Iterable[str]:
    above = (one.id for one in estate.named(Network, _policies, firewall.id))
    return dict.fromkeys((*firewall.applies_to, *above))


def _machines(estate: Estate, network: str, reaches: frozenset[Reach], scope: Scope) -> Sequence[Endpoint]:
    """The machines of a network that one of the reaches is, or may be, for."""
    everyone = estate.by(Endpoint, _network, network, scope)
    found: dict[str, Endpoint] = {}
    for reach in reaches:
        named = [one for one in reach[0] if one.kind in (TAG, SERVICE_ACCOUNT)]
        # Few machines carry a tag: the others are not looked at.
        some = [one for key in (*map(str, named), _UNTOLD) for one in estate.named(Endpoint, _members, key)]
        for endpoint in some if named else everyone:
            if endpoint.known("network") and endpoint.network == network and _is_for(reach, endpoint, estate):
                found[endpoint.canonical_id] = endpoint
    return tuple(found.values())


def _is_for(reach: Reach, endpoint: Endpoint, estate: Estate) -> bool:
    targets = [target(endpoint, one.family, one.private) for one in endpoint.addresses]
    return any(fit(reach, whom, estate) for whom in targets)


def _members(endpoint: Endpoint) -> Iterable[str]:
    return map(str, endpoint.memberships) if endpoint.known("memberships") else (_UNTOLD,)


def _network(endpoint: Endpoint) -> Iterable[str]:
    return () if endpoint.network is None else (endpoint.network,)


def _backends(endpoint: Endpoint) -> Iterable[str]:
    return [id_ for service in endpoint.services or () for id_ in service.backends or ()]


def _policies(network: Network) -> Iterable[str]:
    return network.policies
