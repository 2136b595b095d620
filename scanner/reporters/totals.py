"""The last sentences of a report: what was checked, what was found, and whether that is all."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from scanner.known.comparing import Change
from scanner.report import Report
from scanner.reporters.text import clean, listed, plural
from scanner.rule import Severity

_NAMED = 8

#: Where answers come from that are not a bulk service's.
_AT_FIRST_HAND: Final = frozenset({"live", "recorded"})


def checked(report: Report) -> str:
    """Say how much was looked at: `Checked 1 account in 17 regions: 1,234 resources by 13 rules, 512 calls, 8.2 s`."""
    accounts = {(scope.cloud, scope.account) for scope in report.checked}
    regions = {(scope.cloud, scope.region) for scope in report.checked if scope.region != "global"}
    parts = [f"{plural(report.resources, 'resource')} by {plural(len(report.rules), 'rule')}"]
    if report.calls:
        parts.append(plural(report.calls, "call"))
    if report.seconds is not None:
        parts.append(f"{report.seconds:.1f} s")
    where = f" in {plural(len(regions), 'region')}" if regions else ""
    return f"Checked {plural(len(accounts), 'account')}{where}: {', '.join(parts)}."


def outcomes(report: Report) -> str:
    """Say how it went: `Verdicts: 12 failed (2 of them waived), 1,400 passed, 14 unknown`."""
    counts = report.counts
    waived = f" ({counts['waived']:,} of them waived)" if counts["waived"] else ""
    parts = [f"{counts['fail']:,} failed{waived}", f"{counts['pass']:,} passed"]
    words = {"unknown": "unknown", "error": "broken"}
    parts += [f"{counts[outcome]:,} {word}" for outcome, word in words.items() if counts[outcome]]
    return f"Verdicts: {', '.join(parts)}."


def severities(report: Report) -> str:
    """`3 critical, 9 high`; empty without findings."""
    found = Counter(finding.severity for finding in report.findings)
    return ", ".join(f"{found[one]:,} {one}" for one in reversed(Severity) if found[one])


def reservations(report: Report) -> Iterator[str]:
    """Yield a sentence for everything that the run did not look at, by wish or because it was stopped."""
    yield from bulk(report)
    if report.left_out:
        yield f"Left out, as configured: {clean(listed(report.left_out, _NAMED))}."
    yield from compared(report)
    if not report.complete:
        yield "The run was cut short: what it had not reached was not checked."


def bulk(report: Report) -> Iterator[str]:
    """Name the bulk services that answered in place of the clouds' own lists, and when: they follow changes later."""
    asked: dict[tuple[str, str], datetime] = {}
    for one in report.listings:
        if one.origin not in _AT_FIRST_HAND:
            key = (one.scope.cloud, one.origin)
            asked[key] = min(one.read_at, asked.get(key, one.read_at))
    for (cloud, origin), since in sorted(asked.items()):
        yield (
            f"{cloud}: lists are those of {clean(origin)}, asked at {since:%Y-%m-%d %H:%M} UTC: what changed shortly "
            "before may not be in them."
        )


def compared(report: Report) -> Iterator[str]:
    """Say how the run differs from the one before: `Since 2026-11-22 01:30 UTC: 2 new, 1 changed, 3 fixed`."""
    comparison = report.comparison
    if comparison is None:
        return
    before = comparison.before.started
    since = f"{before:%Y-%m-%d %H:%M} UTC" if before is not None else "the run before"
    parts = [f"{count:,} {said}" for change, said in CHANGES.items() if (count := len(comparison.of(change)))]
    yield f"Since {since}: {', '.join(parts) or 'no findings then, none now'}."
    unknown, gaps = len(comparison.newly_unknown), len(comparison.new_gaps)
    if unknown or gaps:
        yield f"Not readable any more: {plural(gaps, 'listing')}, {plural(unknown, 'verdict')}."


CHANGES: Final = {
    Change.NEW: "new",
    Change.FIRST_CHECKED: "checked for the first time",
    Change.CHANGED: "changed",
    Change.UNCHANGED: "unchanged",
    Change.FIXED: "fixed",
    Change.GONE: "gone with their resource",
    Change.NOT_CHECKED: "not checked this time",
    Change.OUT_OF_SCOPE: "out of scope this time",
    Change.BY_RULE: "changed by a rule",
}
"""What became of findings, to stand behind their number."""


def result(report: Report) -> str:
    """The last line: what was found, and whether that is all."""
    if report.nothing_checked:
        return "nothing was checked" + (", and incomplete" if report.incomplete else "")
    found = len(report.findings)
    if not found:
        return "no findings, but incomplete" if report.incomplete else "no findings"
    tail = ", and incomplete" if report.incomplete else ""
    new = ""
    if report.comparison is not None:
        new = f", {len(report.comparison.gating) or 'none'} new or worse since the baseline"
    return f"{plural(found, 'finding')} ({severities(report)}){new}{tail}"


def result_style(report: Report) -> str:
    """The style of the last line."""
    worst = max((finding.severity for finding in report.findings), key=lambda one: one.rank, default=None)
    if worst is not None:
        return worst.value
    return "warn" if report.incomplete or report.nothing_checked else "good"
