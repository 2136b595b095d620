"""The firewalls of Azure as layers: security groups, and the security admin rules that stand over virtual networks."""

from collections.abc import Iterable, Iterator, Mapping

from scanner.exposure.addresses import NOWHERE, AddressSet, by_family
from scanner.exposure.chains import unresolved
from scanner.exposure.estate import Estate
from scanner.exposure.layers import Action, Layer, Rule
from scanner.exposure.notation import Family
from scanner.exposure.packets import PacketSet
from scanner.exposure.resolving import INTERNET, resolve
from scanner.exposure.special import PUBLIC
from scanner.exposure.targets import EVERYONE, Reach, Stage, Target, facing, reach_of, stage, unread_rules
from scanner.models.endpoint import Endpoint
from scanner.models.network import INGRESS, SERVICE_TAG, AddressList, Firewall, NetworkRule
from scanner.models.resource import Scope, UnreadError
from scanner.models.routing import Network

_ADMIN = "security admin rules"
_ADMIN_RULES = "/securityadminconfigurations/"
"""What the ids of security admin rules hold, after the id of their network manager."""
NO_RULE = "no rule of the security group matches"


def group(
    estate: Estate,
    id: str,
    network: str | None,
    scope: Scope,
    whom: Target,
    name: str,
    default_ref: str = NO_RULE,
) -> Layer:
    """Return the layer of a security group for one target in a network: what it allows is handed on to the next."""
    made = estate.once(_group, id, scope, name, network, default_ref)
    return facing(estate, made, whom) if isinstance(made, Stage) else made


def _group(
    estate: Estate, id: str, scope: Scope, name: str, network: str | None, default_ref: str
) -> Stage | Layer:
    try:
        rules = list(_resolved(estate, [estate.one(Firewall, id, scope)], network, scope))
    except UnreadError as error:
        return unresolved(name, error, estate)
    if all(reach == EVERYONE for reach, _ in rules):  # nearly every group: the same for each target
        return Layer(name, tuple([rule for _, rule in rules]), Action.DROP, default_ref)
    return stage(name, rules, Action.DROP, default_ref)


def admin(endpoint: Endpoint, whom: Target, estate: Estate) -> Iterator[Layer]:
    """Yield the layer of the security admin rules over an endpoint's network, where there are any."""
    try:
        network = endpoint.network
        made = None if network is None else estate.once(_admin, network, endpoint.scope)
    except UnreadError as error:
        made = stage(_ADMIN, unread_rules(_ADMIN, error, estate), Action.NEXT)
    if made is not None and made.rules:
        yield facing(estate, made, whom)


def _admin(estate: Estate, network_id: str, scope: Scope) -> Stage:
    """All admin rules over a network: those of one manager by priority, the managers in the order of the list."""
    try:
        firewalls = [
            estate.one(Firewall, id_, scope) for id_ in estate.one(Network, network_id, scope).policies
        ]
        rules = list(_resolved(estate, firewalls, network_id, scope))
    except UnreadError as error:
        # Where it would have stood is not known either.
        rules = unread_rules(_ADMIN, error, estate)
    return stage(_ADMIN, rules, Action.NEXT)


Ready = tuple[int, str, Reach, Rule | NetworkRule]
"""A rule in force: its priority and name, what it is for, and itself; unresolved where that depends on the network."""


def condensed(firewall: Firewall, estate: Estate) -> tuple[Ready, ...]:
    """Return what is needed of a security group or admin rule. Raises UnreadError."""
    lists = list(estate.all(AddressList))
    of, allowed = _standing(firewall)
    return tuple(
        (
            rule.priority or 0,
            rule.ref,
            EVERYONE if (reach := reach_of(rule)) == EVERYONE else reach,
            rule if _depends(rule) else resolve(rule, lists, estate.unread, of=of, allowed=allowed),
        )
        for rule in firewall.rules
        if rule.enabled and rule.direction == INGRESS
    )


def _standing(firewall: Firewall) -> tuple[str, Action]:
    """By what a firewall's rules are called, and what becomes of what they allow: a group hands it on."""
    if _ADMIN_RULES in firewall.canonical_id:
        return "", Action.ACCEPT
    return firewall.name or firewall.id.rpartition("/")[2], Action.NEXT


def _depends(rule: NetworkRule) -> bool:
    """Tell whether the network decides who is meant: the tag Internet is all that is outside."""
    named = rule.source_references
    return bool(named) and any(one.kind == SERVICE_TAG and one.id.lower() == INTERNET for one in named)


def _resolved(
    estate: Estate, firewalls: Iterable[Firewall], network: str | None, scope: Scope
) -> Iterator[tuple[Reach, Rule]]:
    """Resolve the rules in force, in the order in which they are tried. Raises UnreadError."""
    managers: dict[str, int] = {}
    found: list[tuple[int, Ready, Firewall]] = []
    for firewall in firewalls:
        rank = managers.setdefault(_manager(firewall), len(managers))
        found += [(rank, one, firewall) for one in estate.condensed(firewall, condensed)]
    for _, (_, _, reach, rule), firewall in sorted(found, key=lambda one: (one[0], one[1][:2])):
        yield reach, rule if isinstance(rule, Rule) else _outside_of(estate, network, scope, firewall, rule)


def _outside_of(
    estate: Estate, network: str | None, scope: Scope, firewall: Firewall, rule: NetworkRule
) -> Rule:
    """Resolve a rule that names all that is outside of the network."""
    lists, inside = list(estate.all(AddressList)), estate.once(inside_of, network, scope)
    of, allowed = _standing(firewall)
    return resolve(rule, lists, estate.unread, inside, of=of, allowed=allowed)


def inside_of(estate: Estate, network: str | None, scope: Scope) -> Mapping[Family, AddressSet]:
    """Return the addresses of a network; none where they were not read, so that the internet is not taken for less."""
    try:
        blocks = () if network is None else estate.one(Network, network, scope).blocks
        return {each.family: each for each in by_family(blocks)}
    except (UnreadError, ValueError):
        return NOWHERE


def _manager(firewall: Firewall) -> str:
    return firewall.canonical_id.partition(_ADMIN_RULES)[0]


def outside(estate: Estate, network: str | None, scope: Scope) -> Layer | None:
    """Return the layer that takes out what looks public, but is inside the network; None where nothing does.

    Replies to such an address stay in the network: nobody on the internet who has it gets any.
    """
    found = estate.once(inside_of, network, scope)
    public = {family: addresses & PUBLIC[family] for family, addresses in found.items()}
    rules = [
        Rule("addresses of the network", Action.DROP, PacketSet.of(each)) for each in public.values() if each
    ]
    return Layer("inside", tuple(rules), Action.NEXT) if rules else None
