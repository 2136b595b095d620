"""Recovery points: those in the vaults of AWS Backup, and backups that DynamoDB and FSx made by themselves."""

from typing import Final

from scanner.models.backup import BackupVault, RecoveryPoint
from scanner.providers.aws.calls import AwsCall
from scanner.providers.aws.reading import tags
from scanner.providers.spec import Raw, Source

#: Source: `RecoveryPointStatus` of AWS Backup. PARTIAL is a job that was stopped; AVAILABLE is continuous backup.
_WHOLE: Final = frozenset({"COMPLETED", "AVAILABLE"})


def restorable(raw: Raw) -> bool:
    """Tell whether a recovery point can be restored from."""
    return raw["Status"] in _WHOLE


def file_system_of(raw: Raw) -> str:
    """Return the ARN of the file system that an FSx backup is of: of ONTAP and OpenZFS, that which the volume is in."""
    if raw.get("ResourceType") != "VOLUME":
        return str(raw["FileSystem"]["ResourceARN"])
    place = raw["Volume"]["ResourceARN"].rpartition(":volume/")[0]
    return f"{place}:file-system/{raw['Volume']['FileSystemId']}"


VAULTS: Final = Source(
    kind=BackupVault,
    listing=AwsCall("backup", "ListBackupVaults", "BackupVaultList", params={"MaxResults": 1000}),
    id="{BackupVaultArn}",
    name="{BackupVaultName}",
    # The listing has no tags, and no rule asks for them.
    lacking=("tags",),
)

POINTS: Final = Source(
    kind=RecoveryPoint,
    listing=AwsCall(
        "backup",
        "ListRecoveryPointsByBackupVault",
        "RecoveryPoints",
        given={"BackupVaultName": "{BackupVaultName}"},
        params={"MaxResults": 1000},
    ),
    under=VAULTS,
    id="{RecoveryPointArn}",
    name="{ResourceName?}",
    fields={
        "of": "ResourceArn",
        "taken_at": "CreationDate",
        "restorable": restorable,
        "encrypted": "IsEncrypted",
    },
    lacking=("tags",),
)

TABLE_BACKUPS: Final = Source(
    kind=RecoveryPoint,
    # Those that AWS Backup made through DynamoDB's own API are listed here and nowhere else.
    listing=AwsCall("dynamodb", "ListBackups", "BackupSummaries", params={"BackupType": "ALL", "Limit": 100}),
    id="{BackupArn}",
    name="{BackupName}",
    fields={
        "of": "TableArn",
        "taken_at": "BackupCreationDateTime",
        "restorable": lambda raw: raw["BackupStatus"] == "AVAILABLE",
    },
    lacking=("encrypted", "tags"),
)

FILE_SYSTEM_BACKUPS: Final = Source(
    kind=RecoveryPoint,
    listing=AwsCall("fsx", "DescribeBackups", "Backups", params={"MaxResults": 100}),
    id="{ResourceARN}",
    name="{BackupId}",
    fields={
        "of": file_system_of,
        "taken_at": "CreationTime",
        "restorable": lambda raw: raw["Lifecycle"] == "AVAILABLE",
        "tags": tags,
    },
    lacking=("encrypted",),
)

SOURCES: Final = (VAULTS, POINTS, TABLE_BACKUPS, FILE_SYSTEM_BACKUPS)
