"""What people read first: findings by rule, worst first, and what could not be judged by what was missing."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from scanner.engine import Outcome, Verdict
from scanner.inventory import ANY_KIND, Gap
from scanner.models.resource import Cloud, Code, Scope
from scanner.report import Report
from scanner.reporters.fixes import fix_of
from scanner.reporters.text import clean, said
from scanner.rule import Rule, Severity


@dataclass(frozen=True, slots=True)
class Group:
    """The findings of one rule, the worst first, and the severity of the worst; of `report`."""

    rule: Rule
    severity: Severity
    findings: Sequence[Verdict]
    report: Report

    def mark(self, finding: Verdict) -> str:
        """Return `new`, `changed` ... for a finding that a gate on new ones stops at; nothing for others."""
        return self.report.marks.get(finding.fingerprint, "") if self.report.marks else ""

    def code(self, finding: Verdict) -> str:
        """Return `path:line` of the code that owns the resource; nothing where none is known."""
        place = self.report.locations.get(finding.fingerprint) if self.report.locations else None
        return f"{place.path}:{place.line}" if place is not None else ""

    def fixes(self) -> Iterator[tuple[Cloud, str]]:
        """Yield how to fix it on each cloud that has a finding."""
        for cloud in Cloud:
            here = [finding for finding in self.findings if finding.scope.cloud is cloud]
            text = fix_of(self.rule, cloud, here[0] if len(here) == 1 else None)
            if here and text:
                yield cloud, text


def by_rule(report: Report, findings: Sequence[Verdict] | None = None) -> list[Group]:
    """Return the findings (of these, or all) by rule: the worst severity first, then the most, then the rule's id."""
    found: dict[str, list[Verdict]] = defaultdict(list)
    for finding in report.findings if findings is None else findings:
        found[finding.rule].append(finding)
    groups = []
    for rule, of_rule in found.items():
        of_rule.sort(key=lambda finding: -finding.severity.rank)
        groups.append(Group(report.rules[rule].rule, of_rule[0].severity, of_rule, report))
    return sorted(groups, key=lambda one: (-one.severity.rank, -len(one.findings), one.rule.id))


def by_owner(report: Report) -> list[tuple[str, list[Verdict]]]:
    """Return the findings by owner, in the order of their names; those of nobody ("") last, and never left out."""
    found: dict[str, list[Verdict]] = defaultdict(list)
    for finding in report.findings:
        found[report.told.owners.get(finding.fingerprint, "")].append(finding)
    return sorted(found.items(), key=lambda one: (not one[0], one[0]))


@dataclass(slots=True)
class Missing:
    """One thing that was not read: how it is said, and what hangs on it."""

    text: str
    why: str
    verdicts: int = 0
    rules: set[str] = field(default_factory=set)
    kinds: set[str] = field(default_factory=set)
    scopes: set[Scope] = field(default_factory=set)


def unknowns(report: Report) -> list[Missing]:
    """Return the UNKNOWN verdicts by the permission or the fact that was missing; the most first."""
    found: dict[tuple[Cloud, str], Missing] = {}
    for verdict in report.verdicts:
        if verdict.outcome is not Outcome.UNKNOWN:
            continue
        for unread in verdict.unread:
            why = unread.why
            text = _missing(why.code, why.permission, unread.field)
            one = found.setdefault((verdict.scope.cloud, text), Missing(text, _why(why.call, why.text)))
            one.verdicts += 1
            one.rules.add(verdict.rule)
            one.scopes.add(verdict.scope)
    return sorted(found.values(), key=lambda one: (-one.verdicts, one.text))


def gaps(report: Report) -> list[Missing]:
    """Return the gaps by account and the permission or listing that was missing, with the rules that each hides."""
    found: dict[tuple[Scope, str], Missing] = {}
    for gap in report.gaps:
        text = _missing(gap.code, gap.permission, _listing(gap))
        key = (gap.scope._replace(region=""), text)
        one = found.setdefault(key, Missing(text, clean(gap.why)))
        one.kinds.add(gap.kind)
        one.scopes.add(gap.scope)
        one.rules.update(report.rules_by_kind.get(gap.kind, ()))
    return sorted(found.values(), key=lambda one: (-len(one.rules), -len(one.scopes), one.text))


def _listing(gap: Gap) -> str:
    return "everything" if gap.kind == ANY_KIND else f"the list of kind {gap.kind}"


def _missing(code: Code, permission: str, what: str) -> str:
    if code is Code.DENIED and permission:
        return clean(f"permission {permission} is missing")
    return clean(f"{permission or what} {said(code)}")


def _why(call: str, text: str) -> str:
    return clean(": ".join(part for part in (call, text) if part))


def broken(report: Report) -> list[tuple[Rule, int, str]]:
    """Return the rules that broke, on how many resources, and what the first of them said."""
    found: dict[str, list[Verdict]] = defaultdict(list)
    for verdict in report.verdicts:
        if verdict.outcome is Outcome.ERROR:
            found[verdict.rule].append(verdict)
    return [
        (report.rules[rule].rule, len(verdicts), clean("; ".join(verdicts[0].messages)))
        for rule, verdicts in sorted(found.items())
    ]
