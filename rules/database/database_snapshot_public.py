"""Snapshots of databases and everyone."""

from scanner import NOTHING_TO_FIX, Cloud, DatabaseSnapshot, Problems, Severity, rule


@rule(
    "database-snapshot-public",
    severity=Severity.CRITICAL,
    passes={"private, or shared with accounts by name": DatabaseSnapshot(public=False)},
    fails={"shared with everyone": DatabaseSnapshot(public=True)},
    fix={
        Cloud.AWS: "aws rds modify-db-snapshot-attribute --db-snapshot-identifier {name} --attribute-name restore "
        "--values-to-remove all\n"
        "# of a cluster: aws rds modify-db-cluster-snapshot-attribute --db-cluster-snapshot-identifier {name} ...",
        Cloud.GCP: NOTHING_TO_FIX,
        Cloud.AZURE: NOTHING_TO_FIX,
    },
    references=("https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ShareSnapshot.html",),
)
def database_snapshot_public(snapshot: DatabaseSnapshot) -> Problems:
    """Snapshot of a database is shared with everyone.

    Anyone with an account can restore it into a database of their own and read every table, with a password that they
    choose. Public snapshots are listed by the cloud itself, and copied by robots within hours: treat what is in it as
    published, and change every secret that it holds.

    Only snapshots that were made by hand can be shared; the others are not judged.
    """
    if snapshot.public:
        yield "every account may restore a database from it"
