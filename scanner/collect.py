"""Provider × scope → inventory, concurrently. The only place that meets a failed call."""

import heapq
import itertools
import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from scanner.inventory import ANY_KIND, Gap, Listing
from scanner.mapping import (
    MALFORMED,
    Item,
    fill,
    find,
    finish_item,
    items_of,
    start_item,
    take_answer,
    take_failure,
    take_not_applicable,
)
from scanner.models.resource import GLOBAL, Code, Resource, Scope, Why
from scanner.providers.pace import Pace
from scanner.providers.plan import Planned
from scanner.providers.spec import EACH, PARENT, Call, CallError, Detail, Once, Raw, Session, Within

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


@dataclass(slots=True)
class Progress:
    """How far a collection is; read by whoever shows it."""

    calls: int = 0
    retries: int = 0
    waiting: int = 0
    resources: int = 0


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


@dataclass(slots=True)
class _Page:
    items: list[Item]
    waiting: int


class Rows(list[Any]):
    """The items of an answer, with what the cloud left out, and an index for each key that they are joined by."""

    def __init__(self) -> None:
        super().__init__()
        self.missing: CallError | None = None
        self._by: dict[str, dict[Any, list[Any]]] = {}

    def matching(self, path: str, key: Any) -> list[Any]:
        """Return the items that have this value at a path. Raises the error of a part that was left out."""
        index = self._by.get(path)
        if index is None:
            index = self._by[path] = {}
            for row in self:
                index.setdefault(find(row, path + "?"), []).append(row)
        found = index.get(key, [])
        if not found and self.missing is not None:
            raise self.missing
        return found


@dataclass(eq=False, slots=True)
class _Ask:
    """A call to be answered whole (all pages), and who waits for it."""

    session: Session
    call: Call
    scope: Scope
    arguments: Mapping[str, Any]
    answered: Callable[[Any], None]
    failed: Callable[[CallError], None]
    on_page: Callable[[Raw], None] | None = None
    token: Any = None
    attempt: int = 1
    got: Rows = field(default_factory=Rows)


@dataclass(eq=False, slots=True)
class _Shared:
    """A call that several items wait for: sent once."""

    done: bool = False
    answer: Any = None
    error: CallError | None = None
    waiting: list[tuple[Callable[[Any], None], Callable[[CallError], None]]] = field(default_factory=list)


def _detail_arguments(detail: Detail, items: list[Item], scope: Scope, partition: str) -> dict[str, Any]:
    """Fill a detail call's parameters; in a batch, each item adds to the lists."""
    arguments = dict(detail.call.params)
    for item in items if detail.per == "batch" else items[:1]:
        for name, value in fill(detail.call.given, item.raw, scope, partition).items():
            if detail.per == "batch" and isinstance(value, list):
                arguments.setdefault(name, []).extend(value)
            else:
                arguments[name] = value
    return arguments


def _asked_in(call: Call, item: Item) -> Scope:
    """Return the scope in which a detail is asked for an item."""
    return item.scope if call.regional else item.scope._replace(region=GLOBAL)


def _why(call: Call, error: CallError) -> Why:
    permission = error.permission or call.permission
    return Why(code=error.code, permission=permission, call=call.name, text=str(error))


class _Gathered:
    """The answers of several calls: `settled` gets them once all are there, and the first failure, if any."""

    def __init__(
        self, count: int, absent: tuple[str, ...], settled: Callable[[list[Any], CallError | None], None]
    ) -> None:
        self._answers: list[Any] = [None] * count
        self._left = count
        self._absent = absent
        self._failure: CallError | None = None
        self._settled = settled
        if not count:
            settled([], None)

    def waiting_for(self, number: int) -> tuple[Callable[[Any], None], Callable[[CallError], None]]:
        """Return what to tell the answer of a call, or its failure."""

        def answered(answer: Any) -> None:
            self._answers[number] = answer
            self._left -= 1
            if not self._left:
                self._settled(self._answers, self._failure)

        def failed(error: CallError) -> None:
            if error.error not in self._absent:
                self._failure = self._failure or error
            answered(None)

        return answered, failed


