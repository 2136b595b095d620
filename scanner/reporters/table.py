"""The report on a screen: findings by rule, worst first, then what could not be read, then the totals."""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from scanner.engine import Verdict
from scanner.models.resource import Scope
from scanner.report import Report
from scanner.reporters.grouping import Group, by_owner, by_rule
from scanner.reporters.instructions import instructions
from scanner.reporters.layout import Cell, pad, paragraph, row, widest, wrap
from scanner.reporters.missing import broken_block, gaps_block, unknowns_block
from scanner.reporters.page import Page, encoded, line
from scanner.reporters.text import clean, labels, placing, plural
from scanner.reporters.totals import checked, outcomes, reservations, result, result_style

RULES: Final = 10
"""So many rules are shown, the worst."""

RESOURCES: Final = 8
"""So many resources of each are shown; where a single rule ran, all."""

_MESSAGES: Final = 5
_INDENT: Final = 10
_NARROW: Final = 28
_NAME: Final = 16


def render(report: Report, page: Page) -> Iterator[bytes]:
    """Yield the report for people, `page.width` columns wide."""
    yield from encoded(_lines(report, page))


def _lines(report: Report, page: Page) -> Iterator[str]:
    place = placing(report.checked)
    if report.told.by_owner:
        for owner, findings in by_owner(report):
            title = f"owner {clean(owner)}" if owner else "nobody's: no rule of [owners] names an owner"
            yield line(page, (f"{title}: {plural(len(findings), 'finding')}", "bold"))
            yield "\n"
            yield from _groups(by_rule(report, findings), report, page, place)
    else:
        yield from _groups(by_rule(report), report, page, place)
    yield from broken_block(report, page)
    yield from unknowns_block(report, page)
    yield from gaps_block(report, page, place)
    yield from _totals(report, page)


def _groups(
    groups: Sequence[Group], report: Report, page: Page, place: Callable[[Scope], str]
) -> Iterator[str]:
    most = len(report.findings) if len(report.rules) == 1 else RESOURCES
    for group in groups[:RULES]:
        yield from _group(group, page, place, most)
        yield "\n"
    if len(groups) > RULES:
        yield from _more_rules(groups[RULES:], page)
        yield "\n"


def _group(group: Group, page: Page, place: Callable[[Scope], str], most: int) -> Iterator[str]:
    yield from _heading(group, page)
    shown = group.findings[: most if len(group.findings) > most + 1 else most + 1]
    yield "\n"
    yield from _resources(shown, group, page, place)
    hidden = len(group.findings) - len(shown)
    if hidden:
        yield line(
            page, (f"  ... and {hidden:,} more: --select {group.rule.id}, or all with -o jsonl", "dim")
        )
    yield "\n"
    for cloud, fix in group.fixes():
        yield line(page, (f"  fix on {cloud}", "dim"))
        yield from instructions(page, fix, 4)


def _heading(group: Group, page: Page) -> Iterator[str]:
    """The severity as a word, the title, how many; below it the id."""
    count = plural(len(group.findings), "finding")
    title = wrap(clean(group.rule.title), page.width - _INDENT - len(count) - 2)
    word = group.severity.upper()
    for number, part in enumerate(title):
        if number == 0:
            head = (word, group.severity.value), (" " * (_INDENT - len(word)), "")
            rest = pad(part, page.width - _INDENT - len(count))
            yield line(page, *head, (rest, "bold"), (count, "bold"))
        else:
            yield line(page, (" " * _INDENT, ""), (part, "bold"))
    yield line(page, (" " * _INDENT, ""), (group.rule.id, "dim"))


def _resources(
    findings: Sequence[Verdict], group: Group, page: Page, place: Callable[[Scope], str]
) -> Iterator[str]:
    """Name, place and messages in columns; a long name on a line of its own; all stacked where the page is narrow."""
    names = labels(findings)
    places = [place(finding.scope) for finding in findings]
    name_width = min(widest(names), max(_NAME, page.width * 3 // 10))
    place_width = widest(places)
    width = page.width - 2 - name_width - 2 - (place_width + 2 if place_width else 0)
    for finding, name, where in zip(findings, names, places, strict=True):
        messages = _messages(finding, group)
        if width < _NARROW:
            yield from _stacked(name, where, messages, page)
            continue
        if widest([name]) > name_width:
            yield from paragraph(page, name, 2, "bold")
            name = ""  # noqa: PLW2901 - it stands above its row
        lines = [part for message in messages for part in wrap(message, width, hang=2)]
        cells = [Cell([name], name_width, "bold"), Cell([where], place_width, "dim"), Cell(lines, width)]
        yield from row(page, 2, [cell for cell in cells if cell.width])


def _stacked(name: str, where: str, messages: Sequence[str], page: Page) -> Iterator[str]:
    if widest([name]) + 4 + widest([where]) <= page.width:
        yield line(page, ("  ", ""), (name, "bold"), ("  ", ""), (where, "dim"))
    else:
        yield from paragraph(page, name, 2, "bold")
        yield from paragraph(page, where, 4, "dim") if where else ()
    for message in messages:
        yield from paragraph(page, message, 6, hang=2)


def _messages(finding: Verdict, group: Group) -> list[str]:
    """Return what was observed; what was not read beside it; its severity where it is milder than the rule's worst."""
    messages = [clean(message) for message in finding.messages[:_MESSAGES]]
    if len(finding.messages) > _MESSAGES:
        messages.append(f"... and {len(finding.messages) - _MESSAGES} more")
    messages += [clean(f"not read: {unread.field}: {unread.why}") for unread in finding.unread]
    if finding.severity is not group.severity:
        messages[0] = f"{finding.severity}: {messages[0]}"
    mark = group.mark(finding)
    if mark:
        messages[0] = f"{mark.replace('_', ' ').upper()}: {messages[0]}"
    lines = group.code(finding)
    if lines:
        messages.append(clean(f"at {lines}"))
    return messages


def _more_rules(groups: Sequence[Group], page: Page) -> Iterator[str]:
    findings = sum(len(group.findings) for group in groups)
    head = f"... and {plural(findings, 'finding')} of {plural(len(groups), 'more rule', 'more rules')}:"
    yield from paragraph(page, head, 0, "bold")
    width = widest(group.rule.id for group in groups[:RULES])
    for group in groups[:RULES]:
        yield line(
            page, (f"  {group.severity.upper():8}  {pad(group.rule.id, width)}  {len(group.findings):,}", "")
        )
    if len(groups) > RULES:
        yield line(page, (f"  ... and {len(groups) - RULES:,} rules more", ""))
    yield from paragraph(page, "See one rule with --select ID, everything with -o jsonl.", 2, "dim")


def _totals(report: Report, page: Page) -> Iterator[str]:
    if report.nothing_checked:
        yield from paragraph(page, "Nothing was checked: no rule met a resource.", 0, "warn")
    yield from paragraph(page, checked(report), 0)
    for sentence in reservations(report):
        yield from paragraph(page, sentence, 0, "warn")
    yield from paragraph(page, outcomes(report), 0)
    yield from paragraph(page, result(report), 0, result_style(report))
