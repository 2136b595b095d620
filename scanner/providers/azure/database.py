"""SQL servers and databases, PostgreSQL and MySQL flexible servers, and Cosmos DB, from raw JSON to facts."""

from collections.abc import Callable, Mapping
from typing import Final

from scanner.models.database import Backup
from scanner.providers.azure.reading import SWITCH, lower, tags
from scanner.providers.spec import PARENT, Raw, Read
from scanner.providers.values import known

#: The address by which firewalls of databases mean all that runs in Azure, whoever rents it.
ALL_OF_AZURE: Final = "0.0.0.0"  # noqa: S104 - what a rule says, and nothing that is bound to

#: Days for which the tiers of Cosmos DB's continuous backup go back.
_TIERS: Final = {"continuous7days": 7, "continuous30days": 30}
_ZONES: Final = {
    "zoneredundant": True,
    "samezone": False,
    "disabled": False,
    "notenabled": False,
    None: False,
}
_ON: Final = {"on": True, "off": False}
_PUBLIC: Final[Mapping[str | None, bool]] = {
    None: True,
    "enabled": True,
    "disabled": False,
    "securedbyperimeter": False,
}


def _nothing(_database: Raw) -> None:
    """Return None: there is none."""


def _no_members(_database: Raw) -> tuple[str, ...]:
    """Return nothing: Azure has no instances of clusters to set anything on."""
    return ()


def _known_as(database: Raw) -> str:
    """Return the id by which backups name it."""
    return str(database["id"].lower())


# -- SQL ----------------------------------------------------------------------------------------------------


def server_public(server: Raw) -> bool:
    """Tell whether a SQL server, or a Cosmos DB account, has a public endpoint; one that does not say has.

    A perimeter has rules of its own about who comes from the internet.
    """
    return known(_PUBLIC, lower(server["properties"].get("publicNetworkAccess")))


def opens_to_azure(rules: list[Raw]) -> bool:
    """Tell whether a rule of a server's own firewall lets in all of Azure."""
    return any(
        rule["properties"]["startIpAddress"] == rule["properties"]["endIpAddress"] == ALL_OF_AZURE
        for rule in rules
    )


def no_system_database(database: Raw) -> bool:
    """Tell whether a database is the user's own; `master` is the server's."""
    return bool(database["name"].lower() != "master")


def has_short_term_backups(database: Raw) -> bool:
    """Tell whether a database has a policy for short-term backups: a data warehouse has restore points instead."""
    return bool((database.get("sku") or {}).get("tier") != "DataWarehouse")


def _one(rows: list[Raw], what: str) -> Raw:
    """Return the one item of a list that always has one. Raises LookupError for any other number of them."""
    if len(rows) != 1:
        raise LookupError(f"lacks the one {what}: there are {len(rows)}")
    return rows[0]


def sql_encrypted(answer: list[Raw]) -> bool:
    """Tell whether transparent data encryption is on; API versions before 2021 call the state `status`."""
    said = _one(answer, "state of encryption")["properties"]
    return known(SWITCH, (said.get("state") or said["status"]).lower())


def sql_backup(answer: list[Raw]) -> Backup:
    """Return the short-term backups, which nobody can switch off."""
    policy = _one(answer, "policy of short-term backups")
    return Backup(retention_days=policy["properties"]["retentionDays"])


def paused(database: Raw) -> bool:
    """Tell whether a SQL database is paused, by hand or because nobody asked it anything."""
    return bool(database["properties"]["status"].lower() == "paused")


def instance_stopped(database: Raw) -> bool:
    """Tell whether the managed instance of a database is stopped."""
    return bool((database[PARENT]["properties"].get("state") or "").lower() == "stopped")


SQL_SERVER: Final[Mapping[str, Read]] = {
    "public": server_public,
    "members": _no_members,
    "tags": tags,
}
"""From `Microsoft.Sql/servers`: where its databases' address and firewall stand."""

MANAGED_INSTANCE: Final[Mapping[str, Read]] = {
    "public": "properties.publicDataEndpointEnabled",
    "members": _no_members,
    "tags": tags,
}
"""From `Microsoft.Sql/managedInstances`. What reaches its public endpoint is for its subnet's firewall to say."""

FIREWALL_RULES: Final[Mapping[str, Callable[..., object]]] = {"open_to_cloud": opens_to_azure}
"""From `firewallRules` of a SQL server, and of a flexible server."""

#: Data stand in its databases, and so do encryption and backups. It refuses connections without TLS.
SQL_SERVER_LACKS: Final = (
    "encrypted", "backup", "replica_of", "created_at", "deletion_protected", "known_as", "restorable_until", "stopped",
    "tls_required", "zones",
)  # fmt: skip

SQL_DATABASE: Final[Mapping[str, Read]] = {
    "replica_of": "properties.secondaryType?",
    "zones": "properties.zoneRedundant",
    "created_at": "properties.creationDate",
    "stopped": paused,
    "known_as": _known_as,
    "tags": tags,
}
"""From `Microsoft.Sql/servers/databases`, under the server; `master` is left out."""

