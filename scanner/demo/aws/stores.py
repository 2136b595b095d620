"""The demo's other stores: file systems, tables, caches, warehouses, search domains, and the vault of their backups.

What moto lacks of them is recorded (fixtures/aws): FSx, Redshift's workgroups, serverless caches, plans of backups, and
the recovery points in the vault.
"""

import json
from typing import Any, Final

from scanner.demo.aws.account import HOME, NUMBER, SECOND, Account, named
from scanner.demo.aws.network import Home

FILES_PLAIN: Final = "file-system-unencrypted"
FILES_BACKUP: Final = "file-system-without-backup"
TABLE: Final = "table-without-point-in-time-recovery"
TABLE_KEPT: Final = "table-unprotected-from-deletion"
CACHE_PLAIN: Final = "cache-unencrypted"
CACHE_TEXT: Final = "cache-allows-plaintext"
WAREHOUSE: Final = "warehouse-public"
SEARCH_PLAIN: Final = "search-domain-unencrypted"
SEARCH_PUBLIC: Final = "search-domain-public"
CACHE_KEPT: Final = "cache-without-backup"
WAREHOUSE_PLAIN: Final = "warehouse-unencrypted"
SEARCH_HTTP: Final = "search-domain-allows-plain-http"
PLAN: Final = "backup-plan-without-effect"
POINT_PLAIN: Final = "recovery-point-unencrypted"

#: Recorded: what is in the vault `shop`, and whether it is encrypted.
_POINTS: Final = {
    "1c9d3a54-8d7e-4c33-a0d5-93a1d6d5b0a1": True,
    "6e0c5b7a-2f3d-4a0b-8a6a-0a1d2c3b4e5f": True,
    "b3f1d7c2-9a40-4a5f-b6fb-5d2e8c7a9f10": True,
    "d6a2e8f4-3b1c-4c7d-9e8f-1a2b3c4d5e6f": True,
    "f0e1d2c3-b4a5-4697-8879-6a5b4c3d2e1f": False,
}


def furnish(account: Account, home: Home) -> None:
    """Create the stores in the first region, and a table in the second."""
    _files(account)
    _tables(account)
    _caches(account)
    _warehouses(account, home)
    _search(account)
    _plans(account)
    account.client("backup").create_backup_vault(BackupVaultName="shop")
    for id_, encrypted in _POINTS.items():
        account.expect(
            f"arn:aws:backup:{HOME}:{NUMBER}:recovery-point:{id_}",
            **{"good" if encrypted else "bad": [POINT_PLAIN]},
        )


def _plans(account: Account) -> None:
    """Say what to expect of plans, all of which are recorded: one is for nothing, and one fails."""
    plans = f"arn:aws:backup:{HOME}:{NUMBER}:backup-plan"
    account.expect(f"{plans}:0a7d1c52-7c0f-4b0e-9a53-2b6b7a4a6f10", good=[PLAN])
    account.expect(f"{plans}:5d3f8b1e-64a7-4c0d-8f2b-7e1a9c0d4b36", bad=[PLAN])
    policies = f"arn:aws:dlm:{HOME}:{NUMBER}:policy"
    account.expect(f"{policies}/policy-0a1b2c3d4e5f60718", good=[PLAN])
    account.expect(f"{policies}/policy-0f1e2d3c4b5a69788", bad=[PLAN])


def _files(account: Account) -> None:
    efs = account.client("efs")
    for name, encrypted in (("web-uploads", True), ("legacy-share", False)):
        made = efs.create_file_system(
            CreationToken=name, Encrypted=encrypted, Backup=encrypted, Tags=named(name, team="shop")
        )
        arn = f"arn:aws:elasticfilesystem:{HOME}:{NUMBER}:file-system/{made['FileSystemId']}"
        account.expect(arn, bad=[FILES_BACKUP], **{"good": [FILES_PLAIN]} if encrypted else {})
        if not encrypted:
            account.expect(arn, bad=[FILES_PLAIN])
    # Recorded: nightly backups; none of one that could have them; and scratch, of which there can be none.
    fsx = f"arn:aws:fsx:{HOME}:{NUMBER}:file-system"
    account.expect(f"{fsx}/fs-0c1d2e3f4a5b6c7d8", good=[FILES_BACKUP])
    account.expect(f"{fsx}/fs-0e3f4a5b6c7d8e9f0", bad=[FILES_BACKUP])


def _tables(account: Account) -> None:
    # Of the baskets there is a recovery point of last night, of the click log only an old one and a part.
    for name, region, recovery, good, bad in (
        ("orders", HOME, True, [TABLE, TABLE_KEPT], []),
        ("baskets", HOME, False, [TABLE], [TABLE_KEPT]),
        ("click-log", HOME, False, [], [TABLE, TABLE_KEPT]),
        ("high-scores", SECOND, False, [TABLE], [TABLE_KEPT]),
    ):
        dynamodb = account.client("dynamodb", region)
        name = f"demo-{name}"  # noqa: PLW2901 - as it is called
        dynamodb.create_table(
            TableName=name,
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
            DeletionProtectionEnabled=TABLE_KEPT in good,
            Tags=named(name, team="shop"),
        )
        if recovery:
            dynamodb.update_continuous_backups(
                TableName=name, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
            )
        account.expect(f"arn:aws:dynamodb:{region}:{NUMBER}:table/{name}", good=good, bad=bad)
    account.client("dynamodb", SECOND).create_backup(TableName="demo-high-scores", BackupName="tonight")


