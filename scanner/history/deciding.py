"""What one more run makes of one finding: its next row, and the turn that it took. Pure.

Whether a finding is new, fixed, gone or not checked is not decided here but by `scanner.known`, by which two runs are
compared: this room remembers what was known before a run that could not look.
"""

from enum import StrEnum
from typing import Final, NamedTuple

import orjson

from scanner.engine import Outcome, Unread, Verdict
from scanner.history.bulk import storable
from scanner.known import Change, Seen
from scanner.models.resource import Code, Scope, Why
from scanner.rule import Severity


class Status(StrEnum):
    """How a finding stands: as it was last known, never as a run that could not look would have it."""

    OPEN = "open"
    NOT_CHECKED = "not_checked"
    """It was open when it was last judged, and the latest run could not look."""
    FIXED = "fixed"
    GONE = "gone"
    """It was open when its resource was last there."""
    BY_RULE = "by_rule"
    """It is over because its rule was revised or set otherwise, not because anything was mended."""
    PASSING = "passing"
    """It never failed."""
    UNKNOWN = "unknown"
    """It cannot be judged, and is not known to be open."""
    LEFT = "left"
    """It never failed, and its resource is no longer there."""


class Step(StrEnum):
    """A turn that a finding took in one run."""

    NEW = "new"
    FIRST_CHECKED = "first_checked"
    REOPENED = "reopened"
    CHANGED = "changed"
    WORSE = "worse"
    """Its severity rose."""
    LAPSED = "lapsed"
    """It was accepted, and no longer is: its waiver ran out, or was taken back."""
    FIXED = "fixed"
    GONE = "gone"
    NOT_CHECKED = "not_checked"
    CHECKED = "checked"
    """Judged again, as open as it was before nobody could look."""
    BY_RULE = "by_rule"
    UNKNOWN = "unknown"
    """It was not open, and can no longer be judged."""
    JUDGED = "judged"
    """It could not be judged, and passes."""
    LEFT = "left"


ABSENT: Final = "absent"
UNREAD: Final = "unread"
CLOSED: Final = (Status.FIXED, Status.GONE, Status.BY_RULE)
JUDGED: Final = (Outcome.PASS.value, Outcome.FAIL.value)
_SEVERITIES: Final = tuple(Severity)
_FAIL, _PASS, _OPEN = Outcome.FAIL.value, Outcome.PASS.value, Status.OPEN.value
_STEPS: Final = {change: Step(change.value) for change in Change if change.value in set(Step)}


class Row(NamedTuple):
    """A row of the table `finding`, in the order of its columns; what they mean stands there."""

    fingerprint: str
    rule: int
    scope: int
    resource: str
    name: str
    digest: str
    severity: int
    outcome: str
    known: str | None
    status: str
    messages: str | None
    unread: str | None
    waived: str | None
    owner: str | None
    location: str | None
    met_run: int
    met_outcome: str
    first_run: int | None = None
    first_change: str | None = None
    opened_run: int | None = None
    closed_run: int | None = None
    seen_run: int | None = None
    reopened: int = 0

    @property
    def past(self) -> tuple[int, str, int | None, str | None, int | None, int | None, None, int]:
        """The columns from `met_run` on as the next row begins with them: it was seen just now."""
        return (*self[15:21], None, self.reopened)


class Turn(NamedTuple):
    """A turn as the table `change` keeps it. `opened_run`: since when it had been open, where it closes."""

    step: Step
    row: Row
    why: str = ""
    opened_run: int | None = None


class Fate(NamedTuple):
    """What became of a finding since it was last judged, and why, in words."""

    change: Change
    why: str = ""


def as_seen(row: Row, rule: tuple[str, str], scope: Scope) -> Seen | None:
    """Return what is known of a finding as a run that compares with it sees it; None where it is not there.

    `rule`: its id and kind.
    """
    outcome = row.known or row.outcome
    if outcome in (ABSENT, UNREAD):
        return None
    verdict = Verdict(
        rule[0],
        rule[0],
        Outcome(outcome),
        _SEVERITIES[row.severity],
        scope,
        rule[1],
        row.resource,
        row.name,
        tuple(orjson.loads(row.messages)) if row.messages and outcome == Outcome.FAIL else (),
        _unread(row.unread) if row.unread and outcome not in JUDGED else (),
    )
    return Seen(row.fingerprint, verdict, row.waived)


def _unread(text: str) -> tuple[Unread, ...]:
    return tuple(
        Unread(field, Why(code=Code(code), permission=permission, text=why))
        for field, code, permission, why in orjson.loads(text)
    )


def judged(
    was: Row | None, now: Row, fate: Fate, run: int, last: int | None, *, newly: bool = False
) -> tuple[Row, Turn | None]:
    """Settle an identity that this run has a verdict on; `last` is the last earlier run that looked there.

    `newly`: an earlier run would have judged it, had it been there.
    """
    if now.outcome == _FAIL:
        return _failed(was, now, fate, run)
    if now.outcome == _PASS:
        return _passed(was, now, fate, run)
    return _unjudged(was, now, last, newly=newly)


