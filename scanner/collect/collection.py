"""Provider × scope → inventory, concurrently. The only room that meets a failed call."""

import queue
import threading
from collections import Counter
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

#: Threads that send calls. The CPU of one process is good for a thousand calls a second: so many are under way when
#: each takes 80 ms. A thread more would cost 80 kB, and bring nothing.
WORKERS: Final = 80


@dataclass(frozen=True, slots=True)
class Whole:
    """Everything that was to be asked in a scope has been asked, and has been answered or is a gap."""

    scope: Scope


Event = list[Resource] | Listing | Gap | Whole


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
    """One source in one scope while it is being read. `open` counts the pages and items not yet finished.

    `root` is the scope in which it was begun: what is listed under an item may stand elsewhere.
    """

    unit: Unit
    planned: Planned
    scope: Scope
    root: Scope
    started: datetime
    open: int = 0
    count: int = 0


class Collection:
    """Reads units concurrently; iterate over `events()`. Stop it by setting `stop`.

    `sender` is given when several collections share its threads and its pace; whoever gave it starts and ends it.
    `without` are scopes in which nothing is asked: they were read before.
    """

    def __init__(
        self,
        units: Sequence[Unit],
        plan: Sequence[Planned] | Mapping[Cloud, Sequence[Planned]],
        *,
        pace: Pace | None = None,
        workers: int = WORKERS,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        stop: threading.Event | None = None,
        sender: Sender | None = None,
        without: frozenset[Scope] = frozenset(),
    ) -> None:
        self.units = units
        self.plan = plan if isinstance(plan, Mapping) else {unit.session.cloud: plan for unit in units}
        self.clock = clock
        self.stop = sender.stop if sender else stop or threading.Event()
        self._own = sender is None
        self._sender = sender or Sender(pace or Pace(), workers, self.stop)
        self.progress: Progress = self._sender.progress
        self._without = without
        self._events: queue.SimpleQueue[tuple[Scope, Event] | None] = queue.SimpleQueue()
        self._open: dict[_Listing, None] = {}
        self._open_in: Counter[Scope] = Counter()
        self._joined = frozenset(
            call for roots in self.plan.values() for root in roots for call in root.joined_calls()
        )
        self._seen: set[tuple[str, str]] = set()
        self._rates: dict[Planned, float] = {}
        self._listed_under: set[tuple[int, int, str]] = set()

    # -- the whole ------------------------------------------------------------------------------------------

    def events(self) -> Iterator[Event]:
        """Yield lists of resources as they are read, each listing and gap, and `Whole` once per scope.

        Ends when all was asked, or soon after `stop` was set; what was then unfinished is a gap.
        """
        for _, event in self.parts():
            yield event

    def parts(self) -> Iterator[tuple[Scope, Event]]:
        """Yield each event with the scope in which it was asked for; what was found may stand in another."""
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
        """Queue every root listing, scope by scope, and start the threads."""
        with self._sender.lock:
            scopes = [(unit, scope) for unit in self.units for scope in unit.scopes]
            starting = [
                self._open_listing(unit, planned, scope, scope)
                for unit, scope in scopes
                for planned in self.plan[unit.session.cloud]
                if planned.source.under is None
                and (scope.region == GLOBAL) == planned.at_account
                and scope not in self._without
            ]
            for _, scope in scopes:
                if scope not in self._without and not self._open_in[scope]:
                    self._events.put((scope, Whole(scope)))
            self._list_all(starting, None)
            if not starting:
                self._events.put(None)
        if self._own:
            self._sender.start()

    def _end(self) -> Iterator[tuple[Scope, Event]]:
        if self._own or self.stop.is_set():
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
            self._sender.forget([unit.session for unit in self.units])
        stopped = CallError(Code.UNAVAILABLE, "interrupted", "the scan was stopped")
        for listing in unfinished:
            for gap in self._gaps(listing, stopped):
                yield listing.root, gap

    # -- listings -------------------------------------------------------------------------------------------

    def _open_listing(self, unit: Unit, planned: Planned, scope: Scope, root: Scope) -> _Listing:
        listing = _Listing(unit, planned, scope, root, self.clock(), open=1)
        self._open[listing] = None
        self._open_in[root] += 1
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
            slowest=self._slowest(listing),
        )
        # What details ask by the same call is not asked for again: they wait for this list, or it for them.
        if call in self._joined:
            self._sender.ask_once(ask)
        else:
            self._sender.ask(ask)

    def _slowest(self, listing: _Listing) -> float:
        """Return how many calls a second the slowest bucket allows of those that a listing leads to."""
        planned, limit = listing.planned, listing.unit.session.limit
        if planned not in self._rates:
            self._rates[planned] = min(limit(call, listing.scope).rate for call in planned.calls())
        return self._rates[planned]

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
            under = [
                self._open_listing(listing.unit, child, item.scope, listing.root)
                for child in planned.children
                if not child.source.once_for or self._is_first_under(listing.unit, child, item)
            ]
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
            # What another scope saw first counts here too: how fast each answered changes nothing.
            listing.count += 1
            if self._is_first_sight(resource):
                resources.append(resource)
        self.progress.resources += len(resources)
        if resources:
            self._events.put((listing.root, resources))
        self._close(listing)

    def _is_first_sight(self, resource: Resource) -> bool:
        """Tell whether a resource comes for the first time: what is shared is seen from many scopes."""
        key = (resource.kind(), resource.canonical_id)
        if key in self._seen:
            return False
        self._seen.add(key)
        return True

    def _is_first_under(self, unit: Unit, child: Planned, parent: Item) -> bool:
        """Tell whether nothing was listed yet under a parent that is the same to this source."""
        try:
            same = fill(child.source.once_for, parent.raw, parent.scope, unit.session.partition)
        except MALFORMED:
            return True  # the listing will say what is missing
        key = (id(unit), id(child.source), str(same))
        if key in self._listed_under:
            return False
        self._listed_under.add(key)
        return True

    def _close(self, listing: _Listing) -> None:
        listing.open -= 1
        if listing.open:
            return
        del self._open[listing]
        if listing.planned.emit:
            said = Listing(
                listing.scope,
                listing.planned.source.kind.kind(),
                listing.planned.listing_name,
                listing.started,
                listing.unit.session.origin,
                listing.count,
            )
            self._events.put((listing.root, said))
        self._open_in[listing.root] -= 1
        if not self._open_in[listing.root]:
            self._events.put((listing.root, Whole(listing.root)))
        if not self._open:
            self._events.put(None)

    def _report(self, listing: _Listing, error: CallError, region: str = "") -> None:
        for gap in self._gaps(listing, error, region):
            self._events.put((listing.root, gap))

    def _gaps(self, listing: _Listing, error: CallError, region: str = "") -> Iterator[Gap]:
        """One gap for each kind that this listing would have led to (in `region`, when only that is missing)."""
        scope = listing.scope._replace(region=region or listing.scope.region)
        listing_ = listing.planned.source.listing
        call = listing_ if isinstance(listing_, Call) else None
        permission = error.permission or (call.permission if call and error.code is Code.DENIED else "")
        kind_names = [ANY_KIND] if error.fatal else sorted({kind.kind() for kind in listing.planned.kinds()})
        for kind in kind_names:
            yield Gap(scope, kind, error.code, permission, call.name if call else "", str(error))
