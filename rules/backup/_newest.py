"""The newest of everything that something could be restored from."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from typing import Annotated

from scanner import DatabaseSnapshot, FileSystemBackup, Option, RecoveryPoint, Snapshot, TableBackup, each

Hours = Annotated[int, Option("age that the newest backup may have, in hours", at_least=1, at_most=8784)]

Copy = DatabaseSnapshot | FileSystemBackup | RecoveryPoint | Snapshot | TableBackup
Times = Callable[[], Iterable[datetime | None]]


def fresh(since: datetime, *mechanisms: Times) -> bool:
    """Tell whether one of the mechanisms has a time since then.

    What another could not tell does not matter then; else it is raised.
    """
    return any(time is not None and time >= since for time in each(mechanisms, lambda times: times()))


def newest(*mechanisms: Times) -> datetime | None:
    """Return the newest time over all mechanisms; None: there is none. Raises UnreadError where one cannot tell."""
    return max((time for time in each(mechanisms, lambda times: times()) if time is not None), default=None)


def restorable(copies: Iterable[Copy]) -> Iterator[datetime | None]:
    """Yield the times of the copies that can be restored from."""
    return each(copies, lambda copy: (copy.taken_at,) if copy.restorable else ())


def age(time: datetime, now: datetime) -> str:
    """Return how long ago something was, in words."""
    hours = (now - time) // timedelta(hours=1)
    return f"{hours} hour{'s' * (hours != 1)}" if hours < 72 else f"{hours // 24} days"  # noqa: PLR2004 - 3 days
