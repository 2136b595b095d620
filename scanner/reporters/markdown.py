"""Markdown for a job summary or a comment: the worst first, under 60 kB, and honest about what is left out."""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from scanner.engine import Verdict
from scanner.models.resource import Scope
from scanner.report import Report
from scanner.reporters.escaping import block, code, prose
from scanner.reporters.grouping import Group, broken, by_rule, gaps, unknowns
from scanner.reporters.missing import hides, leaves
from scanner.reporters.page import Page
from scanner.reporters.text import clean, labels, listed, placing, plural
from scanner.reporters.totals import checked, outcomes, reservations, result
from scanner.rule import Severity

LIMIT: Final = 59_000
"""Bytes. A comment on GitHub may have 65,536 characters, and whoever posts it may add some."""

_ROWS: Final = 25
_MESSAGES: Final = 3
_LONGEST: Final = 300
_LIST: Final = 6_000
"""Bytes for each of the three lists of what could not be judged."""


def render(report: Report, page: Page) -> Iterator[bytes]:  # noqa: ARG001 - a browser has no columns
    """Yield the summary. What does not fit is counted, and the page says where to find it.

    With a baseline, only what is new, checked for the first time or worse is shown one by one.
    """
    groups = by_rule(
        report,
        [one for one in report.findings if one.fingerprint in report.marks] if report.comparison else None,
    )
    place = placing(report.checked)
    head = "".join(_head(report, groups))
    tail = "".join(_tail(report, place))
    left = LIMIT - _size(head) - _size(tail) - _size(_hidden(groups))
    yield head.encode()
    for number, group in enumerate(groups):
        section = _section(group, place, left)
        if not section:
            yield _hidden(groups[number:]).encode()
            break
        left -= _size(section)
        yield section.encode()
    yield tail.encode()


def _size(text: str) -> int:
    return len(text.encode())


def _head(report: Report, groups: Sequence[Group]) -> Iterator[str]:
    yield f"## Surefoot: {prose(result(report))}\n\n"
    if report.nothing_checked:
        yield "**Nothing was checked: no rule met a resource.**\n\n"
    yield f"{prose(checked(report))} {prose(outcomes(report))}\n\n"
    for sentence in reservations(report):
        yield f"{prose(_short(sentence))}\n\n"
    if groups:
        yield "| severity | rules | findings |\n| --- | ---: | ---: |\n"
    for severity in reversed(Severity):
        rules = sum(any(f.severity is severity for f in group.findings) for group in groups)
        count = sum(f.severity is severity for group in groups for f in group.findings)
        if count:
            yield f"| {severity.upper()} | {rules:,} | {count:,} |\n"
    yield "\n" if groups else ""


def _section(group: Group, place: Callable[[Scope], str], room: int) -> str:
    """One rule with as many of its findings as there is room for, in bytes; nothing where not one fits."""
    rule, count = group.rule, len(group.findings)
    head = (
        f"### {group.severity.upper()}: {prose(_short(rule.title))}\n\n"
        f"{code(rule.id)}, {plural(count, 'finding')}\n\n"
        "| resource | where | what is wrong |\n| --- | --- | --- |\n"
    )
    more = "\nand {:,} more of this rule: `--select {}` or `-o jsonl` has all of them\n"
    fixes = "".join(
        f"\n<details><summary>Fix on {cloud}</summary>\n\n{block(fix)}\n\n</details>\n"
        for cloud, fix in group.fixes()
    )
    room -= _size(head) + _size(more.format(count, rule.id)) + _size(fixes) + 1
    rows: list[str] = []
    findings = group.findings[:_ROWS]
    for finding, name in zip(findings, labels(findings), strict=True):
        row = _row(finding, name, group, place)
        room -= _size(row)
        if room < 0:
            break
        rows.append(row)
    if not rows:
        return ""
    hidden = more.format(count - len(rows), rule.id) if len(rows) < count else ""
    return "".join((head, *rows, hidden, fixes, "\n"))


def _row(finding: Verdict, name: str, group: Group, place: Callable[[Scope], str]) -> str:
    where = prose(place(finding.scope) or str(finding.scope))
    lines = group.code(finding)
    if lines:
        where += f"<br>{code(_short(lines))}"
    return f"| {code(_short(name))} | {where} | {_messages(finding, group)} |\n"


def _messages(finding: Verdict, group: Group) -> str:
    said = [prose(_short(message)) for message in finding.messages[:_MESSAGES]]
    if len(finding.messages) > _MESSAGES:
        said.append(f"and {len(finding.messages) - _MESSAGES} more")
    said += [prose(_short(f"not read: {unread.field}: {unread.why}")) for unread in finding.unread]
    mark = group.mark(finding)
    if mark:
        said[0] = f"**{mark.replace('_', ' ').upper()}** {said[0]}"
    if finding.severity is not group.severity:
        said[0] = f"{finding.severity.upper()}: {said[0]}"
    return "<br>".join(said)


def _hidden(groups: Sequence[Group]) -> str:
    findings = sum(len(group.findings) for group in groups)
    return (
        f"**Not shown here: {plural(findings, 'finding')} of {plural(len(groups), 'more rule', 'more rules')}**, "
        f"none worse than those above. `-o jsonl` has all of them.\n\n"
    )


def _tail(report: Report, place: Callable[[Scope], str]) -> Iterator[str]:
    """The three lists of what could not be judged."""
    counts = report.counts
    ruins = [(f"{rule.id}, on {plural(count, 'resource')}", text) for rule, count, text in broken(report)]
    yield from _list("Broken rules", ruins)
    unread = [(one.text, leaves(one)) for one in unknowns(report)]
    yield from _list(f"Unknown: {plural(counts['unknown'], 'verdict')} could not be reached", unread)
    not_read = []
    for one in gaps(report):
        where = listed([text for scope in sorted(one.scopes) if (text := place(scope))], 3)
        not_read.append((one.text, f"{hides(one, report)}{', in ' + where if where else ''}: {one.why}"))
    yield from _list(f"Not read: {plural(counts['gaps'], 'gap')}", not_read)


def _list(head: str, entries: Sequence[tuple[str, str]]) -> Iterator[str]:
    if not entries:
        return
    yield f"### {head}\n\n"
    room, shown = _LIST, 0
    for what, text in entries:
        entry = f"- **{prose(_short(what))}**: {prose(_short(text))}\n"
        room -= _size(entry)
        if room < 0:
            break
        shown += 1
        yield entry
    if shown < len(entries):
        yield f"- and {len(entries) - shown:,} more; `-o jsonl` has all of them\n"
    yield "\n"


def _short(text: str) -> str:
    shown = clean(text)
    return shown if len(shown) <= _LONGEST else shown[: _LONGEST - 4] + " ..."
