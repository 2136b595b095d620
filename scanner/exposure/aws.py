"""The way to an address of AWS: what stands before its subnet, then listeners, then security groups."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from scanner.exposure.addresses import AddressSet, block
from scanner.exposure.aws_subnet import before
from scanner.exposure.chains import Ways, arrival, front, layer, listening, ports_of, public, unresolved
from scanner.exposure.estate import Estate
from scanner.exposure.layers import Action, Chain, Layer, Rule
from scanner.exposure.notation import V6
from scanner.exposure.resolving import resolve
from scanner.models.endpoint import Address, Endpoint, Service
from scanner.models.load_balancer import Listener
from scanner.models.network import INGRESS, AddressList, Firewall
from scanner.models.resource import Code, Resource, Scope, UnreadError, Why
from scanner.models.routing import AccessList, Network, RouteTable, Subnet

READS: Final[Mapping[type[Resource], frozenset[str]]] = {
    Endpoint: frozenset(
        {"owner", "addresses", "network", "subnets", "firewalls", "running", "services", "sources"}
    ),
    Listener: frozenset({"load_balancer", "protocol", "ports"}),
    Firewall: frozenset({"rules"}),
    AddressList: frozenset({"reference", "addresses"}),
    Network: frozenset({"internet_gateways"}),
    Subnet: frozenset({"network", "block", "block_exclusion", "unadvertised"}),
    RouteTable: frozenset({"network", "subnets", "gateways", "main", "routes"}),
    AccessList: frozenset({"subnets", "rules"}),
}

_SERVICES: Final = {
    "http": ("tcp",),
    "https": ("tcp",),
    "tcp": ("tcp",),
    "tls": ("tcp",),
    "udp": ("udp",),
    "quic": ("udp",),
    "tcp_udp": ("tcp", "udp"),
    "tcp_quic": ("tcp", "udp"),
}
_GROUPS: Final = "security groups"
_LISTENERS: Final = "listeners"
_OF_BALANCER: Final = "ELB "
"""How the description of an interface begins that a load balancer put into a subnet; the balancer's name follows."""
_OF_STORE: Final = {"RDSNetworkInterface": ":rds:", "RedshiftNetworkInterface": ":redshift:"}
"""How the interfaces of all databases and all warehouses are described, and what the ids of these hold."""
_BALANCER: Final = ":loadbalancer/"


def ways(endpoint: Endpoint, estate: Estate) -> Ways:
    """Return every way from the internet to an endpoint: one for each subnet in which it stands."""
    try:
        addresses = _addresses(endpoint, estate)
        at = arrival(endpoint, addresses, estate)
        if not public(addresses):
            return (Chain((at,)),)
    except UnreadError as error:
        at = unresolved("address", error, estate)
    try:
        if endpoint.network is None:
            return (front(endpoint, estate),)
        stands = [estate.once(before, subnet, endpoint.scope) for subnet in endpoint.subnets]
    except UnreadError as error:
        stands = [(unresolved("subnet", error, estate),)]
    listeners = _listeners(endpoint, estate)
    groups = layer(_GROUPS, estate, lambda: _attached(endpoint, estate), Action.ACCEPT)
    behind = (groups,) if listeners is None else (listeners, groups)
    return tuple(Chain((at, *one, *behind)) for one in stands)


def rule_level(endpoint: Endpoint, estate: Estate) -> Ways:
    """Return the ways by which an endpoint's groups alone would let packets in; none where it has no group."""
    if not endpoint.firewalls:
        return ()
    return (Chain((_attached(endpoint, estate),)),)


def carriers(firewall: Firewall, estate: Estate) -> Sequence[Endpoint]:
    """Return the endpoints that a security group is on. Raises UnreadError when there may be some."""
    return estate.by(Endpoint, _firewalls, firewall.id.rpartition("/")[2], firewall.scope)


def _firewalls(endpoint: Endpoint) -> Iterable[str]:
    return endpoint.firewalls


# -- addresses ------------------------------------------------------------------------------------------------


def parts(estate: Estate) -> Mapping[str, list[Endpoint]]:
    """Return the interfaces that load balancers and databases have in their subnets, by the id of their owner."""
    return estate.once(_parts)


def _parts(estate: Estate) -> Mapping[str, list[Endpoint]]:
    found: dict[str, list[Endpoint]] = defaultdict(list)
    for endpoint in estate.all(Endpoint):
        for whole in _wholes(endpoint, estate):
            found[whole.id].append(endpoint)
    return found


def is_part(endpoint: Endpoint, estate: Estate) -> bool:
    """Tell whether an interface is counted as its load balancer's or database's."""
    return any(_wholes(endpoint, estate))


def _wholes(endpoint: Endpoint, estate: Estate) -> Sequence[Endpoint]:
    """The load balancer that an interface belongs to, or the databases or warehouses that it may belong to.

    Their interfaces do not say of which one they are: of one in that subnet with the same groups.
    """
    try:
        owner = endpoint.owner or ""
        if owner.startswith(_OF_BALANCER):
            return estate.by(Endpoint, _balancer, owner.removeprefix(_OF_BALANCER), endpoint.scope)
        if owner in _OF_STORE:
            (place,) = _places(endpoint)
            return estate.by(Endpoint, _stores, f"{_OF_STORE[owner]} {place}", endpoint.scope)
    except (UnreadError, ValueError):
        pass
    return ()


