"""The demo's databases: instances and clusters, what is encrypted, backed up, and on the internet."""

from typing import Any, Final

from scanner.demo.aws.account import HOME, NUMBER, SECOND, Account, named
from scanner.demo.aws.network import Home

UNENCRYPTED: Final = "database-unencrypted"
PUBLIC: Final = "database-public"
NO_BACKUP: Final = "database-without-backup"

_PASSWORD: Final = "made-up-for-the-demo"  # noqa: S105 - it opens nothing


def furnish(account: Account, home: Home) -> None:
    """Create instances, a read replica, and clusters with their members."""
    _instances(account, home)
    _clusters(account)


def _instances(account: Account, home: Home) -> None:
    rds = account.client("rds")
    rds.create_db_subnet_group(
        DBSubnetGroupName="shop", DBSubnetGroupDescription="Demo: shop", SubnetIds=list(home.subnets)
    )
    inside: dict[str, Any] = {"DBSubnetGroupName": "shop", "VpcSecurityGroupIds": [home.database]}
    all_rules = (UNENCRYPTED, PUBLIC, NO_BACKUP)
    _instance(
        account,
        "orders-db",
        Engine="postgres",
        StorageEncrypted=True,
        BackupRetentionPeriod=14,
        PubliclyAccessible=False,
        MultiAZ=True,
        **inside,
        good=all_rules,
    )
    # Backups of a read replica are those of its source, so that rule has nothing to say.
    rds.create_db_instance_read_replica(
        DBInstanceIdentifier="orders-db-replica", SourceDBInstanceIdentifier="orders-db"
    )
    account.expect(_arn("db:orders-db-replica", HOME), good=[UNENCRYPTED, PUBLIC])
    _instance(
        account,
        "reports-db",
        Engine="mysql",
        StorageEncrypted=False,
        BackupRetentionPeriod=0,
        PubliclyAccessible=True,
        **inside,
        bad=all_rules,
    )
    _instance(
        account,
        "leaderboard-db",
        SECOND,
        Engine="postgres",
        StorageEncrypted=True,
        BackupRetentionPeriod=0,
        PubliclyAccessible=False,
        good=[UNENCRYPTED, PUBLIC],
        bad=[NO_BACKUP],
    )


def _clusters(account: Account) -> None:
    """Create clusters: encryption and backups are set on them, addresses on their members."""
    _cluster(account, "sessions", encrypted=True, public=False, good=[UNENCRYPTED, PUBLIC, NO_BACKUP])
    _cluster(account, "old-crm", encrypted=False, public=True, good=[NO_BACKUP], bad=[UNENCRYPTED, PUBLIC])


def _cluster(account: Account, name: str, *, encrypted: bool, public: bool, **verdicts: Any) -> None:
    rds = account.client("rds")
    rds.create_db_cluster(
        DBClusterIdentifier=name,
        Engine="aurora-postgresql",
        MasterUsername="demo",
        MasterUserPassword=_PASSWORD,
        StorageEncrypted=encrypted,
        BackupRetentionPeriod=7,
        Tags=named(name, team="shop"),
    )
    rds.create_db_instance(
        DBInstanceIdentifier=f"{name}-1",
        DBClusterIdentifier=name,
        DBInstanceClass="db.r6g.large",
        Engine="aurora-postgresql",
        PubliclyAccessible=public,
        Tags=named(f"{name}-1", team="shop"),
    )
    account.expect(_arn(f"cluster:{name}", HOME), **verdicts)


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


def _arn(what: str, region: str) -> str:
    return f"arn:aws:rds:{region}:{NUMBER}:{what}"
