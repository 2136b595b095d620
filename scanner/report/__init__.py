"""What a run came to: verdicts, gaps, totals, and the exit code that follows. Data and pure functions."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from scanner.engine import Outcome, Tuned, Verdict
from scanner.frameworks import Control, Framework
from scanner.iac.location import Location
from scanner.iac.naming import Way
from scanner.inventory import ANY_KIND, Gap, Listing
from scanner.known.comparing import Change, Comparison
from scanner.known.past import Seen
from scanner.known.settling import Use
from scanner.models.resource import Cloud, Scope
from scanner.report.told import Told
from scanner.rule import Rule, Severity


@dataclass(frozen=True)
class Report:
    """One run, whole: what was judged, by what, and what could not be read.

    `verdicts` are sorted by scope, rule and resource; `gaps` by scope and kind. `resources` counts what was read,
    `calls` what was asked, `seconds` how long it took (None: not known). `waived` maps the fingerprint of
    a FAIL to the reason for which it is accepted, `accepted_unknowns` that of an UNKNOWN, `accepted_gaps` a gap, and
    `waivers` says what became of each waiver. `not_selected` are rules that exist and were left out of this run.
    `locations` maps the fingerprint of a finding to the code that owns its resource, `ways` to what it names as the
    way in, with the code of that. `comparison` is there when there was a baseline. `skip_incomplete`: code scanning is
    not told of accounts whose alerts it would close by mistake. `repositories` names those of the code, where there
    are several. `only_repository`: code scanning is told of what belongs to the code in that one. `told` is for
    people: owners, the past, the way in.
    """

    version: str
    run: str
    started: datetime
    scopes: tuple[Scope, ...]
    rules: Mapping[str, Tuned]
    verdicts: Sequence[Verdict]
    gaps: Sequence[Gap]
    resources: int = 0
    listings: Sequence[Listing] = ()
    left_out: tuple[str, ...] = ()
    packs: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
    frameworks: tuple[Framework, ...] = ()
    waived: Mapping[str, str] = field(default_factory=dict)
    accepted_unknowns: Mapping[str, str] = field(default_factory=dict)
    accepted_gaps: Mapping[Gap, str] = field(default_factory=dict)
    waivers: tuple[Use, ...] = ()
    locations: Mapping[str, Location] = field(default_factory=dict)
    ways: Mapping[str, tuple[Way, ...]] = field(default_factory=dict)
    comparison: Comparison | None = None
    complete: bool = True
    calls: int = 0
    seconds: float | None = None
    not_selected: tuple[Rule, ...] = ()
    skip_incomplete: bool = False
    repositories: tuple[str, ...] = ()
    only_repository: str | None = None
    told: Told = field(default_factory=Told)

    def rule(self, verdict: Verdict) -> Rule:
        """Return the rule of a verdict."""
        return self.rules[verdict.rule].rule

    def accepted(self, verdict: Verdict) -> str | None:
        """Return the reason for which a finding is waived; None when it is not."""
        return self.reason(verdict) if verdict.outcome is Outcome.FAIL else None

    def reason(self, verdict: Verdict) -> str | None:
        """Return the reason for which a FAIL or an UNKNOWN is accepted; None when it is not."""
        reasons = self.waived if verdict.outcome is Outcome.FAIL else self.accepted_unknowns
        return reasons.get(verdict.fingerprint) if reasons else None

    @cached_property
    def findings(self) -> list[Verdict]:
        """FAIL verdicts that are not waived."""
        return [v for v in self.verdicts if v.outcome is Outcome.FAIL and self.accepted(v) is None]

    @cached_property
    def counts(self) -> Mapping[str, int]:
        """How many of each: outcomes, waived (of the failed), gaps, resources; with a baseline, how many are new."""
        outcomes = Counter(verdict.outcome for verdict in self.verdicts)
        new = {} if self.comparison is None else {"new": len(self.comparison.gating)}
        return {
            **{outcome.value: outcomes[outcome] for outcome in Outcome},
            "waived": outcomes[Outcome.FAIL] - len(self.findings),
            "gaps": len(self.gaps),
            "resources": self.resources,
            **new,
        }

    @property
    def incomplete(self) -> bool:
        """Whether something that was to be judged could not be, and nobody has accepted that."""
        open_gaps = len(self.gaps) - len(self.accepted_gaps)
        return bool(self.open_unknowns or self.counts["error"] or open_gaps or not self.complete)

    @cached_property
    def open_unknowns(self) -> int:
        """How many UNKNOWN verdicts nobody has accepted."""
        return self.counts["unknown"] - len(self.accepted_unknowns)

    @cached_property
    def carried(self) -> tuple[tuple[Seen, str], ...]:
        """Findings of the baseline that this run did not look at, unwaived, and why: they are not known to be over."""
        entries = self.comparison.entries if self.comparison is not None else ()
        return tuple(
            (entry.before, entry.why or entry.change.value)
            for entry in entries
            if entry.change in (Change.NOT_CHECKED, Change.OUT_OF_SCOPE)
            and entry.before is not None
            and entry.before.waived is None
        )

    @cached_property
    def marks(self) -> Mapping[str, str]:
        """Fingerprint of a finding that a gate on new ones stops at → `new`, `first_checked` or `changed`."""
        entries = self.comparison.gating if self.comparison is not None else ()
        return {entry.seen.fingerprint: entry.change.value for entry in entries}

    @cached_property
    def unsafe_categories(self) -> frozenset[tuple[Cloud, str]]:
        """(cloud, account) of which not all was judged, and no baseline says what was known of it."""
        missed = [v.scope for v in self.verdicts if v.outcome in (Outcome.UNKNOWN, Outcome.ERROR)]
        # Cut short, or told to look at some resources only.
        part = self.checked if not self.complete or self.options.get("only") else ()
        known = self.comparison.before.accounts if self.comparison is not None else ()
        scopes = (*missed, *(gap.scope for gap in self.gaps), *part)
        return frozenset((s.cloud, s.account) for s in scopes if (s.cloud.value, s.account) not in known)

    @cached_property
    def judged(self) -> Mapping[tuple[Cloud, str], Mapping[str, int]]:
        """(cloud, account) → each rule that met a resource there → how many it could not judge."""
        found: dict[tuple[Cloud, str], Counter[str]] = defaultdict(Counter)
        for verdict in self.verdicts:
            missed = verdict.outcome in (Outcome.UNKNOWN, Outcome.ERROR)
            found[verdict.scope.cloud, verdict.scope.account][verdict.rule] += missed
        return found

    @cached_property
    def tellable(self) -> Mapping[str, Tuned]:
        """The rules whose findings can be told: those that ran, and those that exist and were left out of this run."""
        return {**{rule.id: Tuned(rule) for rule in self.not_selected}, **self.rules}

    @property
    def nothing_checked(self) -> bool:
        """Whether there is not one verdict: green on nothing is never green."""
        return not self.verdicts

    @cached_property
    def checked(self) -> tuple[Scope, ...]:
        """Every scope of the run, sorted: those asked, and those of which something was judged."""
        return tuple(sorted({*self.scopes, *(verdict.scope for verdict in self.verdicts)}))

    @cached_property
    def controls(self) -> Mapping[tuple[str, Cloud], tuple[Control, ...]]:
        """(rule, cloud) → the controls that its verdicts count for: the rule's own, then users' frameworks'."""
        own = [control for one in self.frameworks for control in one.controls.values() if control.rules]
        return {
            (rule.id, cloud): (
                *rule.controls_of(cloud),
                *(c for c in own if c.cloud in (None, cloud.value) and _names(c, rule)),
            )
            for rule in (tuned.rule for tuned in self.rules.values())
            for cloud in Cloud
        }

    @property
    def rule_options(self) -> Mapping[str, Any]:
        """Rule → what the user set for it."""
        found: Mapping[str, Any] = self.options.get("rules", {})
        return found

    @cached_property
    def control_ids(self) -> Mapping[tuple[str, Cloud], tuple[str, ...]]:
        """(rule, cloud) → the ids of those controls, each once, as verdicts list them."""
        return {key: tuple(dict.fromkeys(one.id for one in found)) for key, found in self.controls.items()}

    @cached_property
    def rules_by_kind(self) -> Mapping[str, tuple[str, ...]]:
        """Kind → the rules that cannot judge without it; `*` → all rules."""
        rules: dict[str, list[str]] = defaultdict(list)
        for tuned in self.rules.values():
            for kind in (ANY_KIND, *(needed.kind() for needed in tuned.rule.needs)):
                rules[kind].append(tuned.rule.id)
        return {kind: tuple(sorted(ids)) for kind, ids in rules.items()}


