"""Databases that are about to be full."""

from datetime import datetime, timedelta
from typing import Annotated

from scanner import (
    NOW,
    Cloud,
    Code,
    DatabaseSpace,
    Option,
    Problem,
    Problems,
    Severity,
    UnreadError,
    Why,
    rule,
)

#: What is older says nothing of today.
FRESH = timedelta(hours=3)
BAD_SHARE, LOW_SHARE = 0.1, 0.2
WEEK = 7


def _example(
    free: float, total: float = 100, before: float | None = None, *, grows: bool = False
) -> DatabaseSpace:
    return DatabaseSpace(
        measured_at=NOW - timedelta(hours=1), free_gib=free, total_gib=total, grows=grows, week_ago_gib=before
    )


@rule(
    "database-space-low",
    severity=Severity.HIGH,
    applies=lambda space: space.measured_at is not None,
    passes={
        "half is free": _example(50),
        "it fills slowly": _example(50, before=52),
    },
    fails={
        "a tenth is free": _example(8),
        "a fifth is free": _example(15),
        "less than 5 GiB": _example(4, total=20),
        "full within days": _example(30, before=65),
        "it is made larger by itself": _example(8, grows=True),
    },
    fix={
        Cloud.AWS: "aws rds modify-db-instance --db-instance-identifier {name} --allocated-storage <GiB> "
        "--max-allocated-storage <GiB> --apply-immediately",
        Cloud.GCP: "gcloud sql instances patch {name} --storage-size <GB> --storage-auto-increase",
        Cloud.AZURE: "az postgres flexible-server update --name {name} --resource-group <resource-group> "
        "--storage-size <GiB> --storage-auto-grow Enabled",
    },
    references=("https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Storage.html",),
)
def database_space_low(
    space: DatabaseSpace,
    now: datetime,
    *,
    gib: Annotated[float, Option("GiB that must be free", at_least=0)] = 5,
    days: Annotated[
        float, Option("days for which the free space must last at last week's pace", at_least=0)
    ] = 14,
) -> Problems:
    """Database is almost full.

    A database without space takes no more orders: it stops writing, some are not even read any more, and making room
    takes hours that nobody has then. It fills on the busiest day.

    Judged is the least that was free in the newest hour that was measured, of all that the storage can grow to. Less
    than a tenth, or 5 GiB, is of high severity, less than a fifth of medium, and so is what is full within two weeks
    at the pace of the last one. Where the cloud makes the storage larger by itself, it is low.
    """
    if space.measured_at is not None and space.measured_at < now - FRESH:
        text = f"its newest value is of {space.measured_at:%Y-%m-%d %H:%M} UTC"
        raise UnreadError("DatabaseSpace.free_gib", Why(code=Code.UNAVAILABLE, text=text))
    said, severity = _wrong(space, gib, days)
    if said:
        eased = Severity.LOW if space.grows else severity
        yield Problem(f"{said}{', and the cloud makes it larger by itself' if space.grows else ''}", eased)


def _wrong(space: DatabaseSpace, gib: float, days: float) -> tuple[str, Severity]:
    share = space.free_gib / space.total_gib
    left = f"{space.free_gib:.1f} of {space.total_gib:g} GiB are free ({share:.0%})"
    if share < BAD_SHARE or space.free_gib < gib:
        return left, Severity.HIGH
    if share < LOW_SHARE:
        return left, Severity.MEDIUM
    lost = (space.week_ago_gib - space.free_gib) / WEEK if space.week_ago_gib is not None else 0.0
    if lost > 0 and space.free_gib / lost < days:
        return (
            f"{left}, and at the pace of the last week none in {space.free_gib / lost:.0f} days",
            Severity.MEDIUM,
        )
    return "", Severity.HIGH
