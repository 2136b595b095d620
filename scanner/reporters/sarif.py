"""SARIF 2.1.0 for code scanning: a run per account, unwaived findings alone, the same bytes for the same report."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final
from urllib.parse import quote

from scanner.engine import Tuned, Verdict
from scanner.iac.naming import Way
from scanner.models.resource import Cloud, read_at
from scanner.report import Report
from scanner.reporters import sarif_models as sarif
from scanner.reporters.page import Page
from scanner.reporters.sarif_places import flow, origin, physical, related
from scanner.reporters.sarif_rules import LEVELS, descriptor
from scanner.reporters.text import clean, local_id, plural

MOST: Final = 5_000
"""GitHub shows so many results of a run, the worst."""

RUNS: Final = 20
"""So many runs may one file have."""

_NOTES: Final = 100
_WAYS: Final = 20


def render(report: Report, page: Page) -> Iterator[bytes]:  # noqa: ARG001 - data has no width
    """Yield the file whole."""
    yield _dumped(sarif.Log(runs=_runs(report) or (_empty_run(report),)))


def _runs(report: Report) -> tuple[sarif.Run, ...]:
    accounts = sorted({(scope.cloud, scope.account) for scope in report.checked})
    if report.skip_incomplete:
        accounts = [one for one in accounts if one not in report.unsafe_categories]
    return tuple(_run(report, cloud, account) for cloud, account in accounts)


def files(report: Report) -> Iterator[tuple[str, bytes]]:
    """Yield (name, content) of files of at most 20 runs, as many as GitHub takes in one.

    Where there are several repositories of code, each has files in a folder of its own, with its own findings; those
    without known code stand outside of the folders. Every one holds every account, so that what is fixed closes.
    """
    for repository in sorted({"", *report.repositories}):
        own = replace(report, only_repository=repository) if report.repositories else report
        runs = _runs(own) or (_empty_run(own),)
        folder = f"{_segment(repository)}/" if repository else ""
        for number in range(0, len(runs), RUNS):
            log = sarif.Log(runs=runs[number : number + RUNS])
            yield f"{folder}surefoot-{number // RUNS + 1}.sarif", _dumped(log)


def _dumped(log: sarif.Log) -> bytes:
    return log.model_dump_json(by_alias=True, exclude_none=True, indent=1).encode() + b"\n"


def _empty_run(report: Report) -> sarif.Run:
    """A file without a run is refused, so a scan of nothing has one without results."""
    return sarif.Run(
        tool=sarif.Tool(driver=sarif.Driver(semantic_version=report.version, rules=())),
        automation_details=sarif.AutomationDetails(id=f"surefoot/{_segment(report.run)}"),
        invocations=(_invocation(report, ()),),
        results=(),
    )


def _run(report: Report, cloud: Cloud, account: str) -> sarif.Run:
    """Everything of one account: a category of its own, in which GitHub closes what a later run does not have."""
    known = report.tellable
    kept = [(one.verdict, why) for one, why in report.carried if one.verdict.rule in known]
    carried = {verdict.fingerprint: why for verdict, why in kept}
    findings = [*report.findings, *(verdict for verdict, _ in kept)]
    findings = [one for one in findings if one.scope[:2] == (cloud, account) and _is_of(report, one)]
    findings.sort(key=lambda one: -one.severity.rank)
    shown = findings[:MOST]
    judged = {*report.judged.get((cloud, account), ()), *(one.rule for one in findings)}
    rules = [tuned for id_, tuned in sorted(known.items()) if id_ in judged]
    return sarif.Run(
        tool=sarif.Tool(driver=_driver(report, rules, cloud)),
        automation_details=sarif.AutomationDetails(
            id="/".join(("surefoot", cloud, _segment(account), _segment(report.run)))
        ),
        invocations=(_invocation(report, (*_cut(findings), *_unread(report, cloud, account))),),
        results=_results(report, shown, rules, carried),
    )


def _is_of(report: Report, finding: Verdict) -> bool:
    """Tell whether a finding belongs to the repository that a file is for."""
    if report.only_repository is None:
        return True
    place = report.locations.get(finding.fingerprint)
    return (place.repository if place is not None else "") == report.only_repository


def _segment(text: str) -> str:
    return quote(text, safe="")


def _driver(report: Report, rules: Sequence[Tuned], cloud: Cloud) -> sarif.Driver:
    descriptors = tuple(
        descriptor(
            tuned,
            cloud,
            report.control_ids.get((tuned.rule.id, cloud), [one.id for one in tuned.rule.controls_of(cloud)]),
        )
        for tuned in rules
    )
    return sarif.Driver(semantic_version=report.version, rules=descriptors)


def _results(
    report: Report, findings: Sequence[Verdict], rules: Sequence[Tuned], carried: Mapping[str, str]
) -> tuple[sarif.Result, ...]:
    index = {tuned.rule.id: number for number, tuned in enumerate(rules)}
    return tuple(_result(report, finding, index[finding.rule], carried) for finding in findings)


def _result(report: Report, finding: Verdict, index: int, carried: Mapping[str, str]) -> sarif.Result:
    fingerprint = finding.fingerprint
    location = report.locations.get(fingerprint)
    ways = _ways(report, fingerprint)
    local = local_id(finding.scope.cloud, finding.resource)
    logical = sarif.LogicalLocation(
        name=clean(finding.name or local), fully_qualified_name=clean(finding.resource)
    )
    text = _message(finding) + origin(location, ways)
    if fingerprint in carried:
        text += f" Not checked in this run, and taken over from the one before: {_unlinked(carried[fingerprint])}."
    return sarif.Result(
        rule_id=finding.rule,
        rule_index=index,
        level=LEVELS[finding.severity],
        message=sarif.Message(text=text),
        locations=(
            sarif.Location(physical_location=physical(finding, location), logical_locations=(logical,)),
        ),
        code_flows=flow(finding, location, ways),
        related_locations=related(location, ways),
        partial_fingerprints=sarif.Fingerprints(primary_location_line_hash=f"{fingerprint}:1"),
    )


def _ways(report: Report, fingerprint: str) -> tuple[Way, ...]:
    """What lets packets in to a finding's resource; code in another repository than the one of a file stays out."""
    one = report.only_repository
    ways = (
        way if one is None or way.place is None or way.place.repository == one else way._replace(place=None)
        for way in report.ways.get(fingerprint, ())
    )
    return tuple(ways)[:_WAYS]