def _balancer(endpoint: Endpoint) -> Iterable[str]:
    return (endpoint.id.partition(_BALANCER)[2],) if _BALANCER in endpoint.id else ()


def _stores(endpoint: Endpoint) -> Iterable[str]:
    service = next((one for one in _OF_STORE.values() if one in endpoint.id), None)
    if service is None or not public(endpoint.addresses):
        return ()
    return [f"{service} {place}" for place in _places(endpoint)]


def _places(endpoint: Endpoint) -> list[str]:
    groups = ",".join(sorted(endpoint.firewalls))
    return [f"{subnet} {groups}" for subnet in endpoint.subnets]


def _addresses(endpoint: Endpoint, estate: Estate) -> tuple[Address, ...]:
    """The addresses, less those of IPv6 that nobody on the internet has a route to."""
    return tuple(
        one.model_copy(update={"blocked": True}) if _unreachable(one, endpoint, estate) else one
        for one in endpoint.addresses
    )


def _unreachable(address: Address, endpoint: Endpoint, estate: Estate) -> bool:
    if address.family != V6 or address.public is None:
        return False
    if ":" in address.public:
        return any(block(address.public) <= each for each in _unadvertised(endpoint, estate))
    # Of a load balancer only the name is known; its interfaces have the addresses.
    theirs = [
        _unreachable(one, part, estate) or one.blocked
        for part in parts(estate).get(endpoint.id, ())
        for one in part.addresses
        if one.family == V6 and one.public is not None
    ]
    return bool(theirs) and all(theirs)


def _unadvertised(endpoint: Endpoint, estate: Estate) -> list[AddressSet]:
    """None where the subnet was not read, for its layers are unresolved then."""
    try:
        subnets = [estate.one(Subnet, id_, endpoint.scope) for id_ in endpoint.subnets]
        return [block(text) for subnet in subnets for text in subnet.unadvertised]
    except UnreadError:
        return []


# -- listeners and groups -------------------------------------------------------------------------------------


def _listeners(endpoint: Endpoint, estate: Estate) -> Layer | None:
    """The ports of listeners; None where nobody outside knows on which ports something listens."""
    try:
        services = endpoint.services
    except UnreadError as error:
        if error.why.code is not Code.NOT_APPLICABLE:
            return unresolved(_LISTENERS, error, estate)
        return _of_balancer(endpoint, estate)
    gap = estate.missing(Endpoint.kind(), endpoint.scope)
    if gap is not None and _is_of_balancer(endpoint):
        # Its load balancer, whose listeners say more, should have stood in its place.
        return unresolved(_LISTENERS, gap, estate)
    return listening(services, estate)


def _is_of_balancer(endpoint: Endpoint) -> bool:
    return (endpoint.owner or "").startswith(_OF_BALANCER)


def _of_balancer(endpoint: Endpoint, estate: Estate) -> Layer:
    """The ports of what was read, and perhaps any other where not all was."""
    services: list[Service] = []
    unread = estate.missing(Listener.kind(), endpoint.scope)
    for listener in estate.named(Listener, _load_balancer, endpoint.id):
        try:
            services += _of_listener(listener)
        except UnreadError as error:
            unread = unread or error
    made = estate.once(ports_of, frozenset((one.protocol, one.ports) for one in services))
    if unread is None:
        return made
    return replace(made, rules=(*made.rules, *unresolved(_LISTENERS, unread, estate).rules))


def _of_listener(listener: Listener) -> Iterator[Service]:
    protocols = _SERVICES.get(listener.protocol)
    if protocols is None:
        text = f"{listener.protocol!r} is not a protocol that this version knows"
        raise UnreadError("Listener.protocol", Why(code=Code.MALFORMED, text=text))
    for protocol in protocols:
        for ports in listener.ports:
            yield Service(protocol=protocol, ports=ports, back_ports=None, backends=None)


def _load_balancer(listener: Listener) -> Iterable[str]:
    return (listener.load_balancer,)


def _attached(endpoint: Endpoint, estate: Estate) -> Layer:
    return estate.once(_groups, endpoint.firewalls, endpoint.scope)


def _groups(estate: Estate, ids: tuple[str, ...], scope: Scope) -> Layer:
    """The union of security groups: each may let in, none keeps out. Without any, everybody is let in."""
    if not ids:
        return Layer(_GROUPS, (), Action.ACCEPT, "no security group")
    rules = [rule for id_ in sorted(ids) for rule in estate.once(_group, id_, scope)]
    return Layer(_GROUPS, tuple(rules), Action.DROP, "no rule of a security group matches")


def _group(estate: Estate, id_: str, scope: Scope) -> tuple[Rule, ...]:
    try:
        firewall = estate.one(Firewall, id_, scope)
        rules = estate.condensed(firewall, condensed)
    except UnreadError as error:
        return unresolved(_GROUPS, error, estate, Action.ACCEPT).rules
    return rules


def condensed(firewall: Firewall, estate: Estate) -> tuple[Rule, ...]:
    """Return what is needed of a security group: its rules for incoming packets. Raises UnreadError."""
    name = firewall.id.rpartition("/")[2]
    lists = estate.seen(AddressList, firewall.scope)
    given = (rule for rule in firewall.rules if rule.enabled and rule.direction == INGRESS)
    return tuple(resolve(rule, lists, estate.unread, of=name) for rule in given)
