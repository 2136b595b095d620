"""Stores a run: its verdicts beside what is known, by set-based SQL; what differs settled; every turn written down."""

import hashlib
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from zlib import crc32

import orjson
from sqlalchemy import delete, func, insert, or_, select, text

from scanner.engine import Outcome
from scanner.history import schema
from scanner.history.bulk import load, storable
from scanner.history.deciding import ABSENT, Row, Status, Turn, as_seen, judged, lost
from scanner.history.night import Night
from scanner.history.opening import HistoryError
from scanner.history.places import Places, blind_gaps
from scanner.history.unread_lists import gaps_kept
from scanner.inventory import Gap
from scanner.known import Entry, Past, Seen, compare
from scanner.known import lost as lost_by
from scanner.models.resource import Cloud, Scope, read_at
from scanner.rule import Severity

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine


@dataclass(frozen=True, slots=True)
class Kept:
    """What storing a run came to. `turns`: each finding that took one, with its rule's id and kind, and its scope.

    `stored` is false for a run that was there already. `compared` is how long the comparing took, in seconds.
    """

    run: int
    stored: bool = True
    turns: Sequence[tuple[Turn, str, str, Scope]] = ()
    new_gaps: Sequence[Gap] = ()
    compared: float = 0.0
    counts: Mapping[str, int] = field(default_factory=dict)


def keep(engine: "Engine", night: Night) -> Kept:
    """Store a run, all of it or nothing. Raises HistoryError for one that is older than what is stored."""
    from sqlalchemy.exc import SQLAlchemyError

    try:
        with engine.begin() as connection:
            return _Keeping(connection, night).kept()
    except SQLAlchemyError as error:
        said = str(getattr(error, "orig", None) or error).splitlines()[0]
        raise HistoryError(f"the history could not take the run: {said}") from None


class _Different(NamedTuple):
    """Identities never met, rows whose verdict differs, and rows without a verdict that ought to have one."""

    fresh: Sequence[str] = ()
    changed: Mapping[str, Row] = {}
    gone: Mapping[str, Row] = {}
    seconds: float = 0.0


