"""Half of what is documented, halved again when the cloud says no, slowly recovered; retries that end."""

from dataclasses import dataclass

import pytest

from scanner.models.resource import Code
from scanner.providers.pace import Pace, PaceSettings
from scanner.providers.spec import CallError, Limit

BUCKET = Limit(("1", "here", "Describe"), rate=20, burst=100)


@dataclass
class Clock:
    now: float = 0.0

    def __call__(self) -> float:
        return self.now


def sent_within(pace: Pace, clock: Clock, seconds: float, limit: Limit = BUCKET) -> int:
    """Count the calls whose turn comes within `seconds`, asking for the next one as soon as the last was due."""
    count, end = 0, clock.now + seconds
    while True:
        clock.now += pace.reserve(limit)
        if clock.now > end:
            return count
        count += 1


def test_three_quarters_of_the_burst_then_half_of_the_refill() -> None:
    clock = Clock()
    pace = Pace(clock=clock)
    assert [pace.reserve(BUCKET) for _ in range(75)] == [0.0] * 75
    assert pace.reserve(BUCKET) == pytest.approx(0.1)
    assert pace.reserve(BUCKET) == pytest.approx(0.2)


def test_over_time_the_rate_is_kept() -> None:
    clock = Clock()
    assert sent_within(Pace(clock=clock), clock, 10) == pytest.approx(75 + 10 * 10, abs=2)


@pytest.mark.parametrize(("share", "at_once"), [(0.25, 37), (0.5, 75), (0.8, 100), (1.0, 100)])
def test_never_more_than_the_whole_burst(share: float, at_once: int) -> None:
    pace = Pace(PaceSettings(share=share), clock=Clock())
    assert [pace.reserve(BUCKET) for _ in range(101)].count(0.0) == at_once


def test_buckets_do_not_share() -> None:
    pace = Pace(clock=Clock())
    for _ in range(90):
        pace.reserve(BUCKET)
    assert pace.reserve(Limit(("1", "there", "Describe"), 20, 100)) == 0.0


def test_a_throttle_halves_and_success_recovers_slowly() -> None:
    clock = Clock()
    pace = Pace(clock=clock)
    pace.reserve(BUCKET)
    pace.throttled(BUCKET)
    assert sent_within(pace, clock, 10) == pytest.approx(50, abs=2)
    for _ in range(10):
        pace.came_through(BUCKET)
    slow = sent_within(pace, clock, 10)
    assert 50 < slow < 80
    for _ in range(100):
        pace.came_through(BUCKET)
    clock.now += 100
    assert sent_within(pace, clock, 10) == pytest.approx(175, abs=2)


def test_max_rate_is_over_everything() -> None:
    clock = Clock()
    pace = Pace(PaceSettings(max_rate=5), clock=clock)
    waits = [pace.reserve(Limit((str(n),), 1000, 1000)) for n in range(10)]
    assert waits[-1] == pytest.approx(9 / 5)


def test_backoff_grows_obeys_retry_after_and_ends() -> None:
    pace = Pace(jitter=lambda: 1.0)
    again = CallError(Code.THROTTLED, "Throttling", again=True)
    assert [pace.wait_before_retry(n, again) for n in range(1, 6)] == [0.25, 0.5, 1.0, 2.0, 4.0]
    assert pace.wait_before_retry(6, again) is None
    asked = CallError(Code.THROTTLED, "Throttling", again=True, after=7)
    assert pace.wait_before_retry(1, asked) == 7
    assert pace.wait_before_retry(1, CallError(Code.THROTTLED, "Throttling", again=True, after=9999)) == 60
    assert pace.wait_before_retry(1, CallError(Code.DENIED, "AccessDenied")) is None


def test_jitter_spreads_between_half_and_whole() -> None:
    again = CallError(Code.THROTTLED, "Throttling", again=True)
    waits = [Pace().wait_before_retry(3, again) or 0 for _ in range(50)]
    assert all(0.5 <= wait <= 1.0 for wait in waits)
    assert len(set(waits)) > 10
