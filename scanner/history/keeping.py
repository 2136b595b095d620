"""Stores a run: its verdicts beside what is known, by set-based SQL; what differs settled; every turn written down."""

import gc
import hashlib
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import pairwise
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final

import orjson
from sqlalchemy import bindparam, delete, func, insert, select, text

from scanner.engine import Outcome
from scanner.history import schema
from scanner.history.bulk import load, storable
from scanner.history.deciding import Row, Status, Turn, judged, lost
from scanner.history.differing import Different, differences, passing_table
from scanner.history.fates import Fates
from scanner.history.making import Rows, as_json
from scanner.history.night import Night
from scanner.history.opening import HistoryError
from scanner.history.places import Places
from scanner.history.unread_lists import gaps_kept
from scanner.inventory import Gap
from scanner.known import Change, Past, Seen
from scanner.models.resource import Scope, read_at

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

_AT_ONCE: Final = 100_000
"""So many identities are written at once: in the order of the table, and never all of them held as rows."""


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

    assert engine.dialect.dbapi is not None  # noqa: S101 - its driver was imported to make the engine
    try:
        with _uncollected(), engine.begin() as connection:
            return _Keeping(connection, night).kept()
    except (SQLAlchemyError, engine.dialect.dbapi.Error) as error:
        said = str(getattr(error, "orig", None) or error).splitlines()[0]
        raise HistoryError(f"the history could not take the run: {said}") from None


