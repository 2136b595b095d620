"""How fast calls may go: token buckets per account, region and API, halved when a cloud says no; backoff."""

import math
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from scanner.providers.spec import CallError, Limit

ATTEMPTS: Final = 6
FIRST_WAIT: Final = 0.25
LONGEST_WAIT: Final = 20.0
LEAST_SHARE: Final = 1 / 16
RECOVERY: Final = 0.02
PATIENCE: Final = 60.0
#: Of a burst may be taken half as much again as of the refill: three quarters by default. It comes back by itself
#: within seconds (four for Elastic Load Balancing's 40 calls, one for DynamoDB's 10), while a scan would wait for each
#: call of it; and a deployment that shares the bucket finds a quarter of it, and half of the refill, at any moment.
OF_BURST: Final = 1.5
#: Seconds after which a bucket that nobody took from is taken for full: the slowest documented one needs ten.
_FULL_AGAIN: Final = 60.0


@dataclass(slots=True)
class _Bucket:
    tokens: float
    filled: float
    share: float
    #: When the share was last halved, and since when nothing has come through; on the pace's clock.
    halved: float = -math.inf
    refused: float = math.inf


@dataclass(frozen=True, slots=True)
class PaceSettings:
    """What the user allows: `share` of each documented refill, `max_rate` calls a second in all.

    Of a documented burst it is `OF_BURST` times that share, never more than all of it.

    A bucket that has let nothing through for `patience` seconds is given up.
    """

    share: float = 0.5
    max_rate: float | None = None
    attempts: int = ATTEMPTS
    first_wait: float = FIRST_WAIT
    patience: float = PATIENCE


@dataclass(slots=True)
class Pace:
    """Reserves a place for each call and says how long to wait for it. Safe to share between threads.

    A throttled bucket's rate is halved, and recovers by 2 % of what is allowed with each call that comes through.
    """

    settings: PaceSettings = field(default_factory=PaceSettings)
    clock: Callable[[], float] = time.monotonic
    jitter: Callable[[], float] = random.random
    _buckets: dict[tuple[str, ...], _Bucket] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def reserve(self, limit: Limit) -> float:
        """Take one token of the bucket and return the seconds until it is there (0: now)."""
        with self._lock:
            wait = self._take(limit.key, limit.rate, limit.burst)
            if self.settings.max_rate:
                wait = max(wait, self._take(("*",), self.settings.max_rate, 1.0, share=1.0))
        return wait

    def _take(self, key: tuple[str, ...], rate: float, burst: float, share: float | None = None) -> float:
        now = self.clock()
        bucket = self._buckets.get(key)
        if bucket is None:
            share = self.settings.share if share is None else share
            bucket = self._buckets[key] = _Bucket(_at_once(burst, share), now, share)
        refill = rate * bucket.share
        most = _at_once(burst, bucket.share)
        bucket.tokens = min(most, bucket.tokens + (now - bucket.filled) * refill) - 1
        bucket.filled = now
        return 0.0 if bucket.tokens >= 0 else -bucket.tokens / refill

    def throttled(self, limit: Limit, sent: float | None = None) -> None:
        """Halve the bucket's rate: the cloud has said that we are too fast.

        Not for a call that was `sent` (by this pace's clock) before it was last halved: that one says nothing new.
        """
        with self._lock:
            bucket = self._buckets.get(limit.key)
            if bucket is None:
                return
            now = self.clock()
            bucket.refused = min(bucket.refused, now)
            bucket.tokens = min(bucket.tokens, 0.0)
            if sent is None or sent >= bucket.halved:
                bucket.halved = now
                bucket.share = max(LEAST_SHARE * self.settings.share, bucket.share / 2)

    def came_through(self, limit: Limit) -> None:
        """Let the bucket recover a little."""
        bucket = self._buckets.get(limit.key)
        if bucket is None:
            return
        bucket.refused = math.inf
        if bucket.share < self.settings.share:
            with self._lock:
                bucket.share = min(self.settings.share, bucket.share + self.settings.share * RECOVERY)

    def tidy(self) -> None:
        """Forget the buckets that are full again, and were not refused: a new one would be the same."""
        with self._lock:
            now = self.clock()
            self._buckets = {
                key: bucket
                for key, bucket in self._buckets.items()
                if bucket.share < self.settings.share
                or bucket.refused < math.inf
                or now - bucket.filled < _FULL_AGAIN
            }

    def given_up(self, limit: Limit) -> bool:
        """Tell whether the bucket has let nothing through for so long that asking again is of no use."""
        bucket = self._buckets.get(limit.key)
        return bucket is not None and self.clock() - bucket.refused > self.settings.patience

    def wait_before_retry(self, attempt: int, error: CallError) -> float | None:
        """Seconds before attempt number `attempt` + 1, or None when the call has been tried often enough.

        Exponential backoff with full jitter above a half; a cloud's own Retry-After is obeyed up to a minute.
        """
        if not error.again or attempt >= self.settings.attempts:
            return None
        longest = min(LONGEST_WAIT, self.settings.first_wait * 2.0 ** (attempt - 1))
        wait = longest * (0.5 + self.jitter() / 2)
        return max(wait, min(error.after, 60.0)) if error.after else wait


def _at_once(burst: float, share: float) -> float:
    """Return how many calls may come at once of a bucket of which this share may be taken."""
    return max(1.0, burst * min(1.0, share * OF_BURST))
