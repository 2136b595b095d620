"""What is asked about backups: vaults of Recovery Services and of Data Protection, and what they keep."""

from typing import Final

from scanner.models.backup import BackupVault, RecoveryPoint
from scanner.models.resource import Resource
from scanner.providers.azure import backup
from scanner.providers.azure.calls import listed, within
from scanner.providers.azure.reading import region
from scanner.providers.spec import PARENT, Source

RECOVERY: Final = "Microsoft.RecoveryServices"
PROTECTION: Final = "Microsoft.DataProtection"
PROTECTION_VERSION: Final = "2026-06-01"

RECOVERY_VAULTS: Final = Source(
    kind=BackupVault,
    listing=listed(RECOVERY, "Vaults_ListBySubscriptionId", "vaults", "2026-11-01"),
    level="account",
    id="{id}",
    name="{name}",
    region=region,
    fields=backup.VAULT,
)

PROTECTED_ITEMS: Final = Source(
    kind=RecoveryPoint,
    listing=within(
        RECOVERY,
        "BackupProtectedItems_List",
        "backupProtectedItems",
        "vaults/backupProtectedItems",
        "2026-10-01",
    ),
    level="account",
    under=RECOVERY_VAULTS,
    keep=backup.has_recovery_point,
    id="{id}",
    name="{properties.friendlyName?}",
    fields=backup.PROTECTED_ITEM,
    lacking=backup.POINT_LACKS,
)

PROTECTION_VAULTS: Final = Source(
    kind=BackupVault,
    listing=listed(PROTECTION, "BackupVaults_GetInSubscription", "backupVaults", PROTECTION_VERSION),
    level="account",
    id="{id}",
    name="{name}",
    region=region,
    fields=backup.VAULT,
)

#: What a vault looks after, under which its recovery points stand. It is no kind of ours.
INSTANCES: Final = Source(
    kind=Resource,
    listing=within(
        PROTECTION,
        "BackupInstances_List",
        "backupInstances",
        "backupVaults/backupInstances",
        PROTECTION_VERSION,
    ),
    level="account",
    under=PROTECTION_VAULTS,
    id="{id}",
    name="{name}",
    lacking=("tags",),
)

RECOVERY_POINTS: Final = Source(
    kind=RecoveryPoint,
    listing=within(
        PROTECTION,
        "RecoveryPoints_List",
        "recoveryPoints",
        "backupVaults/backupInstances/recoveryPoints",
        PROTECTION_VERSION,
    ),
    level="account",
    under=INSTANCES,
    id="{id}",
    name=f"{{{PARENT}.name}} {{name}}",
    fields=backup.RECOVERY_POINT,
    lacking=backup.POINT_LACKS,
)

SOURCES: Final = (RECOVERY_VAULTS, PROTECTED_ITEMS, PROTECTION_VAULTS, INSTANCES, RECOVERY_POINTS)
