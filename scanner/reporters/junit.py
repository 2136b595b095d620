"""JUnit XML: a suite per account, region and service; a case per rule and resource. For Jenkins, GitLab, Azure DevOps.

What was found is a failure; what could not be judged, by an unread fact, a broken rule or a gap, is an error; what is
accepted is skipped. Valid by the schema of Jenkins' xunit plugin (junit-10.xsd), which the others read too.
"""

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple
from xml.sax.saxutils import escape, quoteattr

from scanner.engine import Outcome, Verdict
from scanner.models.resource import Scope, read_at
from scanner.report import Report
from scanner.reporters.page import Page
from scanner.reporters.sarif_places import service_of
from scanner.reporters.text import clean

_INCOMPLETE = "not read"


class _Case(NamedTuple):
    name: str
    classname: str
    what: str
    """`failure`, `error`, `skipped`, or "" for what passed."""
    message: str
    text: str = ""


def render(report: Report, page: Page) -> Iterator[bytes]:  # noqa: ARG001 - data has no width
    """Yield the file, suite by suite."""
    suites: dict[tuple[Scope, str], list[_Case]] = defaultdict(list)
    for verdict in report.verdicts:
        service = service_of(verdict.scope.cloud, verdict.resource) or verdict.kind.lower()
        suites[verdict.scope, service].append(_case(report, verdict))
    for gap in report.gaps:
        reason = report.accepted_gaps.get(gap)
        missing = ": ".join(part for part in (gap.permission, gap.why) if part)
        said = ("error", missing) if reason is None else ("skipped", f"accepted: {reason}")
        suites[gap.scope, _INCOMPLETE].append(_Case(f"the list of kind {gap.kind}", _INCOMPLETE, *said))
    every = [case for cases in suites.values() for case in cases]
    yield b'<?xml version="1.0" encoding="UTF-8"?>\n'
    yield f'<testsuites name="surefoot" {_counts(every, skipped=False)}>\n'.encode()
    stamp = read_at(report.started).removesuffix("Z")
    for (scope, service), cases in sorted(suites.items()):
        name = _attribute(f"{scope.cloud}/{scope.account}/{scope.region}/{service}")
        yield f'<testsuite name={name} {_counts(cases)} timestamp="{stamp}">\n'.encode()
        for case in cases:
            yield _written(case).encode("utf-8", "backslashreplace")
        yield b"</testsuite>\n"
    yield b"</testsuites>\n"


def _case(report: Report, verdict: Verdict) -> _Case:
    name, rule = f"{verdict.rule}[{verdict.resource}]", report.rule(verdict)
    reason = report.reason(verdict)
    unread = [f"could not read {one.field}: {one.why}" for one in verdict.unread]
    said = "; ".join((*verdict.messages, *unread))
    if verdict.outcome is Outcome.PASS:
        return _Case(name, verdict.rule, "", "")
    if reason is not None:
        return _Case(name, verdict.rule, "skipped", f"accepted: {reason}")
    if verdict.outcome is not Outcome.FAIL:
        return _Case(name, verdict.rule, "error", said)
    place = report.locations.get(verdict.fingerprint)
    lines = [
        f"{verdict.severity}: {rule.title}",
        *verdict.messages,
        *unread,
        *([f"at {place}"] if place is not None else []),
        f"resource {verdict.resource}",
        f"fingerprint {verdict.fingerprint}",
    ]
    return _Case(name, verdict.rule, "failure", f"{verdict.severity}: {said}", "\n".join(map(clean, lines)))


def _counts(cases: list[_Case], *, skipped: bool = True) -> str:
    count = {what: sum(case.what == what for case in cases) for what in ("failure", "error", "skipped")}
    words = f'tests="{len(cases)}" failures="{count["failure"]}" errors="{count["error"]}"'
    return f'{words} skipped="{count["skipped"]}"' if skipped else words


def _written(case: _Case) -> str:
    head = f"<testcase name={_attribute(case.name)} classname={_attribute(case.classname)}"
    if not case.what:
        return f"{head}/>\n"
    type_ = f' type="{case.what}"'
    inner = f"<{case.what}{type_} message={_attribute(case.message)}>{escape(case.text)}</{case.what}>"
    return f"{head}>{inner}</testcase>\n"


def _attribute(text: str) -> str:
    """Quote text that may hold anything: what XML cannot say, as an escape."""
    return quoteattr(clean(text))
