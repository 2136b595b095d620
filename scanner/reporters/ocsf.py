"""OCSF 1.8.0: a Compliance Finding (class 2003) with the cloud profile per verdict, as one JSON list.

Times are milliseconds since 1970, as the schema's type `timestamp_t` asks. With a baseline, what was there before is an
update and what is fixed or gone is closed; a finding's `uid` is its fingerprint, so that stores can follow it.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from scanner.engine import Outcome, Verdict
from scanner.known.comparing import Change, Entry
from scanner.known.past import Seen
from scanner.models.resource import Cloud
from scanner.report import Report
from scanner.reporters.fixes import fix_of
from scanner.reporters.page import Page
from scanner.reporters.rows import dumps
from scanner.rule import Severity

VERSION: Final = "1.8.0"

_CLASS: Final = 2003
_CREATE, _UPDATE, _CLOSE = 1, 2, 3
_ACTIVITIES: Final = {_CREATE: "Create", _UPDATE: "Update", _CLOSE: "Close"}
_STATUSES: Final = {1: "New", 2: "In Progress", 3: "Suppressed", 4: "Resolved"}
_SEVERITIES: Final = {
    Severity.INFO: (1, "Informational"),
    Severity.LOW: (2, "Low"),
    Severity.MEDIUM: (3, "Medium"),
    Severity.HIGH: (4, "High"),
    Severity.CRITICAL: (5, "Critical"),
}
_COMPLIANCE: Final = {
    Outcome.PASS: (1, "Pass"),
    Outcome.FAIL: (3, "Fail"),
    Outcome.UNKNOWN: (0, "Unknown"),
    Outcome.ERROR: (0, "Unknown"),
}
_PROVIDERS: Final = {
    Cloud.AWS: "AWS",
    Cloud.GCP: "GCP",
    Cloud.AZURE: "Azure",
    Cloud.PROBE: "Other",
    Cloud.HOST: "Other",
}
_ACCOUNTS: Final = {
    Cloud.AWS: "AWS Account",
    Cloud.GCP: "GCP Project",
    Cloud.AZURE: "Azure Subscription",
    Cloud.PROBE: "Other",
    Cloud.HOST: "Other",
}
_OVER: Final = (Change.FIXED, Change.GONE)


def render(report: Report, page: Page) -> Iterator[bytes]:  # noqa: ARG001 - data has no width
    """Yield the list, each event on a line of its own."""
    yield b"["
    for number, event in enumerate(events(report)):
        yield (b",\n" if number else b"\n") + dumps(event)
    yield b"\n]\n"


def events(report: Report) -> Iterator[dict[str, Any]]:
    """Yield an event per verdict, then one per finding of the baseline that is over."""
    entries = report.comparison.entries if report.comparison is not None else ()
    known = {
        entry.seen.fingerprint for entry in entries if entry.before is not None and entry.now is not None
    }
    fixed = {seen.fingerprint for seen, _ in _over(report)}
    for verdict in report.verdicts:
        fingerprint = verdict.fingerprint
        if fingerprint not in fixed:
            yield _event(report, verdict, fingerprint, _UPDATE if fingerprint in known else _CREATE)
    for seen, entry in _over(report):
        if seen.verdict.rule in report.rules:
            said = (entry.why or entry.change.value,)
            yield _event(
                report, seen.verdict._replace(outcome=Outcome.PASS, messages=said), seen.fingerprint, _CLOSE
            )


def _over(report: Report) -> Iterator[tuple[Seen, Entry]]:
    """Yield the findings of the baseline that this run saw to be fixed or gone."""
    for entry in report.comparison.entries if report.comparison is not None else ():
        if entry.change in _OVER and entry.before is not None:
            yield entry.before, entry


def _event(report: Report, verdict: Verdict, fingerprint: str, activity: int) -> dict[str, Any]:
    time = int(report.started.timestamp() * 1000)
    severity_id, severity = _SEVERITIES[verdict.severity]
    status_id = _status(report, verdict)
    rule = report.rule(verdict)
    fix = fix_of(rule, verdict.scope.cloud, verdict)
    remediation = {"desc": fix, **({"references": list(rule.references)} if rule.references else {})}
    return {
        "activity_id": activity,
        "activity_name": _ACTIVITIES[activity],
        "category_uid": 2,
        "category_name": "Findings",
        "class_uid": _CLASS,
        "class_name": "Compliance Finding",
        "type_uid": _CLASS * 100 + activity,
        "type_name": f"Compliance Finding: {_ACTIVITIES[activity]}",
        "time": time,
        "severity_id": severity_id,
        "severity": severity,
        "status_id": status_id,
        "status": _STATUSES[status_id],
        "message": "; ".join(verdict.messages) or rule.title,
        "metadata": _metadata(report, fingerprint),
        "cloud": _cloud(verdict),
        "finding_info": {
            "uid": fingerprint,
            "title": rule.title,
            "desc": rule.reason,
            "types": [verdict.rule],
        },
        "compliance": _compliance(report, verdict),
        "resources": [_resource(verdict)],
        **({"remediation": remediation} if fix else {}),
        **_unmapped(report, verdict, fingerprint),
    }


def _status(report: Report, verdict: Verdict) -> int:
    """New, suppressed (accepted), or resolved (it passed)."""
    if report.reason(verdict) is not None:
        return 3
    return 4 if verdict.outcome is Outcome.PASS else 1


def _metadata(report: Report, fingerprint: str) -> dict[str, Any]:
    product = {"name": "Surefoot", "vendor_name": "Surefoot", "version": report.version}
    return {
        "version": VERSION,
        "profiles": ["cloud"],
        "product": product,
        "uid": f"{report.run}-{fingerprint}",
    }


def _cloud(verdict: Verdict) -> dict[str, Any]:
    scope = verdict.scope
    account = {"uid": scope.account, "type": _ACCOUNTS[scope.cloud]}
    return {"provider": _PROVIDERS[scope.cloud], "region": scope.region, "account": account}


def _compliance(report: Report, verdict: Verdict) -> dict[str, Any]:
    status_id, status = _COMPLIANCE[verdict.outcome]
    controls = report.controls[verdict.rule, verdict.scope.cloud]
    unread = [f"could not read {one.field}: {one.why}" for one in verdict.unread]
    return {
        "control": verdict.rule,
        "status_id": status_id,
        "status": status,
        "status_details": [*verdict.messages, *unread],
        "standards": list(dict.fromkeys(control.framework for control in controls)),
        "requirements": list(dict.fromkeys(control.id for control in controls)),
    }


def _resource(verdict: Verdict) -> dict[str, Any]:
    named = {"name": verdict.name} if verdict.name else {}
    return {"uid": verdict.resource, **named, "type": verdict.kind, "region": verdict.scope.region}


def _unmapped(report: Report, verdict: Verdict, fingerprint: str) -> Mapping[str, Any]:
    """What OCSF has no place for: the reason of a waiver, the lines that own the resource."""
    place = report.locations.get(fingerprint)
    found = {
        "waived": report.reason(verdict),
        "code": str(place) if place is not None else None,
    }
    said = {name: value for name, value in found.items() if value is not None}
    return {"unmapped": said} if said else {}
