"""The demo's databases: what is encrypted, backed up, protected, and on the internet; and their snapshots."""

from collections.abc import Mapping
from typing import Any, Final

from scanner.demo.aws.account import HOME, NUMBER, SECOND, Account, named
from scanner.demo.aws.network import Home

UNENCRYPTED: Final = "database-unencrypted"
PUBLIC: Final = "database-public"
NO_BACKUP: Final = "database-without-backup"
TOO_OLD: Final = "database-backup-too-old"
PLAINTEXT: Final = "database-allows-plaintext"
UNPROTECTED: Final = "database-unprotected-from-deletion"
ONE_ZONE: Final = "database-in-one-zone"
MINOR: Final = "database-without-minor-upgrades"
MEMBER_MINOR: Final = "database-member-without-minor-upgrades"
ENDING: Final = "database-certificate-expiring"
MEMBER_ENDING: Final = "database-member-certificate-expiring"
SNAPSHOT_PUBLIC: Final = "database-snapshot-public"
SNAPSHOT_PLAIN: Final = "database-snapshot-unencrypted"

#: The certificates of the first ended in August 2024; those of the other go on to 2061.
OLD_AUTHORITY: Final = "rds-ca-2019"
NEW_AUTHORITY: Final = "rds-ca-rsa2048-g1"

_PASSWORD: Final = "made-up-for-the-demo"  # noqa: S105 - it opens nothing


def furnish(account: Account, home: Home) -> None:
    """Create instances, a read replica, clusters with their members, and snapshots made by hand."""
    _groups(account)
    _instances(account, home)
    _clusters(account, home)
    _snapshots(account)


def _groups(account: Account) -> None:
    """Create the parameter groups: one each that refuses plain connections, and one that takes them."""
    rds = account.client("rds")
    about = {"Description": "Demo: TLS"}
    rds.create_db_parameter_group(
        DBParameterGroupName="tls-only", DBParameterGroupFamily="postgres17", **about
    )
    forced = [{"ParameterName": "rds.force_ssl", "ParameterValue": "1", "ApplyMethod": "immediate"}]
    rds.modify_db_parameter_group(DBParameterGroupName="tls-only", Parameters=forced)
    for name, value in (("aurora-tls-only", "1"), ("aurora-any", "0")):
        rds.create_db_cluster_parameter_group(
            DBClusterParameterGroupName=name, DBParameterGroupFamily="aurora-postgresql17", **about
        )
        rds.modify_db_cluster_parameter_group(
            DBClusterParameterGroupName=name, Parameters=[{**forced[0], "ParameterValue": value}]
        )


def _instances(account: Account, home: Home) -> None:
    rds = account.client("rds")
    rds.create_db_subnet_group(
        DBSubnetGroupName="shop", DBSubnetGroupDescription="Demo: shop", SubnetIds=list(home.subnets)
    )
    inside: dict[str, Any] = {"DBSubnetGroupName": "shop", "VpcSecurityGroupIds": [home.database]}
    _instance(
        account,
        "orders-db",
        Engine="postgres",
        StorageEncrypted=True,
        BackupRetentionPeriod=14,
        PubliclyAccessible=False,
        MultiAZ=True,
        DeletionProtection=True,
        DBParameterGroupName="tls-only",
        **inside,
        good=[UNENCRYPTED, PUBLIC, NO_BACKUP, TOO_OLD, PLAINTEXT, UNPROTECTED, ONE_ZONE, MINOR, ENDING],
    )
    # Backups of a read replica are those of its source, so such rules have nothing to say.
    rds.create_db_instance_read_replica(
        DBInstanceIdentifier="orders-db-replica", SourceDBInstanceIdentifier="orders-db"
    )
    account.expect(_arn("db:orders-db-replica", HOME), good=[UNENCRYPTED, PUBLIC, PLAINTEXT, MINOR, ENDING])
    # Its last recovery point is nine days old (fixtures/aws).
    _instance(
        account,
        "reports-db",
        Engine="mysql",
        StorageEncrypted=False,
        BackupRetentionPeriod=0,
        PubliclyAccessible=True,
        AutoMinorVersionUpgrade=False,
        CACertificateIdentifier=OLD_AUTHORITY,
        **inside,
        bad=[UNENCRYPTED, PUBLIC, NO_BACKUP, TOO_OLD, PLAINTEXT, UNPROTECTED, ONE_ZONE, MINOR, ENDING],
    )
    # Automatic backups are off, and a snapshot by hand is there.
    _instance(
        account,
        "leaderboard-db",
        SECOND,
        Engine="postgres",
        EngineVersion="13.5",
        StorageEncrypted=True,
        BackupRetentionPeriod=0,
        PubliclyAccessible=False,
        good=[UNENCRYPTED, PUBLIC, TOO_OLD, MINOR, ENDING],
        bad=[NO_BACKUP, PLAINTEXT, UNPROTECTED, ONE_ZONE],
    )


