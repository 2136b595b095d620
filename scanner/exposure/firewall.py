"""What one firewall's own rules let in from the internet, whatever else stands on the way."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from scanner.exposure.layers import Chain, Layer
from scanner.exposure.openings import openings
from scanner.exposure.resolving import AddressLists, resolve
from scanner.exposure.services import Ports, protocol_number
from scanner.exposure.walking import Exposure, walk
from scanner.exposure.wide import covered, how, which, who, wide
from scanner.models.network import DENY, INGRESS, Firewall, NetworkRule, Reference
from scanner.models.resource import UnreadError

_SHOWN: Final = 3


@dataclass(frozen=True, slots=True)
class RuleLevel:
    """What a firewall's rules leave open to some target that they could apply to, whatever else stands on the way.

    One exposure for each set of targets and destinations that its rules tell apart. `unread` maps the words by which
    an exposure calls something unresolved to the error that says what was not read.
    """

    exposures: tuple[Exposure, ...]
    unread: Mapping[str, UnreadError]


def rule_level(firewall: Firewall, address_lists: AddressLists) -> RuleLevel:
    """Work out what the firewall's rules for incoming packets leave open. Raises UnreadError when they are unread."""
    return _rule_level(_in_force(firewall), address_lists)


def open_to_internet(
    firewall: Firewall, address_lists: AddressLists, protocol: str, ports: Ports
) -> Iterator[str]:
    """Say, per IP version, how the firewall lets a large part of the internet in on every one of these ports.

    Yields nothing when it does not. Raises UnreadError at the end when it may, and when its rules are unread.
    """
    if not may_open(firewall, protocol, ports):
        return
    rules = [rule for rule in _in_force(firewall) if _spans(rule, protocol, ports)]
    yield from said(_rule_level(rules, address_lists), protocol, ports)


def said(level: RuleLevel, protocol: str, ports: Ports) -> Iterator[str]:
    """Say, per IP version, by which rules a firewall is open. Raises UnreadError at the end when it may be."""
    found = [openings(exposure, (protocol,)) for exposure in level.exposures]
    for family, way in wide(found, ports, level.unread):
        yield f"{which(protocol, ports)} is open to {who(way, family)} by {how(way, _SHOWN)}"


def may_open(firewall: Firewall, protocol: str, ports: Ports) -> bool:
    """Tell, by a cheap look, whether its rules speak of all of these ports. Raises UnreadError when they are unread."""
    rules = (rule for rule in _in_force(firewall) if rule.action != DENY)
    return covered((span for rule in rules for span in _spans(rule, protocol, ports)), ports)


def _in_force(firewall: Firewall) -> list[NetworkRule]:
    return sorted(
        (rule for rule in firewall.rules if rule.enabled and rule.direction == INGRESS),
        key=_order,
    )


def _spans(rule: NetworkRule, protocol: str, ports: Ports) -> tuple[Ports, ...]:
    """The ranges by which a rule touches these ports; what cannot be understood may touch them all."""
    try:
        number = protocol_number(rule.protocol)
    except ValueError:
        return (ports,)
    if number not in (None, protocol_number(protocol)):
        return ()
    return (
        tuple(span for span in rule.ports if span[0] <= ports[1] and span[1] >= ports[0])
        if rule.ports
        else (ports,)
    )


def _rule_level(rules: Iterable[NetworkRule], address_lists: AddressLists) -> RuleLevel:
    unread: dict[str, UnreadError] = {}
    made = [(rule, resolve(rule, address_lists, unread)) for rule in rules]
    exposures = tuple(
        walk(Chain((Layer("", tuple(on_algebra for rule, on_algebra in made if _counts(rule, reach))),)))
        for reach in dict.fromkeys(_reach(rule) for rule, _ in made if rule.action != DENY)
    )
    return RuleLevel(exposures, unread)


def _order(rule: NetworkRule) -> tuple[int, bool]:
    """Sort by priority, and at the same one what denies first (Google Cloud's VPC rules; elsewhere none share one)."""
    return (rule.priority or 0, rule.action != DENY)


_Reach = tuple[tuple[Reference, ...], tuple[str, ...]]


def _reach(rule: NetworkRule) -> _Reach:
    return rule.targets, rule.destinations


def _counts(rule: NetworkRule, reach: _Reach) -> bool:
    """Tell whether the rule surely applies to what `reach` says: a deny for some other target closes nothing here."""
    return _reach(rule) in (((), ()), reach)
