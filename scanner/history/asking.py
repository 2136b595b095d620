"""Asks the history: findings with their lives, one finding's turns, the runs, the trend."""

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from statistics import median
from typing import TYPE_CHECKING, Any, Final

import orjson
from sqlalchemy import func, select

from scanner.history import schema
from scanner.history.deciding import CLOSED, Row, Status, Step, as_seen
from scanner.history.opening import HistoryError
from scanner.history.places import Places
from scanner.inventory import scope_fields
from scanner.known import Seen
from scanner.known.patterns import matches
from scanner.models.resource import Scope
from scanner.report.told import Earlier, Life, Night
from scanner.rule import Severity

if TYPE_CHECKING:
    from sqlalchemy import Connection

SEVERITIES: Final = tuple(Severity)
_MOST: Final = 900
"""Values of one condition: SQLite takes no more than 999."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which findings are asked for; empty leaves none out. `rule`, `resource`, `account`, `owner` are patterns."""

    statuses: tuple[str, ...] = (Status.OPEN, Status.NOT_CHECKED)
    severity: Severity | None = None
    rule: str = ""
    resource: str = ""
    account: str = ""
    owner: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """One finding and its life. Times are UTC, as reports write them; `days` is how long it was, or has been, open."""

    row: Row
    rule: str
    kind: str
    scope: Scope
    first_seen: str
    last_seen: str
    opened: str
    closed: str
    days: float | None

    @property
    def severity(self) -> Severity:
        """How bad it is, or was when it was last judged."""
        return SEVERITIES[self.row.severity]

    @property
    def messages(self) -> tuple[str, ...]:
        """What was observed when it was last found."""
        return tuple(orjson.loads(self.row.messages)) if self.row.messages else ()

    def as_json(self) -> dict[str, Any]:
        """The object of one line."""
        row = self.row
        return {
            "type": "finding",
            "rule": self.rule,
            "severity": self.severity,
            "status": row.status,
            **scope_fields(self.scope),
            "kind": self.kind,
            "resource": row.resource,
            "name": row.name,
            "owner": row.owner,
            "messages": self.messages,
            "waived": row.waived,
            "first_seen": self.first_seen,
            "since": row.first_change,
            "last_seen": self.last_seen,
            "opened": self.opened,
            "closed": self.closed or None,
            "days_open": None if self.days is None else round(self.days, 2),
            "reopened": row.reopened,
            "fingerprint": row.fingerprint,
        }