@contextmanager
def _uncollected() -> Iterator[None]:
    """Leave the cyclic collector out: it would walk a million verdicts again and again, and rows make no cycles."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            # Both together put all that was made since among what is old, without walking it.
            gc.freeze()
            gc.unfreeze()
            gc.enable()


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
        verdicts = list(map(_VERDICT, self.past.seen.values()))
        scopes = {*map(_SCOPE, verdicts), *self.past.scopes, *(gap.scope for gap in self.past.gaps)}
        self.places.meet(self.connection, scopes, set(map(_RULE_AND_KIND, verdicts)))
        del verdicts
        self.run = (self.connection.scalar(select(func.max(schema.run.c.id))) or 0) + 1
        looked = self.past.scopes
        # What was open in an account that nobody could enter is not checked, and not out of this run's sight.
        shut = {scope for scope in self.places.scopes if self.past.shut(scope)}
        self.past = replace(self.past, scopes=looked | shut)
        self.made = Rows(self.night, self.places, self.run)
        self.fates = Fates(self.connection, self.past, self.places)
        turns, seconds = self._findings()
        self.past = replace(self.past, scopes=looked)
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
        if self.connection.scalar(select(schema.finding.c.fingerprint).limit(1)) is None:
            found = Different(self.past.seen)
        else:
            found = differences(self.connection, self.past, self.places, self._tonight())
        began = time.perf_counter()
        unpassed = (one for one in found.fresh.values() if one.verdict.outcome is not Outcome.PASS)
        self.fates.compare(unpassed, found.changed, found.gone)
        compared = found.seconds + time.perf_counter() - began
        turns = self._met(found.fresh)
        rows, more = self._again(found.changed)
        rows_lost, lost_ = self._lost(found.gone)
        self._replace([*rows, *rows_lost])
        turns += [*more, *lost_]
        self._change(turns)
        return turns, compared

    def _tonight(self) -> Iterator[tuple[str, str, int, int]]:
        for some in _in_ranges(self.past.seen):
            yield from sorted(map(self.made.brief, some))

    def _met(self, fresh: Mapping[str, Seen]) -> list[Turn]:
        """Write identities that are met for the first time, in the order of the table; return their turns."""
        turns: list[Turn] = []
        made, fates = self.made, self.fates
        for some in _in_ranges(fresh):
            owned: list[tuple[Any, ...]] = []
            unowned: list[tuple[Any, ...]] = []
            settled = []
            for seen in some:
                if seen.verdict.outcome is Outcome.PASS:
                    row = made.passed(seen)
                    (unowned if row[_OWNER] is None else owned).append(row)
                else:
                    fate, newly = fates.of(seen, met=False)
                    settled.append(judged(None, made.row(seen, None), fate, self.run, None, newly=newly))
            settled.sort(key=_fingerprint)
            # Those that are alike together: what they have in common is written once.
            alike: tuple[Sequence[tuple[Any, ...]], ...] = (owned, unowned, [row for row, _ in settled])
            for rows in alike:
                load(self.connection, schema.finding, schema.COLUMNS, sorted(rows))
            turns += [turn for _, turn in settled if turn is not None]
        return turns

    def _again(self, changed: Mapping[str, Row]) -> tuple[list[Row], list[Turn]]:
        rows: list[Row] = []
        turns: list[Turn] = []
        for fingerprint, was in changed.items():
            seen = self.past.seen[fingerprint]
            fate, newly = self.fates.of(seen, met=True)
            row, turn = judged(was, self.made.row(seen, was), fate, self.run, self._last(was), newly=newly)
            rows.append(row)
            if turn is not None:
                turns.append(turn)
        return rows, turns

    def _lost(self, gone: Mapping[str, Row]) -> tuple[list[Row], list[Turn]]:
        rows: list[Row] = []
        turns: list[Turn] = []
        for was in gone.values():
            change, why = self.fates.of_lost(was)
            if change is Change.OUT_OF_SCOPE:
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
        with passing_table(self.connection, schema.settled):
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
                only=None if whole else as_json(past.only),
                counts=as_json(night.counts),
                changes=as_json(counts),
                standing=as_json(standing(self.connection)),
                gaps=as_json([_gap(gap) for gap in past.gaps]),
                left_out=as_json(night.left_out),
                waivers=as_json(night.waivers),
            )
        )

    def _accounts(self) -> None:
        table = schema.account
        there = {(row.cloud, row.account): row for row in self.connection.execute(select(table))}
        rows = []
        for key in sorted(self.past.accounts):
            was, exposed = there.get(key), self.night.exposure.get(key)
            kept = (was.exposure, was.exposure_run) if was is not None else (None, None)
            map_ = (as_json(exposed), self.run) if exposed is not None else kept
            called = self.night.accounts.get(key, ("", ""))
            rows.append((*key, *map(storable, called), *map_))
        if known := [{"of": row[0], "called": row[1]} for row in rows if row[:2] in there]:
            same = (table.c.cloud == bindparam("of"), table.c.account == bindparam("called"))
            self.connection.execute(delete(table).where(*same), known)
        load(self.connection, table, [column.name for column in table.c], rows)

    def _told(self, turns: Sequence[Turn]) -> list[tuple[Turn, str, str, Scope]]:
        scope_of, rule_of = self.places.scope_of, self.places.rule_of
        return [(turn, *rule_of[turn.row.rule], scope_of[turn.row.scope]) for turn in turns]


_OWNER: Final = schema.COLUMNS.index("owner")
_VERDICT: Final = itemgetter(1)
_SCOPE: Final = itemgetter(4)
_RULE_AND_KIND: Final = itemgetter(0, 5)


def _fingerprint(settled: tuple[Row, Turn | None]) -> str:
    return settled[0].fingerprint


def _in_ranges(seen: Mapping[str, Seen]) -> Iterator[list[Seen]]:
    """Yield verdicts by ranges of their fingerprints, and in each of these as they lie in memory.

    To go through a million in the order of their fingerprints, no two of which lie together, takes three times as long
    as to make what is small of them first, and to sort that.
    """
    count = 1 + len(seen) // _AT_ONCE
    bounds = ["", *(f"{4096 * number // count:03x}" for number in range(1, count)), "\U0010ffff"]
    for low, high in pairwise(bounds):
        yield [one for fingerprint, one in seen.items() if low <= fingerprint < high]


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


def _key(past: Past) -> str:
    """Tell a run from every other: when it started, what it looked at, and what chose among resources."""
    started = read_at(past.started) if past.started else ""
    said = [started, sorted(map(str, past.scopes)), sorted(past.rules), past.only]
    return hashlib.sha256(orjson.dumps(said, default=str, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _gap(gap: Gap) -> dict[str, str]:
    scope = gap.scope
    return {
        "scope": str(scope),
        "kind": gap.kind,
        "code": gap.code.value,
        "permission": gap.permission,
        "why": storable(gap.why),
    }
