"""ASFF, the AWS Security Finding Format: the verdicts of AWS accounts as Security Hub's BatchImportFindings takes them.

Source: botocore's model of securityhub 2018-10-26. What passed is there too, as PASSED: Security Hub closes what it is
told has passed, and nothing else. What could not be judged is NOT_AVAILABLE, accepted findings carry the reason.
"""

from collections.abc import Iterator
from typing import Any, Final

from scanner.engine import Outcome, Verdict
from scanner.models.resource import Cloud, read_at
from scanner.report import Report
from scanner.reporters.fixes import fix_of
from scanner.reporters.page import Page
from scanner.reporters.rows import dumps
from scanner.rule import Severity

_TYPE: Final = "Software and Configuration Checks/AWS Security Best Practices"
_OUTCOMES: Final = {
    Outcome.PASS: "PASSED",
    Outcome.FAIL: "FAILED",
    Outcome.UNKNOWN: "NOT_AVAILABLE",
    Outcome.ERROR: "NOT_AVAILABLE",
}
_LABELS: Final = {**{one: one.value.upper() for one in Severity}, Severity.INFO: "INFORMATIONAL"}
#: Characters, by the length constraints of the model.
_TITLE, _TEXT, _RECOMMENDATION, _FIELD = 256, 1024, 512, 1024
#: ASFF's own types of resources, where they are not `Other`.
_TYPES: Final = {
    "Bucket": "AwsS3Bucket",
    "Firewall": "AwsEc2SecurityGroup",
    "Volume": "AwsEc2Volume",
    "LoadBalancer": "AwsElbv2LoadBalancer",
    "Account": "AwsAccount",
}


def render(report: Report, page: Page) -> Iterator[bytes]:  # noqa: ARG001 - data has no width
    """Yield the findings as one JSON list, each on a line of its own."""
    yield b"["
    for number, finding in enumerate(findings(report)):
        yield (b",\n" if number else b"\n") + dumps(finding)
    yield b"\n]\n"


def findings(report: Report) -> Iterator[dict[str, Any]]:
    """Yield every verdict of AWS accounts as a finding."""
    for verdict in report.verdicts:
        if verdict.scope.cloud is Cloud.AWS:
            yield _finding(report, verdict)


def _finding(report: Report, verdict: Verdict) -> dict[str, Any]:
    rule, scope = report.rule(verdict), verdict.scope
    region = home(verdict)
    time = read_at(report.started)
    unread = [f"could not read {one.field}: {one.why}" for one in verdict.unread]
    said = "; ".join((*verdict.messages, *unread)) or "nothing is wrong with it"
    fix = fix_of(rule, Cloud.AWS, verdict)
    controls = report.controls[verdict.rule, verdict.scope.cloud]
    found: dict[str, Any] = {
        "SchemaVersion": "2018-10-08",
        "Id": f"surefoot/{verdict.fingerprint}",
        "ProductArn": f"arn:{partition(verdict)}:securityhub:{region}:{scope.account}:product/{scope.account}/default",
        "GeneratorId": f"surefoot/{verdict.rule}",
        "AwsAccountId": scope.account,
        "Types": [_TYPE],
        "CreatedAt": time,
        "UpdatedAt": time,
        "Severity": {"Label": _LABELS[verdict.severity], "Original": verdict.severity.value},
        "Title": _short(rule.title, _TITLE),
        "Description": _short(f"{verdict.name or verdict.resource}: {said}", _TEXT),
        "ProductFields": {"surefoot/rule": verdict.rule, "surefoot/version": report.version},
        "Resources": [
            {
                "Type": _TYPES.get(verdict.kind, "Other"),
                "Id": verdict.resource,
                "Partition": partition(verdict),
                "Region": region,
            }
        ],
        "Compliance": {"Status": _OUTCOMES[verdict.outcome]},
        "RecordState": "ACTIVE",
    }
    if controls:
        found["Compliance"]["RelatedRequirements"] = list(dict.fromkeys(one.id for one in controls))[:32]
    if fix and verdict.outcome is Outcome.FAIL:
        found["Remediation"] = {"Recommendation": {"Text": _short(fix, _RECOMMENDATION)}}
    reason = report.reason(verdict)
    if reason is not None:
        found["ProductFields"]["surefoot/waived"] = _short(reason, _FIELD)
    return found


def home(verdict: Verdict) -> str:
    """Return the region in which Security Hub keeps a finding: that of its resource, us-east-1 for what is global."""
    return "us-east-1" if verdict.scope.region == "global" else verdict.scope.region


def partition(verdict: Verdict) -> str:
    """Return the partition that a resource's ARN names."""
    parts = verdict.resource.split(":")
    return parts[1] if parts[0] == "arn" and len(parts) > 1 else "aws"


def _short(text: str, most: int) -> str:
    text = text or "-"
    return text if len(text) <= most else text[: most - 3] + "..."