def _clusters(account: Account, home: Home) -> None:
    """Create clusters: encryption and backups are set on them, addresses on their members."""
    _cluster(
        account,
        "sessions",
        {"StorageEncrypted": True, "DBClusterParameterGroupName": "aurora-tls-only"},
        public=False,
        good=[UNENCRYPTED, PUBLIC, NO_BACKUP, TOO_OLD, PLAINTEXT],
        bad=[UNPROTECTED, ONE_ZONE],
    )
    _cluster(
        account,
        "old-crm",
        {
            "StorageEncrypted": False,
            "DBClusterParameterGroupName": "aurora-any",
            "DeletionProtection": True,
            "DBSubnetGroupName": "shop",
            "VpcSecurityGroupIds": [home.analysts],
        },
        public=True,
        good=[NO_BACKUP, TOO_OLD, UNPROTECTED],
        bad=[UNENCRYPTED, PUBLIC, PLAINTEXT, ONE_ZONE],
    )


def _cluster(
    account: Account,
    name: str,
    settings: Mapping[str, Any],
    *,
    public: bool,
    **verdicts: Any,
) -> None:
    rds = account.client("rds")
    rds.create_db_cluster(
        DBClusterIdentifier=name,
        Engine="aurora-postgresql",
        MasterUsername="demo",
        MasterUserPassword=_PASSWORD,
        BackupRetentionPeriod=7,
        Tags=named(name, team="shop"),
        **settings,
    )
    rds.create_db_instance(
        DBInstanceIdentifier=f"{name}-1",
        DBClusterIdentifier=name,
        DBInstanceClass="db.r6g.large",
        Engine="aurora-postgresql",
        PubliclyAccessible=public,
        AutoMinorVersionUpgrade=not public,
        CACertificateIdentifier=OLD_AUTHORITY if public else NEW_AUTHORITY,
        Tags=named(f"{name}-1", team="shop"),
        **{key: value for key, value in settings.items() if key == "DBSubnetGroupName"},
    )
    account.expect(_arn(f"cluster:{name}", HOME), **verdicts)
    account.expect(_arn(f"db:{name}-1", HOME), **{"bad" if public else "good": [MEMBER_MINOR, MEMBER_ENDING]})


def _instance(
    account: Account, name: str, region: str = HOME, *, good: Any = (), bad: Any = (), **settings: Any
) -> None:
    account.client("rds", region).create_db_instance(
        DBInstanceIdentifier=name,
        DBInstanceClass="db.t3.medium",
        AllocatedStorage=20,
        MasterUsername="demo",
        MasterUserPassword=_PASSWORD,
        Tags=named(name, team="shop"),
        **settings,
    )
    account.expect(_arn(f"db:{name}", region), good=good, bad=bad)


def _snapshots(account: Account) -> None:
    """Make snapshots by hand; that of the reports was handed to everyone."""
    rds = account.client("rds", SECOND)
    rds.create_db_snapshot(DBSnapshotIdentifier="before-season-9", DBInstanceIdentifier="leaderboard-db")
    account.expect(_arn("snapshot:before-season-9", SECOND), good=[SNAPSHOT_PUBLIC, SNAPSHOT_PLAIN])
    rds = account.client("rds")
    rds.create_db_cluster_snapshot(
        DBClusterSnapshotIdentifier="sessions-frozen", DBClusterIdentifier="sessions"
    )
    account.expect(_arn("cluster-snapshot:sessions-frozen", HOME), good=[SNAPSHOT_PUBLIC, SNAPSHOT_PLAIN])
    rds.create_db_cluster_snapshot(
        DBClusterSnapshotIdentifier="old-crm-export", DBClusterIdentifier="old-crm"
    )
    rds.modify_db_cluster_snapshot_attribute(
        DBClusterSnapshotIdentifier="old-crm-export", AttributeName="restore", ValuesToAdd=["all"]
    )
    account.expect(_arn("cluster-snapshot:old-crm-export", HOME), bad=[SNAPSHOT_PUBLIC, SNAPSHOT_PLAIN])
    rds.create_db_snapshot(DBSnapshotIdentifier="orders-handed-over", DBInstanceIdentifier="orders-db")
    account.expect(_arn("snapshot:orders-handed-over", HOME), good=[SNAPSHOT_PUBLIC, SNAPSHOT_PLAIN])


def _arn(what: str, region: str) -> str:
    return f"arn:aws:rds:{region}:{NUMBER}:{what}"