class Collection:
    """Reads units concurrently; iterate over `events()`. Stop it by setting `stop`."""

    def __init__(
        self,
        units: Sequence[Unit],
        plan: Sequence[Planned],
        *,
        first: frozenset[type[Resource]] = frozenset(),
        pace: Pace | None = None,
        workers: int = WORKERS,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        stop: threading.Event | None = None,
    ) -> None:
        self.units = units
        self.plan = plan
        self.first = first
        self.pace = pace or Pace()
        self.workers = workers
        self.clock = clock
        self.stop = stop or threading.Event()
        self.progress = Progress()
        self._events: queue.SimpleQueue[Event | None] = queue.SimpleQueue()
        self._ready: deque[_Ask] = deque()
        self._later: list[tuple[float, int, _Ask]] = []
        self._wake = threading.Condition()
        self._lock = threading.RLock()
        self._open: dict[_Listing, None] = {}
        self._shared: dict[Any, _Shared] = {}
        self._expired: dict[int, CallError] = {}
        self._count = itertools.count()
        self._over = False
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
        roots = sorted(
            (planned for planned in self.plan if planned.source.under is None),
            key=lambda planned: not planned.leads_to(self.first),
        )
        with self._lock:
            starting = [
                self._open_listing(unit, planned, scope)
                for unit, planned in itertools.product(self.units, roots)
                for scope in unit.scopes
                if (scope.region == GLOBAL) == planned.at_account
            ]
            self._list_all(starting, None)
            for unit in self.units:
                self._tell_ready(unit)
            if not starting:
                self._events.put(None)
        for number in range(self.workers):
            threading.Thread(target=self._work, name=f"collect-{number}", daemon=True).start()

    def _end(self) -> Iterator[Event]:
        with self._wake:
            self._over = True
            self._wake.notify_all()
        while True:
            try:
                event = self._events.get_nowait()
            except queue.Empty:
                break
            if event is not None:
                yield event
        with self._lock:
            unfinished = list(self._open)
        if unfinished:
            for listing in unfinished:
                yield from self._gaps(
                    listing, CallError(Code.UNAVAILABLE, "interrupted", "the scan was stopped")
                )
            yield from (Ready(unit.session.account) for unit in self.units)

    # -- threads --------------------------------------------------------------------------------------------

    def _work(self) -> None:
        while True:
            with self._wake:
                ask = self._next()
            if ask is None:
                return
            self._send(ask)

    def _next(self) -> _Ask | None:
        while not self._over:
            now = time.monotonic()
            while self._later and self._later[0][0] <= now:
                self._ready.append(heapq.heappop(self._later)[2])
            if self._ready:
                return self._ready.popleft()
            self._wake.wait(self._later[0][0] - now if self._later else None)
        return None

    def _ask(self, ask: _Ask) -> None:
        """Queue a call for as soon as its bucket has room."""
        self._put(ask, self.pace.reserve(ask.session.limit(ask.call, ask.scope)))

    def _put(self, ask: _Ask, wait: float) -> None:
        with self._wake:
            if wait > 0:
                heapq.heappush(self._later, (time.monotonic() + wait, next(self._count), ask))
            else:
                self._ready.append(ask)
            self._wake.notify()

    def _send(self, ask: _Ask) -> None:
        expired = self._expired.get(id(ask.session))
        if expired is not None:
            self._settle(ask, expired)
            return
        limit = ask.session.limit(ask.call, ask.scope)
        self.progress.calls += 1
        try:
            page = ask.session.send(ask.call, ask.scope, ask.arguments, ask.token)
        except CallError as error:
            self._failed(ask, error)
            return
        except MALFORMED as error:
            self._settle(ask, CallError(Code.MALFORMED, type(error).__name__, str(error)[:300]))
            return
        self.pace.came_through(limit)
        try:
            rows = items_of(page.answer, ask.call.items)
            if ask.call.row is not None:
                rows = [ask.call.row(row) for row in rows]
        except MALFORMED as error:
            self._settle(ask, CallError(Code.MALFORMED, type(error).__name__, str(error)[:300]))
            return
        with self._lock:
            if ask.on_page is not None:
                ask.on_page({"rows": rows, "missing": page.missing})
            else:
                ask.got.extend(rows)
                for _, missing in page.missing:
                    ask.got.missing = missing
        if page.next is None:
            self._settle(ask, None)
        else:
            ask.token, ask.attempt = page.next, 1
            self._ask(ask)

    def _failed(self, ask: _Ask, error: CallError) -> None:
        limit = ask.session.limit(ask.call, ask.scope)
        if error.code is Code.THROTTLED:
            self.pace.throttled(limit)
        wait = self.pace.wait_before_retry(ask.attempt, error)
        if wait is not None and not self.stop.is_set():
            ask.attempt += 1
            self.progress.retries += 1
            self._put(ask, max(wait, self.pace.reserve(limit)))
            return
        if error.fatal:
            self._expired[id(ask.session)] = error
        self._settle(ask, error)

    def _settle(self, ask: _Ask, error: CallError | None) -> None:
        with self._lock:
            if error is None:
                ask.answered(ask.got if ask.call.items else (ask.got[0] if ask.got else None))
            else:
                ask.failed(error)

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
                self._report(listing, CallError(Code.MALFORMED, type(error).__name__, str(error)[:300]))
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
            failed(CallError(Code.MALFORMED, type(error).__name__, str(error)))
            return
        self._ask(
            _Ask(
                session=listing.unit.session,
                call=call,
                scope=listing.scope,
                arguments=arguments,
                answered=answered,
                failed=failed,
                on_page=on_page,
            )
        )

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
        page = _Page(items, 1)
        listing.open += 1
        self._ask_details(listing, page, listing.planned.details, items)
        self._finish_page(listing, page)

    def _ask_details(
        self,
        listing: _Listing,
        page: _Page,
        details: Sequence[tuple[Detail, frozenset[str]]],
        items: list[Item],
    ) -> None:
        for detail, wanted in details:
            apply = [item for item in items if self._applies(detail, wanted, item, details)]
            self._ask_detail(listing, page, detail, wanted, apply)

    def _ask_detail(
        self, listing: _Listing, page: _Page, detail: Detail, wanted: frozenset[str], items: list[Item]
    ) -> None:
        if detail.per == "batch":
            for start in range(0, len(items), detail.size):
                self._detail(listing, page, detail, wanted, items[start : start + detail.size])
        elif detail.per == "scope":
            for _, group in itertools.groupby(items, key=lambda item: _asked_in(detail.call, item)):
                self._detail(listing, page, detail, wanted, list(group))
        elif detail.per == "each":
            for item in items:
                self._detail_each(listing, page, detail, wanted, item)
        else:
            for item in items:
                self._detail(listing, page, detail, wanted, [item])

    def _applies(
        self,
        detail: Detail,
        wanted: frozenset[str],
        item: Item,
        details: Sequence[tuple[Detail, frozenset[str]]],
    ) -> bool:
        if detail.when is None:
            return True
        try:
            applies = detail.when(item.raw)
            if not applies:
                others = (one for one, _ in details if one is not detail)
                filled = [one.filled for one in others if one.when is None or one.when(item.raw)]
                take_not_applicable(item, wanted.difference(*filled))
        except MALFORMED as error:
            take_failure(item, Why(code=Code.MALFORMED, call=detail.call.name, text=str(error)[:300]), wanted)
            return False
        return applies

    def _detail_each(
        self, listing: _Listing, page: _Page, detail: Detail, wanted: frozenset[str], item: Item
    ) -> None:
        """Ask for each part of an item; one that fails leaves the fields unread, whatever the others say."""
        call, session = detail.call, listing.unit.session
        try:
            asked = [
                {**call.params, **fill(call.given, {**item.raw, EACH: part}, item.scope, session.partition)}
                for part in (detail.over(item.raw) if detail.over else ())
            ]
        except MALFORMED as error:
            take_failure(item, Why(code=Code.MALFORMED, call=call.name, text=str(error)[:300]), wanted)
            return

        def settled(answers: list[Any], error: CallError | None) -> None:
            if error is None:
                self._answer(item, detail, answers, wanted, session.partition)
            else:
                take_failure(item, _why(call, error), wanted)
            self._finish_page(listing, page)

        page.waiting += 1
        gathered = _Gathered(len(asked), call.absent, settled)
        scope = _asked_in(call, item)
        for number, arguments in enumerate(asked):
            answered, failed = gathered.waiting_for(number)
            self._ask(_Ask(session, call, scope, arguments, answered, failed))

    def _detail(
        self, listing: _Listing, page: _Page, detail: Detail, wanted: frozenset[str], items: list[Item]
    ) -> None:
        call, session = detail.call, listing.unit.session
        page.waiting += 1

        def answered(answer: Any) -> None:
            of_use = []
            for item in items:
                left_open = self._answer(item, detail, answer, wanted, session.partition)
                if left_open is not None:
                    of_use.append(item)
                if left_open and detail.then is not None:
                    self._detail(listing, page, detail.then, left_open, [item])
            self._lead_on(listing, page, detail, wanted, of_use)
            self._finish_page(listing, page)

        def failed(error: CallError) -> None:
            if error.error in call.absent:
                answered(Rows() if call.items else None)
                return
            for item in items:
                take_failure(item, _why(call, error), wanted)
            self._finish_page(listing, page)

        scope = _asked_in(call, items[0])
        try:
            arguments = _detail_arguments(detail, items, items[0].scope, session.partition)
        except MALFORMED as error:
            failed(CallError(Code.MALFORMED, type(error).__name__, str(error)))
            return
        if detail.per in ("shared", "scope"):
            self._ask_once(session, call, scope, arguments, answered, failed)
        else:
            self._ask(_Ask(session, call, scope, arguments, answered, failed))

    def _lead_on(
        self, listing: _Listing, page: _Page, detail: Detail, wanted: frozenset[str], items: list[Item]
    ) -> None:
        for lead in detail.leads:
            if items and not wanted.isdisjoint(lead.filled):
                self._ask_details(listing, page, [(lead, wanted & lead.filled)], items)

    def _answer(
        self, item: Item, detail: Detail, answer: Any, wanted: frozenset[str], partition: str
    ) -> frozenset[str] | None:
        """Fill an item from an answer; returns the fields that it leaves open, None when it was no use."""
        try:
            if detail.join[0]:
                answer = answer.matching(
                    detail.join[0], fill(detail.join[1], item.raw, item.scope, partition)
                )
            elif isinstance(answer, Rows) and answer.missing is not None:
                raise answer.missing
            if detail.brings:
                first = answer[0] if answer and isinstance(answer, list) else answer
                item.raw = {**item.raw, detail.brings: first or None}
            return take_answer(item, detail, answer, wanted)
        except CallError as error:
            take_failure(item, _why(detail.call, error), wanted)
        except MALFORMED as error:
            take_failure(item, Why(code=Code.MALFORMED, call=detail.call.name, text=str(error)), wanted)
        return None

    def _ask_once(
        self,
        session: Session,
        call: Call,
        scope: Scope,
        arguments: Mapping[str, Any],
        answered: Callable[[Any], None],
        failed: Callable[[CallError], None],
    ) -> None:
        key = (id(session), call, scope, repr(sorted(arguments.items())))
        shared = self._shared.get(key)
        if shared is not None and shared.done:
            failed(shared.error) if shared.error else answered(shared.answer)
            return
        if shared is not None:
            shared.waiting.append((answered, failed))
            return
        shared = self._shared[key] = _Shared(waiting=[(answered, failed)])

        def settle(answer: Any, error: CallError | None) -> None:
            shared.done, shared.answer, shared.error = True, answer, error
            waiting, shared.waiting = shared.waiting, []
            for one_answered, one_failed in waiting:
                one_failed(error) if error else one_answered(answer)

        self._ask(
            _Ask(
                session,
                call,
                scope,
                arguments,
                lambda answer: settle(answer, None),
                lambda e: settle(None, e),
            )
        )

    # -- ends -----------------------------------------------------------------------------------------------

    def _finish_page(self, listing: _Listing, page: _Page) -> None:
        page.waiting -= 1
        if page.waiting:
            return
        resources = []
        for item in page.items:
            try:
                resource = finish_item(item)
            except MALFORMED as error:
                self._report(listing, CallError(Code.MALFORMED, type(error).__name__, str(error)[:300]))
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
