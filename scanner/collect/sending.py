"""Sends calls, each in its turn: threads that never wait for a rate limit, pages, retries, equal calls once."""

import heapq
import itertools
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from scanner.mapping import MALFORMED, find, in_words, items_of
from scanner.models.resource import Code, Scope
from scanner.providers.pace import Pace
from scanner.providers.spec import Call, CallError, Limit, Raw, Session

#: Calls a second of a bucket that nobody waits for: those of slower ones are sent first, the slowest before all.
UNHURRIED: Final = 100.0
#: How many threads begin, and for how many seconds at most they do so alone. The first call of each service makes its
#: client, which takes CPU: all at once, the calls for which there will be a wait are answered as late as the last.
FIRST: Final = 4
HEAD_START: Final = 0.5


@dataclass(slots=True)
class Progress:
    """How far a collection is; read by whoever shows it."""

    calls: int = 0
    retries: int = 0
    waiting: int = 0
    resources: int = 0


class Rows(list[Any]):
    """The items of an answer, with what the cloud left out, and an index for each key that they are joined by."""

    __slots__ = ("_by", "missing")

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
class Ask:
    """A call to be answered whole (all pages), and who waits for it.

    With `on_page` each page is handed over as it comes, as `{"rows": ..., "missing": ...}`; without it `answered`
    gets all rows, or the answer itself where the call has no `items`. All three are called one at a time. `kept`: the
    rows are kept although each page was handed over, for others who ask the same. `slowest`: calls a second of the
    slowest bucket that this call leads to.
    """

    session: Session
    call: Call
    scope: Scope
    arguments: Mapping[str, Any]
    answered: Callable[[Any], None]
    failed: Callable[[CallError], None]
    on_page: Callable[[Raw], None] | None = None
    kept: bool = False
    slowest: float = UNHURRIED
    token: Any = None
    attempt: int = 1
    got: Rows | None = None

    def keep(self, rows: Iterable[Any], missing: Iterable[tuple[str, CallError]]) -> None:
        """Add what a page brought, and what the cloud left out of it."""
        if self.got is None:
            self.got = Rows()
        self.got.extend(rows)
        for _, error in missing:
            self.got.missing = error


@dataclass(eq=False, slots=True)
class _Shared:
    """A call that several items wait for: sent once."""

    done: bool = False
    answer: Any = None
    error: CallError | None = None
    waiting: list[tuple[Callable[[Any], None], Callable[[CallError], None]]] = field(default_factory=list)


@dataclass(eq=False, slots=True)
class _Lane:
    """Calls of one bucket that wait for their turn. Only the first of them has a time: the rate may change."""

    limit: Limit
    waiting: deque[Ask] = field(default_factory=deque)
    timed: bool = False


def _paged(ask: Ask) -> Callable[[Any], None] | None:
    """Return what takes all rows as one page; None when nobody wants pages."""
    on_page, answered = ask.on_page, ask.answered
    if on_page is None:
        return None

    def whole(rows: Rows) -> None:
        on_page({"rows": rows, "missing": [("", rows.missing)] if rows.missing else []})
        answered(rows)

    return whole


def malformed(error: Exception) -> CallError:
    """Return what an answer that is not as promised is called."""
    said = in_words(error) if isinstance(error, KeyError) else str(error)[:300]
    return CallError(Code.MALFORMED, "UnpromisedAnswer", said)


