"""Log sinks, log-based metrics and alert policies of a project."""

import re
from collections.abc import Iterator
from typing import Any, Final

from scanner.models.logs import AlertPolicy, LogMetric, LogSink
from scanner.models.resource import GLOBAL
from scanner.providers.gcp.calls import GcpCall
from scanner.providers.gcp.errors import NOT_FOUND
from scanner.providers.gcp.places import named_by
from scanner.providers.gcp.storage import labels
from scanner.providers.spec import Detail, Raw, Source

_BUCKET: Final = "storage.googleapis.com/"

#: Log metrics as filters and queries of alerts name them; in PromQL with other signs between.
_WATCHED: Final = re.compile(r"logging(?:\.googleapis\.com/|_googleapis_com:)user[/_]([\w./-]+)")


def _writes_to_bucket(sink: Raw) -> bool:
    return str(sink["destination"]).startswith(_BUCKET)


def _sink(sink: Raw) -> Raw:
    """Add the name of the bucket that a sink writes to, where a call finds it."""
    return {**sink, "bucket": str(sink.get("destination", "")).removeprefix(_BUCKET)}


def leaves_out(sink: Raw) -> int:
    """Count the exclusions that are on."""
    return sum(not one.get("disabled", False) for one in sink.get("exclusions") or ())


def locked(bucket: Raw | None) -> bool | None:
    """Tell whether the retention of a bucket is locked; None where there is no such bucket."""
    if bucket is None:
        return None
    bucket["name"]
    return bool((bucket.get("retentionPolicy") or {}).get("isLocked"))


SINKS: Final = Source(
    kind=LogSink,
    listing=GcpCall(
        "logging",
        "projects.sinks.list",
        "sinks",
        path="v2/{+parent}/sinks",
        given={"parent": "projects/{account}"},
        params={"pageSize": 1000},
        asset="logging.googleapis.com/LogSink",
        row=_sink,
    ),
    level="account",
    id="//logging.googleapis.com/projects/{account}/sinks/{name}",
    name="{name}",
    region=lambda _: GLOBAL,
    fields={
        "enabled": lambda sink: not sink.get("disabled", False),
        "filter": lambda sink: sink.get("filter") or None,
        "leaves_out": leaves_out,
    },
    details=[
        Detail(
            call=GcpCall(
                "storage",
                "buckets.get",
                path="storage/v1/b/{bucket}",
                given={"bucket": "{bucket}"},
                absent=(NOT_FOUND,),
            ),
            per="shared",
            when=_writes_to_bucket,
            fills={"locked": locked},
        )
    ],
    lacking=("tags",),
)

METRICS: Final = Source(
    kind=LogMetric,
    listing=GcpCall(
        "logging",
        "projects.metrics.list",
        "metrics",
        path="v2/{+parent}/metrics",
        given={"parent": "projects/{account}"},
        params={"pageSize": 1000},
        asset="logging.googleapis.com/LogMetric",
        permission="logging.logMetrics.list",
    ),
    level="account",
    id="//logging.googleapis.com/projects/{account}/metrics/{name}",
    name="{name}",
    region=lambda _: GLOBAL,
    fields={
        "enabled": lambda metric: not metric.get("disabled", False),
        "metric": "name",
        "filter": "filter",
    },
    lacking=("log", "tags"),
)


def _asked(condition: Raw) -> Iterator[str]:
    """Yield the filters and queries of a condition that is about metrics."""
    for kind, value in condition.items():
        if kind.startswith("condition") and kind != "conditionMatchedLog":
            yield from (value[key] for key in ("filter", "query", "denominatorFilter") if value.get(key))


def metrics(policy: Raw) -> tuple[str, ...]:
    """Return the log metrics that an alert policy watches."""
    said = (text for condition in policy["conditions"] for text in _asked(condition))
    return tuple(sorted({name for text in said for name in _WATCHED.findall(text)}))


def filters(policy: Raw) -> tuple[str, ...]:
    """Return the filters of log entries that an alert policy waits for."""
    return tuple(
        condition["conditionMatchedLog"]["filter"]
        for condition in policy["conditions"]
        if "conditionMatchedLog" in condition
    )


def _on(policy: Raw) -> Any:
    """Return whether an alert policy is on, as it is where nobody said anything."""
    return policy.get("enabled", True)


ALERTS: Final = Source(
    kind=AlertPolicy,
    listing=GcpCall(
        "monitoring",
        "projects.alertPolicies.list",
        "alertPolicies",
        path="v3/{+name}/alertPolicies",
        given={"name": "projects/{account}"},
        params={"pageSize": 1000},
        asset="monitoring.googleapis.com/AlertPolicy",
    ),
    level="account",
    id=named_by("monitoring"),
    name="{displayName?}",
    region=lambda _: GLOBAL,
    fields={
        "enabled": _on,
        "notifies": lambda policy: bool(policy.get("notificationChannels")),
        "metrics": metrics,
        "filters": filters,
        "tags": lambda policy: labels({"labels": policy.get("userLabels")}),
    },
    lacking=("follows",),
)

SOURCES: Final = (SINKS, METRICS, ALERTS)
