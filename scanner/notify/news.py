"""What a run has to tell: findings that are new, over, or can no longer be judged. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from scanner.history.deciding import Row, Step, Turn
from scanner.history.keeping import Kept
from scanner.inventory import Gap
from scanner.models.resource import Scope
from scanner.report import Report
from scanner.reporters.text import called, clean, plural
from scanner.reporters.totals import result
from scanner.rule import Severity

_SEVERITIES: Final = tuple(Severity)

#: The groups of a message in their order: a title, and the turns that stand there.
GROUPS: Final = (
    ("New", (Step.NEW, Step.REOPENED)),
    ("No longer accepted", (Step.LAPSED,)),
    ("Worse than before", (Step.WORSE,)),
    ("Looked at for the first time", (Step.FIRST_CHECKED,)),
    ("Changed by a rule", (Step.BY_RULE,)),
    ("Fixed", (Step.FIXED,)),
    ("Gone with its resource", (Step.GONE,)),
    ("Open when it was last seen, and not checked this time", (Step.NOT_CHECKED,)),
    ("No longer readable", (Step.UNKNOWN,)),
)


@dataclass(frozen=True, slots=True)
class Item:
    """One finding in a message, as text that is not escaped for any channel yet."""

    severity: Severity
    title: str
    name: str
    where: str
    fingerprint: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class News:
    """What one receiver is told. `groups`: title → findings, the worst first; `gaps`: lists newly not read."""

    subject: str
    summary: str
    groups: Mapping[str, Sequence[Item]] = field(default_factory=dict)
    gaps: Sequence[str] = ()
    link: str = ""

    @property
    def empty(self) -> bool:
        """Whether nothing changed that the receiver wants to know of."""
        return not self.groups and not self.gaps


def news(report: Report, kept: Kept, *, at_least: Severity, owner: str = "", link: str = "") -> News:
    """Return what changed, at or above a severity, of one owner where one is named."""
    groups: dict[str, list[Item]] = {}
    for title, steps in GROUPS:
        items = [
            _item(report, turn, rule, scope)
            for turn, rule, _, scope in kept.turns
            if turn.step in steps
            and turn.row.severity >= at_least.rank
            and turn.row.waived is None
            and (not owner or turn.row.owner == owner)
        ]
        if items:
            groups[title] = sorted(items, key=lambda one: (-one.severity.rank, one.title, one.name))
    accepted = report.accepted_gaps
    gaps = [] if owner else [_gap(gap) for gap in kept.new_gaps if gap not in accepted]
    counts = [f"{len(items):,} {title.lower()}" for title, items in groups.items()]
    counts += [plural(len(gaps), "list") + " no longer readable"] if gaps else []
    subject = f"Surefoot: {'; '.join(counts) or 'nothing new'}"
    return News(subject, f"{report.started:%Y-%m-%d %H:%M} UTC: {result(report)}", groups, gaps, link)


def _item(report: Report, turn: Turn, rule: str, scope: Scope) -> Item:
    tuned = report.rules.get(rule)
    row: Row = turn.row
    return Item(
        _SEVERITIES[row.severity],
        tuned.rule.title if tuned is not None else rule,
        called(scope.cloud, row.resource, row.name),
        clean(str(scope)),
        row.fingerprint,
        "came back" if turn.step is Step.REOPENED else clean(turn.why),
    )


def _gap(gap: Gap) -> str:
    what = "everything" if gap.kind == "*" else f"kind {gap.kind}"
    return clean(f"{gap.scope}: {what}: {gap.permission or gap.why}")


def lines(told: News, most: int) -> Iterator[tuple[str, str]]:
    """Yield (style, text) for any channel: `head` for a group's title, `item` for one finding; `most` in each group."""
    for title, items in told.groups.items():
        yield "head", f"{title}: {plural(len(items), 'finding')}"
        for one in items[:most]:
            note = f" ({one.note})" if one.note else ""
            yield (
                "item",
                f"{one.severity.upper()} {one.title}: {one.name}, {one.where}{note} [{one.fingerprint[:12]}]",
            )
        if len(items) > most:
            yield "item", f"and {len(items) - most:,} more"
    if told.gaps:
        yield "head", f"Not readable any more: {plural(len(told.gaps), 'list')}"
        for text in told.gaps[:most]:
            yield "item", text
        if len(told.gaps) > most:
            yield "item", f"and {len(told.gaps) - most:,} more"