class _Keeping:
    def __init__(self, connection: "Connection", night: Night) -> None:
        self.connection = connection
        self.night = night
        self.past = night.past
        # The one row that every writer changes first: two runs are stored one after the other, in both databases.
        connection.execute(text("UPDATE alembic_version SET version_num = version_num"))
        self.places = Places.read(connection)
        self.run = 0

    def kept(self) -> Kept:
        key = _key(self.past)
        known = self.connection.scalar(select(schema.run.c.id).where(schema.run.c.key == key))
        if known is not None:
            return Kept(known, stored=False)
        self._refuse_older()
        self.places.rename(self.connection, self.night.renamed)
        kinds = {(one.verdict.rule, one.verdict.kind) for one in self.past.seen.values()}
        scopes = {one.verdict.scope for one in self.past.seen.values()}
        self.places.meet(
            self.connection, {*scopes, *self.past.scopes, *(gap.scope for gap in self.past.gaps)}, kinds
        )
        self.run = (self.connection.scalar(select(func.max(schema.run.c.id))) or 0) + 1
        turns, seconds = self._findings()
        new_gaps = gaps_kept(self.connection, self.past, self.places, self.run)
        counts = Counter(turn.step.value for turn in turns)
        self._run(key, counts)
        return Kept(self.run, True, self._told(turns), new_gaps, seconds, dict(counts))  # noqa: FBT003

    def _refuse_older(self) -> None:
        ids = [id_ for scope in self.past.scopes if (id_ := self.places.scopes.get(scope))]
        look, run = schema.look, schema.run
        latest = None
        for start in range(0, len(ids), 500):
            found = self.connection.scalar(
                select(func.max(run.c.started))
                .join_from(look, run, look.c.run == run.c.id)
                .where(look.c.scope.in_(ids[start : start + 500]))
            )
            latest = max(filter(None, (latest, found)), default=None)
        started = read_at(self.past.started) if self.past.started else ""
        if latest is not None and started <= latest:
            raise HistoryError(
                f"a run that started on {latest} is stored already, and this one, of {started or 'no known time'}, "
                "is not later: runs are stored in their order"
            )

    def _findings(self) -> tuple[list[Turn], float]:
        """Compare, settle and write; return the turns, and how long comparing took."""
        digests = _digests(self.night)
        if self.connection.scalar(select(schema.finding.c.fingerprint).limit(1)) is None:
            found = _Different(sorted(digests))
        else:
            found = self._differences(digests)
        changed, gone, compared = found.changed, found.gone, found.seconds
        passing: list[Seen] = []
        others: list[Seen] = []
        for one in map(self.past.seen.__getitem__, found.fresh):
            (passing if one.verdict.outcome is Outcome.PASS else others).append(one)
        began = time.perf_counter()
        entries, newly = self._entries(others, changed, gone)
        compared += time.perf_counter() - began
        made = _Rows(self.night, self.places, self.run, digests)
        load(self.connection, schema.finding, _PASSING, map(made.passing, passing))
        new, turns = self._settled(made, others, {}, entries, newly)
        load(self.connection, schema.finding, schema.COLUMNS, new)
        again = [self.past.seen[one] for one in changed]
        rows, more = self._settled(made, again, changed, entries, newly)
        rows_lost, lost_ = self._lost(gone, entries)
        self._replace([*rows, *rows_lost])
        turns += [*more, *lost_]
        self._change(turns)
        return turns, compared

    def _differences(self, digests: Mapping[str, str]) -> "_Different":
        """Load this run's verdicts beside what is known, and return how the two differ, and how long that took."""
        with _table(self.connection, schema.tonight), _table(self.connection, schema.looked):
            load(self.connection, schema.tonight, ("fingerprint", "digest"), sorted(digests.items()))
            ids = [(self.places.scopes[scope],) for scope in sorted(self.past.scopes)]
            load(self.connection, schema.looked, ("scope",), ids)
            if self.connection.dialect.name == "postgresql":
                # Joins of a million rows stay in memory; the setting ends with the transaction.
                self.connection.execute(text("SET LOCAL work_mem = '256MB'"))
                for table in ("tonight", "looked"):
                    self.connection.execute(text(f"ANALYZE {table}"))
            began = time.perf_counter()
            found = self._compared()
            return found._replace(seconds=time.perf_counter() - began)

    def _compared(self) -> "_Different":
        was, now = schema.finding, schema.tonight
        columns = [was.c[name] for name in schema.COLUMNS]
        fresh: list[str] = []
        changed: dict[str, Row] = {}
        different = (
            select(now.c.fingerprint, *columns)
            .outerjoin(was, now.c.fingerprint == was.c.fingerprint)
            .where(or_(was.c.fingerprint.is_(None), now.c.digest != was.c.digest))
        )
        for fingerprint, *row in self.connection.execute(different):
            if row[0] is None:
                fresh.append(fingerprint)
            else:
                changed[fingerprint] = Row(*row)
        rules = [id_ for (name, _), id_ in self.places.rules.items() if name in self.past.rules]
        gone = self.connection.execute(
            select(*columns)
            .join(schema.looked, was.c.scope == schema.looked.c.scope)
            .outerjoin(now, now.c.fingerprint == was.c.fingerprint)
            .where(now.c.fingerprint.is_(None), was.c.outcome != ABSENT, was.c.rule.in_(rules))
        )
        return _Different(fresh, changed, {row[0]: Row(*row) for row in gone})

    def _entries(
        self, fresh: Iterable[Seen], changed: Mapping[str, Row], gone: Mapping[str, Row]
    ) -> tuple[Mapping[str, Entry], set[str]]:
        """Compare, for each set of rules that looked at a scope before, what was known there with this run.

        Returns what became of findings, and identities that would have been judged before.
        """
        found: dict[str, Entry] = {}
        newly: set[str] = set()
        blind = blind_gaps(self.connection, self.places)
        scope_of, rule_of = self.places.scope_of, self.places.rule_of
        before: dict[int | None, dict[str, Seen]] = {}
        now: dict[int | None, dict[str, Seen]] = {}
        for row in (*changed.values(), *(one for one in gone.values() if one.known == "fail")):
            of = self.places.rulesets[row.scope]
            seen = as_seen(row, rule_of[row.rule], scope_of[row.scope])
            if seen is not None:
                before.setdefault(of, {})[row.fingerprint] = seen
        for seen in (*fresh, *(self.past.seen[one] for one in changed)):
            of = self.places.rulesets[self.places.scopes[seen.verdict.scope]]
            now.setdefault(of, {})[seen.fingerprint] = seen
        for of in {*before, *now}:
            then = self._before(of, before.get(of, {}), blind)
            compared = compare(then, replace(self.past, seen=now.get(of, {}), carried={}))
            found |= {entry.seen.fingerprint: entry for entry in compared.entries}
            newly |= {seen.fingerprint for seen in compared.newly_unknown if of is not None}
        return found, newly

    def _before(self, of: int | None, seen: Mapping[str, Seen], blind: Sequence[Gap]) -> Past:
        if (
            of is None
        ):  # nobody ever looked at all of these scopes: their rules are not new, their findings are
            return Past(rules=self.past.rules, options=self.past.options, seen=seen)
        rules = self.places.sets[of]
        scopes = frozenset(
            scope for scope, id_ in self.places.scopes.items() if self.places.rulesets[id_] == of
        )
        return Past(
            scopes=scopes,
            rules={name: revision for name, (revision, _) in rules.items()},
            options={name: options for name, (_, options) in rules.items() if options is not None},
            seen=seen,
            gaps=blind,
        )

    def _settled(
        self,
        made: "_Rows",
        found: Iterable[Seen],
        changed: Mapping[str, Row],
        entries: Mapping[str, Entry],
        newly: set[str],
    ) -> tuple[list[Row], list[Turn]]:
        rows: list[Row] = []
        turns: list[Turn] = []
        for seen in found:
            was, entry = changed.get(seen.fingerprint), entries.get(seen.fingerprint)
            last = self._last(was) if was is not None else None
            new = seen.fingerprint in newly
            row, turn = judged(was, made.row(seen, was), entry, self.run, last, newly=new)
            rows.append(row)
            if turn is not None:
                turns.append(turn)
        return rows, turns

    def _lost(self, gone: Mapping[str, Row], entries: Mapping[str, Entry]) -> tuple[list[Row], list[Turn]]:
        rows: list[Row] = []
        turns: list[Turn] = []
        fate = _Fates(self.past, self.places)
        for fingerprint, was in gone.items():
            entry = entries.get(fingerprint)
            change, why = (entry.change, entry.why) if entry is not None else fate.of(was)
            if change.value == "out_of_scope":
                continue
            row, turn = lost(was, change, why, self.run, self._last(was))
            rows.append(row)
            if turn is not None:
                turns.append(turn)
        return rows, turns

    def _last(self, row: Row) -> int | None:
        return self.places.last_look(row.scope, self.places.rule_of[row.rule][0])

    def _replace(self, rows: Sequence[Row]) -> None:
        """Put rows in the place of those with the same fingerprint."""
        if not rows:
            return
        with _table(self.connection, schema.settled):
            load(self.connection, schema.settled, schema.COLUMNS, rows)
            table, new = schema.finding, schema.settled
            self.connection.execute(delete(table).where(table.c.fingerprint.in_(select(new.c.fingerprint))))
            names = list(schema.COLUMNS)
            self.connection.execute(insert(table).from_select(names, select(*(new.c[n] for n in names))))

    def _change(self, turns: Sequence[Turn]) -> None:
        start = (self.connection.scalar(select(func.max(schema.change.c.id))) or 0) + 1
        columns = (
            *("id", "run", "fingerprint", "step", "outcome", "severity"),
            *("why", "messages", "waived", "opened_run"),
        )
        load(
            self.connection,
            schema.change,
            columns,
            [
                (
                    *(start + number, self.run, row.fingerprint, step.value, row.outcome, row.severity),
                    *(why or None, row.messages, row.waived, opened),
                )
                for number, (step, row, why, opened) in enumerate(turns)
            ],
        )

    def _run(self, key: str, counts: Mapping[str, int]) -> None:
        past, night = self.past, self.night
        rules = {name: (revision, past.options.get(name)) for name, revision in past.rules.items()}
        whole = not past.only
        looks = [
            (self.places.scopes[scope], self.run, *night.looks.get(scope, (None, None)))
            for scope in sorted(past.scopes)
        ]
        load(self.connection, schema.look, ("scope", "run", "read_from", "read_to"), looks)
        ruleset = self.places.number(self.connection, rules)
        if whole:
            self.places.looked(self.connection, sorted(past.scopes), rules)
        self._accounts()
        self.connection.execute(
            insert(schema.run).values(
                id=self.run,
                key=key,
                run=night.run,
                started=read_at(past.started) if past.started else "",
                version=past.version,
                complete=night.complete,
                ruleset=ruleset,
                only=None if whole else _json(past.only),
                counts=_json(night.counts),
                changes=_json(counts),
                standing=_json(standing(self.connection)),
                gaps=_json([_gap(gap) for gap in past.gaps]),
                left_out=_json(night.left_out),
                waivers=_json(night.waivers),
            )
        )

    def _accounts(self) -> None:
        table = schema.account
        there = {(row.cloud, row.account): row for row in self.connection.execute(select(table))}
        for cloud, name in sorted(self.past.accounts):
            was, key = there.get((cloud, name)), (cloud, name)
            called = self.night.accounts.get(key, ("", ""))
            exposed = self.night.exposure.get(key)
            kept = (was.exposure, was.exposure_run) if was is not None else (None, None)
            text_, of = (_json(exposed), self.run) if exposed is not None else kept
            self.connection.execute(delete(table).where(table.c.cloud == cloud, table.c.account == name))
            self.connection.execute(
                insert(table).values(
                    cloud=cloud,
                    account=name,
                    name=called[0],
                    environment=called[1],
                    exposure=text_,
                    exposure_run=of,
                )
            )

    def _told(self, turns: Sequence[Turn]) -> list[tuple[Turn, str, str, Scope]]:
        scope_of, rule_of = self.places.scope_of, self.places.rule_of
        return [(turn, *rule_of[turn.row.rule], scope_of[turn.row.scope]) for turn in turns]


