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
    """One copy of one resource, made by a backup service, which keeps copies of many kinds.

    What a resource's own service makes is a kind of its own for each kind of resource (snapshots, backups of tables and
    of file systems): where its list cannot be read, no other kind of resource is in doubt.
    """

    title: ClassVar[str] = "recovery point"

    of: str = UNREAD
    """Canonical id of what it is a copy of. AWS `ResourceArn`; Azure `sourceResourceId` of a protected item."""
    taken_at: datetime = UNREAD
    """The state that it holds is that of this time. AWS `CreationDate`; Azure `lastRecoveryPoint`."""
    restorable: bool = UNREAD
    """It is whole, and can be restored from now. AWS: status COMPLETED or AVAILABLE; Azure: a protected item with a
    recovery point has one that is."""
    encrypted: bool = UNREAD
    """AWS `IsEncrypted`; Azure lacks it: theirs always are."""


class TableBackup(Resource):
    """A copy of a table that its own service keeps. AWS: a backup of DynamoDB; GCP: a backup of Bigtable."""

    title: ClassVar[str] = "backup of a table"

    of: str = UNREAD
    """Canonical id of the table. AWS `TableArn`; GCP `sourceTable`."""
    taken_at: datetime = UNREAD
    """AWS `BackupCreationDateTime`; GCP `startTime`."""
    restorable: bool = UNREAD
    """It is whole, and can be restored from now. AWS: status AVAILABLE; GCP: `state` READY."""


class FileSystemBackup(Resource):
    """A copy of a file system that its own service keeps. AWS: a backup of FSx; GCP: a backup of Filestore."""

    title: ClassVar[str] = "backup of a file system"

    of: str = UNREAD
    """Canonical id of the file system. AWS: that of the volume or file system in `DescribeBackups`; GCP
    `sourceInstance`."""
    taken_at: datetime = UNREAD
    """AWS `CreationTime`; GCP `createTime`."""
    restorable: bool = UNREAD
    """It is whole, and can be restored from now. AWS: `Lifecycle` AVAILABLE; GCP: `state` READY."""
