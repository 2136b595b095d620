"""Snapshots of RDS instances and clusters that the account owns; those of DocumentDB and Neptune are among them."""

from datetime import datetime
from typing import Final

from scanner.models.database import DatabaseSnapshot
from scanner.providers.aws.calls import AwsCall
from scanner.providers.aws.database import encrypted, tags
from scanner.providers.spec import Detail, Raw, Source


def encrypted_snapshot(raw: Raw) -> bool:
    """Tell whether an instance's snapshot is encrypted; RDS calls the flag otherwise than that of the instance."""
    return encrypted({"StorageEncrypted": raw["Encrypted"], **raw})


def taken_at(raw: Raw) -> datetime | None:
    """Return the time of the state in it. A copy is younger than that."""
    taken: datetime | None = raw.get("OriginalSnapshotCreateTime") or raw.get("SnapshotCreateTime")
    return taken


def restorable(raw: Raw) -> bool:
    """Tell whether the snapshot is whole."""
    return bool(raw["Status"] == "available")


def by_hand(raw: Raw) -> bool:
    """Tell whether a snapshot can be shared: RDS shares no snapshot that it, or AWS Backup, made."""
    return bool(raw["SnapshotType"] == "manual")


def public(attributes: list[Raw]) -> bool:
    """Tell whether every account may restore the snapshot."""
    return any(
        one["AttributeName"] == "restore" and "all" in one.get("AttributeValues", ()) for one in attributes
    )


def _shared(kind: str) -> Detail:
    """Return the question who may restore one snapshot."""
    call = AwsCall(
        "rds",
        f"Describe{kind}SnapshotAttributes",
        f"{kind}SnapshotAttributesResult.{kind}SnapshotAttributes",
        given={f"{kind}SnapshotIdentifier": f"{{{kind}SnapshotIdentifier}}"},
        paging=None,
    )
    return Detail(call=call, when=by_hand, fills={"public": public})


INSTANCE_SNAPSHOTS: Final = Source(
    kind=DatabaseSnapshot,
    listing=AwsCall("rds", "DescribeDBSnapshots", "DBSnapshots", params={"MaxRecords": 100}),
    id="{DBSnapshotArn}",
    name="{DBSnapshotIdentifier}",
    fields={
        "encrypted": encrypted_snapshot,
        "of": "DbiResourceId",
        "taken_at": taken_at,
        "restorable": restorable,
        "tags": tags,
    },
    details=[_shared("DB")],
)

CLUSTER_SNAPSHOTS: Final = Source(
    kind=DatabaseSnapshot,
    listing=AwsCall("rds", "DescribeDBClusterSnapshots", "DBClusterSnapshots", params={"MaxRecords": 100}),
    id="{DBClusterSnapshotArn}",
    name="{DBClusterSnapshotIdentifier}",
    fields={
        "encrypted": encrypted,
        "of": "DbClusterResourceId",
        "taken_at": taken_at,
        "restorable": restorable,
        "tags": tags,
    },
    details=[_shared("DBCluster")],
)

SOURCES: Final = (INSTANCE_SNAPSHOTS, CLUSTER_SNAPSHOTS)
