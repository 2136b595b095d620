"""What can be reached: every endpoint with its ways, its openings, and what a rule says of them."""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import ClassVar, Final, Protocol

from scanner.exposure import aws, azure, gcp
from scanner.exposure.chains import Ways, public
from scanner.exposure.estate import Estate, Missing
from scanner.exposure.firewall import RuleLevel, rule_level
from scanner.exposure.gcp_level import level_of
from scanner.exposure.openings import openings
from scanner.exposure.services import Ports
from scanner.exposure.walking import Exposure, either, walk
from scanner.exposure.wide import how, which, who, wide
from scanner.models.endpoint import Endpoint
from scanner.models.network import AddressList, Firewall
from scanner.models.resource import Cloud, Code, Resource, UnreadError, Why

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


def _reads() -> Reads:
    merged: dict[type[Resource], frozenset[str]] = {}
    for cloud in _CLOUDS.values():
        for kind, fields in cloud.READS.items():
            merged[kind] = merged.get(kind, frozenset()) | fields
    return merged


def reads_of(cloud: Cloud) -> Reads:
    """Return the kinds that the ways of a cloud are made of, and the fields of each that are read."""
    return _CLOUDS[cloud].READS


class Exposures:
    """The exposure of everything that was read. `missing` says what of a listing was not.

    Add resources of the kinds in `reads`, then ask; what is asked for often is worked out once.
    """

    reads: ClassVar[Reads] = _reads()

    def __init__(self, missing: Missing = lambda _kind, _scope: None) -> None:
        self.estate = Estate(missing)

    def add(self, resource: Resource) -> None:
        """Take a resource, of whatever kind."""
        if resource.kind() in _KINDS:
            self.estate.add(resource)

    def ways(self, endpoint: Endpoint) -> Ways:
        """Return every way from the internet to an endpoint. Raises UnreadError for a cloud that has none yet."""
        return self._cloud(endpoint).ways(endpoint, self.estate)

    def of(self, endpoint: Endpoint) -> Exposure:
        """What the internet can reach of an endpoint. Raises UnreadError as `ways`."""
        return _walked(self.ways(endpoint))

    def rule_level(self, endpoint: Endpoint) -> Exposure:
        """What the endpoint's firewalls would let in, whatever else stands on the way. Raises UnreadError."""
        return _walked(self._cloud(endpoint).rule_level(endpoint, self.estate))

    def of_firewall(self, firewall: Firewall) -> RuleLevel:
        """What a firewall would let in, wherever it is. Raises UnreadError when its rules are unread."""
        if firewall.scope.cloud is Cloud.GCP:
            # One rule, or one policy, of a network's many.
            return level_of(firewall, self.estate)
        return rule_level(firewall, self.estate.seen(AddressList, firewall.scope))

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
        parts = self._cloud(endpoint).parts(self.estate).get(endpoint.id, ())
        listed = [one.public or "" for part in parts for one in public(part.addresses)]
        return tuple(dict.fromkeys(listed or [one.public or "" for one in public(endpoint.addresses)]))

    def carried(self, firewall: Firewall) -> bool:
        """Tell whether a firewall is on any endpoint. Raises UnreadError when that is not known."""
        return bool(self._cloud(firewall).carriers(firewall, self.estate))

    def is_latent(self, firewall: Firewall) -> bool:
        """Tell whether nothing that a firewall is on has a public address; false also where that is not known."""
        try:
            if self.estate.missing(Endpoint.kind(), firewall.scope) is not None:
                return False
            return not any(
                public(one.addresses) for one in self._cloud(firewall).carriers(firewall, self.estate)
            )
        except UnreadError:
            return False

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

    def _cloud(self, resource: Resource) -> CloudChains:
        cloud = _CLOUDS.get(resource.scope.cloud)
        if cloud is None:
            why = Why(
                code=Code.NOT_ASKED, text=f"this version does not know the ways of {resource.scope.cloud}"
            )
            raise UnreadError(f"the exposure of {resource.id}", why)
        return cloud


_KINDS: Final = frozenset(kind.kind() for kind in Exposures.reads)


def _members(estate: Estate, cloud: Cloud) -> frozenset[str]:
    return frozenset(part.canonical_id for parts in _CLOUDS[cloud].parts(estate).values() for part in parts)


@lru_cache(maxsize=1 << 7)
def _walked(ways: Ways) -> Exposure:
    return either(walk(way) for way in ways)
