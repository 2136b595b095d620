"""Provider × scope → inventory, concurrently. The only room that meets a failed call."""

import queue
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from scanner.collect.details import Details, Page
from scanner.collect.sending import Ask, Progress, Sender, malformed
from scanner.inventory import ANY_KIND, Gap, Listing
from scanner.mapping import MALFORMED, Item, fill, finish_item, start_item
from scanner.models.resource import GLOBAL, Cloud, Code, Resource, Scope
from scanner.providers.pace import Pace
from scanner.providers.plan import Planned
from scanner.providers.spec import PARENT, Call, CallError, Once, Raw, Session, Within

#: Threads that send calls; one boto3 process is bound by its CPU at about this many in flight.
WORKERS: Final = 96


@dataclass(frozen=True, slots=True)
class Ready:
    """Every kind that rules look across has been read in this account."""

    account: str


Event = list[Resource] | Listing | Gap | Ready


@dataclass(frozen=True, slots=True)
class Unit:
    """One account to read: its sign-in, the regions to look at.

    `skipped` is given when nobody narrowed the regions: then an item that stands in a region which the list does
    not know is kept too, unless it is one of these.
    """

    session: Session
    regions: tuple[str, ...]
    skipped: frozenset[str] | None = None

    def covers(self, region: str) -> bool:
        """Tell whether what stands in a region is to be looked at."""
        if region == GLOBAL or region in self.regions:
            return True
        return self.skipped is not None and region not in self.skipped

    @property
    def scopes(self) -> tuple[Scope, ...]:
        """The scope `global`, then one per region."""
        session = self.session
        return tuple(Scope(session.cloud, session.account, region) for region in (GLOBAL, *self.regions))


@dataclass(eq=False, slots=True)
class _Listing:
    """One source in one scope while it is being read. `open` counts the pages and items not yet finished."""

    unit: Unit
    planned: Planned
    scope: Scope
    started: datetime
    first: bool
    open: int = 0
    count: int = 0


