"""Where logs go, what is counted in them, and who is told."""

from typing import ClassVar

from scanner.models.resource import UNREAD, Resource


class LogSink(Resource):
    """What takes log entries to where they are kept. GCP: a sink of the project."""

    title: ClassVar[str] = "log sink"

    enabled: bool = UNREAD
    """GCP not `disabled`."""
    filter: str | None = UNREAD
    """Which entries it takes; None: every one. GCP `filter`."""
    leaves_out: int = UNREAD
    """How many filters take entries away from it again. GCP: those of `exclusions` that are not disabled."""
    locked: bool | None = UNREAD
    """Whether nobody can shorten for how long the bucket that it writes to keeps its objects; None: there is no such
    bucket. Not applicable to one that writes elsewhere. GCP `retentionPolicy.isLocked` of the bucket."""


class LogMetric(Resource):
    """A count of log entries. GCP: a log-based metric."""

    title: ClassVar[str] = "log metric"

    enabled: bool = UNREAD
    """GCP not `disabled`."""
    metric: str = UNREAD
    """What alerts call it. GCP `name`."""
    filter: str = UNREAD
    """Which entries it counts. GCP `filter`."""


class AlertPolicy(Resource):
    """Tells people when something happens. GCP: an alert policy of Cloud Monitoring."""

    title: ClassVar[str] = "alert policy"

    enabled: bool = UNREAD
    """GCP `enabled`."""
    notifies: bool = UNREAD
    """Whether it tells anybody. GCP: `notificationChannels` is not empty."""
    metrics: tuple[str, ...] = UNREAD
    """Log metrics that it watches, by name. GCP: those that filters and queries of `conditions` name."""
    filters: tuple[str, ...] = UNREAD
    """Filters of log entries on each of which it tells. GCP `conditionMatchedLog.filter`."""
