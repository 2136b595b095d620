"""Targets from an inventory: the public addresses that were just read, and whom the configuration lets in there."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from scanner.exposure.asking import missing_in
from scanner.exposure.breadth import Breadth, breadth
from scanner.exposure.exposures import Exposures
from scanner.exposure.notation import V4, V6, Family, read_address
from scanner.exposure.openings import Opening, openings
from scanner.exposure.packets import PacketSet
from scanner.exposure.special import PUBLIC
from scanner.exposure.walking import Exposure
from scanner.inventory import Gap
from scanner.models.endpoint import Endpoint
from scanner.models.live import CLOSED, OPEN, TO_ALL, TO_MANY, TO_NOBODY, TO_SOME
from scanner.models.load_balancer import HTTP, HTTPS, TLS, Listener
from scanner.models.resource import Code, Resource, UnreadError, Why
from scanner.providers.probe.settings import Settings
from scanner.providers.probe.targets import TALKS, USUAL_TALKS, Talk, Target

#: Kinds that say which ports of an inventory are asked, and what is spoken there.
READS: Final[Mapping[type[Resource], frozenset[str]]] = {
    **Exposures.reads,
    Listener: Exposures.reads.get(Listener, frozenset()) | {"load_balancer", "protocol", "ports"},
}

#: A range of open ports that is not wider is asked port by port; of a wider one, the usual ports in it.
_NARROW: Final = 8

_OPEN_TO: Final[Mapping[Breadth | None, str]] = {
    Breadth.WORLD: TO_ALL,
    Breadth.PART: TO_MANY,
    Breadth.NARROW: TO_SOME,
    None: TO_NOBODY,
}
_LISTENERS: Final = {HTTP: TALKS["http"], HTTPS: TALKS["https"], TLS: TALKS["tls"]}
_UNREAD_SOURCE: Final = Why(
    code=Code.NOT_ASKED,
    text="it is open to some addresses only, and nobody said whether this machine has one of them: "
    "--source ADDRESS, or [probe] sources in surefoot.toml",
)


@dataclass(frozen=True, slots=True)
class Configured:
    """Whom the configuration lets in to one port, by which rules, and whether it lets us in; each may be unread."""

    open_to: str | UnreadError
    via: tuple[str, ...]
    us: str | UnreadError


@dataclass(slots=True)
class Joined:
    """Targets with what is configured for each, by their places; and why the addresses of some are not known."""

    targets: list[Target] = field(default_factory=list)
    configured: dict[str, Configured] = field(default_factory=dict)
    unread: list[UnreadError] = field(default_factory=list)

    def add(self, target: Target, configured: Configured) -> None:
        """Keep a target; one place is probed once, whoever shares it."""
        if target.place not in self.configured:
            self.targets.append(target)
            self.configured[target.place] = configured


class Inventory:
    """Takes what is read, of whatever kind; then says what of it is probed."""

    def __init__(self) -> None:
        self.exposures = Exposures()
        self._talks: dict[str, dict[int, Talk]] = {}
        self._gaps: list[Gap] = []

    def add(self, resources: Iterable[Resource]) -> None:
        """Take resources of the kinds in READS; others are left alone."""
        for resource in resources:
            self.exposures.add(resource)
            if isinstance(resource, Listener):
                self._listen(resource)

    def gap(self, gap: Gap) -> None:
        """Remember that a listing was not whole."""
        self._gaps.append(gap)

    def settle(self) -> None:
        """Have gaps known to the exposures: everything has been taken."""
        self.exposures.estate.missing = missing_in(self._gaps)

    def _listen(self, listener: Listener) -> None:
        try:
            talk = _LISTENERS.get(listener.protocol)
            ports = [first for first, last in listener.ports if first == last]
            owner = listener.load_balancer
        except UnreadError:
            return
        if talk is not None:
            self._talks.setdefault(owner.lower(), {}).update(dict.fromkeys(ports, talk))

    def joined(self, settings: Settings) -> Joined:
        """Return the targets: of each public address, the usual ports and those that are configured open."""
        found = Joined()
        self.settle()
        for endpoint in self.exposures.endpoints():
            try:
                addresses = self.exposures.addresses(endpoint)
            except UnreadError as error:
                found.unread.append(error)
                continue
            single = [address for address in addresses if "/" not in address]
            if single:
                self._join(endpoint, single, settings, found)
        return found

    def lets_in(self, name: str, addresses: Iterable[str], protocol: str, port: int) -> Mapping[str, Any]:
        """Return whom the configuration lets in to a port of the machine with this name or one of these addresses.

        Raises UnreadError, and LookupError when no endpoint that was read is the machine's.
        """
        own = frozenset(addresses)
        endpoints = [one for one in self.exposures.estate.all(Endpoint) if _is_of(one, name, own)]
        if not endpoints:
            raise LookupError(f"no endpoint that was read has the name or an address of {name}")
        found = [
            _Asked(self.exposures, one, Settings(), protocol).configured(port, (V4, V6)) for one in endpoints
        ]
        level = _widest(one.open_to for one in found)
        if isinstance(level, UnreadError):
            raise level
        return {"open_to": level, "via": tuple(dict.fromkeys(ref for one in found for ref in one.via))}

    def _join(self, endpoint: Endpoint, addresses: list[str], settings: Settings, found: Joined) -> None:
        asked = _Asked(self.exposures, endpoint, settings)
        talks = self._talks.get((endpoint.owner or "").lower() if endpoint.known("owner") else "", {})
        for address in addresses:
            families = _families(address)
            for port in sorted({*settings.ports, *asked.ports(families)}):
                configured = asked.configured(port, families)
                is_shut = configured.open_to == TO_NOBODY
                # Nobody says what speaks where nothing is configured to be reached: that it answers is finding enough.
                talk = TALKS["tcp"] if is_shut else talks.get(port) or USUAL_TALKS.get(port, TALKS["tcp"])
                target = Target(address, port, talk, endpoint=endpoint.id, tries=1 if is_shut else 2)
                found.add(target, configured)


class _Asked:
    """What one endpoint's exposure says of each port."""

    def __init__(
        self, exposures: Exposures, endpoint: Endpoint, settings: Settings, protocol: str = "tcp"
    ) -> None:
        self._exposures = exposures
        self._protocol = protocol
        self._sources = [read_address(one) for one in settings.sources]
        self._error: UnreadError | None = None
        self._exposure = Exposure()
        try:
            self._exposure = exposures.of(endpoint)
        except UnreadError as error:
            self._error = error
        self._openings: tuple[Opening, ...] = openings(self._exposure, (protocol,))
        self._accepted, self._maybe = self._exposure.accepted, self._exposure.maybe

    def ports(self, families: Iterable[Family]) -> Iterator[int]:
        """Yield the ports that are open to somebody, of ranges that are narrow."""
        wanted = frozenset(families)
        for opening in self._openings:
            first, last = opening.ports
            if opening.family in wanted and last - first < _NARROW and first:
                yield from range(first, last + 1)

    def configured(self, port: int, families: Iterable[Family]) -> Configured:
        """Return what is configured for one port, in these families."""
        if self._error is not None:
            return Configured(self._error, (), self._error)
        levels = {family: self._open_to(port, family) for family in families}
        via = tuple(
            dict.fromkeys(
                ref
                for opening in self._openings
                if opening.family in levels and opening.ports[0] <= port <= opening.ports[1]
                for ref in opening.via
            )
        )
        return Configured(
            _widest(levels.values()), via, _widest_us(self._us(port, one) for one in levels.items())
        )

    def _open_to(self, port: int, family: Family) -> str | UnreadError:
        sources = self._accepted.sources(family, self._protocol, (port, port))
        level = breadth(sources)
        doubts = self._maybe.sources(family, self._protocol, (port, port)) & PUBLIC[family]
        if doubts and level is not Breadth.WORLD:
            return self._unresolved(port, family)
        return _OPEN_TO[level]

    def _unresolved(self, port: int, family: Family) -> UnreadError:
        """Return what was not read and decides about a port."""
        asked = PacketSet.of(PUBLIC[family], self._protocol, [(port, port)]) & self._maybe
        for start, stop, cells in self._exposure.bands:
            for cell in cells:
                doubtful = PacketSet(((start, stop, cell.sources),)) & asked
                for step in cell.path if doubtful and not cell.sure else ():
                    if step.why:
                        return self._exposures.estate.unread[step.why]
        why = Why(code=Code.UNAVAILABLE, text="what decides about this port could not be resolved")
        return UnreadError("the exposure of its endpoint", why)

    def _us(self, port: int, level: tuple[Family, str | UnreadError]) -> str | UnreadError:
        """Tell whether this vantage point is let in, in one family."""
        family, open_to = level
        ours = [value for known, value in self._sources if known == family]
        if ours:
            accepted = self._accepted.sources(family, self._protocol, (port, port))
            if any(value in accepted for value in ours):
                return OPEN
            doubts = self._maybe.sources(family, self._protocol, (port, port))
            return self._unresolved(port, family) if any(value in doubts for value in ours) else CLOSED
        if open_to == TO_ALL:
            return OPEN
        if open_to == TO_NOBODY:
            return CLOSED
        if isinstance(open_to, UnreadError):
            return open_to
        return UnreadError("PortState.configured", _UNREAD_SOURCE)


