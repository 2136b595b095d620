"""The newest of everything that something could be restored from."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from typing import Annotated

from scanner import DatabaseSnapshot, Option, RecoveryPoint, Snapshot, UnreadError, each

Hours = Annotated[int, Option("age that the newest backup may have, in hours", at_least=1, at_most=8784)]

Copy = DatabaseSnapshot | RecoveryPoint | Snapshot
Times = Callable[[], Iterable[datetime | None]]


def newest(since: datetime, *mechanisms: Times) -> datetime | None:
    """Return the newest time over all mechanisms; None: there is none.

    What one of them could not tell does not matter once another has a time after `since`; else it is raised.
    """
    found: list[datetime] = []
    try:
        found.extend(time for time in each(mechanisms, lambda times: times()) if time is not None)
    except UnreadError:
        if not any(time >= since for time in found):
            raise
    return max(found, default=None)


def restorable(copies: Iterable[Copy]) -> Iterator[datetime | None]:
    """Yield the times of the copies that can be restored from."""
    return each(copies, lambda copy: (copy.taken_at,) if copy.restorable else ())


def age(time: datetime, now: datetime) -> str:
    """Return how long ago something was, in words."""
    hours = (now - time) // timedelta(hours=1)
    return f"{hours} hour{'s' * (hours != 1)}" if hours < 72 else f"{hours // 24} days"  # noqa: PLR2004 - 3 days
