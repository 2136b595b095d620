"""What stands before a subnet of AWS: the route back, the block of public access, the network ACL both ways."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Final

from scanner.exposure.addresses import block
from scanner.exposure.bands import joined
from scanner.exposure.chains import closed, layer, unresolved
from scanner.exposure.estate import Estate
from scanner.exposure.layers import Action, Layer, Rule
from scanner.exposure.notation import V4, V6, read
from scanner.exposure.packets import EVERYTHING, NOTHING, PacketSet
from scanner.exposure.resolving import resolve
from scanner.exposure.services import WITH_PORTS, places
from scanner.exposure.special import PUBLIC
from scanner.models.network import EGRESS, INGRESS, AddressList, NetworkRule
from scanner.models.resource import Code, Scope, UnreadError, Why
from scanner.models.routing import (
    BOTH_WAYS,
    EGRESS_ONLY,
    INGRESS_ONLY,
    AccessList,
    Network,
    Route,
    RouteTable,
    Subnet,
)

#: Ports from which clients connect: a network ACL must let replies out to one of them.
EPHEMERAL: Final = (1024, 65535)

#: How endpoints are called that hand packets to a firewall, of AWS Network Firewall or behind a gateway load balancer.
#: Those of services have lists of addresses as destinations.
_INSPECTION: Final = "vpce-"

_ROUTE, _BLOCK, _ACCESS = "route", "block public access", "network ACL"


def before(estate: Estate, subnet_id: str, scope: Scope) -> tuple[Layer, ...]:
    """Return the layers before a subnet, in the order in which they are asked.

    Interfaces of the same subnet get the same objects.
    """
    try:
        subnet = estate.one(Subnet, subnet_id, scope)
    except UnreadError as error:
        return (unresolved("subnet", error, estate),)
    made = (
        layer(_ROUTE, estate, lambda: _routed(estate, subnet, subnet_id, scope)),
        layer(_BLOCK, estate, lambda: _blocked(subnet)),
        *_listed(estate, subnet_id, scope),
    )
    # A layer that says nothing is not worth a step.
    return tuple(each for each in made if each.rules or each.default is not Action.NEXT)


def _name(resource_id: str) -> str:
    return resource_id.rpartition("/")[2]


def _nowhere(kind: str, what: str) -> UnreadError:
    """Say that something which must be there is not, though its listing was whole."""
    return UnreadError(
        f"the list of kind {kind}", Why(code=Code.UNAVAILABLE, text=f"{what} is among what was read")
    )


# -- routes ---------------------------------------------------------------------------------------------------


def _routed(estate: Estate, subnet: Subnet, subnet_id: str, scope: Scope) -> Layer:
    """The sources to which replies go through an internet gateway: by the longest prefix that holds them."""
    tables = estate.by(RouteTable, _subnets_of, subnet_id, scope)
    tables = tables or estate.by(RouteTable, _main_of, subnet.network, scope)
    if not tables:
        raise _nowhere("RouteTable", f"no main route table of {subnet.network}")
    return estate.once(_table, tables[0].id, subnet.network, scope)


def _subnets_of(one: RouteTable | AccessList) -> Iterable[str]:
    return one.subnets


def _main_of(table: RouteTable) -> Iterable[str]:
    return (table.network,) if table.main else ()


def _table(estate: Estate, table_id: str, network: str, scope: Scope) -> Layer:
    table = estate.one(RouteTable, table_id, scope)
    rules: list[tuple[tuple[int, int, bool], Rule]] = []
    first: list[Rule] = []
    for route in table.routes:
        way = _way(estate, table_id, route, network, scope)
        try:
            blocks = _destinations(estate, route, table.scope)
        except UnreadError as error:
            # It may lead anything where it leads.
            estate.unread.setdefault(str(error), error)
            first.append(replace(way, packets=NOTHING, maybe=EVERYTHING, why=str(error)))
            continue
        for text in blocks:
            _, start, stop = read(text)
            key = (stop - start, route.priority, route.address_list is not None)
            rules.append((key, _to(way, text)))
    rules.sort(key=lambda one: one[0])
    return Layer(_ROUTE, (*first, *(rule for _, rule in rules)), Action.DROP, "no route back to the internet")


def _destinations(estate: Estate, route: Route, scope: Scope) -> Sequence[str]:
    if route.destination is not None:
        return (route.destination,)
    for one in estate.seen(AddressList, scope):
        if one.reference == route.address_list:
            return one.addresses
    raise _nowhere("AddressList", f"no {route.address_list}, which a route names,")


def _way(estate: Estate, table_id: str, route: Route, network: str, scope: Scope) -> Rule:
    """Where a route leads, for everything: to the internet, elsewhere, or it is not known whether its gateway is."""
    ref = f"{_name(table_id)} {route.destination or route.address_list} to {route.target}"
    if not route.known("active"):
        error = UnreadError("Route.active", route.why("active"))
        estate.unread.setdefault(str(error), error)
        return Rule(ref, Action.NEXT if route.to_internet else Action.DROP, maybe=EVERYTHING, why=str(error))
    if route.target.startswith(_INSPECTION) and route.destination is not None and route.active:
        return _inspected(estate, ref, route.target, network, scope)
    if not route.to_internet:
        return Rule(ref, Action.DROP, EVERYTHING)
    if not route.active:
        return Rule(f"{ref}, a dead end", Action.DROP, EVERYTHING)
    try:
        attached = route.target in estate.one(Network, network, scope).internet_gateways
    except UnreadError as error:
        estate.unread.setdefault(str(error), error)
        return Rule(ref, Action.NEXT, maybe=EVERYTHING, why=str(error))
    return (
        Rule(ref, Action.NEXT, EVERYTHING)
        if attached
        else Rule(f"{ref}, not attached", Action.DROP, EVERYTHING)
    )


def _inspected(estate: Estate, ref: str, target: str, network: str, scope: Scope) -> Rule:
    """Replies through the endpoint of a firewall: the internet comes in by it too where its gateway's table says so.

    What the firewall lets through is not known here: the way counts as open. Where the internet does not come in by it,
    it is not known either what it makes of replies to packets that it has not seen.
    """
    why = Why(code=Code.UNAVAILABLE, text=f"it is not known what {target} makes of replies")
    unknown = UnreadError("RouteTable.routes", why)
    try:
        gateways = estate.one(Network, network, scope).internet_gateways
        if not gateways:
            return Rule(f"{ref}, and no internet gateway is attached", Action.DROP, EVERYTHING)
        tables = [one for gateway in gateways for one in estate.by(RouteTable, _gateways_of, gateway, scope)]
        if any(route.target == target and route.active for table in tables for route in table.routes):
            return Rule(f"{ref}, inspected", Action.NEXT, EVERYTHING)
    except UnreadError as error:
        unknown = error
    estate.unread.setdefault(str(unknown), unknown)
    return Rule(ref, Action.NEXT, maybe=EVERYTHING, why=str(unknown))


def _gateways_of(table: RouteTable) -> Iterable[str]:
    return table.gateways


def _to(way: Rule, text: str) -> Rule:
    destination = block(text)
    if way.action is Action.DROP:
        # Who has no public address does not come through an internet gateway, whatever routes say.
        destination &= PUBLIC[destination.family]
    packets = PacketSet.of(destination)
    return replace(way, packets=way.packets & packets, maybe=way.maybe & packets)


# -- the block of public access -------------------------------------------------------------------------------


def _blocked(subnet: Subnet) -> Layer:
    nothing = Layer(_BLOCK, (), Action.NEXT)
    if subnet.block is None:
        return nothing
    if subnet.block not in (INGRESS_ONLY, BOTH_WAYS):
        raise _unknown("block", subnet.block)
    if subnet.block_exclusion == BOTH_WAYS:
        return nothing
    if subnet.block_exclusion not in (None, EGRESS_ONLY):
        raise _unknown("block_exclusion", subnet.block_exclusion)
    return closed(_BLOCK, f"the account's networks are closed to the internet ({subnet.block})")


def _unknown(field: str, value: str) -> UnreadError:
    text = f"{value!r} is not a value that this version knows"
    return UnreadError(f"Subnet.{field}", Why(code=Code.MALFORMED, text=text))


# -- network ACLs ---------------------------------------------------------------------------------------------


def _listed(estate: Estate, subnet_id: str, scope: Scope) -> tuple[Layer, ...]:
    try:
        lists = estate.by(AccessList, _subnets_of, subnet_id, scope)
        if not lists:
            raise _nowhere("AccessList", f"no network ACL of {subnet_id}")
        return estate.once(_access_list, lists[0].id, scope)
    except UnreadError as error:
        return (unresolved(_ACCESS, error, estate),)


def _access_list(estate: Estate, list_id: str, scope: Scope) -> tuple[Layer, Layer]:
    """The list for what comes in, and for the replies to it: it remembers no connections."""
    name = _name(list_id)
    rules = estate.one(AccessList, list_id, scope).rules
    coming = tuple(_entries(name, (rule for rule in rules if rule.direction == INGRESS)))
    # The other side of a reply stands where the source of a request would.
    going = (
        rule.model_copy(update={"sources": rule.destinations}) for rule in rules if rule.direction == EGRESS
    )
    return (
        Layer(f"{_ACCESS} in", coming, Action.DROP, f"{name}: no rule matches"),
        Layer(
            f"{_ACCESS} out",
            tuple(_replies(_entries(name, going))),
            Action.DROP,
            f"{name}: no reply can leave",
        ),
    )


def _entries(name: str, rules: Iterable[NetworkRule]) -> Iterator[Rule]:
    """Rules in the order of their numbers; what is allowed goes on to the next layer."""
    unread: dict[str, UnreadError] = {}
    for rule in sorted(rules, key=lambda rule: rule.priority or 0):
        made = resolve(rule, (), unread, of=name, allowed=Action.NEXT)  # these rules name addresses only
        if made.maybe:
            raise unread[made.why]
        yield made


def _replies(rules: Iterable[Rule]) -> Iterator[Rule]:
    """Clients to which each rule lets a reply go, on at least one port that clients have."""
    taken = NOTHING
    for rule in rules:
        mine = rule.packets - taken
        taken |= rule.packets
        if rule.action is Action.NEXT and mine:
            yield replace(rule, packets=_clients(mine))


@lru_cache(maxsize=1 << 8)
def _clients(replies: PacketSet) -> PacketSet:
    bands = []
    for family in (V4, V6):
        for number in range(256):
            protocol = str(number)
            ports = EPHEMERAL if number in WITH_PORTS else None
            bands.append((*places(family, protocol, None), replies.sources(family, protocol, ports)))
    return PacketSet(joined(bands))
