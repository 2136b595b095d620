"""One run as the history keeps it: what a later run compares with, and what reports say beside it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from scanner.engine import Outcome
from scanner.inventory import ANY_KIND, Gap, Listing
from scanner.known import Past
from scanner.models.resource import Code, Scope, read_at
from scanner.report import Report
from scanner.report.known import as_past


@dataclass(frozen=True, slots=True)
class Night:
    """A run to be stored.

    `looks`: scope → the first and the last time (UTC) at which something was read there. `owners`, `locations`:
    fingerprint → who answers for the resource, `path:line` of its code. `accounts`: (cloud, account) → name and
    environment. `renamed`: former rule id → today's. `exposure`: (cloud, account) → what the internet reaches there.
    """

    past: Past
    run: str = ""
    complete: bool = True
    left_out: Sequence[str] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    waivers: Sequence[Mapping[str, Any]] = ()
    looks: Mapping[Scope, tuple[str, str]] = field(default_factory=dict)
    owners: Mapping[str, str] = field(default_factory=dict)
    locations: Mapping[str, str] = field(default_factory=dict)
    accounts: Mapping[tuple[str, str], tuple[str, str]] = field(default_factory=dict)
    renamed: Mapping[str, str] = field(default_factory=dict)
    exposure: Mapping[tuple[str, str], Sequence[Mapping[str, Any]]] = field(default_factory=dict)


def night_of(report: Report, present: frozenset[tuple[str, str]] = frozenset()) -> Night:
    """Return a report as the history keeps it; `present` is as in `Past`."""
    past = as_past(report, present)
    if not report.complete:
        cut = [
            Gap(scope, ANY_KIND, Code.UNAVAILABLE, text="the run was cut short") for scope in report.checked
        ]
        past = replace(past, gaps=[*past.gaps, *cut])
    return Night(
        past,
        report.run,
        report.complete,
        report.left_out,
        report.counts,
        [_waiver(use) for use in report.waivers],
        _looks(report.listings),
        report.told.owners,
        {fingerprint: f"{one.path}:{one.line}" for fingerprint, one in report.locations.items()},
        {key: (one.name, one.environment) for key, one in report.told.accounts.items()},
        {old: tuned.rule.id for tuned in report.rules.values() for old in tuned.rule.formerly},
        report.told.exposure,
    )


def night_of_file(past: Past) -> Night:
    """Return a run that was kept as a file as the history keeps it."""
    if past.started is not None:  # other programs may write another zone, or none
        zone = past.started.tzinfo or UTC
        past = replace(past, started=past.started.replace(tzinfo=zone).astimezone(UTC))
    found = Counter(one.verdict.outcome.value for one in past.seen.values())
    run = past.started.strftime("%Y%m%dT%H%M%SZ") if past.started is not None else ""
    return Night(
        past, run, counts={**{one.value: found[one.value] for one in Outcome}, "gaps": len(past.gaps)}
    )


def _waiver(use: Any) -> dict[str, Any]:
    terms = use.terms
    said = terms.model_dump(mode="json", exclude_defaults=True)
    return {**said, "subject": terms.subject, "state": use.state.value, "hides": use.hides}


def _looks(listings: Sequence[Listing]) -> dict[Scope, tuple[str, str]]:
    times: dict[Scope, tuple[datetime, datetime]] = {}
    for one in listings:
        first, last = times.get(one.scope, (one.read_at, one.read_at))
        times[one.scope] = (min(first, one.read_at), max(last, one.read_at))
    return {scope: (read_at(first), read_at(last)) for scope, (first, last) in times.items()}
