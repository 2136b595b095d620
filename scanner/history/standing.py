"""The latest that is known of everything, as a report: what serves pages and evidence shows it as any other run."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Final

import orjson
from sqlalchemy import func, select

from scanner import __version__
from scanner.engine import Outcome, Tuned, Unread, Verdict
from scanner.frameworks import Framework
from scanner.history import schema
from scanner.history.asking import SEVERITIES, Asking
from scanner.history.deciding import ABSENT, UNREAD, Row, Status, as_seen
from scanner.history.opening import HistoryError
from scanner.inventory import Gap
from scanner.models.resource import Cloud, Code, Scope, Why
from scanner.owners import AccountName
from scanner.report import Report
from scanner.report.told import Life, Told
from scanner.rule import Rule

PASSES: Final = 250_000
"""So many passed verdicts are shown one by one; beyond, none are, and the report says so."""


def report_of(
    asking: Asking,
    rules: Sequence[Tuned],
    frameworks: tuple[Framework, ...] = (),
    not_selected: tuple[Rule, ...] = (),
    code_url: str = "",
) -> Report:
    """Return how everything stood after the latest run of each scope. Raises HistoryError for an empty history."""
    runs = asking.runs()
    if not runs:
        raise HistoryError("the history is empty: no run has been stored yet")
    last = runs[-1]
    every = {tuned.rule.id: tuned for tuned in rules}
    passing = int(
        asking.connection.scalar(select(func.count()).where(schema.finding.c.outcome == "pass")) or 0
    )
    verdicts: list[Verdict] = []
    waived: dict[str, str] = {}
    unknowns: dict[str, str] = {}
    lives: dict[str, Life] = {}
    owners: dict[str, str] = {}
    steps = asking.steps()
    for row in _rows(asking, passes=passing <= PASSES):
        rule, kind = asking.places.rule_of[row.rule]
        if rule not in every:
            continue
        verdict = _verdict(row, rule, kind, asking.places.scope_of[row.scope])
        verdicts.append(verdict)
        if row.waived is not None and row.outcome != "pass":
            (waived if verdict.outcome is Outcome.FAIL else unknowns)[row.fingerprint] = row.waived
        if row.owner:
            owners[row.fingerprint] = row.owner
        if row.first_run is not None and row.outcome != "pass":
            lives[row.fingerprint] = asking.life(asking.found(row), steps.get(row.fingerprint, ""))
    told = Told(
        owners=owners,
        accounts=_accounts(asking),
        lives=lives,
        earlier=[one for one in asking.earlier(lives) if one.seen.verdict.rule in every],
        trend=asking.trend(),
        exposure=_exposure(asking),
        code_url=code_url,
    )
    left = () if passing <= PASSES else (f"{passing:,} passed verdicts, too many to show one by one",)
    return Report(
        version=__version__,
        run=last["run"],
        started=datetime.fromisoformat(last["started"]).astimezone(UTC),
        scopes=tuple(sorted(_looked(asking))),
        rules=every,
        verdicts=sorted(verdicts, key=lambda one: one.order),
        gaps=_gaps(asking),
        resources=len({(one.scope, one.resource) for one in verdicts}),
        left_out=left,
        frameworks=frameworks,
        waived=waived,
        accepted_unknowns=unknowns,
        not_selected=not_selected,
        told=told,
    )


def _rows(asking: Asking, *, passes: bool) -> Iterator[Row]:
    table = schema.finding.c
    query = select(*(table[name] for name in schema.COLUMNS)).where(table.outcome != ABSENT)
    if not passes:
        query = query.where(table.outcome != "pass")
    for row in asking.connection.execute(query):
        yield Row(*row)


def _verdict(row: Row, rule: str, kind: str, scope: Scope) -> Verdict:
    """Return a row as a verdict; what a gap hides is unknown."""
    if row.outcome == UNREAD:
        why = Why(code=Code.UNAVAILABLE, text="its list could not be read when it was last looked for")
        unread = (Unread(f"the list of kind {kind}", why),)
        seen = as_seen(row._replace(outcome="unknown", known=None, unread=None), (rule, kind), scope)
        assert seen is not None  # noqa: S101 - an UNKNOWN is there
        return seen.verdict._replace(unread=unread)
    seen = as_seen(row._replace(known=None), (rule, kind), scope)
    assert seen is not None  # noqa: S101 - what is absent was left out
    verdict = seen.verdict
    if (
        verdict.outcome in (Outcome.UNKNOWN, Outcome.ERROR)
        and row.status == Status.NOT_CHECKED
        and row.messages
    ):
        verdict = verdict._replace(messages=tuple(orjson.loads(row.messages)))
    return verdict._replace(severity=SEVERITIES[row.severity])


def _looked(asking: Asking) -> set[Scope]:
    scope_of = asking.places.scope_of
    return {scope_of[id_] for id_ in asking.connection.scalars(select(schema.look.c.scope).distinct())}


def _gaps(asking: Asking) -> list[Gap]:
    return [
        Gap(
            Scope(Cloud(one["provider"]), one["account"], one["region"]),
            one["kind"],
            Code(one["code"]),
            one["permission"],
            text=one["why"],
        )
        for one in asking.open_gaps()
    ]


def _accounts(asking: Asking) -> dict[tuple[str, str], AccountName]:
    rows = asking.connection.execute(select(schema.account))
    return {
        (row.cloud, row.account): AccountName(row.name, row.environment)
        for row in rows
        if row.name or row.environment
    }


def _exposure(asking: Asking) -> dict[tuple[str, str], list[dict[str, object]]]:
    rows = asking.connection.execute(select(schema.account).where(schema.account.c.exposure.is_not(None)))
    return {(row.cloud, row.account): orjson.loads(row.exposure) for row in rows}
