"""Series of measured values, of whatever cloud: the newest, and that of a week before."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final, NamedTuple

GIB: Final = 1 << 30
WINDOW: Final = timedelta(days=7)
_WEEK: Final = timedelta(days=6)


class Measured(NamedTuple):
    """The newest value with its time, and the oldest when it is at least six days older."""

    at: datetime
    now: float
    week_ago: float | None


def measured(points: Iterable[tuple[datetime, float]]) -> Measured:
    """Return what a series says, in whatever order it comes. Raises ValueError for an empty one."""
    found = sorted(points)
    if not found:
        raise ValueError("has no value of the last week")
    (first, oldest), (at, newest) = found[0], found[-1]
    return Measured(at, newest, oldest if at - first >= _WEEK else None)


def window(now: datetime) -> tuple[datetime, datetime]:
    """Return the last week up to the end of the hour, so that all questions of a run ask for the same."""
    end = now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return end - WINDOW, end
