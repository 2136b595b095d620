"""One rule of a firewall on the algebra: its protocol, ports and sources as packet sets, its references resolved.

A rule of which a part is not known (a prefix list that was not read, a region code, an action that this version does
not know) may match whatever its known parts do not exclude: what it decides is then unresolved.
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Final, NamedTuple

from scanner.exposure.addresses import ANYWHERE, NOWHERE, AddressSet, by_family, union
from scanner.exposure.layers import Action, Rule
from scanner.exposure.notation import V4, V6, Family, read
from scanner.exposure.packets import NOTHING, PacketSet
from scanner.exposure.services import WITH_PORTS, Ports, places, protocol_number
from scanner.exposure.special import PUBLIC
from scanner.models.network import (
    ADDRESS_LIST,
    ALLOW,
    ALWAYS_ALLOW,
    DENY,
    NEXT,
    SERVICE_TAG,
    AddressList,
    NetworkRule,
    Reference,
)
from scanner.models.resource import Code, UnreadError, Why

Sources = Mapping[Family, AddressSet]

_NONE: Final[Sources] = NOWHERE
_ALL: Final[Sources] = ANYWHERE
_ACTIONS: Final = {
    ALLOW: Action.ACCEPT,
    ALWAYS_ALLOW: Action.ACCEPT,
    NEXT: Action.NEXT,
    DENY: Action.DROP,
}
INTERNET: Final = "internet"
"""The service tag of all that is outside of the network, in lower case."""
#: Service tags that say where a packet comes from relative to the network. Nobody on the internet is a client of the
#: last two: the load balancer's tag holds its health probes.
_TAGS: Final[Mapping[str, Sources]] = {
    INTERNET: PUBLIC,
    "virtualnetwork": _NONE,
    "azureloadbalancer": _NONE,
}


AddressLists = Iterable[AddressList]
"""The lists that rules may refer to, such as `InRegion[AddressList]`, which raises UnreadError after the last of them
when the listing was not whole."""


class _Matched(NamedTuple):
    """Sources that a rule surely matches, those that it may match besides, and why that is uncertain."""

    sure: Sources
    maybe: Sources = _NONE
    error: UnreadError | None = None


def resolve(
    rule: NetworkRule,
    lists: AddressLists,
    unread: dict[str, UnreadError],
    inside: Sources = NOWHERE,
    *,
    of: str = "",
    allowed: Action = Action.ACCEPT,
) -> Rule:
    """Put one rule on the algebra; `unread` takes what could not be read for it, by the words of `Rule.why`.

    `inside` are addresses that are not of the internet, though they could be; `of` is what the rule belongs to, for its
    name in evidence; `allowed` is what becomes of what it allows. Raises UnreadError when the rule itself is unread.
    """
    maybe, error = NOTHING, None
    try:
        plain = _plain(rule)
        if plain is not None:
            packets = plain
        elif _is_relative(rule) and inside is NOWHERE:
            packets = _of_tags(rule.source_references, rule.protocol, rule.ports)
        else:
            matched = _matched(rule, lists, inside)
            packets, maybe = (
                _packets(rule.protocol, rule.ports, sources) if any(sources.values()) else NOTHING
                for sources in (matched.sure, matched.maybe)
            )
            error = matched.error
    except ValueError as broken:  # an address, port or protocol that is none
        packets, maybe, error = NOTHING, _everything(), _malformed(str(broken))
    action = _ACTIONS.get(rule.action)
    if action is None:
        packets, maybe = NOTHING, packets | maybe
        action, error = Action.ACCEPT, _malformed(f"{rule.action!r} is not an action that this version knows")
    if action is Action.ACCEPT:
        action = allowed
    why = str(error) if error and maybe else ""
    if error and why:
        unread.setdefault(why, error)
    return Rule(f"{of} {rule.ref}" if of else rule.ref, action, packets, maybe, why)


def _plain(rule: NetworkRule) -> PacketSet | None:
    """The packets of a rule with one source and one range of ports, as nearly all are; None for any other rule."""
    sources, ports = rule.sources, rule.ports
    if len(sources) != 1 or len(ports) > 1 or rule.source_references or rule.unresolvable_sources:
        return None
    if rule.from_internet is not None:
        return None
    return _one_band(sources[0], rule.protocol, ports[0] if ports else None)


@lru_cache(maxsize=1 << 12)
def _one_band(source: str, protocol: str, ports: Ports | None) -> PacketSet | None:
    """The packets from one source to one range of ports; None where these are ports of every protocol."""
    if ports and protocol_number(protocol) is None:
        return None
    family, first, end = read(source)
    start, stop = places(family, protocol, ports)
    return PacketSet(((start, stop, AddressSet(family, (first, end))),))


def _is_relative(rule: NetworkRule) -> bool:
    """Tell whether a rule names by known tags alone who it is for, as two of Azure's three default rules do."""
    if rule.from_internet is not None or rule.sources or not rule.known("protocol"):
        return False
    named = rule.source_references
    if not named or rule.unresolvable_sources:
        return False
    return all(one.kind == SERVICE_TAG and one.id.lower() in _TAGS for one in named)


