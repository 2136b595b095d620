"""RDS: instances that stand alone, clusters, and the instances of clusters.

The same calls list DocumentDB and Neptune, which have the same settings; they are databases like the others.
"""

from datetime import datetime
from typing import Final

from scanner.models.database import Backup, Database, DatabaseMember
from scanner.providers.aws.calls import AwsCall
from scanner.providers.aws.database_tls import tls_required
from scanner.providers.spec import Detail, Raw, Source
from scanner.providers.values import known

_ENCRYPTED: Final = {"none": False, "sse-rds": True, "sse-kms": True}


def encrypted(raw: Raw) -> bool:
    """Tell whether storage is encrypted; `StorageEncrypted` is false where the key is owned by AWS."""
    if "StorageEncryptionType" in raw:
        return known(_ENCRYPTED, raw["StorageEncryptionType"])
    return bool(raw["StorageEncrypted"])


def backup(raw: Raw) -> Backup | None:
    """Return the automatic backups; zero days is how RDS says that there are none."""
    days: int = raw["BackupRetentionPeriod"]
    return Backup(retention_days=days) if days else None


def replica_of(raw: Raw) -> str | None:
    """Return what the instance or cluster is a read replica of."""
    sources = (
        "ReadReplicaSourceDBInstanceIdentifier",
        "ReadReplicaSourceDBClusterIdentifier",
        "ReplicationSourceIdentifier",
    )
    return next((raw[name] for name in sources if raw.get(name)), None)


def public(raw: Raw) -> bool:
    """Tell whether the instance has a public address.

    In RDS's own model this is a `Boolean`, which is never null, beside `BooleanOptional`: absent, it is false.
    """
    return bool(raw.get("PubliclyAccessible"))


def public_cluster(raw: Raw) -> bool:
    """Tell whether the cluster itself has a public address; an Aurora cluster has one through its gateway alone.

    RDS says `PubliclyAccessible` of clusters that are not Aurora's; absent, the cluster's instances say it.
    """
    return public(raw) or bool(raw.get("InternetAccessGatewayEnabled"))


def members(raw: Raw) -> tuple[str, ...]:
    """Return the ids of the cluster's instances, which stand where the cluster does."""
    place = raw["DBClusterArn"].rpartition(":cluster:")[0]
    return tuple(f"{place}:db:{member['DBInstanceIdentifier']}" for member in raw.get("DBClusterMembers", ()))


def tags(raw: Raw) -> dict[str, str]:
    """Return the tags."""
    return {tag["Key"]: tag.get("Value", "") for tag in raw.get("TagList") or ()}


def alone(raw: Raw) -> bool:
    """Tell whether an instance is no member of a cluster."""
    return not raw.get("DBClusterIdentifier")


def minor_upgrades(raw: Raw) -> bool:
    """Tell whether it takes new minor versions by itself. RDS's own model has a `Boolean` here: absent, it is false."""
    return bool(raw.get("AutoMinorVersionUpgrade"))


def certificate_ends(raw: Raw) -> datetime | None:
    """Return when the server's certificate ends; what is still being made has none, nor has what says nothing."""
    ends: datetime | None = (raw.get("CertificateDetails") or {}).get("ValidTill")
    return ends


def said_by_members(cluster: Raw) -> tuple[str, ...]:
    """Return what a cluster leaves to its instances: all but Multi-AZ ones, which have an instance class."""
    return () if cluster.get("DBClusterInstanceClass") else ("minor_upgrades", "certificate_ends")


def _tls(operation: str, parameter: str, group: str) -> Detail:
    """Return the question about a parameter group, asked once for all that share it."""
    call = AwsCall("rds", operation, "Parameters", given={parameter: group}, params={"MaxRecords": 100})
    return Detail(call=call, per="shared", with_item=True, fills={"tls_required": tls_required})


INSTANCES: Final = Source(
    kind=Database,
    listing=AwsCall("rds", "DescribeDBInstances", "DBInstances", params={"MaxRecords": 100}),
    keep=alone,
    id="{DBInstanceArn}",
    name="{DBInstanceIdentifier}",
    fields={
        "encrypted": encrypted,
        "backup": backup,
        "replica_of": replica_of,
        "public": public,
        "members": lambda _: (),
        "tags": tags,
        "deletion_protected": lambda raw: bool(raw.get("DeletionProtection")),
        "zones": "MultiAZ",
        "minor_upgrades": minor_upgrades,
        "certificate_ends": certificate_ends,
        "known_as": "DbiResourceId",
        "created_at": "InstanceCreateTime",
        "stopped": lambda raw: raw["DBInstanceStatus"] == "stopped",
        "restorable_until": "LatestRestorableTime?",
    },
    details=[
        _tls("DescribeDBParameters", "DBParameterGroupName", "{DBParameterGroups.0.DBParameterGroupName}")
    ],
    lacking=("open_to_cloud",),
)

CLUSTERS: Final = Source(
    kind=Database,
    listing=AwsCall("rds", "DescribeDBClusters", "DBClusters", params={"MaxRecords": 100}),
    id="{DBClusterArn}",
    name="{DBClusterIdentifier}",
    fields={
        "encrypted": encrypted,
        "backup": backup,
        "replica_of": replica_of,
        "public": public_cluster,
        "members": members,
        "tags": tags,
        "deletion_protected": lambda raw: bool(raw.get("DeletionProtection")),
        "zones": "MultiAZ",
        "minor_upgrades": minor_upgrades,
        "certificate_ends": certificate_ends,
        "known_as": "DbClusterResourceId",
        "created_at": "ClusterCreateTime",
        "stopped": lambda raw: raw["Status"] == "stopped",
        "restorable_until": "LatestRestorableTime?",
    },
    details=[_tls("DescribeDBClusterParameters", "DBClusterParameterGroupName", "{DBClusterParameterGroup}")],
    not_applicable=said_by_members,
    lacking=("open_to_cloud",),
)

MEMBERS: Final = Source(
    kind=DatabaseMember,
    listing=INSTANCES.listing,
    keep=lambda raw: not alone(raw),
    id="{DBInstanceArn}",
    name="{DBInstanceIdentifier}",
    fields={
        "public": public,
        "minor_upgrades": minor_upgrades,
        "certificate_ends": certificate_ends,
        "tags": tags,
    },
)

SOURCES: Final = (INSTANCES, CLUSTERS, MEMBERS)
