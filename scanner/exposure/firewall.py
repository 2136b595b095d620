"""What one firewall's own rules let in from the internet, whatever else stands on the way."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from scanner.exposure.layers import Chain, Layer, Rule
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


class RulesInForce:
    """The rules of one firewall for incoming packets: each is put on the algebra once, when a question needs it.

    Port by port is asked, and of most ports the same few rules speak. Raises UnreadError when the rules are unread.
    """

    def __init__(self, firewall: Firewall, address_lists: AddressLists) -> None:
        self._rules = _in_force(firewall)
        self._lists = address_lists
        self._resolved: dict[int, tuple[Rule, Mapping[str, UnreadError]]] = {}
        self._levels: dict[tuple[int, ...], RuleLevel] = {}

    def level(self) -> RuleLevel:
        """Work out what all of them leave open. Raises UnreadError when one is unread."""
        return self._level(tuple(range(len(self._rules))))

    def open_to_internet(self, protocol: str, ports: Ports) -> Iterator[str]:
        """Say, per IP version, how they let a large part of the internet in on every one of these ports.

        Yields nothing when they do not. Raises UnreadError at the end when they may, and when one is unread.
        """
        if not _may_open(self._rules, protocol, ports):
            return
        touching = (place for place, rule in enumerate(self._rules) if _spans(rule, protocol, ports))
        yield from said(self._level(tuple(touching)), protocol, ports)

    def _level(self, places: tuple[int, ...]) -> RuleLevel:
        level = self._levels.get(places)
        if level is None:
            level = self._levels[places] = self._worked_out(places)
        return level

    def _worked_out(self, places: tuple[int, ...]) -> RuleLevel:
        unread: dict[str, UnreadError] = {}
        made: list[tuple[NetworkRule, Rule]] = []
        for place in places:
            resolved, errors = self._on_algebra(place)
            made.append((self._rules[place], resolved))
            unread = {**errors, **unread}
        exposures = tuple(
            walk(Chain((Layer("", tuple(on_algebra for rule, on_algebra in made if _counts(rule, reach))),)))
            for reach in dict.fromkeys(_reach(rule) for rule, _ in made if rule.action != DENY)
        )
        return RuleLevel(exposures, unread)

    def _on_algebra(self, place: int) -> tuple[Rule, Mapping[str, UnreadError]]:
        found = self._resolved.get(place)
        if found is None:
            errors: dict[str, UnreadError] = {}
            found = self._resolved[place] = resolve(self._rules[place], self._lists, errors), errors
        return found


def rule_level(firewall: Firewall, address_lists: AddressLists) -> RuleLevel:
    """Work out what the firewall's rules for incoming packets leave open. Raises UnreadError when they are unread."""
    return RulesInForce(firewall, address_lists).level()


def open_to_internet(
    firewall: Firewall, address_lists: AddressLists, protocol: str, ports: Ports
) -> Iterator[str]:
    """Say, per IP version, how the firewall lets a large part of the internet in on every one of these ports.

    Yields nothing when it does not. Raises UnreadError at the end when it may, and when its rules are unread.
    """
    yield from RulesInForce(firewall, address_lists).open_to_internet(protocol, ports)


def said(level: RuleLevel, protocol: str, ports: Ports) -> Iterator[str]:
    """Say, per IP version, by which rules a firewall is open. Raises UnreadError at the end when it may be."""
    found = [openings(exposure, (protocol,)) for exposure in level.exposures]
    for family, way in wide(found, ports, level.unread):
        yield f"{which(protocol, ports)} is open to {who(way, family)} by {how(way, _SHOWN)}"


def may_open(firewall: Firewall, protocol: str, ports: Ports) -> bool:
    """Tell, by a cheap look, whether its rules speak of all of these ports. Raises UnreadError when they are unread."""
    return _may_open(_in_force(firewall), protocol, ports)


def _may_open(in_force: Iterable[NetworkRule], protocol: str, ports: Ports) -> bool:
    rules = (rule for rule in in_force if rule.action != DENY)
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


def _order(rule: NetworkRule) -> tuple[int, bool]:
    """Sort by priority, and at the same one what denies first (Google Cloud's VPC rules; elsewhere none share one)."""
    return (rule.priority or 0, rule.action != DENY)


_Reach = tuple[tuple[Reference, ...], tuple[str, ...]]


def _reach(rule: NetworkRule) -> _Reach:
    return rule.targets, rule.destinations


def _counts(rule: NetworkRule, reach: _Reach) -> bool:
    """Tell whether the rule surely applies to what `reach` says: a deny for some other target closes nothing here."""
    return _reach(rule) in (((), ()), reach)
