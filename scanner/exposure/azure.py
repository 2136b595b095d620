"""The way to an address of Azure: security admin rules, the subnet's security group, that of the interface."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from scanner.exposure.azure_network import admin, group, outside
from scanner.exposure.chains import Ways, arrival, closed, front, listening, public, unresolved
from scanner.exposure.estate import Estate
from scanner.exposure.latent import latent
from scanner.exposure.layers import Action, Chain, Layer, Rule
from scanner.exposure.packets import NOTHING
from scanner.exposure.passing import Way, names, passed_on, passes_on
from scanner.exposure.targets import Target, target
from scanner.models.endpoint import Address, Endpoint, Service
from scanner.models.network import AddressList, Firewall
from scanner.models.resource import Code, Resource, Scope, UnreadError, Why
from scanner.models.routing import Network, Subnet

READS: Final[Mapping[type[Resource], frozenset[str]]] = {
    Endpoint: frozenset(
        {
            "owner",
            "addresses",
            "network",
            "subnets",
            "firewalls",
            "memberships",
            "running",
            "services",
            "sources",
        }
    ),
    Firewall: frozenset({"rules"}),
    AddressList: frozenset({"reference", "addresses"}),
    Network: frozenset({"policies", "blocks"}),
    Subnet: frozenset({"firewalls"}),
}

_GROUP: Final = "security group"
_TRANSLATION: Final = "rules for address translation"
_OPEN: Final = "no security group"
_UNDOCUMENTED: Final = (
    "it is not documented what Always Allow does for a Standard address without a security group"
)


def ways(endpoint: Endpoint, estate: Estate) -> Ways:
    """Return every way from the internet to an endpoint: one for each public address, or machine behind it."""
    try:
        if passes_on(endpoint):
            return tuple(passed_on(endpoint, estate, lambda one, at, by: _behind(one, at, by, estate)))
        if endpoint.network is None and not endpoint.firewalls:
            return (front(endpoint, estate),)
        given = endpoint.addresses
        shown = public(given) if endpoint.running else ()
        if not shown:
            return (Chain((arrival(endpoint, given, estate),)),)
        listeners = listening(endpoint.services, estate)
        before = () if listeners is None else (listeners,)
    except UnreadError as error:
        return (Chain((unresolved("address", error, estate),), Action.ACCEPT),)
    return tuple(_to(endpoint, one, before, estate) for one in shown)


def _to(endpoint: Endpoint, address: Address, before: Sequence[Layer], estate: Estate) -> Chain:
    layers, last, ref = _firewalls(
        endpoint, target(endpoint, address.family, address.private), address, estate
    )
    return Chain((arrival(endpoint, (address,), estate), *before, *layers), last, ref)


def _behind(backend: Endpoint, address: Address, service: Service, estate: Estate) -> Iterator[Way]:
    """The firewalls of a machine behind a front, at its own addresses: the front has translated to one of them.

    Where it has not, it is not documented which destination they see.
    """
    try:
        if passes_on(backend):
            raise _unread("Endpoint.services", "a load balancer behind a load balancer is not followed")
        own = [one for one in backend.addresses if one.family == address.family]
    except UnreadError as error:
        yield [unresolved("backends", error, estate)], Action.ACCEPT, ""
        return
    kept = service.known("keeps_destination") and service.keeps_destination
    for private in [None] if kept else dict.fromkeys(one.private for one in own):
        yield _firewalls(backend, target(backend, address.family, private), address, estate)


def _firewalls(endpoint: Endpoint, whom: Target, address: Address, estate: Estate) -> Way:
    """Every firewall before an interface: all must let a packet through; without a group the address decides."""
    if _translates(endpoint):
        return tuple(_translating(endpoint, whom, estate)), Action.ACCEPT, ""
    groups = tuple(_groups(endpoint, whom, estate))
    above = (*_outside(endpoint, estate), *admin(endpoint, whom, estate))
    if groups:
        return (*above, *groups), Action.ACCEPT, ""
    try:
        if address.open_without_firewall:
            return above, Action.ACCEPT, _OPEN
    except UnreadError as error:
        return (*above, unresolved(_GROUP, error, estate)), Action.ACCEPT, ""
    none = closed(_GROUP, "none is attached, and the public address is not Basic")
    return (*(_doubtful(one, estate) for one in above), none), Action.DROP, ""


def _translates(endpoint: Endpoint) -> bool:
    """Tell whether packets end at an Azure Firewall, which hands on what its rules translate."""
    return endpoint.known("network") and endpoint.network is None


def _translating(endpoint: Endpoint, whom: Target, estate: Estate) -> Iterator[Layer]:
    for id_ in endpoint.firewalls:
        yield group(estate, id_, None, endpoint.scope, whom, _TRANSLATION, "no rule translates it")


def _outside(endpoint: Endpoint, estate: Estate) -> Iterator[Layer]:
    found = estate.once(outside, endpoint.network, endpoint.scope) if endpoint.known("network") else None
    if found is not None:
        yield found


def _groups(endpoint: Endpoint, whom: Target, estate: Estate) -> Iterator[Layer]:
    """The security groups of the subnet, then those of the interface."""
    scope = endpoint.scope
    try:
        for subnet in endpoint.subnets:
            for id_ in _of_subnet(subnet, scope, estate):
                yield group(estate, id_, endpoint.network, scope, whom, "subnet's security group")
    except UnreadError as error:
        yield unresolved("subnet's security group", error, estate)
    try:
        for id_ in endpoint.firewalls:
            yield group(estate, id_, endpoint.network, scope, whom, _GROUP)
    except UnreadError as error:
        yield unresolved(_GROUP, error, estate)


def _of_subnet(id: str, scope: Scope, estate: Estate) -> tuple[str, ...]:
    return estate.one(Subnet, id, scope).firewalls


def _doubtful(above: Layer, estate: Estate) -> Layer:
    """Admin rules where no security group follows: it is not known what becomes of what they always allow."""
    return estate.once(_doubted, above)


def _doubted(estate: Estate, above: Layer) -> Layer:
    error = _unread("NetworkRule.action", _UNDOCUMENTED)
    estate.unread.setdefault(str(error), error)

    def doubted(rule: Rule) -> Rule:
        if rule.action is not Action.ACCEPT:
            return rule
        return replace(rule, packets=NOTHING, maybe=rule.packets | rule.maybe, why=rule.why or str(error))

    return replace(above, rules=tuple(map(doubted, above.rules)))


def _unread(field: str, text: str) -> UnreadError:
    return UnreadError(field, Why(code=Code.UNAVAILABLE, text=text))


def rule_level(endpoint: Endpoint, estate: Estate) -> Ways:
    """Return the ways that firewalls leave to an interface, whatever its addresses and state; none to a front.

    Those to an Azure Firewall are what its rules translate.
    """
    if passes_on(endpoint) or (endpoint.network is None and not endpoint.firewalls):
        return ()

    def layers(whom: Target) -> tuple[Layer, ...]:
        if _translates(endpoint):
            return tuple(_translating(endpoint, whom, estate))
        groups = tuple(_groups(endpoint, whom, estate))
        none = () if groups else (estate.once(_none),)
        return (*admin(endpoint, whom, estate), *groups, *none)

    return latent(endpoint, layers, Action.ACCEPT)


def _none(_: Estate) -> Layer:
    return closed(_GROUP, "none is attached")


def carriers(firewall: Firewall, estate: Estate) -> Sequence[Endpoint]:
    """Return the endpoints that a security group or admin rule is before, and the fronts that lead to them.

    Raises UnreadError when none is known, and there may be some.
    """
    id_, scope = firewall.canonical_id, firewall.scope
    subnets = estate.by(Subnet, _firewalls_of, id_, scope)
    networks = estate.named(Network, _policies, id_)
    before = (
        *estate.by(Endpoint, _firewalls_of, id_, scope),
        *(one for subnet in subnets for one in estate.by(Endpoint, _subnets, subnet.canonical_id, scope)),
        *(one for network in networks for one in estate.by(Endpoint, _network, network.canonical_id, scope)),
    )
    fronts = (
        one for each in before for name in names(each) for one in estate.named(Endpoint, _backends, name)
    )
    return tuple(dict.fromkeys((*before, *fronts)))


def parts(_: Estate) -> Mapping[str, Sequence[Endpoint]]:
    """Return nothing: every endpoint of Azure counts by itself."""
    return {}


def _firewalls_of(attached: Endpoint | Subnet) -> Iterable[str]:
    return attached.firewalls


def _policies(network: Network) -> Iterable[str]:
    return network.policies


def _subnets(endpoint: Endpoint) -> Iterable[str]:
    return endpoint.subnets


def _network(endpoint: Endpoint) -> Iterable[str]:
    return () if endpoint.network is None else (endpoint.network,)


def _backends(endpoint: Endpoint) -> Iterable[str]:
    return [id_ for service in endpoint.services or () for id_ in service.backends or ()]
