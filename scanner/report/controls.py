"""What each framework's controls add up to: what was seen to pass, and all that was not."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from scanner.frameworks import Control, Framework
from scanner.models.resource import Cloud
from scanner.report import Report
from scanner.rule import Rule


class ControlState(StrEnum):
    """What a control came to. A control that no rule checks is never left out; the worst come first."""

    FAILED = "failed"
    UNKNOWN = "unknown"
    WAIVED = "waived"
    PASSED = "passed"
    NOTHING_IN_SCOPE = "nothing in scope"
    NOT_SELECTED = "not selected"
    NO_RULE = "no rule"
    MANUAL = "manual"


@dataclass(frozen=True, slots=True)
class ControlResult:
    """One control of a framework and what the rules that check it came to.

    Counted are verdicts, and in `gaps` the listings without which they are not all. `skipped` are rules that
    check it too and were not selected; `partly` says that what ran does not check all of it.
    """

    control: Control
    state: ControlState
    rules: tuple[str, ...] = ()
    partly: bool = False
    passed: int = 0
    failed: int = 0
    unknown: int = 0
    waived: int = 0
    gaps: int = 0
    skipped: tuple[str, ...] = ()


Tally = Counter[str]
ByWord = Mapping[str, Mapping[str, Rule]]


def compliance(report: Report) -> Mapping[Framework, Sequence[ControlResult]]:
    """Framework → its controls in order, each with what its rules came to; frameworks of other clouds left out."""
    tallies = _tallies(report)
    clouds = {scope.cloud.value for scope in report.checked}
    ran = _by_word(tuned.rule for tuned in report.rules.values())
    skipped = _by_word(report.not_selected)
    return {
        framework: [
            _result(control, _checking(control, ran), _checking(control, skipped), tallies, report)
            for control in framework.controls.values()
        ]
        for framework in report.frameworks
        if framework.cloud is None or framework.cloud in clouds
    }


def _tallies(report: Report) -> Mapping[tuple[str, str], Tally]:
    """(rule, cloud) → how many verdicts of each outcome, how many of the failed are waived, how many gaps."""
    tallies: dict[tuple[str, str], Tally] = defaultdict(Counter)
    for verdict in report.verdicts:
        outcome = "waived" if report.accepted(verdict) is not None else verdict.outcome.value
        tallies[verdict.rule, verdict.scope.cloud][outcome] += 1
    for gap in report.gaps:
        for rule in report.rules_by_kind.get(gap.kind, ()):
            tallies[rule, gap.scope.cloud]["gap"] += 1
    return tallies


def _by_word(rules: Iterable[Rule]) -> ByWord:
    """Rules by every word that leads to them: the controls that they name, their own ids old and new."""
    found: dict[str, dict[str, Rule]] = defaultdict(dict)
    for rule in rules:
        for word in (rule.id, *rule.formerly, *(control.id for control in rule.controls)):
            found[word][rule.id] = rule
    return found


def _checking(control: Control, rules: ByWord) -> tuple[Rule, ...]:
    found = {id_: rule for word in (control.id, *control.rules) for id_, rule in rules.get(word, {}).items()}
    return tuple(found[id_] for id_ in sorted(found))


def _result(
    control: Control,
    rules: Sequence[Rule],
    skipped: Sequence[Rule],
    tallies: Mapping[tuple[str, str], Tally],
    report: Report,
) -> ControlResult:
    left = tuple(rule.id for rule in skipped)
    if not rules:
        none = ControlState.NO_RULE if control.automated else ControlState.MANUAL
        return ControlResult(control, ControlState.NOT_SELECTED if left else none, skipped=left)
    total: Tally = Counter()
    for rule in rules:
        for cloud in [control.cloud] if control.cloud else [*Cloud]:
            total += tallies.get((rule.id, cloud), Counter())
    return ControlResult(
        control=control,
        state=_state(total, complete=report.complete),
        rules=tuple(rule.id for rule in rules),
        partly=bool(left) or not any(_wholly(rule, control) for rule in rules),
        passed=total["pass"],
        failed=total["fail"],
        unknown=total["unknown"] + total["error"],
        waived=total["waived"],
        gaps=total["gap"],
        skipped=left,
    )


def _wholly(rule: Rule, control: Control) -> bool:
    """Tell whether the rule checks all of the control, as far as anyone said."""
    named = [own for own in rule.controls if own.id == control.id]
    return not named or any(not own.part for own in named)


def _state(total: Tally, *, complete: bool) -> ControlState:
    """Return the worst that holds: what a run that was cut short did not get to is unknown, not passed or absent."""
    if total["fail"]:
        return ControlState.FAILED
    if total["unknown"] or total["error"] or total["gap"] or not complete:
        return ControlState.UNKNOWN
    if total["waived"]:
        return ControlState.WAIVED
    return ControlState.PASSED if total["pass"] else ControlState.NOTHING_IN_SCOPE
