"""Instances of clusters and new minor versions of their engine."""

from scanner import CIS_AWS_7, NOTHING_TO_FIX, Cloud, DatabaseMember, Problems, Severity, rule


@rule(
    "database-member-without-minor-upgrades",
    severity=Severity.LOW,
    controls=[CIS_AWS_7["3.2.2"]],
    passes={"on": DatabaseMember(minor_upgrades=True)},
    fails={"off": DatabaseMember(minor_upgrades=False)},
    fix={
        Cloud.AWS: "aws rds modify-db-instance --db-instance-identifier {name} --auto-minor-version-upgrade",
        Cloud.GCP: NOTHING_TO_FIX,
    },
    references=(
        "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/USER_UpgradeDBInstance.Upgrading.html",
    ),
)
def database_member_without_minor_upgrades(member: DatabaseMember) -> Problems:
    """Instance of a cluster keeps the cluster from taking new minor versions by itself.

    A cluster of Aurora takes a new minor version only when every instance in it may: one that may not holds back all
    the others, and with them the repairs of the engine's holes. The upgrade happens in the maintenance window that you
    choose.
    """
    if not member.minor_upgrades:
        yield "new minor versions of the cluster wait until somebody installs them"
