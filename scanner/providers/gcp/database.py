"""Cloud SQL instances, from raw JSON to facts."""

from collections.abc import Mapping
from typing import Final

from scanner.models.database import Backup
from scanner.providers.spec import Raw, Read
from scanner.providers.values import known

_BY_COUNT: Final = {"COUNT": True}


def backup(instance: Raw) -> Backup | None:
    """Return the automatic backups, one of which is made a day.

    Raises ValueError where another service makes them, whatever the instance's own switch says.
    """
    said = instance["settings"].get("backupConfiguration", {})
    if said.get("backupTier") in ("ENHANCED", "ADVANCED"):
        raise ValueError("leaves backups to the Backup and DR Service, whose plan was not read")
    if not said.get("enabled"):
        return None
    retention = said["backupRetentionSettings"]
    known(_BY_COUNT, retention["retentionUnit"])
    return Backup(retention_days=retention["retainedBackups"])


def labels(instance: Raw) -> dict[str, str]:
    """Return the labels."""
    return dict(instance["settings"].get("userLabels") or {})


INSTANCE: Final[Mapping[str, Read]] = {
    "backup": backup,
    "replica_of": "masterInstanceName?",
    "public": "settings.ipConfiguration.ipv4Enabled",
    "members": lambda _: (),
    "tags": labels,
}
"""From `sqladmin.instances.list`."""

#: Every instance is encrypted, and none can be opened to all of Google Cloud by one rule.
INSTANCE_LACKS: Final = ("encrypted", "open_to_cloud")
