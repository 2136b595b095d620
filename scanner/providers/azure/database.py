"""SQL databases, and PostgreSQL and MySQL flexible servers, from raw JSON to facts."""

from collections.abc import Callable, Mapping
from typing import Final

from scanner.models.database import Backup
from scanner.providers.azure.storage import tags
from scanner.providers.spec import PARENT, Raw, Read
from scanner.providers.values import known

# Enumerations of Azure are equal whatever their case.
_ON: Final = {"enabled": True, "disabled": False}


def sql_public(database: Raw) -> bool:
    """Tell whether the database's server has a public endpoint."""
    return known(_ON, database[PARENT]["properties"]["publicNetworkAccess"].lower())


def sql_encrypted(answer: list[Raw]) -> bool:
    """Tell whether transparent data encryption is on; API versions before 2021 call the state `status`."""
    [current] = answer
    said = current["properties"]
    return known(_ON, (said.get("state") or said["status"]).lower())


def sql_backup(answer: list[Raw]) -> Backup:
    """Return the short-term backups, which nobody can switch off."""
    [policy] = answer
    return Backup(retention_days=policy["properties"]["retentionDays"])


def flexible_public(server: Raw) -> bool:
    """Tell whether a flexible server has a public endpoint."""
    return known(_ON, server["properties"]["network"]["publicNetworkAccess"].lower())


def flexible_backup(server: Raw) -> Backup:
    """Return a flexible server's backups, which nobody can switch off."""
    return Backup(retention_days=server["properties"]["backup"]["backupRetentionDays"])


SQL_DATABASE: Final[Mapping[str, Read]] = {
    "replica_of": "properties.secondaryType?",
    "public": sql_public,
    "members": lambda _: (),
    "tags": tags,
}
"""From `Microsoft.Sql/servers/databases`, under the server; `master` is left out."""

SQL_ENCRYPTION: Final[Mapping[str, Callable[..., object]]] = {"encrypted": sql_encrypted}
"""From `transparentDataEncryption` of the database."""

SQL_BACKUP: Final[Mapping[str, Callable[..., object]]] = {"backup": sql_backup}
"""From `backupShortTermRetentionPolicies` of the database."""

FLEXIBLE_SERVER: Final[Mapping[str, Read]] = {
    "backup": flexible_backup,
    "replica_of": "properties.sourceServerResourceId?",
    "public": flexible_public,
    "members": lambda _: (),
    "tags": tags,
}
"""From `Microsoft.DBforPostgreSQL/flexibleServers` and `Microsoft.DBforMySQL/flexibleServers`."""

#: Every flexible server is encrypted.
FLEXIBLE_SERVER_LACKS: Final = ("encrypted",)
