"""What one firewall's own rules let in from the internet, whatever else stands on the way."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from scanner.exposure.breadth import Breadth
from scanner.exposure.layers import Chain, Layer
from scanner.exposure.notation import V4, V6, Family
from scanner.exposure.openings import Opening, openings
from scanner.exposure.resolving import AddressLists, resolve
from scanner.exposure.services import Ports, protocol_number
from scanner.exposure.walking import Exposure, walk
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
    rules = [rule for rule in _in_force(firewall) if _spans(rule, protocol, ports)]
    if not _covered(
        (span for rule in rules if rule.action != DENY for span in _spans(rule, protocol, ports)), ports
    ):
        return
    level = _rule_level(rules, address_lists)
    found = [openings(exposure, (protocol,)) for exposure in level.exposures]
    missing: UnreadError | None = None
    for family in (V4, V6):
        ways = [_way((each for each in one if each.family == family), ports) for one in found]
        wide = next((way for way in ways if way and not _unresolved(way)), None)
        if wide:
            yield _in_words(wide, protocol, family, ports)
            continue
        whys = (why for way in ways for opening in way for why in opening.unresolved)
        missing = missing or next((level.unread[why] for why in whys), None)
    if missing is not None:
        raise missing


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


def _covered(spans: Iterable[Ports], ports: Ports) -> bool:
    """Tell whether the ranges together hold all of these ports: cheap, and seldom so."""
    port = ports[0]
    for first, last in sorted(spans):
        if first > port:
            return False
        port = max(port, last + 1)
    return port > ports[1]


def _way(found: Iterable[Opening], ports: Ports) -> list[Opening]:
    """The openings that cover all of the ports, wide or unresolved; none when a port is open to few or to nobody."""
    way = [each for each in found if each.breadth is not Breadth.NARROW]
    way = [each for each in way if each.ports[0] <= ports[1] and each.ports[1] >= ports[0]]
    return way if _covered((each.ports for each in way), ports) else []


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


def _unresolved(way: Iterable[Opening]) -> bool:
    return any(opening.breadth is Breadth.UNRESOLVED for opening in way)


def _in_words(way: list[Opening], protocol: str, family: Family, ports: Ports) -> str:
    first, last = ports
    which = f"{protocol} {first}" if first == last else f"{protocol} {first}-{last}"
    whole = all(opening.breadth is Breadth.WORLD for opening in way)
    who = "the whole internet" if whole else "a large part of the internet"
    via = _listed(ref for opening in way for ref in opening.via)
    doubts = _listed(ref for opening in way for ref in opening.doubts)
    unless = f", unless {doubts} closes it" if doubts else ""
    return f"{which} is open to {who} (IPv{family}) by {via}{unless}"


def _listed(refs: Iterable[str]) -> str:
    unique = list(dict.fromkeys(refs))
    more = len(unique) - _SHOWN
    return ", ".join(unique[:_SHOWN]) + (f" and {more} more" if more > 0 else "")
