"""Drops what is older than is to be kept: turns, times of reading, gaps and waivers of old runs."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete, exists, func, select, update

from scanner.history import schema
from scanner.history.deciding import ABSENT, Status
from scanner.models.resource import read_at

if TYPE_CHECKING:
    from sqlalchemy import Engine


def forget(engine: "Engine", now: datetime, days: int) -> int:
    """Drop what runs before `now` less `days` left behind; return how many turns that were.

    What is open keeps its row and its first day, and of each finding the last turn before that day stays, so that how
    it stood on any later day is still known. The last run is never dropped, however old it is.
    """
    cutoff = read_at(now - timedelta(days=days))
    run, turn, look, row = schema.run, schema.change, schema.look, schema.finding
    with engine.begin() as connection:
        last = connection.scalar(select(func.max(run.c.id)))
        old = select(run.c.id).where(run.c.started < cutoff, run.c.id != last)
        if connection.scalar(old.limit(1)) is None:
            return 0
        later = turn.alias()
        found = connection.execute(
            delete(turn).where(
                turn.c.run.in_(old),
                exists().where(
                    later.c.fingerprint == turn.c.fingerprint, later.c.id > turn.c.id, later.c.run.in_(old)
                ),
            )
        )
        over = (Status.FIXED, Status.GONE, Status.BY_RULE, Status.LEFT, Status.UNKNOWN)
        newer = turn.alias()
        forgotten = select(row.c.fingerprint).where(
            row.c.outcome == ABSENT,
            row.c.status.in_(over),
            ~exists().where(newer.c.fingerprint == row.c.fingerprint, newer.c.run.not_in(old)),
        )
        connection.execute(delete(turn).where(turn.c.fingerprint.in_(forgotten)))
        connection.execute(delete(row).where(row.c.fingerprint.in_(forgotten)))
        latest = select(look.c.scope, func.max(look.c.run).label("run")).group_by(look.c.scope).subquery()
        connection.execute(
            delete(look).where(
                look.c.run.in_(old),
                ~exists().where(latest.c.scope == look.c.scope, latest.c.run == look.c.run),
            )
        )
        connection.execute(update(run).where(run.c.id.in_(old)).values(gaps=None, waivers=None))
        return found.rowcount
