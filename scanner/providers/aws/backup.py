"""Recovery points in the vaults of AWS Backup, backups that DynamoDB and FSx make by themselves, and plans."""

from typing import Final

from scanner.models.backup import (
    PLAN_FAILING,
    PLAN_OFF,
    PLAN_ON,
    BackupPlan,
    BackupVault,
    FileSystemBackup,
    RecoveryPoint,
    TableBackup,
)
from scanner.providers.aws.calls import AwsCall
from scanner.providers.aws.reading import tag_map, tags
from scanner.providers.spec import Detail, Raw, Source
from scanner.providers.values import known

#: Source: `RecoveryPointStatus` of AWS Backup. PARTIAL is a job that was stopped; AVAILABLE is continuous backup.
_WHOLE: Final = frozenset({"COMPLETED", "AVAILABLE"})

_STATES: Final = {"ENABLED": PLAN_ON, "DISABLED": PLAN_OFF, "ERROR": PLAN_FAILING}


def restorable(raw: Raw) -> bool:
    """Tell whether a recovery point can be restored from."""
    return raw["Status"] in _WHOLE


def file_system_of(raw: Raw) -> str:
    """Return the ARN of the file system that an FSx backup is of: of ONTAP and OpenZFS, that which the volume is in."""
    if raw.get("ResourceType") != "VOLUME":
        return str(raw["FileSystem"]["ResourceARN"])
    place = raw["Volume"]["ResourceARN"].rpartition(":volume/")[0]
    return f"{place}:file-system/{raw['Volume']['FileSystemId']}"


def policy_targets(answer: Raw) -> tuple[str, ...]:
    """Return what a lifecycle policy is for: tags, all of a type that nothing else copies, or shared snapshots."""
    policy = answer["Policy"]
    details = policy["PolicyDetails"]
    if policy.get("DefaultPolicy"):
        return (f"every {details['ResourceType'].lower()}",)
    if details.get("PolicyType") == "EVENT_BASED_POLICY":
        return ("snapshots that are shared with the account",)
    return tuple(f"{tag['Key']}={tag['Value']}" for tag in details.get("TargetTags") or ())


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
    kind=TableBackup,
    # Those that AWS Backup made through DynamoDB's own API are listed here and nowhere else.
    listing=AwsCall("dynamodb", "ListBackups", "BackupSummaries", params={"BackupType": "ALL", "Limit": 100}),
    id="{BackupArn}",
    name="{BackupName}",
    fields={
        "of": "TableArn",
        "taken_at": "BackupCreationDateTime",
        "restorable": lambda raw: raw["BackupStatus"] == "AVAILABLE",
    },
    lacking=("tags",),
)

FILE_SYSTEM_BACKUPS: Final = Source(
    kind=FileSystemBackup,
    listing=AwsCall("fsx", "DescribeBackups", "Backups", params={"MaxResults": 100}),
    id="{ResourceARN}",
    name="{BackupId}",
    fields={
        "of": file_system_of,
        "taken_at": "CreationTime",
        "restorable": lambda raw: raw["Lifecycle"] == "AVAILABLE",
        "tags": tags,
    },
)

PLANS: Final = Source(
    kind=BackupPlan,
    listing=AwsCall("backup", "ListBackupPlans", "BackupPlansList", params={"MaxResults": 1000}),
    id="{BackupPlanArn}",
    name="{BackupPlanName}",
    fields={"state": lambda _: PLAN_ON},
    details=[
        Detail(
            call=AwsCall(
                "backup",
                "ListBackupSelections",
                "BackupSelectionsList",
                given={"BackupPlanId": "{BackupPlanId}"},
                params={"MaxResults": 1000},
            ),
            fills={"targets": lambda rows: tuple(row["SelectionName"] for row in rows)},
        )
    ],
    lacking=("tags",),
)

LIFECYCLE_POLICIES: Final = Source(
    kind=BackupPlan,
    listing=AwsCall("dlm", "GetLifecyclePolicies", "Policies"),
    id="arn:{partition}:dlm:{region}:{account}:policy/{PolicyId}",
    name="{PolicyId}",
    fields={
        "state": lambda raw: known(_STATES, raw["State"]),
        "tags": lambda raw: tag_map(raw.get("Tags")),
    },
    details=[
        Detail(
            call=AwsCall("dlm", "GetLifecyclePolicy", given={"PolicyId": "{PolicyId}"}),
            fills={"targets": policy_targets},
        )
    ],
)

SOURCES: Final = (VAULTS, POINTS, TABLE_BACKUPS, FILE_SYSTEM_BACKUPS, PLANS, LIFECYCLE_POLICIES)
