"""The data of the page: a run as columns, each word once, what only some findings have beside them by their row."""

from dataclasses import asdict
from typing import Any, Final

from scanner.engine import Outcome, Verdict
from scanner.inventory import ANY_KIND
from scanner.models.resource import Scope, read_at
from scanner.report import Report
from scanner.report.controls import compliance
from scanner.report.told import Life
from scanner.reporters.grouping import broken
from scanner.reporters.totals import checked, outcomes, reservations, result
from scanner.rule import Severity

#: Letters of outcomes: what a verdict is, and what became of findings on which this run has none.
_LETTERS: Final = {Outcome.FAIL: "F", Outcome.UNKNOWN: "U", Outcome.ERROR: "E", Outcome.PASS: "P"}
_ENDED: Final = {"not_checked": "N", "fixed": "X", "gone": "G", "by_rule": "R"}
_SEVERITIES: Final = tuple(Severity)


class _Words:
    """Gives each word a number, in the order of their first use."""

    def __init__(self) -> None:
        self.all: dict[Any, int] = {}

    def number(self, word: Any) -> int:
        return self.all.setdefault(word, len(self.all))


class _Columns:
    """The rows of the page, a column for each thing that all rows have; `more` for what only some have."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self.rules, self.scopes, self.owners = _Words(), _Words(), _Words()
        self.owners.number("")
        self.rule: list[int] = []
        self.scope: list[int] = []
        self.owner: list[int] = []
        self.outcome: list[str] = []
        self.severity: list[str] = []
        self.kind: list[int] = []
        self.kinds = _Words()
        self.resource: list[str] = []
        self.name: list[str] = []
        self.more: dict[int, dict[str, Any]] = {}

    def add(self, verdict: Verdict, letter: str, owner: str) -> int:
        """Append a row; return its number."""
        self.rule.append(self.rules.number(verdict.rule))
        self.scope.append(self.scopes.number(verdict.scope))
        self.owner.append(self.owners.number(owner))
        self.kind.append(self.kinds.number(verdict.kind))
        self.outcome.append(letter)
        self.severity.append(str(verdict.severity.rank))
        self.resource.append(verdict.resource)
        self.name.append("" if verdict.resource.endswith(verdict.name) else verdict.name)
        return len(self.rule) - 1

    def verdict(self, verdict: Verdict) -> None:
        """Append a verdict of this run."""
        report, told = self._report, self._report.told
        if verdict.outcome is Outcome.PASS:
            fingerprint = verdict.fingerprint if told.owners else ""
            self.add(verdict, "P", told.owners.get(fingerprint, ""))
            return
        fingerprint = verdict.fingerprint
        reason, life = report.reason(verdict), told.lives.get(fingerprint)
        letter = _LETTERS[verdict.outcome]
        if verdict.outcome is Outcome.FAIL and reason is not None:
            letter = "W"
        elif life is not None and life.status == "not_checked":
            letter = "N"
        row = self.add(verdict, letter, told.owners.get(fingerprint, ""))
        self.more[row] = _more(report, verdict, fingerprint, reason, life)

    def as_json(self) -> dict[str, Any]:
        """The columns by their names."""
        return {
            "rule": self.rule,
            "scope": self.scope,
            "owner": self.owner,
            "kind": self.kind,
            "outcome": "".join(self.outcome),
            "severity": "".join(self.severity),
            "resource": self.resource,
            "name": self.name,
            "more": self.more,
        }


def payload(report: Report) -> dict[str, Any]:
    """Return everything that the page shows."""
    columns = _Columns(report)
    for verdict in report.verdicts:
        columns.verdict(verdict)
    for one in report.told.earlier:
        verdict, fingerprint = one.seen.verdict, one.seen.fingerprint
        row = columns.add(verdict, _ENDED.get(one.life.status, "N"), one.owner)
        columns.more[row] = _more(report, verdict, fingerprint, one.seen.waived, one.life)
    for tuned in report.rules.values():
        columns.rules.number(tuned.rule.id)
    return {
        "schema": 1,
        "version": report.version,
        "run": report.run,
        "started": read_at(report.started),
        "complete": not report.incomplete,
        "result": result(report),
        "checked": checked(report),
        "outcomes": outcomes(report),
        "notes": list(reservations(report)),
        "severities": [severity.value for severity in _SEVERITIES],
        "rules": [_rule(report, id_) for id_ in columns.rules.all],
        "scopes": [_scope(report, scope) for scope in columns.scopes.all],
        "owners": list(columns.owners.all),
        "kinds": list(columns.kinds.all),
        "history": bool(report.told.trend),
        "compared": bool(report.comparison or report.told.trend),
        "rows": columns.as_json(),
        "frameworks": _frameworks(report),
        "gaps": _gaps(report),
        "broken": [{"rule": rule.id, "count": count, "text": text} for rule, count, text in broken(report)],
        "waivers": [_waiver(use) for use in report.waivers],
        "exposure": [row for rows in report.told.exposure.values() for row in rows],
        "trend": [asdict(night) for night in report.told.trend],
        "code": report.told.code_url,
    }


def _more(
    report: Report, verdict: Verdict, fingerprint: str, waived: str | None, life: Life | None
) -> dict[str, Any]:
    """What a row has beside its columns; nothing stands for nothing."""
    place = report.locations.get(fingerprint)
    mark = report.marks.get(fingerprint, "") if report.marks else ""
    if life is not None:
        mark = life.step or mark
    found = {
        "f": fingerprint,
        "m": verdict.messages,
        "u": [[one.field, str(one.why), one.why.permission] for one in verdict.unread],
        "w": waived,
        "l": None if place is None else [place.path, place.line],
        "k": mark,
        "a": life.first_seen if life else None,
        "o": life.opened if life else None,
        "c": life.closed if life else None,
        "z": life.last_seen if life else None,
        "r": life.reopened if life else None,
    }
    return {key: value for key, value in found.items() if value}


def _rule(report: Report, id_: str) -> dict[str, Any]:
    tuned = report.rules.get(id_)
    if tuned is None:  # it ran once, and is known by its findings only
        return {"id": id_, "title": id_, "severity": 0, "why": "", "fix": {}, "controls": []}
    rule = tuned.rule
    severity = tuned.severity or rule.severity
    controls = {control for (name, _), ids in report.control_ids.items() if name == id_ for control in ids}
    return {
        "id": rule.id,
        "title": rule.title,
        "severity": severity.rank,
        "why": rule.reason,
        "fix": {cloud.value: text.strip() for cloud, text in rule.fix.items()},
        "controls": sorted(controls),
        "references": list(rule.references),
    }


def _scope(report: Report, scope: Scope) -> list[str]:
    named = report.told.accounts.get((scope.cloud.value, scope.account))
    words = (named.name, named.environment) if named is not None else ("", "")
    return [scope.cloud.value, scope.account, scope.region, *words]


def _frameworks(report: Report) -> list[dict[str, Any]]:
    found = []
    for framework, results in compliance(report).items():
        controls = [
            [
                one.control.id, one.control.number, one.control.title, one.state.value,
                one.passed, one.failed, one.unknown, one.waived, one.gaps, one.rules, one.partly,
            ]
            for one in results
        ]  # fmt: skip
        name = f"{framework.name} {framework.version}"
        found.append({"id": framework.id, "name": name, "controls": controls})
    return found


def _gaps(report: Report) -> list[dict[str, Any]]:
    """Gaps as rows; those that are alike but for their region as one."""
    found: dict[tuple[str, ...], dict[str, Any]] = {}
    for gap in report.gaps:
        scope = gap.scope
        accepted = report.accepted_gaps.get(gap)
        key = (scope.cloud, scope.account, gap.kind, gap.permission, gap.code, accepted or "")
        row = found.setdefault(
            key,
            {
                "cloud": scope.cloud.value,
                "account": scope.account,
                "regions": [],
                "kind": "everything" if gap.kind == ANY_KIND else gap.kind,
                "permission": gap.permission,
                "code": gap.code.value,
                "why": gap.why,
                "waived": accepted,
                "rules": list(report.rules_by_kind.get(gap.kind, ())),
            },
        )
        row["regions"].append(scope.region)
    return list(found.values())


def _waiver(use: Any) -> dict[str, Any]:
    terms = use.terms
    return {
        "subject": terms.subject,
        "reason": terms.reason,
        "owner": terms.owner,
        "until": terms.until.isoformat(),
        "approved_by": terms.approved_by,
        "state": use.state.value,
        "hides": use.hides,
    }