_PASSED: Final = ("pass", "pass", Status.PASSING.value, "pass", 0)
_PASSING: Final = (
    *(
        "fingerprint",
        "rule",
        "scope",
        "resource",
        "name",
        "digest",
        "severity",
        "owner",
        "location",
        "met_run",
    ),
    *("outcome", "known", "status", "met_outcome", "reopened"),
)
_RANK: Final = {severity: severity.rank for severity in Severity}


class _Rows:
    """Makes rows of verdicts."""

    def __init__(self, night: Night, places: Places, run: int, digests: Mapping[str, str]) -> None:
        self._night, self._places, self._run, self._digests = night, places, run, digests

    def passing(self, seen: Seen) -> tuple[Any, ...]:
        """Return the columns `_PASSING` of an identity that is met for the first time, and passes."""
        fingerprint, verdict, _ = seen
        rule, _, _, severity, scope, kind, resource, name, *_ = verdict
        return (
            fingerprint,
            self._places.rules[rule, kind],
            self._places.scopes[scope],
            storable(resource),
            storable(name),
            self._digests[fingerprint],
            _RANK[severity],
            self._night.owners.get(fingerprint),
            self._night.locations.get(fingerprint),
            self._run,
            *_PASSED,
        )

    def row(self, seen: Seen, was: Row | None) -> Row:
        """Return the row of a verdict, with what its identity's row says of the past; not settled yet."""
        verdict, fingerprint = seen.verdict, seen.fingerprint
        outcome = verdict.outcome.value
        row = Row(
            fingerprint,
            self._places.rules[verdict.rule, verdict.kind],
            self._places.scopes[verdict.scope],
            storable(verdict.resource),
            storable(verdict.name),
            self._digests[fingerprint],
            _RANK[verdict.severity],
            outcome,
            None,
            Status.PASSING.value,
            _json([storable(one) for one in verdict.messages]) if verdict.messages else None,
            _unread(seen) if verdict.unread else None,
            None if seen.waived is None else storable(seen.waived),
            self._night.owners.get(fingerprint),
            self._night.locations.get(fingerprint),
            self._run,
            outcome,
        )
        if was is None:
            return row
        return row._replace(
            met_run=was.met_run,
            met_outcome=was.met_outcome,
            first_run=was.first_run,
            first_change=was.first_change,
            opened_run=was.opened_run,
            closed_run=was.closed_run,
            reopened=was.reopened,
        )


