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

from ._log_groups import groups_of
from ._pattern import Event, lets_through

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
class _Alarms:
    """The alerts by the metrics that they watch, those that follow others by their ids, and why there may be more."""

    of: dict[str, list[AlertPolicy]] = field(default_factory=dict)
    after: dict[str, list[AlertPolicy]] = field(default_factory=dict)
    missing: UnreadError | None = None

    def tell(self, metric: LogMetric) -> bool:
        """Tell whether one that watches a metric is on, and tells somebody. Raises UnreadError where one may."""
        told = _some(self.on(metric), lambda alert: all_of(lambda: alert.enabled, lambda: alert.notifies))
        if not told and self.missing is not None:
            raise self.missing
        return told

    def on(self, metric: LogMetric) -> Iterator[AlertPolicy]:
        """Yield the alerts that a metric sets off, by itself or by another alert."""
        for alert in self.of.get(metric.metric, ()):
            yield alert
            yield from self.after.get(alert.canonical_id, ())


def no_alarm(account: Account, kept: Kept, events: Events, what: str) -> Problems:
    """Yield a problem for the events of which nobody is told; together they are called `what`.

    Somebody is told of an event when a trail records every region into a log group of the account, a log metric there
    has a filter that lets the event through, and an alert that is on and tells somebody watches the metric. Raises
    UnreadError where what was not read may do it: as not applicable where the group is another account's, or stands in
    a region that was not looked at.
    """
    groups = groups_of(account, kept.trails, kept.groups)
    unknown = groups.missing or groups.elsewhere
    if not groups.here and unknown is None:
        yield f"no trail that records every region writes to a log group, so no alarm can tell of {what}"
        return
    alarms = _alarms(kept.alerts)
    reasons: dict[str, list[str]] = {}

    def judge(name: str) -> Iterator[str]:
        if not _told(kept, groups.here, alarms, events[name]):
            if unknown is not None:
                raise unknown
            reasons.setdefault(_reason(kept, groups.here, alarms, events[name]), []).append(name)
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


def _some(items: Iterable[T], check: Callable[[T], bool]) -> bool:
    """Tell whether one is so, whatever of the others is unread; else raise the first UnreadError, if any."""
    return any(each(items, lambda item: (check(item),)))


def _alarms(alerts: Iterable[AlertPolicy]) -> _Alarms:
    found = _Alarms()

    def note(alert: AlertPolicy) -> Iterator[None]:
        for metric in alert.metrics:
            found.of.setdefault(metric, []).append(alert)
        for other in alert.follows:
            found.after.setdefault(other, []).append(alert)
        yield

    try:
        list(each(alerts, note))
    except UnreadError as unread:
        found.missing = unread
    return found


def _in(groups: set[str], metrics: InAccount[LogMetric]) -> Iterator[LogMetric]:
    """Yield the metrics that count in these log groups. Raises UnreadError in the end where there may be more."""
    return each(sorted(groups), lambda group: metrics.where("log", group))


def _told(kept: Kept, groups: set[str], alarms: _Alarms, event: Event) -> bool:
    return _some(
        _in(groups, kept.metrics),
        lambda metric: all_of(
            lambda: metric.enabled,
            lambda: _counts(metric, event),
            lambda: alarms.tell(metric),
        ),
    )


def _counts(metric: LogMetric, event: Event) -> bool:
    through = lets_through(metric.filter, event)
    if through is None:
        text = f"whether the filter {metric.filter!r} lets this event through cannot be told"
        raise UnreadError("LogMetric.filter", Why(code=Code.MALFORMED, text=text))
    return through


def _reason(kept: Kept, groups: set[str], alarms: _Alarms, event: Event) -> str:
    """Say how far an event comes of which nobody is told; what is unread is no matter any more."""

    def counts(metric: LogMetric) -> bool:
        return _surely(lambda: metric.enabled, lambda: _counts(metric, event))

    counting = list(filter(counts, _read(_in(groups, kept.metrics))))
    if not counting:
        return "no metric filter on the log group of the trail counts {}"
    watching = (alert for metric in counting for alert in alarms.on(metric))
    if any(map(_on, watching)):
        return "an alarm waits for {}, and tells nobody"
    return "a metric filter counts {}, and no alarm that is on watches it"


def _on(alert: AlertPolicy) -> bool:
    return _surely(lambda: alert.enabled)


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
