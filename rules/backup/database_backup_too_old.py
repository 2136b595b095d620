"""Databases and the newest state that could be brought back."""

from datetime import datetime, timedelta

from scanner import (
    NOW,
    Case,
    Cloud,
    Database,
    DatabaseSnapshot,
    InAccount,
    Problems,
    RecoveryPoint,
    Severity,
    rule,
)

from ._newest import Hours, Times, age, fresh, newest, restorable

OLD = NOW - timedelta(days=30)


def holds_data_that_change(database: Database) -> bool:
    """Tell whether there is something new to back up: a replica's data are those of its source."""
    return database.replica_of is None and not database.stopped


def _database(until: datetime | None, created: datetime = OLD) -> Database:
    return Database(
        id="orders",
        known_as="db-1",
        replica_of=None,
        stopped=False,
        restorable_until=until,
        created_at=created,
    )


def _snapshot(hours: int, *, whole: bool = True) -> DatabaseSnapshot:
    return DatabaseSnapshot(of="db-1", taken_at=NOW - timedelta(hours=hours), restorable=whole)


@rule(
    "database-backup-too-old",
    severity=Severity.HIGH,
    passes={
        "any minute until just now": _database(NOW - timedelta(minutes=5)),
        "a snapshot of last night": Case(_database(None), others=[_snapshot(9), _snapshot(33)]),
        "a recovery point of last night": Case(
            _database(None),
            others=[RecoveryPoint(of="orders", taken_at=NOW - timedelta(hours=9), restorable=True)],
        ),
        "made an hour ago": _database(None, NOW - timedelta(hours=1)),
    },
    fails={
        "no backup": _database(None),
        "backups stopped last month": _database(OLD),
        "an old snapshot, and one that failed": Case(
            _database(None), others=[_snapshot(30 * 24), _snapshot(3, whole=False)]
        ),
    },
    fix={
        Cloud.AWS: "aws rds create-db-snapshot --db-instance-identifier {name} --db-snapshot-identifier <name>\n"
        "aws rds modify-db-instance --db-instance-identifier {name} --backup-retention-period 7 --apply-immediately\n"
        "# of a cluster: create-db-cluster-snapshot, modify-db-cluster; and see why the last ones failed:\n"
        "aws rds describe-events --source-type db-instance --source-identifier {name} --event-categories backup "
        "--duration 10080",
        Cloud.GCP: "gcloud sql backups create --instance {name}\n"
        "gcloud sql instances patch {name} --backup-start-time 02:00 --retained-backups-count 7",
        Cloud.AZURE: "az postgres flexible-server backup create --name {name} --resource-group <resource-group> "
        "--backup-name <name>",
    },
    applies=holds_data_that_change,
    references=("https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIT.html",),
)
def database_backup_too_old(
    database: Database,
    snapshots: InAccount[DatabaseSnapshot],
    points: InAccount[RecoveryPoint],
    now: datetime,
    *,
    hours: Hours = 26,
) -> Problems:
    """Newest backup of the database is too old.

    If it broke now, everything since the newest state that can be brought back would be lost: orders, payments,
    messages. That backups are switched on does not say that they come about. They fail quietly when a disk is full, a
    key is disabled or a permission is gone.

    Judged is the newest of: the latest time to which the service's own backups reach, snapshots that are whole, and
    recovery points of a backup service, in any region. Read replicas, stopped databases and those that are younger than
    the age asked for are left alone.
    """
    since = now - timedelta(hours=hours)
    copies: tuple[Times, ...] = (
        lambda: (database.restorable_until,),
        lambda: restorable(snapshots.where("of", database.known_as)),
        lambda: restorable(points.where("of", database.canonical_id)),
    )
    if fresh(since, *copies, lambda: (database.created_at,)):
        return
    found = newest(*copies)
    if found is None:
        yield "there is nothing that it could be restored from"
    else:
        yield f"the newest state that could be restored is {age(found, now)} old, more than {hours} hours"