class _Fates:
    """What became of verdicts that were no findings: asked of `scanner.known` once for all that are alike."""

    def __init__(self, past: Past, places: Places) -> None:
        self._past, self._rules, self._scopes = past, places.rule_of, places.scope_of
        self._known: dict[tuple[int, int, bool], tuple[Any, str]] = {}

    def of(self, row: Row) -> tuple[Any, str]:
        """Return what became of a row's verdict, and why."""
        scope = self._scopes[row.scope]
        resource = row.resource.lower() if scope.cloud is Cloud.AZURE else row.resource
        key = (row.rule, row.scope, (scope.cloud.value, resource) in self._past.present)
        if key not in self._known:
            seen = as_seen(row._replace(outcome="pass", known="pass"), self._rules[row.rule], scope)
            assert seen is not None  # noqa: S101 - a PASS is there
            self._known[key] = lost_by(self._past, seen)
        return self._known[key]


def standing(connection: "Connection") -> dict[str, Any]:
    """Return how many findings stand how, over all accounts; `open` by severity too."""
    table = schema.finding.c
    rows = connection.execute(
        select(table.status, table.severity, func.count())
        .where(table.status != Status.PASSING)
        .group_by(table.status, table.severity)
    )
    counts: Counter[str] = Counter()
    severities: Counter[str] = Counter()
    for status, severity, count in rows:
        counts[status] += count
        if status in (Status.OPEN, Status.NOT_CHECKED):
            severities[str(severity)] += count
    return {**counts, "severities": severities}


