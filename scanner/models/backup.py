"""Copies from which something can be restored, whichever service made them."""

from datetime import datetime
from typing import ClassVar, Final

from scanner.models.resource import UNREAD, Resource

#: What a plan is doing.
PLAN_ON: Final = "on"
PLAN_OFF: Final = "off"
PLAN_FAILING: Final = "failing"


class BackupVault(Resource):
    """Where a backup service keeps its recovery points."""

    title: ClassVar[str] = "backup vault"


class BackupPlan(Resource):
    """What is to be copied, and when. What came of it stands in the recovery points and snapshots.

    AWS: a plan of AWS Backup, a policy of the Data Lifecycle Manager. GCP: a snapshot schedule. Azure: a backup policy.
    """

    title: ClassVar[str] = "backup plan"

    state: str = UNREAD
    """`on`, `off` (its owner switched it off) or `failing` (the service cannot follow it). AWS `State` of a lifecycle
    policy; a plan of AWS Backup is always on."""
    targets: tuple[str, ...] = UNREAD
    """What it is for, in the cloud's words; empty: nothing. AWS: the selections of a plan; of a lifecycle policy
    `TargetTags`, or `every volume`, `every instance` of a default policy."""


class RecoveryPoint(Resource):
    """One copy of one resource, made by a backup service or by the resource's own service.

    Snapshots of volumes and databases are kinds of their own, since they can be shared and have a key.
    """

    title: ClassVar[str] = "recovery point"

    of: str = UNREAD
    """Canonical id of what it is a copy of. AWS: `ResourceArn` of AWS Backup, `TableArn` of a DynamoDB backup, the file
    system of an FSx backup; GCP: `sourceInstance` of a Filestore backup, `sourceTable` of Bigtable; Azure:
    `sourceResourceId` of a protected item."""
    taken_at: datetime = UNREAD
    """The state that it holds is that of this time. AWS `CreationDate`, `BackupCreationDateTime`, `CreationTime`; GCP
    `createTime`; Azure `lastRecoveryPoint`."""
    restorable: bool = UNREAD
    """It is whole, and can be restored from now. AWS: status COMPLETED or AVAILABLE; GCP: `state` READY; Azure: a
    protected item with a recovery point has one that is."""
    encrypted: bool = UNREAD
    """AWS `IsEncrypted` of AWS Backup; DynamoDB, FSx, GCP and Azure lack it: theirs always are."""
