"""The history for people: findings with their lives, one finding's turns, a line for each run."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any, Final

from scanner.reporters.layout import Cell, paragraph, row, widest, wrap
from scanner.reporters.page import Page, line
from scanner.reporters.text import called, clean, plural

_STATUS: Final = {
    "open": "open",
    "not_checked": "open, but the latest run could not look",
    "fixed": "fixed",
    "gone": "gone with its resource",
    "by_rule": "over by a change of the rule",
    "passing": "never failed",
    "unknown": "could not be judged",
    "left": "never failed, resource gone",
}
_GOOD: Final = frozenset({"fixed", "gone", "by_rule"})


def day(time: str) -> str:
    """The day of a time as reports write it."""
    return time[:10]


def life(one: Any) -> str:
    """Say a finding's life in one line: `open since 2026-11-02 (21 days), last seen 2026-11-23`."""
    status, found = one.row.status, one.first_seen
    parts = []
    if status == "open":
        parts.append(f"open since {day(one.opened)}")
    elif status == "not_checked":
        parts.append(f"open since {day(one.opened)}, not checked since {day(one.last_seen)}")
    elif one.closed:
        parts.append(f"{_STATUS[status]} on {day(one.closed)}")
    else:
        parts.append(_STATUS[status])
    if one.days is not None:
        parts[-1] += f" ({plural(round(one.days), 'day')}{'' if status == 'open' else ' open'})"
    if found and found != one.opened:
        parts.append(f"first seen {day(found)}")
    if one.row.first_change == "first_checked" and status in ("open", "not_checked"):
        parts.append("when first looked at")
    if one.row.reopened:
        parts.append(f"came back {plural(one.row.reopened, 'time')}")
    if status == "open":
        parts.append(f"last seen {day(one.last_seen)}")
    if one.row.waived is not None:
        parts.append(f"accepted: {one.row.waived}")
    return "; ".join(parts)


def findings(found: Sequence[Any], page: Page, most: int, by_owner: bool = False) -> Iterator[str]:  # noqa: FBT001, FBT002
    """Yield the findings by severity and rule, with `by_owner` a part for each owner, those of nobody last."""
    if by_owner:
        ordered = sorted(found, key=lambda one: (not one.row.owner, one.row.owner or ""))
        for owner, group in groupby(ordered, key=lambda one: one.row.owner or ""):
            owned = list(group)
            title = f"owner {owner}" if owner else "nobody's: no rule of [owners] names an owner"
            yield line(page, (clean(f"{title}: {plural(len(owned), 'finding')}"), "bold"))
            yield from _by_rule(owned, page, most)
        return
    yield from _by_rule(found, page, most)


def _by_rule(found: Sequence[Any], page: Page, most: int) -> Iterator[str]:
    for (_, rule), group in groupby(found, key=lambda one: (-one.severity.rank, one.rule)):
        owned = list(group)
        severity = owned[0].severity
        yield line(page, (severity.upper(), severity.value), (f"  {rule}  ({len(owned):,})", "bold"))
        for one in owned[:most]:
            name = called(one.scope.cloud, one.row.resource, one.row.name)
            yield from paragraph(page, f"{name}  {clean(str(one.scope))}", 2, hang=2)
            style = (
                "good" if one.row.status in _GOOD else "warn" if one.row.status == "not_checked" else "dim"
            )
            yield from paragraph(page, clean(f"{life(one)}; {one.row.fingerprint[:12]}"), 6, style)
        if len(owned) > most:
            yield line(page, (f"  ... and {len(owned) - most:,} more: --limit, or -o jsonl", "dim"))
    yield "\n"


def turns(one: Any, taken: Sequence[Mapping[str, Any]], page: Page) -> Iterator[str]:
    """Yield one finding, and each turn that it took."""
    name = called(one.scope.cloud, one.row.resource, one.row.name)
    yield line(page, (one.severity.upper(), one.severity.value), (f"  {one.rule}", "bold"))
    yield from paragraph(page, f"{name}  {clean(str(one.scope))}", 2)
    yield from paragraph(page, clean(one.row.resource), 2, "dim")
    yield from paragraph(page, clean(life(one)), 2)
    if one.row.owner:
        yield from paragraph(page, clean(f"owner: {one.row.owner}"), 2)
    for message in one.messages:
        yield from paragraph(page, clean(message), 4)
    yield "\n"
    width = widest(str(turn["step"]) for turn in taken)
    for turn in taken:
        said = "; ".join(filter(None, [turn["why"] or "", *turn["messages"]]))
        cells = [
            Cell([str(turn["started"])[:16].replace("T", " ")], 16, "dim"),
            Cell([str(turn["step"]).replace("_", " ")], width, "bold"),
            Cell(
                wrap(clean(said), max(20, page.width - width - 24), hang=2), max(20, page.width - width - 24)
            ),
        ]
        yield from row(page, 2, cells)


_COLUMNS: Final = (
    ("open", ("critical", "high", "medium", "low", "info")),
    ("new", ("new", "first_checked")),
    ("back", ("reopened",)),
    ("fixed", ("fixed",)),
    ("gone", ("gone",)),
    ("unread", ("not_checked", "unknown")),
)
_WIDE: Final = 10
"""Columns of the terminal: a million and a space before it."""


def trend(nights: Sequence[Any], days: float | None, page: Page) -> Iterator[str]:
    """Yield a line for each run with a bar of what is open, and how long fixes took."""
    most = max((sum(night.open.values()) for night in nights), default=0) or 1
    room = max(10, page.width - 16 - _WIDE * len(_COLUMNS) - 4)
    yield line(page, ("run             ", "dim"), *((f"{name:>{_WIDE}}", "dim") for name, _ in _COLUMNS))
    for night in nights:
        counts = {**night.changes, **night.open}
        numbers = "".join(f"{sum(counts.get(key, 0) for key in keys):>{_WIDE},}" for _, keys in _COLUMNS)
        bar = "#" * round(sum(night.open.values()) / most * room)
        yield line(page, (f"{night.started[:16].replace('T', ' ')}", ""), (numbers, ""), (f"  {bar}", "dim"))
    took = "nothing was fixed yet" if days is None else f"half of all fixes took no more than {days:.1f} days"
    yield from paragraph(page, f"{plural(len(nights), 'run')}; {took}.", 0, "bold")


def runs(all_runs: Sequence[Mapping[str, Any]], page: Page) -> Iterator[str]:
    """Yield a line for each run."""
    for one in all_runs:
        counts = one["counts"]
        said = [f"{counts.get('fail', 0):,} failed, {counts.get('pass', 0):,} passed"]
        said += [f"{counts['unknown']:,} unknown"] if counts.get("unknown") else []
        said += [plural(one["gaps"], "gap")] if one["gaps"] else []
        said += ["cut short"] if not one["complete"] else []
        said += ["chose among resources"] if one["partial"] else []
        changes = ", ".join(f"{count:,} {step.replace('_', ' ')}" for step, count in one["changes"].items())
        head = f"{one['id']:>5}  {one['started'][:16].replace('T', ' ')}  "
        yield from paragraph(page, f"{head}{', '.join(said)}{'; ' + changes if changes else ''}", 0, hang=7)
