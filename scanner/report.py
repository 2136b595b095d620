"""What a run came to: verdicts, gaps, totals, and what each framework's controls add up to. Data and pure functions."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Any

from scanner.engine import Outcome, Tuned, Verdict
from scanner.frameworks import Control, Framework
from scanner.inventory import Gap, Listing
from scanner.models.resource import Cloud, Scope
from scanner.rule import Rule, Severity


@dataclass(frozen=True)
class Report:
    """One run, whole: what was judged, by what, and what could not be read.

    `verdicts` are sorted by scope, rule and resource; `gaps` by scope and kind. `resources` counts what was read.
    `waived` maps a fingerprint to the reason for which a finding is accepted.
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

    def rule(self, verdict: Verdict) -> Rule:
        """Return the rule of a verdict."""
        return self.rules[verdict.rule].rule

    @cached_property
    def findings(self) -> list[Verdict]:
        """FAIL verdicts that are not waived."""
        return [v for v in self.verdicts if v.outcome is Outcome.FAIL and v.fingerprint not in self.waived]

    @cached_property
    def counts(self) -> Mapping[str, int]:
        """How many of each: outcomes, waived, gaps, resources."""
        outcomes = Counter(verdict.outcome.value for verdict in self.verdicts)
        waived = outcomes[Outcome.FAIL.value] - len(self.findings)
        return {
            **{outcome.value: outcomes[outcome.value] for outcome in Outcome},
            "waived": waived,
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

    def controls_of(self, verdict: Verdict) -> tuple[Control, ...]:
        """Return the controls that a verdict counts for: those of its own cloud."""
        return self.rule(verdict).controls_of(verdict.scope.cloud)


def exit_code(report: Report, fail_on: Severity | None, *, allow_gaps: bool, allow_empty: bool) -> int:
    """0 clean, 1 findings at or above `fail_on` (None: never), 3 incomplete or nothing was checked."""
    if fail_on is not None and any(finding.severity.rank >= fail_on.rank for finding in report.findings):
        return 1
    if report.incomplete and not allow_gaps:
        return 3
    if report.nothing_checked and not allow_empty:
        return 3
    return 0


class ControlState(StrEnum):
    """What a control came to. A control that no rule checks is never left out."""

    FAILED = "failed"
    UNKNOWN = "unknown"
    PASSED = "passed"
    WAIVED = "waived"
    NOTHING_IN_SCOPE = "nothing in scope"
    NO_RULE = "no rule"
    MANUAL = "manual"


@dataclass(frozen=True, slots=True)
class ControlResult:
    """One control of a framework, the rules that check it, and how many resources passed, failed, are unknown."""

    control: Control
    state: ControlState
    rules: tuple[str, ...] = ()
    partly: bool = False
    passed: int = 0
    failed: int = 0
    unknown: int = 0
    waived: int = 0


def compliance(report: Report) -> Mapping[Framework, Sequence[ControlResult]]:
    """Framework → its controls in order, each with what its rules came to; frameworks of other clouds left out."""
    tallies = _tallies(report)
    clouds = {scope.cloud.value for scope in report.scopes} | {v.scope.cloud.value for v in report.verdicts}
    return {
        framework: [_result(control, report, tallies) for control in framework.controls.values()]
        for framework in report.frameworks
        if framework.cloud is None or framework.cloud in clouds
    }


Tally = Counter[str]


def _tallies(report: Report) -> Mapping[tuple[str, Cloud], Tally]:
    """(rule, cloud) → how many verdicts of each outcome; gaps over a rule's kinds make it unknown."""
    tallies: dict[tuple[str, Cloud], Tally] = defaultdict(Counter)
    for verdict in report.verdicts:
        waived = verdict.outcome is Outcome.FAIL and verdict.fingerprint in report.waived
        tallies[verdict.rule, verdict.scope.cloud]["waived" if waived else verdict.outcome.value] += 1
    for gap in report.gaps:
        for tuned in report.rules.values():
            if gap.kind == "*" or any(kind.kind() == gap.kind for kind in tuned.rule.needs):
                tallies[tuned.rule.id, gap.scope.cloud]["unknown"] += 1
    return tallies


def _result(control: Control, report: Report, tallies: Mapping[tuple[str, Cloud], Tally]) -> ControlResult:
    rules = _rules_of(control, report)
    if not rules:
        state = ControlState.NO_RULE if control.automated else ControlState.MANUAL
        return ControlResult(control, state)
    total: Tally = Counter()
    for rule in rules:
        for (rule_id, cloud), tally in tallies.items():
            if rule_id == rule.id and control.cloud in (None, cloud.value):
                total += tally
    unknown = total["unknown"] + total["error"]
    partly = all(any(own.id == control.id and own.part for own in rule.controls) for rule in rules)
    if total["fail"]:
        state = ControlState.FAILED
    elif unknown:
        state = ControlState.UNKNOWN
    elif total["pass"]:
        state = ControlState.PASSED
    elif total["waived"]:
        state = ControlState.WAIVED
    else:
        state = ControlState.NOTHING_IN_SCOPE
    names = tuple(rule.id for rule in rules)
    return ControlResult(
        control, state, names, partly, total["pass"], total["fail"], unknown, total["waived"]
    )


def _rules_of(control: Control, report: Report) -> list[Rule]:
    rules: Iterable[Rule] = (tuned.rule for tuned in report.rules.values())
    return [
        rule
        for rule in rules
        if rule.id in control.rules
        or not set(rule.formerly).isdisjoint(control.rules)
        or any(own.id == control.id for own in rule.controls)
    ]
