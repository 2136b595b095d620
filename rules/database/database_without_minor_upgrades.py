"""Databases and new minor versions of their engine."""

from scanner import CIS_AWS_7, NOTHING_TO_FIX, Cloud, Database, Problems, Severity, rule


@rule(
    "database-without-minor-upgrades",
    severity=Severity.LOW,
    controls=[CIS_AWS_7["3.2.2"]],
    passes={"on": Database(minor_upgrades=True)},
    fails={"off": Database(minor_upgrades=False)},
    fix={
        Cloud.AWS: "aws rds modify-db-instance --db-instance-identifier {name} --auto-minor-version-upgrade\n"
        "# of a Multi-AZ cluster: aws rds modify-db-cluster --db-cluster-identifier {name} "
        "--auto-minor-version-upgrade --apply-immediately",
        Cloud.GCP: NOTHING_TO_FIX,
        Cloud.AZURE: NOTHING_TO_FIX,
    },
    references=(
        "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_UpgradeDBInstance.Upgrading.html",
    ),
)
def database_without_minor_upgrades(database: Database) -> Problems:
    """Database does not take new minor versions by itself.

    Minor versions close the holes of the engine, and are made to change nothing else. Whoever has to install each by
    hand is behind by months, and learns of it when a hole is used. The upgrade happens in the maintenance window that
    you choose.

    Of a cluster of Aurora its instances are judged, by a rule of their own.
    """
    if not database.minor_upgrades:
        yield "new minor versions wait until somebody installs them"