@lru_cache(maxsize=1 << 10)
def _of_tags(tags: tuple[Reference, ...], protocol: str, ports: tuple[Ports, ...]) -> PacketSet:
    """The packets from what is meant by tags, wherever a network does not say what is inside of it."""
    meant = [_TAGS[one.id.lower()] for one in tags]
    sources: Sources = {family: union(family, [each[family] for each in meant]) for family in (V4, V6)}
    return _packets(protocol, ports, sources)


def _matched(rule: NetworkRule, lists: AddressLists, inside: Sources) -> _Matched:
    if rule.from_internet is False:
        return _Matched(_NONE)
    parts = [_Matched(dict(zip((V4, V6), by_family(rule.sources), strict=True)))]
    parts += [_referred(reference, lists, inside) for reference in rule.source_references]
    parts += [_Matched(_NONE, _ALL, _unresolvable(words)) for words in rule.unresolvable_sources]
    world = PUBLIC if rule.from_internet else _ALL
    return _Matched(
        {family: union(family, [part.sure[family] for part in parts]) & world[family] for family in (V4, V6)},
        {
            family: union(family, [part.maybe[family] for part in parts]) & world[family]
            for family in (V4, V6)
        },
        next((part.error for part in parts if part.error), None),
    )


def _referred(reference: Reference, lists: AddressLists, inside: Sources) -> _Matched:
    """Resolve one reference; what stands for members of the network (groups, tags) lets nobody from outside in."""
    if reference.kind == SERVICE_TAG:
        sources = _TAGS.get(reference.id.lower())
        if sources is not None:
            return _Matched({family: sources[family] - inside[family] for family in (V4, V6)})
        return _Matched(_NONE, _ALL, _unresolvable(f"the addresses of service tag {reference.id}"))
    if reference.kind != ADDRESS_LIST:
        return _Matched(_NONE)
    try:
        found = next((one for one in lists if one.reference == reference.id), None)
        if found is None:
            return _Matched(_NONE, _ALL, _unresolvable(f"the address list {reference.id}"))
        return _Matched(dict(zip((V4, V6), by_family(found.addresses), strict=True)))
    except UnreadError as error:
        return _Matched(_NONE, _ALL, error)


def _packets(protocol: str, ports: tuple[Ports, ...], sources: Sources) -> PacketSet:
    packets = NOTHING
    for family in (V4, V6):
        if not sources[family]:
            continue
        # Ports of "all" are those of every protocol that has some.
        protocols: Iterable[str] = (protocol,)
        if ports and protocol_number(protocol) is None:
            protocols = map(str, sorted(WITH_PORTS))
        for each in protocols:
            packets |= PacketSet.of(sources[family], each, ports or None)
    return packets


def _everything() -> PacketSet:
    return PacketSet.of(ANYWHERE[V4]) | PacketSet.of(ANYWHERE[V6])


def _unresolvable(words: str) -> UnreadError:
    why = Why(code=Code.UNAVAILABLE, text=f"{words} cannot be turned into addresses")
    return UnreadError("NetworkRule.sources", why)


def _malformed(words: str) -> UnreadError:
    return UnreadError("Firewall.rules", Why(code=Code.MALFORMED, text=words))
