"""The blocks of the table about what could not be judged: broken rules, unread facts, gaps and what they hide."""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from scanner.inventory import ANY_KIND
from scanner.models.resource import Scope
from scanner.report import Report
from scanner.reporters.grouping import Missing, broken, gaps, unknowns
from scanner.reporters.layout import paragraph
from scanner.reporters.page import Page, line
from scanner.reporters.text import clean, listed, plural

_SHOWN: Final = 10
_NAMED: Final = 6
_LONGEST: Final = 240


def broken_block(report: Report, page: Page) -> Iterator[str]:
    """Yield the rules that broke: their outcome is ERROR and loud."""
    found = broken(report)
    if not found:
        return
    yield line(page, (f"BROKEN RULES: {plural(report.counts['error'], 'verdict')} missing", "critical"))
    yield "\n"
    for rule, count, text in found[:_SHOWN]:
        yield from paragraph(page, f"{rule.id}, on {plural(count, 'resource')}", 2, "bold")
        yield from paragraph(page, _short(text), 6)
    yield from _rest(found, page)
    yield "\n"


def unknowns_block(report: Report, page: Page) -> Iterator[str]:
    """Yield what was not read on single resources, the permission with the most verdicts first."""
    found = unknowns(report)
    if not found:
        return
    yield line(page, (f"UNKNOWN: {plural(report.counts['unknown'], 'verdict')} could not be reached", "warn"))
    yield "\n"
    for one in found[:_SHOWN]:
        yield from paragraph(page, one.text, 2, "bold")
        yield from paragraph(page, leaves(one), 6)
        yield from _why(one, page)
    yield from _rest(found, page)
    yield "\n"


def gaps_block(report: Report, page: Page, place: Callable[[Scope], str]) -> Iterator[str]:
    """Yield the listings that were not read, and the rules that could not judge without them."""
    found = gaps(report)
    if not found:
        return
    yield line(page, (f"NOT READ: {plural(len(report.gaps), 'gap')}", "warn"))
    yield "\n"
    for one in found[:_SHOWN]:
        yield from paragraph(page, one.text, 2, "bold")
        where = listed([text for scope in sorted(one.scopes) if (text := place(scope))], _NAMED)
        yield from paragraph(page, f"in {where}", 6) if where else ()
        yield from paragraph(page, hides(one, report), 6)
        yield from _why(one, page)
    yield from _rest(found, page)
    yield "\n"


def leaves(one: Missing) -> str:
    """Say what an unread fact costs: `leaves 12 verdicts unknown: bucket-public`."""
    return clean(f"leaves {plural(one.verdicts, 'verdict')} unknown: {listed(sorted(one.rules), _NAMED)}")


def hides(one: Missing, report: Report) -> str:
    """Say what a gap costs: `hides Firewall from 2 rules: all-ports-open-to-internet, ssh-open-to-internet`."""
    every = ANY_KIND in one.kinds
    kinds = "everything" if every else listed(sorted(one.kinds), _NAMED)
    if len(one.rules) == len(report.rules) > 1:
        return clean(f"hides {kinds} from all {len(one.rules)} rules")
    return clean(f"hides {kinds} from {plural(len(one.rules), 'rule')}: {listed(sorted(one.rules), _NAMED)}")


def _why(one: Missing, page: Page) -> Iterator[str]:
    if one.why:
        yield from paragraph(page, _short(one.why), 6, "dim")


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 4] + " ..."


def _rest(found: Sequence[object], page: Page) -> Iterator[str]:
    if len(found) > _SHOWN:
        yield line(page, (f"  ... and {len(found) - _SHOWN:,} more: all with -o jsonl", "dim"))
