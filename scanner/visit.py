"""A visit to hosts within a run: who is asked, a line that says so beforehand, and what they say."""

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from scanner.collect import Collection, Event
from scanner.collect.collection import Unit
from scanner.inventory import Gap
from scanner.models.resource import Cloud, Resource, Scope
from scanner.providers import provider_of
from scanner.providers.hosts.provider import Visited, ready
from scanner.providers.hosts.words import HostWord
from scanner.providers.pace import Pace
from scanner.providers.plan import Needs, plan
from scanner.providers.probe.joining import READS, Inventory
from scanner.vantage import not_begun

#: Each host answers one question at a time; a connection over ssh is a process of its own.
_AT_ONCE = 16
_SHOWN = 5


@dataclass(slots=True)
class Visit:
    """Hosts that the user named, asked from a vantage point. `say` is told who will be asked, before anybody is.

    `joins`: what the run reads of accounts says whom their firewalls let in. Take everything that is read, then ask for
    `events`.
    """

    vantage: str
    hosts: Sequence[HostWord]
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
        """The place from which hosts are asked, in the place of an account."""
        return Scope(Cloud.HOST, self.vantage)

    def take(self, event: Event) -> None:
        """Take what was read of a cloud."""
        if self.joins and isinstance(event, list):
            self._inventory.add(event)
        elif self.joins and isinstance(event, Gap):
            self._inventory.gap(event)

    def events(self, needs: Needs, stop: threading.Event) -> Iterator[Event]:
        """Ask the hosts, and yield what they say as a collection does. Nobody is asked once the run was stopped."""
        if stop.is_set():
            yield from not_begun(self.scope, kinds_of_hosts())
            return
        names = [f"{host.backend}://{host.name}" for host in self.hosts]
        more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
        count = "1 host" if len(names) == 1 else f"{len(names)} hosts"
        self.say(f"asking {count}: {', '.join(names[:_SHOWN])}{more}; by commands that only read")
        self._inventory.settle()
        visited = Visited(self.vantage, self.hosts, self._inventory.lets_in if self.joins else None)
        (session,) = provider_of(Cloud.HOST).sign_in(visited, "")
        collection = Collection(
            [Unit(session, ())],
            plan(provider_of(Cloud.HOST).sources, needs),
            pace=Pace(),
            workers=_AT_ONCE,
            stop=stop,
        )
        yield from collection.events()
        self.calls = collection.progress.calls


def kinds_of_hosts() -> frozenset[type[Resource]]:
    """Return the kinds that only hosts fill."""
    return frozenset(source.kind for source in provider_of(Cloud.HOST).sources)
