"""Calls wait in the lane of their bucket: a throttle slows those that wait too, and one that lasts is given up."""

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from scanner.collect import sending
from scanner.collect.sending import FIRST, Ask, Sender
from scanner.models.resource import Cloud, Code, Scope
from scanner.providers.pace import Pace, PaceSettings
from scanner.providers.spec import Call, CallError, Limit, Page

CALL = Call(service="elbv2", operation="DescribeThings")
SCOPE = Scope(Cloud.AWS, "123456789012", "here")


class Session:
    """Says that it allows 1,000 calls a second, and really allows `rate`, with five at once."""

    cloud = Cloud.AWS
    account = "123456789012"
    partition = "aws"
    origin = "recorded"
    home = "here"
    identity = "nobody"

    def __init__(self, rate: float) -> None:
        self.rate = rate
        self.sent: list[tuple[float, bool]] = []
        self._tokens = 5.0
        self._filled = time.monotonic()
        self._lock = threading.Lock()

    def regions(self) -> list[str]:
        return ["here"]

    def limit(self, call: Call, scope: Scope) -> Limit:
        return Limit((call.service, scope.region), 1000, 10)

    def send(self, call: Call, scope: Scope, arguments: Any, token: Any = None) -> Page:
        with self._lock:
            now = time.monotonic()
            self._tokens = min(5.0, self._tokens + (now - self._filled) * self.rate)
            self._filled = now
            came = self._tokens >= 1
            self._tokens -= came
            self.sent.append((now, came))
        if not came:
            raise CallError(Code.THROTTLED, "Throttling", "slow down", again=True)
        return Page({"name": call.name, "at": (scope, arguments, token)})


def sent(session: Session, count: int, settings: PaceSettings) -> list[str]:
    """Ask so many times; return what came of each, in the order of the ends."""
    ends: list[str] = []
    over = threading.Event()

    def end(how: str) -> Callable[[Any], None]:
        def ended(_: Any) -> None:
            ends.append(how)
            if len(ends) == count:
                over.set()

        return ended

    sender = Sender(Pace(settings), 8, threading.Event())
    sender.start()
    for number in range(count):
        sender.ask(Ask(session, CALL, SCOPE, {"number": number}, end("answered"), end("failed")))
    assert over.wait(20)
    sender.end()
    return ends


def test_a_throttle_slows_the_calls_that_wait_already() -> None:
    session = Session(rate=150)
    ends = sent(session, 120, PaceSettings(first_wait=0.002, attempts=30))
    assert ends == ["answered"] * 120
    throttled = sum(not came for _, came in session.sent)
    # At the documented rate two of three would have been refused, each several times.
    assert 0 < throttled < 40


def test_what_is_throttled_for_good_is_given_up_and_named() -> None:
    session = Session(rate=0)
    before = time.monotonic()
    ends = sent(session, 500, PaceSettings(first_wait=0.002, patience=0.1))
    assert time.monotonic() - before < 3
    assert ends.count("answered") == 5
    assert ends.count("failed") == 495
    assert len(session.sent) < 200


class Several(Session):
    """Allows as many calls a second as each service's name says."""

    def __init__(self) -> None:
        super().__init__(rate=1000)
        self.order: list[str] = []

    def limit(self, call: Call, scope: Scope) -> Limit:
        return Limit((call.service, scope.region), float(call.service), 1000)

    def send(self, call: Call, scope: Scope, arguments: Any, token: Any = None) -> Page:
        self.order.append(call.name)
        return Page({"name": call.name, "at": (scope, arguments, token)})


def test_what_will_be_waited_for_is_sent_first() -> None:
    """By the rate of its own bucket or of one that it leads to; else in the order in which calls were asked for."""
    session, ended = Several(), threading.Semaphore(0)
    sender = Sender(Pace(PaceSettings(share=1.0)), 1, threading.Event())
    asked = [("4000", 100.0), ("100", 100.0), ("20", 100.0), ("10", 100.0), ("4000", 100.0), ("200", 5.0)]
    for number, (rate, slowest) in enumerate(asked):
        call = Call(service=rate, operation=str(number))
        ask = Ask(session, call, SCOPE, {}, lambda _: ended.release(), lambda _: ended.release())
        ask.slowest = slowest
        sender.ask(ask)
    sender.start()
    for _ in asked:
        assert ended.acquire(timeout=20)
    sender.end()
    assert session.order == ["200:5", "10:3", "20:2", "4000:0", "100:1", "4000:4"]


class Slow(Session):
    """Answers nobody before `answer` is set, as where the first call makes a client."""

    def __init__(self) -> None:
        super().__init__(rate=1000)
        self.began, self.answer = threading.Semaphore(0), threading.Event()

    def send(self, call: Call, scope: Scope, arguments: Any, token: Any = None) -> Page:
        self.began.release()
        self.answer.wait(20)
        return Page({"name": call.name, "at": (scope, arguments, token)})


@pytest.mark.parametrize("answered", [True, False])
def test_the_first_calls_begin_alone_but_nobody_waits_for_them_for_long(
    monkeypatch: pytest.MonkeyPatch, *, answered: bool
) -> None:
    monkeypatch.setattr(sending, "HEAD_START", 20.0 if answered else 0.3)
    session = Slow()
    sender = Sender(Pace(PaceSettings(share=1.0)), 8, threading.Event())
    for number in range(8):
        sender.ask(Ask(session, CALL, SCOPE, {"number": number}, lambda _: None, lambda _: None))
    sender.start()
    assert all(session.began.acquire(timeout=10) for _ in range(FIRST))
    if answered:
        assert not session.began.acquire(timeout=0.1)
        session.answer.set()
    assert all(session.began.acquire(timeout=10) for _ in range(8 - FIRST))
    session.answer.set()
    sender.end()


class Mistaken(Session):
    """Raises what no session may."""

    def send(self, call: Call, scope: Scope, arguments: Any, token: Any = None) -> Page:
        raise AssertionError((call.name, scope, arguments, token))


def test_a_mistake_of_ours_stops_the_run_instead_of_keeping_it_for_ever(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    said: list[str] = []
    told = threading.Event()

    def tell(mistake: threading.ExceptHookArgs) -> None:
        said.append(mistake.exc_type.__name__)
        told.set()

    monkeypatch.setattr(threading, "excepthook", tell)
    stop = threading.Event()
    sender = Sender(Pace(), 2, stop)
    sender.ask(Ask(Mistaken(1.0), CALL, SCOPE, {}, lambda _: None, lambda _: None))
    sender.start()
    assert stop.wait(20)
    assert told.wait(20)
    assert said == ["AssertionError"]