def _failed(was: Row | None, now: Row, fate: Fate, run: int) -> tuple[Row, Turn | None]:
    change, why = fate
    if was is not None and was.known == "fail":
        now = now._replace(known="fail", status=_OPEN, seen_run=None)
        step = Step.BY_RULE if change is Change.BY_RULE else None
        if change is Change.CHANGED:
            step = Step.WORSE if now.severity > was.severity else Step.CHANGED
        if was.waived is not None and now.waived is None and step is not Step.BY_RULE:
            step, why = Step.LAPSED, "it was accepted, and no longer is"
        elif step is None and was.outcome != "fail":
            step = Step.CHECKED
        elif step is None and was.waived != now.waived:
            step, why = Step.CHANGED, "accepted for another reason"
        return now, Turn(step, now, why) if step else None
    again = was is not None and was.first_run is not None
    step = Step.REOPENED if again and change is not Change.BY_RULE else _STEPS[change]
    first = (now.first_run or run, now.first_change or step.value)
    ends = (run, None, None, now.reopened + (step is Step.REOPENED))
    # Of many: not by name, which takes four times as long.
    now = Row(*now[:8], "fail", _OPEN, *now[10:17], *first, *ends)  # type: ignore[arg-type]
    return now, Turn(step, now, why)


def _passed(was: Row | None, now: Row, fate: Fate, run: int) -> tuple[Row, Turn | None]:
    # What was found last is still told of a finding that is over.
    now = now._replace(known="pass", seen_run=None, messages=was.messages if was is not None else None)
    if was is None:
        return now._replace(status=Status.PASSING.value), None
    if was.known == "fail":
        by_rule = fate.change is Change.BY_RULE
        step, status = (Step.BY_RULE, Status.BY_RULE) if by_rule else (Step.FIXED, Status.FIXED)
        now = now._replace(status=status.value, closed_run=run)
        return now, Turn(step, now, fate.why, was.opened_run)
    over = Status.BY_RULE if was.status == Status.BY_RULE else Status.FIXED
    now = now._replace(status=(over if was.first_run is not None else Status.PASSING).value)
    return now, None if was.outcome == "pass" else Turn(Step.JUDGED, now)


def _unjudged(was: Row | None, now: Row, last: int | None, *, newly: bool) -> tuple[Row, Turn | None]:
    if was is None:
        now = now._replace(known=None, status=Status.UNKNOWN.value)
        return now, Turn(Step.UNKNOWN, now, _reason(now)) if newly else None
    hidden = was.outcome not in (*JUDGED, ABSENT)
    now = now._replace(known=was.known, seen_run=was.seen_run if hidden else last)
    if was.known == "fail":
        # What was found stands until somebody looks: its words, and whether it was accepted.
        now = now._replace(
            status=Status.NOT_CHECKED.value, severity=was.severity, messages=was.messages, waived=was.waived
        )
        return now, None if hidden else Turn(Step.NOT_CHECKED, now, _reason(now))
    now = now._replace(status=Status.UNKNOWN.value)
    return now, None if hidden else Turn(Step.UNKNOWN, now, _reason(now))


def _reason(row: Row) -> str:
    said = [f"{one.field}: {one.why}" for one in _unread(row.unread)] if row.unread else []
    return "; ".join(said) or "the rule is broken"


def lost(was: Row, change: Change, why: str, run: int, last: int | None) -> tuple[Row, Turn | None]:
    """Settle an identity on which this run has no verdict, and ought to have one. `change` is what became of it."""
    open_ = was.known == "fail"
    why = storable(why)
    if change is Change.NOT_CHECKED:
        status = Status.NOT_CHECKED if open_ else Status.UNKNOWN
        hidden = was.outcome not in JUDGED
        now = was._replace(outcome=UNREAD, digest=UNREAD, status=status.value)
        now = now if hidden else now._replace(seen_run=last)
        step = Step.NOT_CHECKED if open_ else Step.UNKNOWN
        return now, None if hidden else Turn(step, now, why)
    now = was._replace(outcome=ABSENT, digest=ABSENT, known=None, seen_run=was.seen_run or last)
    if open_:
        step, status = _ENDS.get(change, (Step.GONE, Status.GONE))
        now = now._replace(status=status.value, closed_run=run)
        return now, Turn(step, now, why, was.opened_run)
    if was.first_run is None:
        now = now._replace(status=Status.LEFT.value)
    elif was.status == Status.UNKNOWN:
        now = now._replace(status=Status.FIXED.value)
    return now, Turn(Step.LEFT, now, why)


_ENDS: Final = {
    Change.FIXED: (Step.FIXED, Status.FIXED),
    Change.BY_RULE: (Step.BY_RULE, Status.BY_RULE),
}
