"""Databases and encryption at rest."""

from scanner import CIS_AWS_7, NOTHING_TO_FIX, Cloud, Database, Problems, Severity, rule


@rule(
    "database-unencrypted",
    severity=Severity.HIGH,
    controls=[CIS_AWS_7["3.2.1"]],
    passes={"encrypted": Database(encrypted=True)},
    fails={"plain": Database(encrypted=False)},
    fix={
        Cloud.AWS: "aws rds create-db-snapshot --db-instance-identifier {name} --db-snapshot-identifier <plain>\n"
        "aws rds copy-db-snapshot --source-db-snapshot-identifier <plain> "
        "--target-db-snapshot-identifier <encrypted> --kms-key-id <key>\n"
        "aws rds restore-db-instance-from-db-snapshot --db-snapshot-identifier <encrypted> "
        "--db-instance-identifier <new-name>\n"
        "# of a cluster: create-db-cluster-snapshot, restore-db-cluster-from-snapshot --kms-key-id <key>",
        Cloud.GCP: NOTHING_TO_FIX,
        Cloud.AZURE: "az sql db tde set --database {name} --server <server> --resource-group <resource-group> "
        "--status Enabled",
    },
    references=("https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Overview.Encryption.html",),
)
def database_unencrypted(database: Database) -> Problems:
    """Database storage is not encrypted.

    Its snapshots, backups, replicas and exports are in the clear too, and an unencrypted snapshot can be shared with
    any account, or with everyone, by one call. On AWS encryption cannot be switched on later: the database is restored
    into a new one, so plan a time when it may stand still.

    A cluster is judged once, not once per instance. Encryption with a key that the cloud owns is encryption.
    """
    if not database.encrypted:
        yield "its storage is not encrypted"
