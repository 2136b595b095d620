"""What can be reached: every endpoint with its ways, its openings, and what a rule says of them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import ClassVar, Final, Protocol

from scanner.exposure import aws, azure, azure_network, gcp
from scanner.exposure.chains import Ways, public
from scanner.exposure.ending import openings_of
from scanner.exposure.estate import Estate, Missing
from scanner.exposure.firewall import RuleLevel, RulesInForce, may_open, said
from scanner.exposure.gcp_level import level_of
from scanner.exposure.openings import Opening, openings
from scanner.exposure.services import Ports
from scanner.exposure.walking import Exposure, either, walk
from scanner.exposure.wide import how, which, who, wide
from scanner.models.endpoint import Endpoint
from scanner.models.network import AddressList, Firewall
from scanner.models.resource import Cloud, Code, Resource, UnreadError, Why
from scanner.models.routing import Network, Subnet

Reads = Mapping[type[Resource], frozenset[str]]
"""Kinds, and the fields of each that are read."""

_SHOWN: Final = 8


class CloudChains(Protocol):
    """What a module of this folder says of one cloud."""

    READS: Reads

    def ways(self, endpoint: Endpoint, estate: Estate, /) -> Ways:
        """Return every way from the internet to an endpoint. What was not read is an unresolved layer."""

    def rule_level(self, endpoint: Endpoint, estate: Estate, /) -> Ways:
        """Return the ways that the firewalls alone leave, whatever addresses, routes and running state say."""

    def carriers(self, firewall: Firewall, estate: Estate, /) -> Sequence[Endpoint]:
        """Return the endpoints that a firewall is on. Raises UnreadError when that is not known."""

    def parts(self, estate: Estate, /) -> Mapping[str, Sequence[Endpoint]]:
        """Return the endpoints that are counted as another's, by the id of that one."""


_CLOUDS: Final[Mapping[Cloud, CloudChains]] = {Cloud.AWS: aws, Cloud.GCP: gcp, Cloud.AZURE: azure}


_CONDENSED: Final[Mapping[Cloud, Callable[[Firewall, Estate], object]]] = {
    Cloud.AWS: aws.condensed,
    Cloud.AZURE: azure_network.condensed,
}


def _reads() -> Reads:
    merged: dict[type[Resource], frozenset[str]] = {}
    for cloud in _CLOUDS.values():
        for kind, fields in cloud.READS.items():
            merged[kind] = merged.get(kind, frozenset()) | fields
    return merged


def has_ways(cloud: Cloud) -> bool:
    """Tell whether there are ways from the internet to be worked out: not for what is no cloud."""
    return cloud in _CLOUDS


def reads_of(cloud: Cloud) -> Reads:
    """Return the kinds that the ways of a cloud are made of, and the fields of each that are read."""
    return _CLOUDS[cloud].READS


#: What it takes to say of a firewall what it lets in, and whether anything that it is on has a public address.
_LEVEL: Final[Reads] = {
    Firewall: frozenset({"rules", "applies_to", "level"}),
    AddressList: frozenset({"reference", "addresses"}),
    Endpoint: frozenset({"addresses", "firewalls", "memberships", "network", "services", "subnets"}),
    Network: frozenset({"policies", "policies_first"}),
    Subnet: frozenset({"firewalls"}),
}


class Firewalls:
    """What firewalls let in by themselves. `missing` says what of a listing was not read.

    Add resources of the kinds in `reads`, then ask; what is asked for often is worked out once.
    """

    reads: ClassVar[Reads] = _LEVEL

    def __init__(self, missing: Missing = lambda _kind, _scope: None) -> None:
        self.estate = Estate(missing)
        self._kinds = frozenset(kind.kind() for kind in self.reads)
        self._asked: tuple[Firewall, RulesInForce] | None = None

    def add(self, resource: Resource) -> None:
        """Take a resource, of whatever kind."""
        if resource.kind() in self._kinds:
            self.estate.add(resource)
            self._asked = None

    def of_firewall(self, firewall: Firewall) -> RuleLevel:
        """What a firewall would let in, wherever it is. Raises UnreadError when its rules are unread."""
        if firewall.scope.cloud is Cloud.GCP:
            # One rule, or one policy, of a network's many.
            return level_of(firewall, self.estate)
        return self._rules(firewall).level()

    def open_to_internet(self, firewall: Firewall, protocol: str, ports: Ports) -> Iterator[str]:
        """Say, per IP version, how a firewall lets a large part of the internet in on every one of these ports.

        Yields nothing when it does not. Raises UnreadError at the end when it may, and when its rules are unread.
        """
        if firewall.scope.cloud is not Cloud.GCP:
            yield from self._rules(firewall).open_to_internet(protocol, ports)
        elif may_open(firewall, protocol, ports):
            yield from said(self.of_firewall(firewall), protocol, ports)

    def condense(self, firewall: Firewall) -> None:
        """Take a firewall, and of its rules only what chains need, where that is all: for estates of many rules.

        Address lists must have been taken before. `of_firewall` then knows nothing of it.
        """
        condense = _CONDENSED.get(firewall.scope.cloud)
        try:
            made = condense(firewall, self.estate) if condense else None
        except UnreadError:
            made = None
        if made is None:
            self.add(firewall)
        else:
            self.estate.condense(firewall, made)

    def carried(self, firewall: Firewall) -> bool:
        """Tell whether a firewall is on any endpoint. Raises UnreadError when that is not known."""
        return bool(_cloud(firewall).carriers(firewall, self.estate))

    def is_latent(self, firewall: Firewall) -> bool:
        """Tell whether nothing that a firewall is on has a public address; false also where that is not known."""
        try:
            if self.estate.missing(Endpoint.kind(), firewall.scope) is not None:
                return False
            return not any(public(one.addresses) for one in _cloud(firewall).carriers(firewall, self.estate))
        except UnreadError:
            return False

    def _rules(self, firewall: Firewall) -> RulesInForce:
        # Rules ask port by port, for one firewall after the other.
        if self._asked is None or self._asked[0] is not firewall:
            lists = self.estate.seen(AddressList, firewall.scope)
            self._asked = firewall, RulesInForce(firewall, lists)
        return self._asked[1]