class Collection:
    """Reads units concurrently; iterate over `events()`. Stop it by setting `stop`."""

    def __init__(
        self,
        units: Sequence[Unit],
        plan: Sequence[Planned] | Mapping[Cloud, Sequence[Planned]],
        *,
        first: frozenset[type[Resource]] = frozenset(),
        pace: Pace | None = None,
        workers: int = WORKERS,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        stop: threading.Event | None = None,
    ) -> None:
        self.units = units
        self.plan = plan if isinstance(plan, Mapping) else {unit.session.cloud: plan for unit in units}
        self.first = first
        self.clock = clock
        self.stop = stop or threading.Event()
        self._sender = Sender(pace or Pace(), workers, self.stop)
        self.progress: Progress = self._sender.progress
        self._events: queue.SimpleQueue[Event | None] = queue.SimpleQueue()
        self._open: dict[_Listing, None] = {}
        self._joined = frozenset(
            call for roots in self.plan.values() for root in roots for call in root.joined_calls()
        )
        self._told: set[str] = set()
        self._seen: set[tuple[str, str]] = set()

    # -- the whole ------------------------------------------------------------------------------------------

    def events(self) -> Iterator[Event]:
        """Yield lists of resources as they are read, each listing and gap, and `Ready` once per account.

        Ends when all was asked, or soon after `stop` was set; what was then unfinished is a gap.
        """
        self._start()
        while True:
            try:
                event = self._events.get(timeout=0.1)
            except queue.Empty:
                if self.stop.is_set():
                    break
                continue
            if event is None:
                break
            yield event
            if self.stop.is_set():
                break
        yield from self._end()

    def _start(self) -> None:
        """Queue every root listing, those that rules look across first, and start the threads."""
        with self._sender.lock:
            starting = [
                self._open_listing(unit, planned, scope)
                for unit in self.units
                for planned in self._roots(unit.session.cloud)
                for scope in unit.scopes
                if (scope.region == GLOBAL) == planned.at_account
            ]
            self._list_all(starting, None)
            for unit in self.units:
                self._tell_ready(unit)
            if not starting:
                self._events.put(None)
        self._sender.start()

    def _roots(self, cloud: Cloud) -> list[Planned]:
        """Return what is asked first in each scope, what rules look across before the rest."""
        roots = (planned for planned in self.plan[cloud] if planned.source.under is None)
        return sorted(roots, key=lambda planned: not planned.leads_to(self.first))

    def _end(self) -> Iterator[Event]:
        self._sender.end()
        while True:
            try:
                event = self._events.get_nowait()
            except queue.Empty:
                break
            if event is not None:
                yield event
        with self._sender.lock:
            unfinished = list(self._open)
        if unfinished:
            for listing in unfinished:
                yield from self._gaps(
                    listing, CallError(Code.UNAVAILABLE, "interrupted", "the scan was stopped")
                )
            yield from (Ready(unit.session.account) for unit in self.units)

    # -- listings -------------------------------------------------------------------------------------------

    def _open_listing(self, unit: Unit, planned: Planned, scope: Scope) -> _Listing:
        listing = _Listing(unit, planned, scope, self.clock(), planned.leads_to(self.first), open=1)
        self._open[listing] = None
        return listing

    def _list_all(self, listings: Iterable[_Listing], parent: Item | None) -> None:
        """Ask for listings; those that share one call in one scope share its answer."""
        groups: dict[Any, list[_Listing]] = {}
        for listing in listings:
            by = listing.planned.source.listing
            key = (id(listing.unit), by, listing.scope) if isinstance(by, Call) else listing
            groups.setdefault(key, []).append(listing)
        for group in groups.values():
            self._list(group, parent)

    def _list(self, listings: Sequence[_Listing], parent: Item | None) -> None:
        listing = listings[0]
        source = listing.planned.source
        raw: Raw = parent.raw if parent else {}
        if isinstance(source.listing, Once):
            self._rows(listing, [{}], parent)
            self._close(listing)
        elif isinstance(source.listing, Within):
            try:
                rows = list(source.listing.items(raw))
            except MALFORMED as error:
                rows = []
                self._report(listing, malformed(error))
            self._rows(listing, rows, parent)
            self._close(listing)
        else:
            self._list_by_call(listings, source.listing, raw, parent)

    def _list_by_call(self, listings: Sequence[_Listing], call: Call, raw: Raw, parent: Item | None) -> None:
        listing = listings[0]

        def failed(error: CallError) -> None:
            for one in listings:
                if error.error not in (*call.absent, *call.not_in_use):
                    self._report(one, error)
                self._close(one)

        def answered(_: Any) -> None:
            for one in listings:
                self._close(one)

        def on_page(page: Raw) -> None:
            for one in listings:
                self._page(one, page, parent)

        try:
            arguments = {
                **call.params,
                **fill(call.given, raw, listing.scope, listing.unit.session.partition),
            }
        except MALFORMED as error:
            failed(malformed(error))
            return
        ask = Ask(
            session=listing.unit.session,
            call=call,
            scope=listing.scope,
            arguments=arguments,
            answered=answered,
            failed=failed,
            on_page=on_page,
        )
        # What details join by the same call is not asked for again: they wait for this list.
        if parent is None and call in self._joined:
            self._sender.ask_once(ask)
        else:
            self._sender.ask(ask)

    def _page(self, listing: _Listing, page: Raw, parent: Item | None) -> None:
        for region, error in page["missing"]:
            self._report(listing, error, region)
        self._rows(listing, page["rows"], parent)

    def _rows(self, listing: _Listing, rows: Iterable[Any], parent: Item | None) -> None:
        """Turn one page's rows into items, ask their details, and list what stands under them."""
        planned, source = listing.planned, listing.planned.source
        items = []
        for row in rows:
            raw = {**row, PARENT: parent.raw} if parent is not None else row
            try:
                if source.keep is not None and not source.keep(raw):
                    continue
                item = start_item(source, raw, listing.scope, listing.unit.session.partition)
            except MALFORMED as error:
                said = f"an item without {error.args[0]}" if isinstance(error, KeyError) else str(error)
                self._report(listing, CallError(Code.MALFORMED, "malformed", said))
                continue
            if listing.unit.covers(item.scope.region):
                items.append(item)
        for item in items:
            under = [self._open_listing(listing.unit, child, item.scope) for child in planned.children]
            self._list_all(under, item)
        if planned.emit and items:
            self._details(listing, items)

    def _details(self, listing: _Listing, items: list[Item]) -> None:
        listing.open += 1
        page = Page(items, lambda page: self._finish_page(listing, page))
        Details(self._sender, listing.unit.session, page).ask(listing.planned.details, items)
        page.settle()

    # -- ends -----------------------------------------------------------------------------------------------

    def _finish_page(self, listing: _Listing, page: Page) -> None:
        resources = []
        for item in page.items:
            try:
                resource = finish_item(item)
            except MALFORMED as error:
                self._report(listing, malformed(error))
                continue
            if self._is_first_sight(resource):
                resources.append(resource)
        listing.count += len(resources)
        self.progress.resources += len(resources)
        if resources:
            self._events.put(resources)
        self._close(listing)

    def _is_first_sight(self, resource: Resource) -> bool:
        """Tell whether a resource comes for the first time: what is shared is seen from many scopes."""
        key = (resource.kind(), resource.canonical_id)
        if key in self._seen:
            return False
        self._seen.add(key)
        return True

    def _close(self, listing: _Listing) -> None:
        listing.open -= 1
        if listing.open:
            return
        del self._open[listing]
        if listing.planned.emit:
            self._events.put(
                Listing(
                    listing.scope,
                    listing.planned.source.kind.kind(),
                    listing.planned.listing_name,
                    listing.started,
                    listing.unit.session.origin,
                    listing.count,
                )
            )
        if listing.first:
            self._tell_ready(listing.unit)
        if not self._open:
            self._events.put(None)

    def _tell_ready(self, unit: Unit) -> None:
        account = unit.session.account
        if account not in self._told and not any(one.first and one.unit is unit for one in self._open):
            self._told.add(account)
            self._events.put(Ready(account))

    def _report(self, listing: _Listing, error: CallError, region: str = "") -> None:
        for gap in self._gaps(listing, error, region):
            self._events.put(gap)

    def _gaps(self, listing: _Listing, error: CallError, region: str = "") -> Iterator[Gap]:
        """One gap for each kind that this listing would have led to (in `region`, when only that is missing)."""
        scope = listing.scope._replace(region=region or listing.scope.region)
        listing_ = listing.planned.source.listing
        call = listing_ if isinstance(listing_, Call) else None
        permission = error.permission or (call.permission if call and error.code is Code.DENIED else "")
        kind_names = [ANY_KIND] if error.fatal else sorted({kind.kind() for kind in listing.planned.kinds()})
        for kind in kind_names:
            yield Gap(scope, kind, error.code, permission, call.name if call else "", str(error))