def _names(control: Control, rule: Rule) -> bool:
    return not {rule.id, *rule.formerly}.isdisjoint(control.rules)


def exit_code(
    report: Report,
    fail_on: Severity | None,
    *,
    allow_gaps: bool,
    allow_empty: bool,
    new_only: bool = False,
) -> int:
    """0 clean, 1 findings at or above `fail_on` (None: never), 3 incomplete or nothing was checked.

    `new_only`: against the baseline, only findings that are new, checked for the first time or worse, and only what
    could be read before and cannot be now. Changes that come from a rule, or its options, do not count.
    """
    comparison = report.comparison if new_only else None
    findings = report.findings if comparison is None else [one.seen.verdict for one in comparison.gating]
    if fail_on is not None and any(finding.severity.rank >= fail_on.rank for finding in findings):
        return 1
    if not allow_gaps and (
        report.incomplete if comparison is None else _newly_incomplete(report, comparison)
    ):
        return 3
    if report.nothing_checked and not allow_empty:
        return 3
    return 0


def _newly_incomplete(report: Report, comparison: Comparison) -> bool:
    gaps = [gap for gap in comparison.new_gaps if gap not in report.accepted_gaps]
    unknown = [seen for seen in comparison.newly_unknown if seen.waived is None]
    return bool(gaps or unknown or not report.complete)
