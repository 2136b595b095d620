"""The compliance report: every control of every framework, what it came to, and which rules say so."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from scanner.frameworks import Framework
from scanner.report import Report
from scanner.report.controls import ControlResult, ControlState, compliance
from scanner.reporters.layout import pad, paragraph, widest, wrap
from scanner.reporters.page import Page, encoded, line
from scanner.reporters.text import clean, plural
from scanner.reporters.totals import checked, reservations, result, result_style

#: What a person acts on first is loud; NO RULE is in capitals because nobody looked.
_WORDS: Final = {
    ControlState.FAILED: ("FAILED", "high"),
    ControlState.UNKNOWN: ("UNKNOWN", "warn"),
    ControlState.WAIVED: ("WAIVED", "medium"),
    ControlState.PASSED: ("passed", "good"),
    ControlState.NOTHING_IN_SCOPE: ("nothing in scope", "dim"),
    ControlState.NOT_SELECTED: ("not selected", "dim"),
    ControlState.NO_RULE: ("NO RULE", "bold"),
    ControlState.MANUAL: ("manual", "dim"),
}
_STATE: Final = max(len(word) for word, _ in _WORDS.values()) + 2


def render(report: Report, page: Page) -> Iterator[bytes]:
    """Yield each framework with its controls in its own order, and a line of totals."""
    yield from encoded(_lines(report, page))


def _lines(report: Report, page: Page) -> Iterator[str]:
    for framework, results in compliance(report).items():
        yield from _framework(framework, results, page)
        yield "\n"
    if report.nothing_checked:
        yield from paragraph(page, "Nothing was checked: no control passed.", 0, "warn")
    yield from paragraph(page, checked(report), 0)
    for sentence in reservations(report):
        yield from paragraph(page, sentence, 0, "warn")
    yield from paragraph(page, result(report), 0, result_style(report))


def _framework(framework: Framework, results: Sequence[ControlResult], page: Page) -> Iterator[str]:
    name = f"{framework.name} {framework.version} ({framework.id})"
    yield from paragraph(page, clean(name), 0, "bold")
    yield "\n"
    numbers = min(widest(one.control.number for one in results), 12)
    for one in results:
        yield from _control(one, numbers, page)
    yield "\n"
    yield from paragraph(page, f"{framework.id}: {totals(results)}", 0, "bold")


def _control(one: ControlResult, numbers: int, page: Page) -> Iterator[str]:
    """Its state and number, its title, and below the title what the rules came to."""
    word, style = _WORDS[one.state]
    indent = 2 + _STATE + numbers + 2
    first, *more = wrap(clean(one.control.title), page.width - indent)
    number = pad(clean(one.control.number), numbers)
    yield line(
        page,
        ("  ", ""),
        (word, style),
        (" " * (_STATE - len(word)), ""),
        (number, "bold"),
        (f"  {first}", ""),
    )
    for part in more:
        yield line(page, (" " * indent, ""), (part, ""))
    for note in notes(one):
        yield from paragraph(page, note, indent, "dim")


def notes(one: ControlResult) -> Iterator[str]:
    """Yield what stands below a control: its counts, the rules that ran, and what none of them looked at."""
    counted = {
        "failed": one.failed,
        "unknown": one.unknown,
        "waived": one.waived,
        "passed": one.passed,
    }
    counts = [f"{count:,} {word}" for word, count in counted.items() if count]
    if one.gaps:
        counts.append(f"{plural(one.gaps, 'listing')} not read")
    if one.rules:
        yield clean(f"{', '.join(counts) or 'no resource'}: {', '.join(one.rules)}")
    if one.skipped:
        yield clean(f"not selected in this run: {', '.join(one.skipped)}")
    if one.partly and not one.skipped:
        yield "partly automated: a person has to look at the rest"
    if one.control.look and (one.partly or one.state in (ControlState.MANUAL, ControlState.NO_RULE)):
        yield clean(f"look at: {one.control.look}")


def totals(results: Sequence[ControlResult]) -> str:
    """Count the controls by state: `62 controls: 3 failed, 10 passed, 49 no rule`."""
    states = Counter(one.state for one in results)
    counts = [f"{states[state]:,} {_WORDS[state][0]}" for state in ControlState if states[state]]
    partly = sum(one.partly for one in results)
    said = f" ({partly:,} partly automated)" if partly else ""
    return f"{plural(len(results), 'control')}: {', '.join(counts)}{said}"