@dataclass(slots=True)
class Asking:
    """What answers come from: the connection, the places, when each run started."""

    connection: "Connection"
    places: Places = field(init=False)
    started: dict[int, str] = field(init=False)

    def __post_init__(self) -> None:
        self.places = Places.read(self.connection)
        rows = self.connection.execute(select(schema.run.c.id, schema.run.c.started))
        self.started = {row.id: row.started for row in rows}

    def findings(self, wanted: Wanted) -> Iterator[Found]:
        """Yield findings, the worst first, then by rule and resource."""
        table = schema.finding.c
        query = select(*(table[name] for name in schema.COLUMNS))
        if wanted.statuses:
            query = query.where(table.status.in_(wanted.statuses))
        if wanted.severity is not None:
            query = query.where(table.severity >= wanted.severity.rank)
        rules = self._rules(wanted.rule)
        if rules is not None:
            query = query.where(table.rule.in_(rules))
        query = query.order_by(table.severity.desc(), table.rule, table.resource)
        scopes = self._scopes(wanted.account)
        for one in self.connection.execute(query):
            row = Row(*one)
            if (
                (scopes is None or row.scope in scopes)
                and (not wanted.resource or matches(wanted.resource, row.resource))
                and (wanted.owner is None or matches(wanted.owner, row.owner or ""))
            ):
                yield self.found(row)

    def _rules(self, pattern: str) -> list[int] | None:
        if not pattern:
            return None
        return [id_ for (name, _), id_ in self.places.rules.items() if matches(pattern, name)]

    def _scopes(self, pattern: str) -> set[int] | None:
        if not pattern:
            return None
        return {
            id_
            for scope, id_ in self.places.scopes.items()
            if matches(pattern, scope.account) or matches(pattern, f"{scope.cloud}:{scope.account}")
        }

    def found(self, row: Row) -> Found:
        """Return a row with its times."""
        rule, kind = self.places.rule_of[row.rule]
        last = row.seen_run or self.places.last_look(row.scope, rule) or row.met_run
        opened, closed = self._when(row.opened_run), self._when(row.closed_run)
        end = closed or (self._when(last) if row.status in (Status.OPEN, Status.NOT_CHECKED) else "")
        return Found(
            row,
            rule,
            kind,
            self.places.scope_of[row.scope],
            self._when(row.first_run),
            self._when(last),
            opened,
            closed if row.status in CLOSED else "",
            days_between(opened, end),
        )

    def _when(self, run: int | None) -> str:
        return self.started.get(run, "") if run is not None else ""

    def one(self, prefix: str) -> Row:
        """Return the row whose fingerprint begins so. Raises HistoryError where there is none, or more than one."""
        table = schema.finding.c
        rows = self.connection.execute(
            select(*(table[name] for name in schema.COLUMNS))
            .where(table.fingerprint >= prefix, table.fingerprint < prefix + "g")
            .limit(2)
        ).all()
        if len(rows) != 1:
            raise HistoryError(f"{prefix}: {'more than one' if rows else 'no'} finding has this fingerprint")
        return Row(*rows[0])

    def turns(self, fingerprint: str) -> list[dict[str, Any]]:
        """Return every turn of one finding, the oldest first."""
        table = schema.change
        rows = self.connection.execute(
            select(table).where(table.c.fingerprint == fingerprint).order_by(table.c.id)
        )
        return [
            {
                "type": "turn",
                "started": self._when(row.run),
                "step": row.step,
                "outcome": row.outcome,
                "severity": SEVERITIES[row.severity],
                "why": row.why,
                "messages": orjson.loads(row.messages) if row.messages else [],
                "waived": row.waived,
            }
            for row in rows
        ]

    def life(self, found: Found, step: str = "") -> Life:
        """Return a finding's past as reports tell it."""
        row = found.row
        return Life(
            row.status,
            found.first_seen,
            found.last_seen,
            found.opened,
            found.closed,
            row.reopened,
            step,
        )

    def steps(self) -> dict[str, str]:
        """Return fingerprint → the turn that it took in the last run."""
        table = schema.change.c
        last = max(self.started, default=0)
        rows = self.connection.execute(select(table.fingerprint, table.step).where(table.run == last))
        return {row.fingerprint: row.step for row in rows}

    def lives(self, fingerprints: Sequence[str]) -> dict[str, Life]:
        """Return fingerprint → its life, for those that ever failed."""
        steps, table, found = self.steps(), schema.finding.c, {}
        for start in range(0, len(fingerprints), _MOST):
            some = fingerprints[start : start + _MOST]
            for row in self.connection.execute(
                select(*(table[name] for name in schema.COLUMNS)).where(
                    table.fingerprint.in_(some), table.first_run.is_not(None)
                )
            ):
                one = self.found(Row(*row))
                found[one.row.fingerprint] = self.life(one, steps.get(one.row.fingerprint, ""))
        return found

    def earlier(self, judged: Container[str], most: int = 20_000) -> list[Earlier]:
        """Return the findings that are over, or not checked, of which `judged` has none; the latest to end first."""
        steps = self.steps()
        statuses = (Status.NOT_CHECKED, *CLOSED)
        ended = [one for one in self.findings(Wanted(statuses)) if one.row.fingerprint not in judged]
        ended.sort(key=lambda one: one.closed or "~", reverse=True)
        return [
            Earlier(self.seen(one), self.life(one, steps.get(one.row.fingerprint, "")), one.row.owner or "")
            for one in ended[:most]
        ]

    def seen(self, one: Found) -> Seen:
        """Return a finding as it was when it was last found."""
        row = one.row._replace(known="fail")
        found = as_seen(row, (one.rule, one.kind), one.scope)
        assert found is not None  # noqa: S101 - a FAIL is there
        return found

    def runs(self) -> list[Mapping[str, Any]]:
        """Return every run, the oldest first: id, start, version, whether it was whole, what it counted."""
        rows = self.connection.execute(select(schema.run).order_by(schema.run.c.id))
        return [
            {
                "type": "run",
                "id": row.id,
                "run": row.run,
                "started": row.started,
                "version": row.version,
                "complete": row.complete,
                "partial": row.only is not None,
                "counts": orjson.loads(row.counts),
                "changes": orjson.loads(row.changes),
                "standing": orjson.loads(row.standing),
                "gaps": len(orjson.loads(row.gaps)) if row.gaps else 0,
            }
            for row in rows
        ]

    def trend(self, wanted: Wanted | None = None) -> list[Night]:
        """Return what stood after each run, the oldest first; of all findings, or of those that are wanted."""
        if wanted is None:
            return [_night(run) for run in self.runs()]
        chosen = list(self.findings(wanted))
        names = {one.row.fingerprint for one in chosen}
        return list(self._counted(chosen, names))

    def _counted(self, chosen: Sequence[Found], names: set[str]) -> Iterator[Night]:
        """Walk back from how the findings stand now, turn by turn."""
        open_ = {one.row.fingerprint: one for one in chosen if one.row.status in _STANDING}
        table = schema.change.c
        turns: dict[int, list[tuple[str, str, str, int | None]]] = {}
        for run, *turn in self.connection.execute(
            select(table.run, table.fingerprint, table.step, table.outcome, table.opened_run).order_by(
                table.id
            )
        ):
            if turn[0] in names:
                turns.setdefault(run, []).append((turn[0], turn[1], turn[2], turn[3]))
        severity = {one.row.fingerprint: one.severity.value for one in chosen}
        opened = {one.row.fingerprint: one.row.opened_run for one in chosen}
        standing = set(open_)
        nights = []
        for run in sorted(self.started, reverse=True):
            changes: dict[str, int] = {}
            counts: dict[str, int] = {}
            for fingerprint in standing:
                counts[severity[fingerprint]] = counts.get(severity[fingerprint], 0) + 1
            for fingerprint, step, outcome, since in reversed(turns.get(run, [])):
                changes[step] = changes.get(step, 0) + 1
                by_rule = step == Step.BY_RULE
                if step in _CLOSING or (by_rule and outcome != "fail"):
                    standing.add(fingerprint)
                    opened[fingerprint] = since
                elif step in _OPENING or (by_rule and opened[fingerprint] == run):
                    standing.discard(fingerprint)
            nights.append(Night(self.started[run], counts, changes=changes))
        return reversed(nights)

    def days_to_fix(self, wanted: Wanted | None = None) -> list[float]:
        """Return, for each time that a finding was fixed, how many days it had been open."""
        table = schema.change.c
        query = select(table.fingerprint, table.run, table.opened_run).where(table.step == Step.FIXED)
        names = None if wanted is None else {one.row.fingerprint for one in self.findings(wanted)}
        days = [
            days_between(self._when(opened), self._when(closed))
            for fingerprint, closed, opened in self.connection.execute(query)
            if names is None or fingerprint in names
        ]
        return [one for one in days if one is not None]

    def open_gaps(self) -> list[dict[str, Any]]:
        """Return what could not be listed when its scope was last looked at."""
        scope_of = self.places.scope_of
        rows = self.connection.execute(select(schema.gap).order_by(schema.gap.c.scope, schema.gap.c.kind))
        return [
            {
                **scope_fields(scope_of[row.scope]),
                "kind": row.kind,
                "permission": row.permission,
                "code": row.code,
                "why": row.why,
                "since": self._when(row.since_run),
            }
            for row in rows
        ]


_STANDING: Final = (Status.OPEN, Status.NOT_CHECKED)
_OPENING: Final = (Step.NEW, Step.FIRST_CHECKED, Step.REOPENED)
_CLOSING: Final = (Step.FIXED, Step.GONE)


def days_between(start: str, end: str) -> float | None:
    """Return the days between two times as reports write them; None where one is not known."""
    if not start or not end:
        return None
    return (datetime.fromisoformat(end) - datetime.fromisoformat(start)).total_seconds() / 86_400


def middle(days: Sequence[float]) -> float | None:
    """Return the median; None of nothing."""
    return median(days) if days else None


def _night(run: Mapping[str, Any]) -> Night:
    standing = run["standing"]
    return Night(
        run["started"],
        {SEVERITIES[int(rank)].value: count for rank, count in standing.get("severities", {}).items()},
        standing.get(Status.NOT_CHECKED.value, 0),
        standing.get(Status.UNKNOWN.value, 0),
        run["changes"],
    )


def last_run(connection: "Connection") -> int | None:
    """Return the number of the latest run; None where nothing is stored."""
    found = connection.scalar(select(func.max(schema.run.c.id)))
    return None if found is None else int(found)
