"""What reports for people say beside a run's verdicts: owners, names of accounts, the past, and the way in."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from scanner.exposure.survey import Exposed
from scanner.known.past import Seen
from scanner.models.endpoint import Endpoint
from scanner.owners import AccountName

ExposureRows = Mapping[tuple[str, str], Sequence[Mapping[str, Any]]]
"""(cloud, account) → its endpoints that can be reached, or may be, as `exposure -o jsonl` has them."""


@dataclass(frozen=True, slots=True)
class Life:
    """A finding's past. Times are UTC, as reports write them; `status` is as in the history.

    `reopened` says how often it came back, `step` what it did in the latest run.
    """

    status: str = ""
    first_seen: str = ""
    last_seen: str = ""
    opened: str = ""
    closed: str = ""
    reopened: int = 0
    step: str = ""


@dataclass(frozen=True, slots=True)
class Earlier:
    """A finding on which this run has no verdict: over, or hidden from it."""

    seen: Seen
    life: Life
    owner: str = ""


@dataclass(frozen=True, slots=True)
class Night:
    """One run of the past: when it started, how many findings were open after it, by severity, and what changed."""

    started: str
    open: Mapping[str, int]
    not_checked: int = 0
    unknown: int = 0
    changes: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Told:
    """What is told beside the verdicts.

    `owners`: fingerprint → owner. `lives`: fingerprint → its past, where there is a history; `earlier`: findings that
    are over, or hidden from this run. `trend`: the oldest night first. `exposure`: what the internet can reach.
    `code_url` is the address of a line of code, with `{path}` and `{line}`. `by_owner`: grouped by owner.
    """

    owners: Mapping[str, str] = field(default_factory=dict)
    accounts: Mapping[tuple[str, str], AccountName] = field(default_factory=dict)
    lives: Mapping[str, Life] = field(default_factory=dict)
    earlier: Sequence[Earlier] = ()
    trend: Sequence[Night] = ()
    exposure: ExposureRows = field(default_factory=dict)
    code_url: str = ""
    by_owner: bool = False


def exposure_rows(found: Iterable[Exposed]) -> dict[tuple[str, str], list[Mapping[str, Any]]]:
    """Return what of endpoints is kept and shown: those that can be reached, or may be."""
    rows: dict[tuple[str, str], list[Mapping[str, Any]]] = defaultdict(list)
    for one in found:
        if isinstance(one.of, Endpoint) and (one.effective or one.unread):
            row = one.as_json()
            row.pop("rule_level", None)
            rows[one.of.scope.cloud.value, one.of.scope.account].append(row)
    return dict(rows)