def _widest(levels: Iterable[str | UnreadError]) -> str | UnreadError:
    """Return the widest of what two families say: one that is unread decides, unless the other is open to all."""
    found = list(levels)
    if TO_ALL in found:
        return TO_ALL
    unread = next((one for one in found if isinstance(one, UnreadError)), None)
    return unread or next(level for level in (TO_MANY, TO_SOME, TO_NOBODY) if level in found)


def _widest_us(states: Iterable[str | UnreadError]) -> str | UnreadError:
    found = list(states)
    unread = next((one for one in found if isinstance(one, UnreadError)), None)
    return OPEN if OPEN in found else unread or CLOSED


def _is_of(endpoint: Endpoint, name: str, own: frozenset[str]) -> bool:
    """Tell whether an endpoint is a machine's: by the id of its owner, or by an address that both have."""
    if endpoint.known("owner") and (endpoint.owner or "").rpartition("/")[2] == name:
        return True
    if not endpoint.known("addresses"):
        return False
    of_it = {
        getattr(one, which)
        for one in endpoint.addresses
        for which in ("private", "public")
        if one.known(which)
    }
    return not own.isdisjoint(of_it)


def _families(address: str) -> tuple[Family, ...]:
    """Return the family of an address; of a name, both."""
    try:
        return (read_address(address)[0],)
    except ValueError:
        return (V4, V6)
