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


class LogGroup(Resource):
    """Where log entries are kept, and counted. AWS: the group of CloudWatch Logs that a trail writes to."""

    title: ClassVar[str] = "log group"


class LogMetric(Resource):
    """A count of log entries. AWS: a metric filter on the log group of a trail. GCP: a log-based metric."""

    title: ClassVar[str] = "log metric"

    enabled: bool = UNREAD
    """GCP not `disabled`. AWS: one that is there is on."""
    metric: str = UNREAD
    """What alerts call it. GCP `name`; AWS: its region, namespace and name, as `eu-west-1 Audit/RootUse`."""
    filter: str = UNREAD
    """Which entries it counts. GCP `filter`; AWS `filterPattern`, of one that has no `fieldSelectionCriteria`."""
    log: str = UNREAD
    """Canonical id of the log group in which it counts. AWS `logGroupName`. GCP lacks it: it counts in every log of the
    project."""


class AlertPolicy(Resource):
    """Tells people when something happens. GCP: an alert policy of Cloud Monitoring.

    AWS: an alarm of CloudWatch on a metric that is none of a service's own, or a composite alarm, in a region in which
    a trail has a log group.
    """

    title: ClassVar[str] = "alert policy"

    enabled: bool = UNREAD
    """GCP `enabled`; AWS `ActionsEnabled`."""
    notifies: bool = UNREAD
    """Whether it tells anybody. GCP: `notificationChannels` is not empty. AWS: one of `AlarmActions` is a topic with a
    subscriber who has confirmed, a function, or starts an incident or a work item."""
    metrics: tuple[str, ...] = UNREAD
    """Log metrics that it watches, by `LogMetric.metric`. GCP: those that filters and queries of `conditions` name;
    AWS: `MetricName`, and the metrics in `Metrics`."""
    follows: tuple[str, ...] = UNREAD
    """Canonical ids of other alerts each of which alone sets it off. AWS: `AlarmRule` of a composite alarm that joins
    alarms by OR. GCP lacks it."""
    filters: tuple[str, ...] = UNREAD
    """Filters of log entries on each of which it tells. GCP `conditionMatchedLog.filter`; AWS: none."""