def _caches(account: Account) -> None:
    elasticache = account.client("elasticache")
    for name, encrypted, mode, good, bad in (
        ("sessions", True, "required", [CACHE_PLAIN, CACHE_TEXT, CACHE_KEPT], []),
        ("prices", True, "preferred", [CACHE_PLAIN], [CACHE_TEXT, CACHE_KEPT]),
        ("leftover", False, "", [], [CACHE_PLAIN, CACHE_TEXT, CACHE_KEPT]),
    ):
        tls = {"TransitEncryptionMode": mode} if mode else {}
        elasticache.create_replication_group(
            ReplicationGroupId=name,
            ReplicationGroupDescription=f"Demo: {name}",
            Engine="redis",
            CacheNodeType="cache.t4g.small",
            AtRestEncryptionEnabled=encrypted,
            TransitEncryptionEnabled=bool(mode),
            SnapshotRetentionLimit=7 if CACHE_KEPT in good else 0,
            Tags=named(name, team="shop"),
            **tls,
        )
        account.expect(f"arn:aws:elasticache:{HOME}:{NUMBER}:replicationgroup:{name}", good=good, bad=bad)
    # It writes nothing, so there is nothing to encrypt.
    elasticache.create_cache_cluster(
        CacheClusterId="pages", Engine="memcached", CacheNodeType="cache.t4g.small", NumCacheNodes=1
    )
    account.expect(f"arn:aws:elasticache:{HOME}:{NUMBER}:cluster:pages", bad=[CACHE_TEXT])
    memorydb = account.client("memorydb")
    for name, tls_on in (("carts", True), ("carts-test", False)):
        memorydb.create_cluster(
            ClusterName=name, NodeType="db.t4g.small", ACLName="open-access", TLSEnabled=tls_on
        )
        arn = f"arn:aws:memorydb:{HOME}:{NUMBER}:cluster/{name}"
        account.expect(arn, bad=[CACHE_KEPT])
        account.expect(arn, **{"good" if tls_on else "bad": [CACHE_TEXT]})
    # Recorded.
    serverless = f"arn:aws:elasticache:{HOME}:{NUMBER}:serverlesscache"
    account.expect(f"{serverless}:quotes", good=[CACHE_TEXT, CACHE_KEPT])
    account.expect(f"{serverless}:drafts", good=[CACHE_TEXT], bad=[CACHE_KEPT])


def _warehouses(account: Account, home: Home) -> None:
    redshift = account.client("redshift")
    redshift.create_cluster_subnet_group(
        ClusterSubnetGroupName="shop", Description="Demo: shop", SubnetIds=list(home.subnets)
    )
    for name, public in (("finance", False), ("marketing", True)):
        redshift.create_cluster(
            ClusterIdentifier=name,
            NodeType="ra3.large",
            MasterUsername="demo",
            MasterUserPassword="Made-up-4-the-demo",
            # New clusters are always encrypted; this one is from before.
            Encrypted=not public,
            PubliclyAccessible=public,
            ClusterSubnetGroupName="shop",
            VpcSecurityGroupIds=[_open_group(account) if public else home.web],
            Tags=named(name, team="shop"),
        )
        account.expect(
            f"arn:aws:redshift:{HOME}:{NUMBER}:cluster:{name}",
            **{"bad" if public else "good": [WAREHOUSE, WAREHOUSE_PLAIN]},
        )
    # Recorded.
    groups = f"arn:aws:redshift-serverless:{HOME}:{NUMBER}:workgroup"
    account.expect(f"{groups}/7a1c3e5f-9b7d-4f2e-8a6c-1b3d5f7a9c0e", good=[WAREHOUSE])
    # Somebody is deleting it: nobody can connect any more.
    account.expect(f"{groups}/5f0b2c1d-7e6a-4d3b-9c8f-0a1b2c3d4e5f", bad=[WAREHOUSE])


def _open_group(account: Account) -> str:
    """Return the group that somebody opened wide years ago."""
    wanted = [{"Name": "group-name", "Values": ["legacy-admin"]}]
    [group] = account.client("ec2").describe_security_groups(Filters=wanted)["SecurityGroups"]
    id_: str = group["GroupId"]
    return id_


def _search(account: Account) -> None:
    subnet = account.client("ec2").describe_subnets()["Subnets"][0]["SubnetId"]
    _domain(account, "catalogue", encrypted=True, VPCOptions={"SubnetIds": [subnet]}, good=[SEARCH_PUBLIC])
    _domain(account, "old-logs", encrypted=False, principal="*", bad=[SEARCH_PUBLIC])
    _domain(account, "partner", encrypted=True, principal=f"arn:aws:iam::{NUMBER}:root", bad=[SEARCH_PUBLIC])


def _domain(
    account: Account,
    name: str,
    *,
    encrypted: bool,
    principal: str = "",
    good: Any = (),
    bad: Any = (),
    **more: Any,
) -> None:
    arn = f"arn:aws:es:{HOME}:{NUMBER}:domain/{name}"
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": principal or f"arn:aws:iam::{NUMBER}:root"},
        "Action": "es:*",
        "Resource": f"{arn}/*",
    }
    account.client("opensearch").create_domain(
        DomainName=name,
        EngineVersion="OpenSearch_2.19",
        EncryptionAtRestOptions={"Enabled": encrypted},
        DomainEndpointOptions={"EnforceHTTPS": encrypted},
        AccessPolicies=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
        TagList=named(name, team="shop"),
        **more,
    )
    account.expect(arn, good=good, bad=bad)
    account.expect(arn, **{"good" if encrypted else "bad": [SEARCH_PLAIN, SEARCH_HTTP]})
