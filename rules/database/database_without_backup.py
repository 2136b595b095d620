"""Databases and their automatic backups."""

from typing import Annotated

from scanner import CIS_GCP_5, Backup, Cloud, Database, Option, Problem, Problems, Severity, rule


def has_data_of_its_own(database: Database) -> bool:
    """Tell whether there is something to back up: a replica's data are those of its source, which is judged itself."""
    return database.replica_of is None


@rule(
    "database-without-backup",
    severity=Severity.HIGH,
    controls=[CIS_GCP_5["6.8"]],
    passes={"a week of backups": Database(replica_of=None, backup=Backup(retention_days=7))},
    fails={
        "no backups": Database(replica_of=None, backup=None),
        "backups for a day": Database(replica_of=None, backup=Backup(retention_days=1)),
    },
    fix={
        Cloud.AWS: "aws rds modify-db-instance --db-instance-identifier {name} --backup-retention-period 7 "
        "--apply-immediately\n"
        "# of a cluster: aws rds modify-db-cluster --db-cluster-identifier {name} --backup-retention-period 7",
        Cloud.GCP: "gcloud sql instances patch {name} --backup-start-time 02:00 --retained-backups-count 7",
        Cloud.AZURE: "az sql db str-policy set --name {name} --server <server> --resource-group <resource-group> "
        "--retention-days 7",
    },
    applies=has_data_of_its_own,
    references=(
        "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_WorkingWithAutomatedBackups.html",
    ),
)
def database_without_backup(
    database: Database,
    *,
    days: Annotated[int, Option("days for which backups are to be kept", at_least=1, at_most=35)] = 7,
) -> Problems:
    """Database is not backed up for long enough.

    A dropped table or a bad migration is often found days later, on a Monday. Without a backup from before, the data
    are gone; with one that is kept a single day, they are gone after a weekend. Replicas do not help: they repeat the
    mistake within a second.

    The service's own automatic backups are judged. Read replicas are not: their source is. Where backups are on and
    only kept for fewer days than wanted, the finding is a mild one.
    """
    if database.backup is None:
        yield "automatic backups are off"
    elif database.backup.retention_days < days:
        kept = database.backup.retention_days
        yield Problem(
            f"backups are kept {kept} day{'s' * (kept != 1)}, fewer than {days}", severity=Severity.LOW
        )
