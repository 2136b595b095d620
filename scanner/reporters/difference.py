"""Two runs side by side: for people, the groups with what became of each finding; for programs, a line each."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from scanner.inventory import gap_fields, scope_fields
from scanner.known.comparing import Change, Comparison, Entry
from scanner.known.past import Past, Seen
from scanner.models.resource import read_at
from scanner.reporters.layout import paragraph
from scanner.reporters.page import Page, encoded, line
from scanner.reporters.rows import dumps, seen_fields
from scanner.reporters.text import clean, label, placing, plural
from scanner.reporters.totals import CHANGES

SCHEMA: Final = 1

_SHOWN: Final = 50
_LISTED: Final = (
    *(Change.NEW, Change.FIRST_CHECKED, Change.CHANGED, Change.BY_RULE),
    *(Change.FIXED, Change.GONE, Change.NOT_CHECKED, Change.OUT_OF_SCOPE),
)
"""The groups that are shown one by one, in this order; what is unchanged is only counted."""
_GOOD: Final = (Change.FIXED, Change.GONE)


def table(comparison: Comparison, page: Page) -> Iterator[bytes]:
    """Yield the comparison for people."""
    yield from encoded(_table(comparison, page))


def _table(comparison: Comparison, page: Page) -> Iterator[str]:
    for change in _LISTED:
        yield from _group(comparison, change, page)
    unknown = [
        ("unknown", seen, "; ".join(str(one.why) for one in seen.verdict.unread))
        for seen in comparison.newly_unknown
    ]
    if unknown:
        yield line(page, (f"Not judged any more: {plural(len(unknown), 'verdict')}", "warn"))
        for _, seen, why in unknown[:_SHOWN]:
            yield from paragraph(page, clean(f"{seen.verdict.rule}  {label(seen.verdict)}: {why}"), 2)
        yield "\n"
    for title, gaps in (("New gaps", comparison.new_gaps), ("Gaps that are closed", comparison.closed_gaps)):
        if gaps:
            yield line(page, (f"{title}: {len(gaps):,}", "warn" if gaps is comparison.new_gaps else "good"))
            for gap in gaps[:_SHOWN]:
                yield from paragraph(page, clean(f"{gap.scope} {gap.kind}: {gap.permission or gap.why}"), 2)
            yield "\n"
    same = len(comparison.of(Change.UNCHANGED))
    yield line(page, (f"{plural(same, 'finding')} unchanged. {_summary(comparison)}", "bold"))


def _summary(comparison: Comparison) -> str:
    counts = comparison.counts
    said = [f"{counts[change.value]:,} {CHANGES[change]}" for change in _LISTED if counts[change.value]]
    return (", ".join(said) or "No difference") + "."


def _group(comparison: Comparison, change: Change, page: Page) -> Iterator[str]:
    entries = comparison.of(change)
    if not entries:
        return
    style = "good" if change in _GOOD else "warn" if change is Change.NOT_CHECKED else "bold"
    yield line(page, (f"{CHANGES[change].capitalize()}: {plural(len(entries), 'finding')}", style))
    place = placing(entry.seen.verdict.scope for entry in comparison.entries)
    for entry in entries[:_SHOWN]:
        yield from _finding(entry, place(entry.seen.verdict.scope), page)
    if len(entries) > _SHOWN:
        yield line(page, (f"  ... and {len(entries) - _SHOWN:,} more: all with -o jsonl", "dim"))
    yield "\n"


def _finding(entry: Entry, where: str, page: Page) -> Iterator[str]:
    verdict = entry.seen.verdict
    said = f"{verdict.severity.upper()}  {verdict.rule}  {label(verdict)}{'  ' + where if where else ''}"
    yield from paragraph(page, clean(said), 2, verdict.severity.value)
    for message in verdict.messages:
        yield from paragraph(page, clean(message), 6)
    notes = [f"would be {CHANGES[entry.seems]}"] if entry.seems else []
    notes += [entry.why] if entry.why else []
    notes += [f"accepted: {entry.seen.waived}"] if entry.seen.waived is not None else []
    if notes:
        yield from paragraph(page, clean("; ".join(notes)), 6, "dim")


def jsonl(comparison: Comparison, page: Page) -> Iterator[bytes]:  # noqa: ARG001 - data has no width
    """Yield the comparison, an object a line: `diff`, then `change`, `unknown` and `gap` lines, then `end`."""
    for row in _rows(comparison):
        yield dumps(row) + b"\n"


def _rows(comparison: Comparison) -> Iterator[dict[str, Any]]:
    both = {"old": _run(comparison.before), "new": _run(comparison.now)}
    yield {"type": "diff", "schema": SCHEMA, "tool": "surefoot", **both}
    for entry in comparison.entries:
        yield {
            "type": "change",
            "change": entry.change,
            "seems": entry.seems,
            "why": entry.why,
            **seen_fields(entry.seen),
            "before": _short(entry.before),
        }
    for seen in comparison.newly_unknown:
        yield {"type": "unknown", **seen_fields(seen)}
    for change, gaps in (("new", comparison.new_gaps), ("closed", comparison.closed_gaps)):
        for gap in gaps:
            yield {"type": "gap", "change": change, **gap_fields(gap)}
    yield {"type": "end", "complete": True, "counts": dict(comparison.counts)}


def _run(past: Past) -> dict[str, Any]:
    return {
        "version": past.version,
        "started": read_at(past.started) if past.started is not None else None,
        "scopes": [scope_fields(scope) for scope in sorted(past.scopes)],
    }


def _short(seen: Seen | None) -> dict[str, Any] | None:
    if seen is None:
        return None
    verdict = seen.verdict
    messages: Sequence[str] = verdict.messages
    return {"severity": verdict.severity, "messages": messages, "waived": seen.waived}
