"""What a run came to: verdicts, gaps, totals, and the exit code that follows. Data and pure functions."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from scanner.engine import Outcome, Tuned, Verdict
from scanner.frameworks import Control, Framework
from scanner.inventory import ANY_KIND, Gap, Listing
from scanner.models.resource import Cloud, Scope
from scanner.rule import Rule, Severity


@dataclass(frozen=True)
class Report:
    """One run, whole: what was judged, by what, and what could not be read.

    `verdicts` are sorted by scope, rule and resource; `gaps` by scope and kind. `resources` counts what was read,
    `calls` what was asked, `seconds` how long it took (None: not known). `waived` maps a fingerprint to the reason
    for which a finding is accepted. `not_selected` are rules that exist and were left out of this run.
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
    complete: bool = True
    calls: int = 0
    seconds: float | None = None
    not_selected: tuple[Rule, ...] = ()

    def rule(self, verdict: Verdict) -> Rule:
        """Return the rule of a verdict."""
        return self.rules[verdict.rule].rule

    def accepted(self, verdict: Verdict) -> str | None:
        """Return the reason for which a finding is waived; None when it is not."""
        if not self.waived or verdict.outcome is not Outcome.FAIL:
            return None
        return self.waived.get(verdict.fingerprint)

    @cached_property
    def findings(self) -> list[Verdict]:
        """FAIL verdicts that are not waived."""
        return [v for v in self.verdicts if v.outcome is Outcome.FAIL and self.accepted(v) is None]

    @cached_property
    def counts(self) -> Mapping[str, int]:
        """How many of each: outcomes, waived (of the failed), gaps, resources."""
        outcomes = Counter(verdict.outcome for verdict in self.verdicts)
        return {
            **{outcome.value: outcomes[outcome] for outcome in Outcome},
            "waived": outcomes[Outcome.FAIL] - len(self.findings),
            "gaps": len(self.gaps),
            "resources": self.resources,
        }

    @property
    def incomplete(self) -> bool:
        """Whether something that was to be judged could not be."""
        counts = self.counts
        return bool(counts["unknown"] or counts["error"] or self.gaps or not self.complete)

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


def exit_code(report: Report, fail_on: Severity | None, *, allow_gaps: bool, allow_empty: bool) -> int:
    """0 clean, 1 findings at or above `fail_on` (None: never), 3 incomplete or nothing was checked."""
    if fail_on is not None and any(finding.severity.rank >= fail_on.rank for finding in report.findings):
        return 1
    if report.incomplete and not allow_gaps:
        return 3
    if report.nothing_checked and not allow_empty:
        return 3
    return 0