class Exposures(Firewalls):
    """The exposure of everything that was read: what the internet can really reach."""

    reads: ClassVar[Reads] = _reads()

    def __init__(self, missing: Missing = lambda _kind, _scope: None) -> None:
        super().__init__(missing)
        self._last: tuple[Endpoint, Exposure] | None = None

    def add(self, resource: Resource) -> None:
        """Take a resource, of whatever kind."""
        super().add(resource)
        self._last = None

    def ways(self, endpoint: Endpoint) -> Ways:
        """Return every way from the internet to an endpoint. Raises UnreadError for a cloud that has none yet."""
        return _cloud(endpoint).ways(endpoint, self.estate)

    def of(self, endpoint: Endpoint) -> Exposure:
        """What the internet can reach of an endpoint. Raises UnreadError as `ways`."""
        # Rules ask port by port, for one endpoint after the other.
        if self._last is None or self._last[0] is not endpoint:
            self._last = endpoint, _walked(self.ways(endpoint))
        return self._last[1]

    def rule_level(self, endpoint: Endpoint) -> Exposure:
        """What the endpoint's firewalls would let in, whatever else stands on the way. Raises UnreadError."""
        return _walked(_cloud(endpoint).rule_level(endpoint, self.estate))

    def effective_openings(self, endpoint: Endpoint) -> tuple[Opening, ...]:
        """Return the openings of `of`. Raises UnreadError."""
        return _openings(self.ways(endpoint))

    def rule_level_openings(self, endpoint: Endpoint) -> tuple[Opening, ...]:
        """Return the openings of `rule_level`. Raises UnreadError."""
        return _openings(_cloud(endpoint).rule_level(endpoint, self.estate))

    def endpoints(self) -> Iterator[Endpoint]:
        """Yield the endpoints that count by themselves, in the order of their scopes and ids."""
        for endpoint in sorted(self.estate.all(Endpoint), key=lambda one: (one.scope, one.id)):
            if not self.counted_elsewhere(endpoint):
                yield endpoint

    def counted_elsewhere(self, endpoint: Endpoint) -> bool:
        """Tell whether an endpoint is only a part of another one, such as an interface of a load balancer."""
        cloud = _CLOUDS.get(endpoint.scope.cloud)
        return cloud is not None and endpoint.canonical_id in self.estate.once(_members, endpoint.scope.cloud)

    def addresses(self, endpoint: Endpoint) -> tuple[str, ...]:
        """Return the public addresses of an endpoint, those of its parts where these are known. Raises UnreadError."""
        parts = _cloud(endpoint).parts(self.estate).get(endpoint.id, ())
        listed = [one.public or "" for part in parts for one in public(part.addresses)]
        return tuple(dict.fromkeys(listed or [one.public or "" for one in public(endpoint.addresses)]))

    def reachable_from_internet(self, endpoint: Endpoint, protocol: str, ports: Ports) -> Iterator[str]:
        """Say, per IP version, how a large part of the internet can reach every one of these ports of an endpoint.

        Yields nothing when it cannot. Raises UnreadError at the end when it may.
        """
        if self.counted_elsewhere(endpoint):
            return
        found = openings(self.of(endpoint), (protocol,))
        for family, way in wide((found,), ports, self.estate.unread):
            of = f" of {endpoint.owner}" if endpoint.owner and endpoint.owner != endpoint.id else ""
            at = ", ".join(self.addresses(endpoint))
            yield (
                f"{which(protocol, ports)} can be reached from {who(way, family)} at {at}{of} "
                f"by {how(way, _SHOWN)}"
            )


def _cloud(resource: Resource) -> CloudChains:
    cloud = _CLOUDS.get(resource.scope.cloud)
    if cloud is None:
        why = Why(code=Code.NOT_ASKED, text=f"this version does not know the ways of {resource.scope.cloud}")
        raise UnreadError(f"the exposure of {resource.id}", why)
    return cloud


def _members(estate: Estate, cloud: Cloud) -> frozenset[str]:
    return frozenset(part.canonical_id for parts in _CLOUDS[cloud].parts(estate).values() for part in parts)


@lru_cache(maxsize=1 << 7)
def _walked(ways: Ways) -> Exposure:
    return either(walk(way) for way in ways)


def _openings(ways: Ways) -> tuple[Opening, ...]:
    return openings_of(ways[0]) if len(ways) == 1 else _of_several(ways)


@lru_cache(maxsize=1 << 7)
def _of_several(ways: Ways) -> tuple[Opening, ...]:
    return openings(_walked(ways))
