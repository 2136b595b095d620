"""Snapshots of databases and encryption at rest."""

from scanner import NOTHING_TO_FIX, Cloud, DatabaseSnapshot, Problems, Severity, rule


@rule(
    "database-snapshot-unencrypted",
    severity=Severity.MEDIUM,
    passes={"encrypted": DatabaseSnapshot(encrypted=True)},
    fails={"plain": DatabaseSnapshot(encrypted=False)},
    fix={
        Cloud.AWS: "aws rds copy-db-snapshot --source-db-snapshot-identifier {name} "
        "--target-db-snapshot-identifier <encrypted> --kms-key-id <key>\n"
        "aws rds delete-db-snapshot --db-snapshot-identifier {name}\n"
        "# of a cluster: copy-db-cluster-snapshot, delete-db-cluster-snapshot; automatic ones end with the database's",
        Cloud.GCP: NOTHING_TO_FIX,
        Cloud.AZURE: NOTHING_TO_FIX,
    },
    references=("https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_CopySnapshot.html",),
)
def database_snapshot_unencrypted(snapshot: DatabaseSnapshot) -> Problems:
    """Snapshot of a database is not encrypted.

    It can be shared with any account, or with everyone, by one call, and no key stands in the way of whoever restores
    it. Snapshots outlive their database: one that was made before the move to an encrypted database still holds all the
    data in the clear.

    Encryption with a key that the cloud owns is encryption.
    """
    if not snapshot.encrypted:
        yield "the data in the snapshot are not encrypted"
