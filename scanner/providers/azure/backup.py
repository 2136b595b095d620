"""Protected items of Recovery Services, and recovery points of Data Protection, from raw JSON to facts."""

from collections.abc import Mapping
from typing import Final

from scanner.providers.azure.reading import lower, tags
from scanner.providers.spec import PARENT, Raw, Read
from scanner.providers.values import known

_SHARE: Final = "azurefileshareprotecteditem"
_WHOLE: Final = {None: True, "completed": True, "partial": False}


def has_recovery_point(item: Raw) -> bool:
    """Tell whether something could be restored: what waits for its first backup has no recovery point yet."""
    return bool(item["properties"].get("lastRecoveryPoint"))


def source_of(item: Raw) -> str:
    """Return what a protected item is a copy of; that of a share names the storage account, and the share beside it."""
    properties = item["properties"]
    source = str(properties["sourceResourceId"])
    if lower(properties["protectedItemType"]) == _SHARE:
        source += f"/fileServices/default/shares/{properties['friendlyName']}"
    return source.lower()


def restorable(item: Raw) -> bool:
    """Tell whether a protected item can be restored from: one that was deleted is kept for a while, and then gone."""
    return not item["properties"].get("isScheduledForDeferredDelete")


VAULT: Final[Mapping[str, Read]] = {"tags": tags}
"""Fields of a BackupVault."""

PROTECTED_ITEM: Final[Mapping[str, Read]] = {
    "of": source_of,
    "taken_at": "properties.lastRecoveryPoint",
    "restorable": restorable,
}
"""From `backupProtectedItems` of a recovery services vault: one item stands for its newest recovery point."""

RECOVERY_POINT: Final[Mapping[str, Read]] = {
    "of": lambda point: point[PARENT]["properties"]["dataSourceInfo"]["resourceID"].lower(),
    "taken_at": "properties.recoveryPointTime",
    "restorable": lambda point: known(_WHOLE, lower(point["properties"].get("recoveryPointState"))),
}
"""From `recoveryPoints`, under the backup instance of a backup vault."""

#: What a vault keeps is always encrypted, and has the tags of nothing.
POINT_LACKS: Final = ("encrypted", "tags")