class Sender:
    """Keeps calls until their turn comes, and sends them by threads. `lock` is held while an answer is handed over."""

    def __init__(self, pace: Pace, workers: int, stop: threading.Event) -> None:
        self.progress = Progress()
        self.lock = threading.RLock()
        self._pace = pace
        self._workers = workers
        self.stop = stop
        self._ready: list[tuple[float, int, Ask]] = []
        self._later: list[tuple[float, int, _Lane | None, Ask]] = []
        self._lanes: dict[tuple[str, ...], _Lane] = {}
        self._wake = threading.Condition()
        self._shared: dict[Any, _Shared] = {}
        self._expired: dict[int, CallError] = {}
        self._count = itertools.count()
        self._calls: Counter[int] = Counter()
        self._over = False
        self._sent = 0
        self._begun = threading.Event()

    def start(self) -> None:
        """Start the threads."""
        for number in range(self._workers):
            begin = 0.0 if number < FIRST else HEAD_START
            threading.Thread(target=self._work, args=(begin,), name=f"collect-{number}", daemon=True).start()

    def calls_of(self, session: Session) -> int:
        """Return how many calls were sent with this sign-in."""
        return self._calls[id(session)]

    def forget(self, sessions: Iterable[Session]) -> None:
        """Drop what is kept for sign-ins of which nothing further is asked. The lock must be held."""
        over = {id(session) for session in sessions}
        self._shared = {key: shared for key, shared in self._shared.items() if key[0] not in over}
        for gone in over:
            self._expired.pop(gone, None)
            self._calls.pop(gone, None)
        with self._wake:
            self._lanes = {key: lane for key, lane in self._lanes.items() if lane.timed or lane.waiting}
        self._pace.tidy()

    def end(self) -> None:
        """Send nothing further; calls under way come to nothing."""
        with self._wake:
            self._over = True
            self._wake.notify_all()

    def ask(self, ask: Ask) -> None:
        """Queue a call for as soon as its bucket has room."""
        with self._wake:
            self._line_up(ask)

    def ask_once(
        self,
        ask: Ask,
    ) -> None:
        """Queue a call, unless an equal one was: then what comes of that one comes of this one too."""
        answered, failed = ask.answered, ask.failed
        ask.kept = True
        key = (id(ask.session), ask.call, ask.scope, repr(sorted(ask.arguments.items())))
        shared = self._shared.get(key)
        if shared is not None:
            answered = _paged(ask) or answered
            if not shared.done:
                shared.waiting.append((answered, failed))
            elif shared.error:
                failed(shared.error)
            else:
                answered(shared.answer)
            return
        shared = self._shared[key] = _Shared(waiting=[(answered, failed)])

        def settle(answer: Any, error: CallError | None) -> None:
            shared.done, shared.answer, shared.error = True, answer, error
            waiting, shared.waiting = shared.waiting, []
            for one_answered, one_failed in waiting:
                one_failed(error) if error else one_answered(answer)

        ask.answered = lambda answer: settle(answer, None)
        ask.failed = lambda error: settle(None, error)
        self.ask(ask)

    def _work(self, after: float) -> None:
        ask: Ask | None = None
        self._begun.wait(after)
        try:
            while True:
                with self._wake:
                    ask = self._next()
                if ask is None:
                    return
                self._send(ask)
                self._sent += 1
                if self._sent >= FIRST:
                    self._begun.set()
        finally:
            if ask is not None:  # a mistake of ours: nobody would ever answer this call, nor end
                self.stop.set()
                self.end()

    def _next(self) -> Ask | None:
        while not self._over:
            now = time.monotonic()
            while self._later and self._later[0][0] <= now:
                _, _, lane, ask = heapq.heappop(self._later)
                if lane is None:
                    self._line_up(ask, first=True)
                else:
                    self._make_ready(ask, lane)
                    self._advance(lane)
            if self._ready:
                return heapq.heappop(self._ready)[-1]
            self._wake.wait(self._later[0][0] - now if self._later else None)
        return None

    def _make_ready(self, ask: Ask, lane: _Lane) -> None:
        """Have a call sent, those first for which there will be a wait: the sooner that begins, the better."""
        rate = min(lane.limit.rate, ask.slowest, UNHURRIED)
        heapq.heappush(self._ready, (rate, next(self._count), ask))

    def _line_up(self, ask: Ask, *, first: bool = False) -> None:
        limit = ask.session.limit(ask.call, ask.scope)
        lane = self._lanes.get(limit.key)
        if lane is None:
            lane = self._lanes[limit.key] = _Lane(limit)
        if first:
            lane.waiting.appendleft(ask)
        else:
            lane.waiting.append(ask)
        if not lane.timed:
            self._advance(lane)

    def _advance(self, lane: _Lane) -> None:
        """Hand over the calls of a lane for which there is room, and give the next one its time, by today's rate."""
        lane.timed = False
        while lane.waiting and not lane.timed:
            ask = lane.waiting.popleft()
            wait = 0.0 if self._pace.given_up(lane.limit) else self._pace.reserve(lane.limit)
            if wait > 0:
                lane.timed = True
                self._put_off(ask, wait, lane)
            else:
                self._make_ready(ask, lane)
                self._wake.notify()

    def _put_off(self, ask: Ask, wait: float, lane: _Lane | None = None) -> None:
        """Keep a call until `wait` seconds are over; it then has its turn in the lane, or has to line up first."""
        with self._wake:
            heapq.heappush(self._later, (time.monotonic() + wait, next(self._count), lane, ask))
            self._wake.notify()

    def _send(self, ask: Ask) -> None:
        limit = ask.session.limit(ask.call, ask.scope)
        hopeless = self._hopeless(ask, limit)
        if hopeless is not None:
            self._settle(ask, hopeless)
            return
        self.progress.calls += 1
        self._calls[id(ask.session)] += 1
        sent = self._pace.clock()
        try:
            page = ask.session.send(ask.call, ask.scope, ask.arguments, ask.token)
        except CallError as error:
            self._failed(ask, error, sent)
            return
        except MALFORMED as error:
            self._settle(ask, malformed(error))
            return
        self._pace.came_through(limit)
        try:
            rows = items_of(page.answer, ask.call.items)
            if ask.call.row is not None:
                rows = [ask.call.row(row) for row in rows]
        except MALFORMED as error:
            self._settle(ask, malformed(error))
            return
        with self.lock:
            if ask.on_page is not None:
                ask.on_page({"rows": rows, "missing": page.missing})
            if ask.on_page is None or ask.kept:
                ask.keep(rows, page.missing)
        if page.next is None:
            self._settle(ask, None)
        else:
            ask.token, ask.attempt = page.next, 1
            self.ask(ask)

    def _hopeless(self, ask: Ask, limit: Limit) -> CallError | None:
        """Return why a call need not be sent, if so."""
        if self._pace.given_up(limit):
            return CallError(Code.THROTTLED, "GivenUp", "calls like this one are throttled for good")
        return self._expired.get(id(ask.session))

    def _failed(self, ask: Ask, error: CallError, sent: float) -> None:
        if error.code is Code.THROTTLED:
            self._pace.throttled(ask.session.limit(ask.call, ask.scope), sent)
        wait = self._pace.wait_before_retry(ask.attempt, error)
        if wait is not None and not self.stop.is_set():
            ask.attempt += 1
            self.progress.retries += 1
            self._put_off(ask, wait)
            return
        if error.fatal:
            self._expired[id(ask.session)] = error
        self._settle(ask, error)

    def _settle(self, ask: Ask, error: CallError | None) -> None:
        with self.lock:
            if error is None:
                got = Rows() if ask.got is None else ask.got
                ask.answered(got if ask.call.items else (got[0] if got else None))
            else:
                ask.failed(error)