MANAGED_DATABASE: Final[Mapping[str, Read]] = {
    "replica_of": _nothing,
    "zones": f"{PARENT}.properties.zoneRedundant",
    "created_at": "properties.creationDate",
    "stopped": instance_stopped,
    "known_as": _known_as,
    "tags": tags,
}
"""From `Microsoft.Sql/managedInstances/databases`, under the instance."""

#: Address and firewall are those of the server. Of backups it says only from when on they reach.
SQL_DATABASE_LACKS: Final = ("public", "members", "open_to_cloud", "restorable_until", "tls_required")

SQL_ENCRYPTION: Final[Mapping[str, Callable[..., object]]] = {"encrypted": sql_encrypted}
"""From `transparentDataEncryption` of the database."""

SQL_BACKUP: Final[Mapping[str, Callable[..., object]]] = {"backup": sql_backup}
"""From `backupShortTermRetentionPolicies` of the database."""


# -- PostgreSQL and MySQL -----------------------------------------------------------------------------------


def flexible_public(server: Raw) -> bool:
    """Tell whether a flexible server has a public endpoint."""
    return known(SWITCH, server["properties"]["network"]["publicNetworkAccess"].lower())


def flexible_backup(server: Raw) -> Backup:
    """Return a flexible server's backups, which nobody can switch off."""
    return Backup(retention_days=server["properties"]["backup"]["backupRetentionDays"])


def flexible_zones(server: Raw) -> bool:
    """Tell whether a standby in another zone takes over; a read replica does not say that it has none."""
    mode = lower((server["properties"].get("highAvailability") or {}).get("mode"))
    return known(_ZONES, mode)


def flexible_stopped(server: Raw) -> bool:
    """Tell whether a flexible server was stopped."""
    return bool(server["properties"]["state"].lower() == "stopped")


def requires_tls(parameter: Raw) -> bool:
    """Return what the parameter `require_secure_transport` says."""
    return known(_ON, parameter["properties"]["value"].lower())


FLEXIBLE_SERVER: Final[Mapping[str, Read]] = {
    "backup": flexible_backup,
    "replica_of": "properties.sourceServerResourceId?",
    "public": flexible_public,
    "members": _no_members,
    "zones": flexible_zones,
    "created_at": "systemData.createdAt",
    "stopped": flexible_stopped,
    "known_as": _known_as,
    "tags": tags,
}
"""From `Microsoft.DBforPostgreSQL/flexibleServers` and `Microsoft.DBforMySQL/flexibleServers`."""

SECURE_TRANSPORT: Final[Mapping[str, Callable[..., object]]] = {"tls_required": requires_tls}
"""From the parameter `require_secure_transport` of a flexible server."""

#: Every flexible server is encrypted. Of backups it says only from when on they reach.
FLEXIBLE_SERVER_LACKS: Final = ("encrypted", "restorable_until")


# -- Cosmos DB ----------------------------------------------------------------------------------------------


def cosmos_backup(account: Raw) -> Backup:
    """Return the backups, which nobody can switch off: copies every few hours, or a log of the last days."""
    policy = account["properties"]["backupPolicy"]
    if policy["type"].lower() == "periodic":
        return Backup(retention_days=policy["periodicModeProperties"]["backupRetentionIntervalInHours"] // 24)
    known({"continuous": True}, policy["type"].lower())
    # The tier was added to the API later, for the shorter one.
    tier = (policy.get("continuousModeProperties") or {}).get("tier") or "Continuous30Days"
    return Backup(retention_days=known(_TIERS, tier.lower()))


def cosmos_open_to_azure(account: Raw) -> bool:
    """Tell whether an account lets in all of Azure by its firewall."""
    return any(
        rule["ipAddressOrRange"] == ALL_OF_AZURE for rule in account["properties"].get("ipRules") or ()
    )


def cosmos_zones(account: Raw) -> bool:
    """Tell whether an account goes on when a zone of its first region fails: by another zone, or another region."""
    said = account["properties"]
    first = min(said["locations"], key=lambda location: location["failoverPriority"])
    takes_over = said.get("enableAutomaticFailover") or said.get("enableMultipleWriteLocations")
    return bool(first.get("isZoneRedundant") or (takes_over and len(said["locations"]) > 1))


COSMOS: Final[Mapping[str, Read]] = {
    "backup": cosmos_backup,
    "replica_of": _nothing,
    "public": server_public,
    "members": _no_members,
    "open_to_cloud": cosmos_open_to_azure,
    "zones": cosmos_zones,
    "created_at": "systemData.createdAt",
    "stopped": lambda _: False,
    "known_as": _known_as,
    "tags": tags,
}
"""From `Microsoft.DocumentDB/databaseAccounts`."""

#: Every account is encrypted, and refuses connections without TLS.
COSMOS_LACKS: Final = ("encrypted", "restorable_until", "tls_required")
