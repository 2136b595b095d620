"""What one firewall of Google Cloud lets in to any machine that it could be for, behind all that stands before it.

A VPC firewall rule, or a policy, is one among many on its network. What denies before it closes it; what else allows
does not count as its own. Whether a machine is hit by both hangs on tags and service accounts: all machines that the
rules of the network tell apart are tried, whether there is one or not.
"""

from collections.abc import Iterable, Iterator
from itertools import combinations, islice, product
from typing import Final

from scanner.exposure.estate import Estate
from scanner.exposure.firewall import RuleLevel, rule_level
from scanner.exposure.gcp_network import RULES, Steps, of_policy, steps_of
from scanner.exposure.latent import chains_of
from scanner.exposure.layers import Action, Chain, Layer
from scanner.exposure.notation import V4, V6, Family
from scanner.exposure.targets import EVERYONE, NO_SECURE_TAG, Reach, Stage, Target, facing, stage
from scanner.exposure.walking import walk
from scanner.models.network import (
    ADDRESS_LIST,
    INGRESS,
    NETWORK,
    OF_NETWORK,
    SERVICE_ACCOUNT,
    TARGET_TYPE,
    AddressList,
    Firewall,
    Reference,
)
from scanner.models.routing import Network

#: Of more rules that hand on, not every combination is tried.
_COMBINED: Final = 6
#: More kinds of machines than that are not tried for one firewall and network.
_MOST: Final = 1000

Machine = frozenset[Reference]


def level_of(firewall: Firewall, estate: Estate) -> RuleLevel:
    """Work out what a firewall lets in on the networks that it is on, or by itself where none was read.

    Raises UnreadError when its rules are unread.
    """
    networks = [one for one in estate.all(Network) if _is_on(firewall, one)]
    if not networks:
        return rule_level(firewall, estate.seen(AddressList, firewall.scope))
    chains = dict.fromkeys(chain for network in networks for chain in _chains(firewall, network, estate))
    return RuleLevel(tuple(walk(chain) for chain in chains), estate.unread)


def _is_on(firewall: Firewall, network: Network) -> bool:
    named = firewall.known("applies_to") and network.canonical_id in firewall.applies_to
    return named or (network.known("policies") and firewall.canonical_id in network.policies)


def _chains(firewall: Firewall, network: Network, estate: Estate) -> Iterator[Chain]:
    steps = steps_of(estate, network.canonical_id, firewall.scope.region, network.scope)
    own = tuple(_own(step, firewall, estate) for step in steps)

    def layers(whom: Target) -> tuple[Layer, ...]:
        return tuple(facing(estate, one, whom) if isinstance(one, Stage) else one for one in own)

    for reach in dict.fromkeys(_reaches(firewall)):
        here = Reference(NETWORK, network.canonical_id)
        base = [one | {here} for one in _machines(reach) if _can_be(one | {here})]
        for machine in islice(_beside(base, own), _MOST):
            yield from chains_of(
                ((family, address) for family in (V4, V6) for address in _addresses(reach, own, family)),
                Target(V4, "", machine),
                layers,
                Action.DROP,
            )


def _own(step: Stage | Layer, firewall: Firewall, estate: Estate) -> Stage | Layer:
    """A stage without what others allow in it."""
    if isinstance(step, Layer):
        return step
    refs: frozenset[str] = frozenset()
    if firewall.level == OF_NETWORK:
        refs = frozenset(rule.ref for rule in firewall.rules) if step.name == RULES else refs
    elif step is estate.once(of_policy, firewall):
        return step
    return estate.once(_without, step, refs)


def _without(estate: Estate, step: Stage, refs: frozenset[str]) -> Stage:
    closing, named = estate.once(_sorted_out, step)
    places = sorted({*closing, *(place for ref in refs for place in named.get(ref, ()))})
    kept = (step.rules[place] for place in places)
    return stage(step.name, ((step.reaches[number], rule) for number, rule in kept), step.default)


def _sorted_out(_: Estate, step: Stage) -> tuple[list[int], dict[str, list[int]]]:
    """The places of the rules that let nothing in by themselves, and those of the others by their names."""
    closing: list[int] = []
    named: dict[str, list[int]] = {}
    for place, (_number, rule) in enumerate(step.rules):
        if rule.action is Action.ACCEPT:
            named.setdefault(rule.ref, []).append(place)
        else:
            closing.append(place)
    return closing, named


# -- machines that the rules tell apart -----------------------------------------------------------------------


def _reaches(firewall: Firewall) -> Iterator[Reach]:
    for rule in firewall.rules:
        if rule.enabled and rule.direction == INGRESS:
            yield rule.targets, rule.destinations


def _machines(reach: Reach) -> Iterator[Machine]:
    """Every machine that is just what a rule names: one of each kind. None where it is for no machine."""
    kinds: dict[str, list[Reference]] = {}
    for reference in reach[0]:
        kinds.setdefault(reference.kind, []).append(reference)
    kinds.pop(ADDRESS_LIST, None)
    if TARGET_TYPE in kinds:
        return
    for chosen in product(*kinds.values()):
        yield frozenset({*chosen, NO_SECURE_TAG})


def _beside(machines: Iterable[Machine], steps: Steps) -> Iterator[Machine]:
    """Machines as they are, and as they are when rules that hand packets on also name them, in every combination.

    Of very many such rules, each alone.
    """
    named = list(dict.fromkeys(one for rule_reach in _handing_on(steps) for one in _machines(rule_reach)))
    most = len(named) if len(named) <= _COMBINED else 1
    for machine in machines:
        for number in range(most + 1):
            for further in combinations(named, number):
                together = machine.union(*further)
                if _can_be(together):
                    yield together


def _handing_on(steps: Steps) -> Iterator[Reach]:
    """What rules name that hand packets on before they are stopped."""
    for step in steps:
        if isinstance(step, Stage):
            found = (step.reaches[number] for number, rule in step.rules if rule.action is Action.NEXT)
            yield from (reach for reach in found if reach != EVERYONE)


def _can_be(machine: Machine) -> bool:
    """Tell whether there can be such a machine: it runs as one service account, and an interface is in one network."""
    kinds = [one.kind for one in machine]
    return kinds.count(SERVICE_ACCOUNT) <= 1 and kinds.count(NETWORK) <= 1


def _addresses(reach: Reach, steps: Steps, family: Family) -> Iterator[str]:
    """The addresses at which a rule is tried: those that it names, else one that none names, and those handed on."""
    if not reach[1]:
        yield ""
    for text in reach[1] or (text for handing_on in _handing_on(steps) for text in handing_on[1]):
        if (":" in text) == (family == V6):
            yield text
