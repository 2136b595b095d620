"""What rules about one alert share: whether somebody is told when such log entries are written."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from scanner import AlertPolicy, Case, LogMetric, Problems, ProjectSettings, UnreadError

Example = Case | ProjectSettings


@dataclass(slots=True)
class _Found:
    """What was seen of metrics and alerts, and the first thing that could not be read."""

    watched: set[str] = field(default_factory=set)
    silent: bool = False
    counted: bool = False
    missing: UnreadError | None = None


def no_alert(
    metrics: Iterable[LogMetric], alerts: Iterable[AlertPolicy], words: Collection[str], what: str
) -> Problems:
    """Yield a problem unless an alert that is on and tells somebody waits for log entries with all these words.

    Either it has a filter of its own, or it watches a log metric with one. A filter is compared by the words that it
    holds. Raises UnreadError where one that could not be read may be the right one.
    """
    found = _Found()
    if _by_filter(alerts, words, found) or _by_metric(metrics, words, found):
        return
    if found.missing is not None:
        raise found.missing
    if found.silent:
        yield f"an alert waits for {what}, and tells nobody"
    elif found.counted:
        yield f"a log metric counts {what}, and no alert that is on watches it"
    else:
        yield f"no alert waits for {what}"


def _by_filter(alerts: Iterable[AlertPolicy], words: Collection[str], found: _Found) -> bool:
    try:
        for alert in alerts:
            try:
                if not alert.enabled:
                    continue
                matches = any(holds(text, words) for text in alert.filters)
                if not alert.notifies:
                    found.silent = found.silent or matches
                elif matches:
                    return True
                else:
                    found.watched.update(map(_plain, alert.metrics))
            except UnreadError as unread:
                found.missing = found.missing or unread
    except UnreadError as unread:
        found.missing = found.missing or unread
    return False


def _by_metric(metrics: Iterable[LogMetric], words: Collection[str], found: _Found) -> bool:
    try:
        for metric in metrics:
            try:
                if metric.enabled and holds(metric.filter, words):
                    found.counted = True
                    if _plain(metric.metric) in found.watched:
                        return True
            except UnreadError as unread:
                found.missing = found.missing or unread
    except UnreadError as unread:
        found.missing = found.missing or unread
    return False


def holds(text: str, words: Collection[str]) -> bool:
    """Tell whether a filter holds all of the words, whatever stands between them."""
    lower = text.lower()
    return all(word.lower() in lower for word in words)


def _plain(name: str) -> str:
    """Write the name of a metric as every query language may: PromQL knows no other signs."""
    return re.sub(r"\W", "_", name)


def told(words: Collection[str]) -> dict[str, Example]:
    """Return the examples of a project in which somebody is told of log entries with these words."""
    filter_ = " ".join(words)
    return {
        "an alert watches a log metric": Case(
            ProjectSettings(),
            others=[
                LogMetric(id="m", enabled=True, metric="changes", filter=filter_),
                AlertPolicy(id="a", enabled=True, notifies=True, metrics=("changes",), filters=()),
            ],
        ),
        "an alert reads the log": Case(
            ProjectSettings(),
            others=[AlertPolicy(id="a", enabled=True, notifies=True, metrics=(), filters=(filter_,))],
        ),
    }


def untold(words: Collection[str]) -> dict[str, Example]:
    """Return the examples of a project in which nobody is."""
    filter_ = " ".join(words)
    return {
        "neither": ProjectSettings(),
        "counted, and nobody is told": Case(
            ProjectSettings(),
            others=[LogMetric(id="m", enabled=True, metric="changes", filter=filter_)],
        ),
        "the alert has nobody to tell": Case(
            ProjectSettings(),
            others=[AlertPolicy(id="a", enabled=True, notifies=False, metrics=(), filters=(filter_,))],
        ),
    }