def _message(finding: Verdict) -> str:
    """The name and what is wrong with it in the first sentence, which is all that a list shows; then who it is."""
    scope = finding.scope
    name = finding.name or local_id(scope.cloud, finding.resource)
    text = (
        f"{name}: {'; '.join(finding.messages)}. "
        f"{finding.kind} {finding.resource} in {scope.cloud} account {scope.account}, {scope.region}."
    )
    return _unlinked(text)


def _unlinked(text: str) -> str:
    """Text without links. 3.11.6: `[text](target)` in a message is one."""
    return clean(text).replace("](", "] (")


def _invocation(report: Report, notes: Sequence[sarif.Notification]) -> sarif.Invocation:
    return sarif.Invocation(
        execution_successful=report.complete,
        start_time_utc=read_at(report.started),
        tool_execution_notifications=tuple(notes),
    )


def _cut(findings: Sequence[Verdict]) -> Iterator[sarif.Notification]:
    if len(findings) > MOST:
        yield _note(
            f"{plural(len(findings) - MOST, 'finding')} of {len(findings):,} left out, "
            f"none worse than the {MOST:,} that are here"
        )


def _unread(report: Report, cloud: Cloud, account: str) -> Iterator[sarif.Notification]:
    """Yield what could not be judged: its findings are missing here and not fixed."""
    gaps = [gap for gap in report.gaps if gap.scope[:2] == (cloud, account)]
    for gap in gaps[:_NOTES]:
        missing = f", permission {gap.permission}" if gap.permission else ""
        yield _note(f"not read: {gap.kind} in {gap.scope.region}: {gap.code}{missing}: {gap.why}")
    if len(gaps) > _NOTES:
        yield _note(f"{plural(len(gaps) - _NOTES, 'more gap')}")
    for rule, count in sorted(report.judged.get((cloud, account), {}).items()):
        if count:
            yield _note(f"{rule}: {plural(count, 'resource')} could not be judged")


def _note(text: str) -> sarif.Notification:
    return sarif.Notification(level="warning", message=sarif.Message(text=clean(text)))
