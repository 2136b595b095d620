"""GitLab Code Quality: the findings as a JSON list, by the lines that own them, for the widget of merge requests.

Fields and severities: GitLab documentation, "Code Quality report format". Accepted findings are left out.
"""

from collections.abc import Iterator
from typing import Final

from scanner.report import Report
from scanner.reporters.page import Page
from scanner.reporters.rows import dumps
from scanner.reporters.sarif_places import path_of
from scanner.reporters.text import clean, label
from scanner.rule import Severity

_SEVERITIES: Final = {
    Severity.CRITICAL: "blocker",
    Severity.HIGH: "critical",
    Severity.MEDIUM: "major",
    Severity.LOW: "minor",
    Severity.INFO: "info",
}


def render(report: Report, page: Page) -> Iterator[bytes]:  # noqa: ARG001 - data has no width
    """Yield the list, the worst first, each finding on a line of its own."""
    yield b"["
    findings = sorted(report.findings, key=lambda finding: -finding.severity.rank)
    for number, finding in enumerate(findings):
        fingerprint = finding.fingerprint
        place = report.locations.get(fingerprint)
        row = {
            "description": clean(f"{label(finding)}: {'; '.join(finding.messages)}"),
            "check_name": finding.rule,
            "fingerprint": fingerprint,
            "severity": _SEVERITIES[finding.severity],
            "location": {
                "path": place.path if place is not None else path_of(finding),
                "lines": {"begin": place.line if place is not None else 1},
            },
        }
        yield (b",\n" if number else b"\n") + dumps(row)
    yield b"\n]\n"