@contextmanager
def _table(connection: "Connection", table: Any) -> Iterator[None]:
    """Make a table of this connection for a while."""
    table.create(connection, checkfirst=False)
    yield
    table.drop(connection, checkfirst=False)


def _key(past: Past) -> str:
    """Tell a run from every other: when it started, what it looked at, and what chose among resources."""
    started = read_at(past.started) if past.started else ""
    said = [started, sorted(map(str, past.scopes)), sorted(past.rules), past.only]
    return hashlib.sha256(orjson.dumps(said, default=str, option=orjson.OPT_SORT_KEYS)).hexdigest()


_MARK: Final = {outcome: outcome.value[0] for outcome in Outcome}


def _digests(night: Night) -> dict[str, str]:
    """Return fingerprint → what changes with anything that is kept of the verdict."""
    found: dict[str, str] = {}
    heads: dict[Any, str] = {}
    owners, locations = night.owners, night.locations
    for fingerprint, (_, verdict, waived) in night.past.seen.items():
        key = (
            verdict.outcome, verdict.severity, waived,
            owners.get(fingerprint), locations.get(fingerprint), verdict.messages,
            tuple((one.field, one.why.code, one.why.permission) for one in verdict.unread)
            if verdict.unread else None,
        )  # fmt: skip
        head = heads.get(key)
        if head is None:
            said = hashlib.sha256(repr(key).encode("utf-8", "surrogatepass")).hexdigest()[:24]
            head = heads[key] = f"{_MARK[verdict.outcome]}{said}"
        name = verdict.name
        found[fingerprint] = f"{head}{crc32(name.encode('utf-8', 'surrogatepass')):x}" if name else head
    return found


def _unread(seen: Seen) -> str:
    return _json(
        [
            (one.field, one.why.code.value, one.why.permission, storable(str(one.why)))
            for one in seen.verdict.unread
        ]
    )


def _gap(gap: Gap) -> dict[str, str]:
    scope = gap.scope
    return {
        "scope": str(scope),
        "kind": gap.kind,
        "code": gap.code.value,
        "permission": gap.permission,
        "why": storable(gap.why),
    }


def _json(value: Any) -> str:
    return orjson.dumps(value, default=str).decode()
