"""Cloud Monitoring: how full the disks of Cloud SQL instances are, all of a project in one question."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from scanner.models.space import DatabaseSpace
from scanner.providers.gcp import database
from scanner.providers.gcp.calls import GcpCall
from scanner.providers.measured import Measured, measured, window
from scanner.providers.spec import Detail, Raw, Source

METRIC: Final = "cloudsql.googleapis.com/database/disk/utilization"


def asked(arguments: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """Return the request for the last week."""
    start, end = (f"{when:%Y-%m-%dT%H:%M:%SZ}" for when in window(now))
    return {**arguments, "interval.startTime": start, "interval.endTime": end}


USED: Final = GcpCall(
    "monitoring",
    "projects.timeSeries.list",
    "timeSeries?",  # an answer without any leaves it out
    path="v3/projects/{project}/timeSeries",
    params={
        "filter": f'metric.type = "{METRIC}"',
        "aggregation.alignmentPeriod": "3600s",
        "aggregation.perSeriesAligner": "ALIGN_MAX",
        "pageSize": 100_000,
    },
    permission="monitoring.timeSeries.list",
    made=asked,
)


def _series(rows: Sequence[Raw]) -> Measured:
    """Return what one instance's rows say: the share of its disk that is used, 0 to 1."""
    return measured(_points(rows))


def _points(rows: Sequence[Raw]) -> Iterator[tuple[datetime, float]]:
    for row in rows:
        for point in row["points"]:
            yield datetime.fromisoformat(point["interval"]["endTime"]), float(point["value"]["doubleValue"])


def _total(instance: Raw) -> float:
    return float(instance["settings"]["dataDiskSizeGb"])


def grows(instance: Raw) -> bool:
    """Tell whether the disk is made larger: resizing is on, and the limit (0: none) is not reached."""
    settings = instance["settings"]
    limit = int(settings.get("storageAutoResizeLimit") or 0)
    return bool(settings.get("storageAutoResize")) and (not limit or limit > _total(instance))


def free_gib(rows: Sequence[Raw], instance: Raw) -> float:
    """Return what is free of the disk, in GiB."""
    return (1 - _series(rows).now) * _total(instance)


def week_ago_gib(rows: Sequence[Raw], instance: Raw) -> float | None:
    """Return the same of a week ago, by today's size; None when there is no such number."""
    before = _series(rows).week_ago
    return None if before is None else (1 - before) * _total(instance)


SPACES: Final = Source(
    kind=DatabaseSpace,
    listing=database.INSTANCES,
    level="account",
    id=database.id_of,
    name="{name}",
    region="region",
    keep=lambda instance: database.is_here(instance) and not database.stopped(instance),
    fields={
        "total_gib": _total,
        "grows": grows,
        "tags": lambda instance: instance["settings"].get("userLabels", {}),
    },
    details=[
        Detail(
            call=USED,
            per="scope",
            join=("resource.labels.database_id", "{project}:{name}"),
            with_item=True,
            fills={
                "measured_at": lambda rows, _: _series(rows).at,
                "free_gib": free_gib,
                "week_ago_gib": week_ago_gib,
            },
        )
    ],
)
