"""Nights for the tests of the history: runs a day apart, in one line each."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from runs_made_up import past, verdict

from scanner.engine import Outcome, Verdict
from scanner.history.asking import Asking, Found, Wanted
from scanner.history.keeping import Kept, keep
from scanner.history.night import Night

if TYPE_CHECKING:
    from sqlalchemy import Engine

FIRST = datetime(2026, 11, 2, 1, 30, tzinfo=UTC)
WWW, LOGS = "arn:aws:s3:::www", "arn:aws:s3:::logs"
PASS, FAIL, UNKNOWN = Outcome.PASS, Outcome.FAIL, Outcome.UNKNOWN


def night(number: int, *verdicts: Verdict, more: dict[str, Any] | None = None, **words: Any) -> Night:
    """The run of one night; the first has the number 1."""
    then = FIRST + timedelta(days=number - 1)
    run = replace(past(*verdicts, **words), started=then)
    return Night(run, run=then.strftime("%Y%m%dT%H%M%SZ"), **(more or {}))


def kept(engine: "Engine", number: int, *verdicts: Verdict, **words: Any) -> Kept:
    """Store the run of one night."""
    return keep(engine, night(number, *verdicts, **words))


def turns(one: Kept) -> dict[str, str]:
    """Resource → the turn that its finding took."""
    return {turn.row.resource: turn.step.value for turn, *_ in one.turns}


def all_found(engine: "Engine", *statuses: str) -> dict[str, Found]:
    """Resource → its finding, of all or of these statuses."""
    with engine.connect() as connection:
        return {one.row.resource: one for one in Asking(connection).findings(Wanted(statuses=statuses))}


def bad(resource: str = WWW, **words: Any) -> Verdict:
    """A finding."""
    return verdict(resource, **words)


def good(resource: str = WWW, **words: Any) -> Verdict:
    """A PASS."""
    return verdict(resource, PASS, **words)


def unclear(resource: str = WWW, **words: Any) -> Verdict:
    """An UNKNOWN."""
    return verdict(resource, UNKNOWN, **words)
