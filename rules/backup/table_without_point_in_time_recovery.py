"""Tables and the way back to an earlier second."""

from datetime import datetime, timedelta

from scanner import (
    NOW,
    Case,
    Cloud,
    InAccount,
    Problem,
    Problems,
    RecoveryPoint,
    Severity,
    Table,
    TableBackup,
    rule,
)

from ._newest import Hours, Times, age, fresh, newest, restorable

TABLE = Table(id="baskets", point_in_time=False)


def _point(hours: int) -> RecoveryPoint:
    return RecoveryPoint(of="baskets", taken_at=NOW - timedelta(hours=hours), restorable=True)


@rule(
    "table-without-point-in-time-recovery",
    severity=Severity.MEDIUM,
    passes={
        "every second of the last weeks": Table(point_in_time=True),
        "off, and backed up last night": Case(TABLE, others=[_point(9), _point(33)]),
        "off, and backed up last night by its own service": Case(
            TABLE,
            others=[TableBackup(of="baskets", taken_at=NOW - timedelta(hours=9), restorable=True)],
        ),
    },
    fails={
        "off, and no backup": TABLE,
        "off, and an old backup": Case(TABLE, others=[_point(30 * 24)]),
    },
    fix={
        Cloud.AWS: "aws dynamodb update-continuous-backups --table-name {name} "
        "--point-in-time-recovery-specification PointInTimeRecoveryEnabled=true",
        Cloud.GCP: "gcloud bigtable instances tables update {name} --instance <instance> "
        "--automated-backup-retention-period 7d",
        Cloud.AZURE: "az cosmosdb update --name <account> --resource-group <resource-group> "
        "--backup-policy-type Continuous",
    },
    references=("https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/PointInTimeRecovery.html",),
)
def table_without_point_in_time_recovery(
    table: Table,
    points: InAccount[RecoveryPoint],
    backups: InAccount[TableBackup],
    now: datetime,
    *,
    hours: Hours = 26,
) -> Problems:
    """Table cannot be brought back to an earlier time.

    A faulty release overwrites items one by one, and nobody notices for a while. With point-in-time recovery the table
    is restored to the second before; without it, and without a backup, what was in those items is gone.

    Backups count as well: a table that was backed up within the last day, by hand or by a backup service, passes. Where
    there is only an older one, the finding is a milder one.
    """
    if table.point_in_time:
        return
    since = now - timedelta(hours=hours)
    copies: tuple[Times, ...] = (
        lambda: restorable(points.where("of", table.canonical_id)),
        lambda: restorable(backups.where("of", table.canonical_id)),
    )
    if fresh(since, *copies):
        return
    found = newest(*copies)
    if found is None:
        yield "point-in-time recovery is off, and there is no backup"
    else:
        yield Problem(
            f"point-in-time recovery is off, and its newest backup is {age(found, now)} old",
            severity=Severity.LOW,
        )
