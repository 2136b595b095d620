"""CloudWatch: the free storage of RDS instances, up to 500 of them in one question."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from scanner.models.space import DatabaseSpace
from scanner.providers.aws import database
from scanner.providers.aws.calls import AwsCall
from scanner.providers.measured import GIB, Measured, measured, window
from scanner.providers.spec import Detail, Raw, Source

#: Queries of one GetMetricData; a week by the hour is 168 values of each, and one answer has 100,800 (API reference).
_QUERIES: Final = 500
_HOUR: Final = 3600


def asked(arguments: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """Return the request for the least free storage of each hour of the last week, of each instance."""
    start, end = window(now)
    return {
        "MetricDataQueries": [
            {
                "Id": f"m{number}",
                "Label": instance,
                "MetricStat": {
                    "Metric": {
                        "Namespace": "AWS/RDS",
                        "MetricName": "FreeStorageSpace",
                        "Dimensions": [{"Name": "DBInstanceIdentifier", "Value": instance}],
                    },
                    "Period": _HOUR,
                    "Stat": "Minimum",
                },
            }
            for number, instance in enumerate(arguments["instances"])
        ],
        "StartTime": start,
        "EndTime": end,
    }


FREE: Final = AwsCall(
    "cloudwatch",
    "GetMetricData",
    "MetricDataResults",
    given={"instances": ["{DBInstanceIdentifier}"]},
    made=asked,
)


def _series(rows: Sequence[Raw]) -> Measured:
    """Return what one instance's rows say; a series may come in parts."""
    return measured(_points(rows))


def _points(rows: Sequence[Raw]) -> Iterator[tuple[datetime, float]]:
    for row in rows:
        if row["StatusCode"] not in ("Complete", "PartialData"):
            raise ValueError(f"has the status {row['StatusCode']!r}")
        yield from zip(row["Timestamps"], row["Values"], strict=True)


def measured_at(rows: Sequence[Raw], _: Raw) -> datetime | None:
    """Return the time of the newest value, None when all of the answer is there and holds none."""
    whole = bool(rows) and all(row["StatusCode"] == "Complete" for row in rows)
    return None if whole and not any(row["Values"] for row in rows) else _series(rows).at


def _left_to_grow(raw: Raw) -> float:
    """Return the GiB that the service may still add."""
    return float(max(0, raw.get("MaxAllocatedStorage", 0) - raw["AllocatedStorage"]))


def free_gib(rows: Sequence[Raw], raw: Raw) -> float:
    """Return what is free of all that the instance can have, in GiB."""
    return _series(rows).now / GIB + _left_to_grow(raw)


def week_ago_gib(rows: Sequence[Raw], raw: Raw) -> float | None:
    """Return the same of a week ago, None when there is no such number."""
    before = _series(rows).week_ago
    return None if before is None else before / GIB + _left_to_grow(raw)


SPACES: Final = Source(
    kind=DatabaseSpace,
    listing=database.INSTANCES.listing,
    # What is in a cluster has no storage of its own, and what is stopped has no numbers.
    keep=lambda raw: database.alone(raw) and raw["DBInstanceStatus"] not in {"stopped", "creating"},
    id="{DBInstanceArn}",
    name="{DBInstanceIdentifier}",
    fields={
        "total_gib": lambda raw: raw["AllocatedStorage"] + _left_to_grow(raw),
        "grows": lambda raw: _left_to_grow(raw) > 0,
        "tags": database.tags,
    },
    details=[
        Detail(
            call=FREE,
            per="batch",
            size=_QUERIES,
            join=("Label", "{DBInstanceIdentifier}"),
            with_item=True,
            fills={
                "measured_at": measured_at,
                "free_gib": free_gib,
                "week_ago_gib": week_ago_gib,
            },
        )
    ],
)

SOURCES: Final = (SPACES,)
