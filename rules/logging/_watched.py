"""What rules about alarms on a trail's log share: whether somebody is told of each of some events."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from scanner import (
    Account,
    AlertPolicy,
    Code,
    InAccount,
    LogGroup,
    LogMetric,
    Problems,
    Trail,
    UnreadError,
    Why,
    all_of,
    each,
)

from ._pattern import Event, lets_through
from ._trails import records

T = TypeVar("T")

Events = Mapping[str, Event]
"""What an event is called in messages → what a trail writes of it."""


@dataclass(frozen=True, slots=True)
class Kept:
    """Where the events of an account are counted, and by which alarms people are told."""

    trails: InAccount[Trail]
    groups: InAccount[LogGroup]
    metrics: InAccount[LogMetric]
    alerts: InAccount[AlertPolicy]


@dataclass(slots=True)
class _Groups:
    """The account's log groups that a trail writes to; then why there may be more, here or elsewhere."""

    here: set[str] = field(default_factory=set)
    missing: UnreadError | None = None
    elsewhere: UnreadError | None = None


def no_alarm(account: Account, kept: Kept, events: Events, what: str) -> Problems:
    """Yield a problem for the events of which nobody is told; together they are called `what`.

    Somebody is told of an event when a trail records every region into a log group of the account, a log metric there
    has a filter that lets the event through, and an alert that is on and tells somebody watches the metric. Raises
    UnreadError where what was not read may do it: as not applicable where the group is another account's, or stands in
    a region that was not looked at.
    """
    groups = _groups(account, kept)
    unknown = groups.missing or groups.elsewhere
    if not groups.here and unknown is None:
        yield f"no trail that records every region writes to a log group, so no alarm can tell of {what}"
        return
    reasons: dict[str, list[str]] = {}

    def judge(name: str) -> Iterator[str]:
        if not _told(kept, groups.here, events[name]):
            if unknown is not None:
                raise unknown
            reasons.setdefault(_reason(kept, groups.here, events[name]), []).append(name)
        yield name

    missing: UnreadError | None = None
    try:
        list(each(events, judge))
    except UnreadError as unread:
        missing = unread
    for reason, names in reasons.items():
        yield reason.format(what if len(names) == len(events) else ", ".join(names))
    if missing is not None:
        raise missing


def _groups(account: Account, kept: Kept) -> _Groups:
    found = _Groups()
    try:
        list(each(kept.trails, lambda trail: _place(account, kept, trail, found)))
    except UnreadError as unread:
        found.missing = unread
    return found


def _place(account: Account, kept: Kept, trail: Trail, found: _Groups) -> Iterator[None]:
    """Say of a trail's log group where it stands. Raises UnreadError where that is not known."""
    if all_of(
        lambda: records(trail, "management_events", ("all",)),
        lambda: trail.log_group is not None,
    ):
        group = str(trail.log_group)
        _, _, _, region, owner, _, _ = group.split(":", 6)
        if owner != account.scope.account:
            found.elsewhere = _nothing_here(f"the log group is account {owner}'s, where alarms on it stand")
        elif kept.groups.get(group) is None:
            found.elsewhere = _nothing_here(f"the log group stands in {region}, which was not looked at")
        else:
            found.here.add(group)
    yield


def _nothing_here(text: str) -> UnreadError:
    return UnreadError("Trail.log_group", Why(code=Code.NOT_APPLICABLE, text=text))


def _some(items: Iterable[T], check: Callable[[T], bool]) -> bool:
    """Tell whether one is so, whatever of the others is unread; else raise the first UnreadError, if any."""
    return any(each(items, lambda item: (check(item),)))


def _told(kept: Kept, groups: set[str], event: Event) -> bool:
    def tells(metric: LogMetric) -> bool:
        return _some(kept.alerts, lambda alert: all_of(*_watching(alert, metric), lambda: alert.notifies))

    return _some(
        kept.metrics,
        lambda metric: all_of(
            lambda: metric.log in groups,
            lambda: metric.enabled,
            lambda: _counts(metric, event),
            lambda: tells(metric),
        ),
    )


def _counts(metric: LogMetric, event: Event) -> bool:
    through = lets_through(metric.filter, event)
    if through is None:
        text = f"whether the filter {metric.filter!r} lets this event through cannot be told"
        raise UnreadError("LogMetric.filter", Why(code=Code.MALFORMED, text=text))
    return through


def _watching(alert: AlertPolicy, metric: LogMetric) -> tuple[Callable[[], bool], Callable[[], bool]]:
    return lambda: metric.metric in alert.metrics, lambda: alert.enabled


def _reason(kept: Kept, groups: set[str], event: Event) -> str:
    """Say how far an event comes of which nobody is told; what is unread is no matter any more."""

    def counts(metric: LogMetric) -> bool:
        return _surely(lambda: metric.log in groups, lambda: metric.enabled, lambda: _counts(metric, event))

    counting = list(filter(counts, _read(kept.metrics)))
    if not counting:
        return "no metric filter on the log group of the trail counts {}"
    alerts = list(_read(kept.alerts))
    if any(_surely(*_watching(alert, metric)) for metric in counting for alert in alerts):
        return "an alarm waits for {}, and tells nobody"
    return "a metric filter counts {}, and no alarm that is on watches it"


def _read(items: Iterable[T]) -> Iterator[T]:
    """Yield what was read of a listing."""
    try:
        yield from items
    except UnreadError:
        return


def _surely(*facts: Callable[[], bool]) -> bool:
    try:
        return all(fact() for fact in facts)
    except UnreadError:
        return False
