"""A vantage point within a run: what of it is probed, a line that says so beforehand, and what comes of it."""

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from scanner.collect import Collection, Event
from scanner.collect.collection import Unit
from scanner.config import ProbeTable
from scanner.inventory import Gap
from scanner.models.live import CLOSED
from scanner.models.resource import Cloud, Code, Resource, Scope
from scanner.providers import provider_of
from scanner.providers.pace import Pace, PaceSettings
from scanner.providers.plan import Needs, plan
from scanner.providers.probe.joining import READS, Inventory, Joined
from scanner.providers.probe.provider import Asked, ready
from scanner.providers.probe.settings import Settings, connections, vantage_of
from scanner.providers.probe.targets import Target, host_name, named

#: A connection without an answer is tried again by the probe itself; so is a broken handshake, once.
_ATTEMPTS = 2
_SHOWN = 5


def settings_of(table: ProbeTable) -> Settings:
    """Return how probes behave, by `[probe]` of surefoot.toml. Raises UserError."""
    ports = {"ports": table.ports} if table.ports is not None else {}
    return Settings(
        vantage=vantage_of(table.vantage),
        sources=tuple(host_name(source, f"source {source}") for source in table.sources),
        trust=table.trust,
        connect=connections(table.connect),
        timeout=table.timeout,
        rate=table.rate,
        at_once=table.at_once,
        **ports,
    )


def named_in(table: ProbeTable) -> tuple[Target, ...]:
    """Return the targets that `[probe]` names. Raises UserError."""
    return (*named(table.targets), *named(table.closed, expected=CLOSED))


@dataclass(slots=True)
class Vantage:
    """One vantage point of one run. `say` is told what will be contacted, before it is.

    `joins`: the public addresses of what the run reads are probed too. Take everything that is read, then ask for
    `events`.
    """

    settings: Settings
    targets: Sequence[Target]
    joins: bool
    say: Callable[[str], object]
    calls: int = 0
    _inventory: Inventory = field(default_factory=Inventory)

    def __post_init__(self) -> None:
        ready()

    @property
    def reads(self) -> Needs:
        """What has to be read of the clouds for it."""
        return READS if self.joins else {}

    @property
    def scope(self) -> Scope:
        """The vantage point in the place of an account."""
        return Scope(Cloud.PROBE, self.settings.vantage)

    def take(self, event: Event) -> None:
        """Take what was read of a cloud."""
        if self.joins:
            if isinstance(event, list):
                self._inventory.add(event)
            elif isinstance(event, Gap):
                self._inventory.gap(event)

    def events(self, needs: Needs, stop: threading.Event) -> Iterator[Event]:
        """Probe, and yield what comes of it as a collection does. Nothing is contacted once the run was stopped."""
        if stop.is_set():
            yield from not_begun(self.scope, kinds_of_probes())
            return
        joined = self._inventory.joined(self.settings) if self.joins else Joined()
        targets = [*self.targets, *joined.targets]
        self.say(self._told(targets))
        asked = Asked(self.settings, targets, joined.configured)
        (session,) = provider_of(Cloud.PROBE).sign_in(asked, "")
        collection = Collection(
            [Unit(session, ())],
            plan(provider_of(Cloud.PROBE).sources, needs),
            pace=Pace(PaceSettings(share=1.0, attempts=_ATTEMPTS)),
            workers=self.settings.workers,
            stop=stop,
            clock=lambda: datetime.now(UTC),
        )
        for error in joined.unread:
            why = error.why
            text = f"addresses that were not read are not probed: {error.field}: {why.text}"
            yield Gap(self.scope, "PortState", why.code, why.permission, why.call, text)
        yield from collection.events()
        self.calls = collection.progress.calls

    def _told(self, targets: Sequence[Target]) -> str:
        """Say what will be contacted, how many at once, and from where."""
        hosts = list(dict.fromkeys(target.host for target in targets))
        some = ", ".join(hosts[:_SHOWN]) + (f" and {len(hosts) - _SHOWN} more" if len(hosts) > _SHOWN else "")
        what = f"{_count(len(targets), 'port')} of {_count(len(hosts), 'host')}"
        instead = "".join(
            f"; in place of {':'.join(here)}, {':'.join(there)}"
            for here, there in self.settings.connect.items()
        )
        return (
            f"probing {what} from {self.settings.vantage!r}: {some or 'none'}{instead}; at most "
            f"{self.settings.rate:g} connections a second and {self.settings.at_once} at once"
        )


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def not_begun(scope: Scope, kinds: Iterable[type[Resource]]) -> Iterator[Gap]:
    """Yield a gap for each kind of what was not begun: the run was stopped before."""
    for kind in sorted(one.kind() for one in kinds):
        yield Gap(scope, kind, Code.UNAVAILABLE, text="the run was stopped before this was begun")


def kinds_of_probes() -> frozenset[type[Resource]]:
    """Return the kinds that only a vantage point fills."""
    return frozenset(source.kind for source in provider_of(Cloud.PROBE).sources)
