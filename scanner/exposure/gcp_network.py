"""The firewalls before the machines of a Google Cloud network, stage by stage, in the order in which they are tried."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from scanner.exposure.chains import unresolved
from scanner.exposure.estate import Estate
from scanner.exposure.layers import Action, Layer, Rule
from scanner.exposure.resolving import resolve
from scanner.exposure.targets import Reach, Stage, Target, facing, reach_of, stage, unread_rules
from scanner.models.network import (
    DENY,
    GLOBAL_POLICY,
    INGRESS,
    OF_NETWORK,
    ORGANIZATION,
    REGIONAL_POLICY,
    SYSTEM,
    AddressList,
    Firewall,
    NetworkRule,
)
from scanner.models.resource import GLOBAL, Cloud, Scope, UnreadError
from scanner.models.routing import Network

RULES: Final = "VPC firewall rules"
"""The name of their stage."""
_ABOVE: Final = "policies above the network"
_REGIONAL: Final = "policies of its region"
_UNKNOWN: Final = "rules that were not read"

Steps = tuple[Stage | Layer, ...]
"""What a packet meets, in order; a layer where something was not read."""

Regional = tuple[str, ...] | str
"""Ids of the policies over a network in one region, in the order in which they are tried, or why they are not known."""


def firewalls(
    estate: Estate, network_id: str, region: str, whom: Target, scope: Scope, regional: Regional
) -> tuple[Layer, ...]:
    """Return the layers of all firewalls before one target in a network, in the order in which they are tried."""
    steps = estate.once(steps_of, network_id, region, scope, regional)
    return tuple(facing(estate, step, whom) if isinstance(step, Stage) else step for step in steps)


def steps_of(estate: Estate, network_id: str, region: str, scope: Scope, regional: Regional = ()) -> Steps:
    """Return the stages of a network's firewalls for what stands in a region.

    Hierarchical policies, from the organization down, and system policies; then VPC rules before or after the global
    and regional policies, as the network says. A policy that says that it is on the network counts too where nobody
    names it.
    """
    try:
        network = estate.one(Network, network_id, scope)
    except UnreadError as error:
        return (unresolved("network", error, estate, Action.ACCEPT),)
    own = estate.once(_own, network)
    policies = tuple(_policies(estate, network, region, regional))
    above = tuple(_above(estate, network, region, regional))
    if not policies:
        return (*above, own)
    try:
        return (*above, *policies, own) if network.policies_first else (*above, own, *policies)
    except UnreadError as error:
        return (*above, unresolved("order of firewalls", error, estate, Action.ACCEPT))


def _above(estate: Estate, network: Network, region: str, regional: Regional) -> Iterator[Stage | Layer]:
    """The stages that no network can get around."""
    named: tuple[str, ...] = ()
    try:
        named = network.policies
    except UnreadError as error:
        yield stage(_ABOVE, unread_rules(_ABOVE, error, estate), Action.NEXT)
    if isinstance(regional, str):
        yield from _at(estate, network, named, ORGANIZATION, region)
        yield stage(_REGIONAL, unread_rules(_REGIONAL, estate.unread[regional], estate), Action.NEXT)
    else:
        named = (*named, *regional)
        yield from _at(estate, network, dict.fromkeys(named), ORGANIZATION, region)
    yield from _at(estate, network, dict.fromkeys((*named, *_on(estate, network))), SYSTEM, region)


def _policies(estate: Estate, network: Network, region: str, regional: Regional) -> Iterator[Stage | Layer]:
    """The stages of the network's own policies: those that it names, and those that say that they are on it."""
    named = network.policies if network.known("policies") else ()
    more = () if isinstance(regional, str) else regional
    ids = dict.fromkeys((*named, *more, *_on(estate, network)))
    for level in (GLOBAL_POLICY, REGIONAL_POLICY):
        yield from _at(estate, network, ids, level, region)


def _on(estate: Estate, network: Network) -> list[str]:
    """The firewalls that say that they are on a network."""
    return [one.canonical_id for one in estate.named(Firewall, applies, network.canonical_id)]


def _at(
    estate: Estate, network: Network, ids: Iterable[str], level: str, region: str
) -> Iterator[Stage | Layer]:
    for id_ in ids:
        try:
            policy = estate.one(Firewall, id_, network.scope)
            here = policy.level == level and policy.scope.region in (GLOBAL, region)
        except UnreadError as error:
            # Its level is not known either: it counts once, as the strongest.
            if level == ORGANIZATION:
                name = id_.rpartition("/")[2]
                yield stage(name, unread_rules(name, error, estate), Action.NEXT)
            continue
        if here:
            yield estate.once(of_policy, policy)


def of_policy(estate: Estate, policy: Firewall) -> Stage:
    """Return the stage of one policy."""
    name = policy.name or policy.id.rpartition("/")[2]
    rules = ((reach, replace(rule, ref=f"{name} {rule.ref}")) for reach, rule in _sorted(estate, [policy]))
    return stage(name, rules, Action.NEXT)


def _own(estate: Estate, network: Network) -> Stage:
    """The VPC firewall rules of a network: at the same priority what denies is tried first."""
    rules = [one for one in estate.named(Firewall, applies, network.canonical_id) if _is_rule(one)]
    made = list(_sorted(estate, rules))
    missing = estate.missing(Firewall.kind(), network.scope) or estate.once(_unplaced)
    if missing is not None:
        made = [*unread_rules(_UNKNOWN, missing, estate), *made]
    # What no rule matches goes on: the implied deny stands behind all policies.
    return stage(RULES, made, Action.NEXT)


def _is_rule(firewall: Firewall) -> bool:
    return not firewall.known("level") or firewall.level == OF_NETWORK


def _unplaced(estate: Estate) -> UnreadError | None:
    """Why it is not known of some firewall on which network it is."""
    for firewall in estate.all(Firewall):
        if firewall.scope.cloud is Cloud.GCP and not firewall.known("applies_to"):
            return UnreadError("Firewall.applies_to", firewall.why("applies_to"))
    return None


def _sorted(estate: Estate, firewalls: Iterable[Firewall]) -> Iterator[tuple[Reach, Rule]]:
    """Resolve the rules in force of firewalls that are tried together; first those that were not read."""
    found: list[tuple[int, bool, str, NetworkRule]] = []
    for firewall in firewalls:
        try:
            found += [
                (rule.priority or 0, rule.action != DENY, rule.ref, rule)
                for rule in firewall.rules
                if rule.enabled and rule.direction == INGRESS
            ]
        except UnreadError as error:
            yield from unread_rules(firewall.name or firewall.id, error, estate)
    lists = _Lists(estate)
    for _, _, _, rule in sorted(found, key=lambda one: one[:3]):
        yield reach_of(rule), resolve(rule, lists, estate.unread)


class _Lists(Iterable[AddressList]):
    """Every address group: rules name them by their full names, wherever they stand."""

    def __init__(self, estate: Estate) -> None:
        self._estate = estate

    def __iter__(self) -> Iterator[AddressList]:
        return self._estate.all(AddressList)


def applies(firewall: Firewall) -> Iterable[str]:
    """Return what a firewall is on."""
    return firewall.applies_to
