"""What is counted in the logs of trails, and whom the alarms on those counts tell.

Only log groups of trails of every region are looked into, and only alarms where one stands: most accounts have neither.
"""

import re
from typing import Any, Final

from scanner.models.logs import AlertPolicy, LogGroup, LogMetric
from scanner.providers.aws.calls import AwsCall
from scanner.providers.aws.reading import tag_map
from scanner.providers.aws.trail import log_group
from scanner.providers.spec import EACH, PARENT, Detail, Raw, Source

#: What else an alarm may set off by which somebody is told: a function, an incident, a work item.
_TELLING: Final = frozenset({"lambda", "ssm", "ssm-incidents"})

#: What the rule of a composite alarm says of another alarm (PutCompositeAlarm), and what may stand between two of them.
_ONE_ALARM: Final = re.compile(r'\bALARM\(\s*"?([^")]+?)"?\s*\)')
_BETWEEN: Final = re.compile(r"\bOR\b|[\s()]")


def group_of(trail: Raw) -> Raw:
    """Return the log group of a trail of every region, by the parts of its ARN; without one, what is not kept."""
    arn = log_group(trail) if trail["IsMultiRegionTrail"] else None
    if arn is None:
        return {}
    _, _, _, region, account, _, name = arn.split(":", 6)
    return {"Arn": arn, "Region": region, "Account": account, "Name": name}


def _named(region: str, namespace: str, name: str) -> str:
    return f"{region} {namespace}/{name}"


def metric_of(filter_: Raw) -> str:
    """Return what alarms call the metric of a metric filter, which has one."""
    made = filter_["metricTransformations"][0]
    return _named(filter_[PARENT]["Region"], made["metricNamespace"], made["metricName"])


def pattern_of(filter_: Raw) -> str:
    """Return the pattern of a metric filter. Raises ValueError for one that takes entries of some origins alone."""
    if filter_.get("fieldSelectionCriteria"):
        raise ValueError("a metric filter with fieldSelectionCriteria, which this version does not judge")
    pattern: str = filter_["filterPattern"]
    return pattern


def _metrics(alarm: Raw) -> list[tuple[str, str]]:
    """Return the metrics that an alarm watches, by namespace and name: its own, or those that it calculates with."""
    single = [alarm] if "MetricName" in alarm else []
    parts = [one["MetricStat"]["Metric"] for one in alarm.get("Metrics") or () if "MetricStat" in one]
    return [(metric["Namespace"], metric["MetricName"]) for metric in (*single, *parts)]


def _may_watch_logs(alarm: Raw) -> bool:
    """Tell whether an alarm may watch a count of log entries: namespaces of AWS are not for those."""
    return any(not namespace.startswith("AWS/") for namespace, _ in _metrics(alarm))


def watched(alarm: Raw) -> tuple[str, ...]:
    """Return the metrics that an alarm watches, as `LogMetric.metric` has them."""
    region = alarm["AlarmArn"].split(":")[3]
    return tuple(sorted({_named(region, *metric) for metric in _metrics(alarm)}))


def followed(alarm: Raw) -> tuple[str, ...]:
    """Return the alarms each of which alone sets a composite one off: none where its rule says more than OR."""
    rule = alarm["AlarmRule"]
    if _BETWEEN.sub("", _ONE_ALARM.sub("", rule)):
        return ()
    place = alarm["AlarmArn"].rpartition(":alarm:")[0]
    names = _ONE_ALARM.findall(rule)
    return tuple(name if name.startswith("arn:") else f"{place}:alarm:{name}" for name in names)


def _actions(alarm: Raw) -> list[tuple[str, str]]:
    """Return what an alarm sets off: each ARN with its service."""
    return [(arn.split(":")[2], arn) for arn in alarm.get("AlarmActions") or ()]


def topics(alarm: Raw) -> list[str]:
    """Return the topics that an alarm tells; none where something else already tells somebody."""
    actions = _actions(alarm)
    if any(service in _TELLING for service, _ in actions):
        return []
    return [arn for service, arn in actions if service == "sns"]


def notifies(answers: list[list[Raw] | None], alarm: Raw) -> bool:
    """Tell whether an alarm tells anybody, by the subscriptions of its topics; None: the topic is gone.

    Who has not confirmed has `PendingConfirmation` in the place of an ARN, and who left has `Deleted`.
    """
    subscribed = (row["SubscriptionArn"].startswith("arn:") for rows in answers for row in rows or ())
    return any(service in _TELLING for service, _ in _actions(alarm)) or any(subscribed)


def _kept(group: Any) -> bool:
    return bool(group)


LOG_GROUPS: Final = Source(
    kind=LogGroup,
    listing=AwsCall(
        "cloudtrail", "DescribeTrails", "trailList", params={"includeShadowTrails": True}, row=group_of
    ),
    level="account",
    keep=_kept,
    id="{Arn}",
    name="{Name}",
    region="Region",
    account="Account",
    details=[
        Detail(
            call=AwsCall(
                "logs",
                "ListTagsForResource",
                given={"resourceArn": "{Arn}"},
                absent=("ResourceNotFoundException",),
            ),
            fills={"tags": lambda answer: tag_map(answer and answer["tags"])},
        )
    ],
)

METRICS: Final = Source(
    kind=LogMetric,
    listing=AwsCall(
        "logs",
        "DescribeMetricFilters",
        "metricFilters",
        given={"logGroupName": "{Name}"},
        # The group is gone, or is another account's: there its owner counts.
        absent=("ResourceNotFoundException",),
    ),
    under=LOG_GROUPS,
    id=lambda filter_: f"{filter_[PARENT]['Arn']}:metric-filter:{filter_['filterName']}",
    name="{filterName}",
    fields={
        "enabled": lambda _: True,
        "metric": metric_of,
        "filter": pattern_of,
        "log": f"{PARENT}.Arn",
    },
    lacking=("tags",),
)

_WHOM: Final = Detail(
    call=AwsCall(
        "sns",
        "ListSubscriptionsByTopic",
        "Subscriptions",
        given={"TopicArn": f"{{{EACH}}}"},
        absent=("NotFound",),
    ),
    per="each",
    over=topics,
    with_item=True,
    fills={"notifies": notifies},
)


def _described(type_: str) -> AwsCall:
    return AwsCall(
        "cloudwatch", "DescribeAlarms", f"{type_}s", params={"AlarmTypes": [type_], "MaxRecords": 100}
    )


ALARMS: Final = Source(
    kind=AlertPolicy,
    listing=_described("MetricAlarm"),
    under=LOG_GROUPS,
    keep=_may_watch_logs,
    id="{AlarmArn}",
    name="{AlarmName}",
    fields={
        "enabled": "ActionsEnabled",
        "metrics": watched,
        "follows": lambda _: (),
        "filters": lambda _: (),
    },
    details=[_WHOM],
    # The listing has no tags, and no rule asks for them.
    lacking=("tags",),
)

COMPOSITES: Final = Source(
    kind=AlertPolicy,
    listing=_described("CompositeAlarm"),
    under=LOG_GROUPS,
    id="{AlarmArn}",
    name="{AlarmName}",
    fields={
        "enabled": "ActionsEnabled",
        "metrics": lambda _: (),
        "follows": followed,
        "filters": lambda _: (),
    },
    details=[_WHOM],
    lacking=("tags",),
)

SOURCES: Final = (LOG_GROUPS, METRICS, ALARMS, COMPOSITES)
