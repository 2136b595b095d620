"""Redis, tables of Cosmos DB, Synapse and AI Search, from raw JSON to facts."""

from collections.abc import Mapping
from typing import Any, Final

from scanner.models.storage import PublicGrant
from scanner.models.stores import TLS_OFF, TLS_OFFERED, TLS_REQUIRED
from scanner.providers.azure.reading import lower, tags
from scanner.providers.spec import PARENT, Raw, Read
from scanner.providers.values import known

#: A perimeter has rules of its own about who comes from the internet.
_PUBLIC: Final[Mapping[str | None, bool]] = {
    "enabled": True,
    "disabled": False,
    "securedbyperimeter": False,
    None: True,
}
#: Source: "Redis Enterprise Database": whether clients connect with TLS or in plain text, by default with TLS.
_PROTOCOLS: Final = {None: TLS_REQUIRED, "encrypted": TLS_REQUIRED, "plaintext": TLS_OFF}
_CONTINUOUS: Final = {"continuous": True, "periodic": False}


def public(raw: Raw) -> bool:
    """Tell whether a service has an address on the internet; one that does not say has."""
    return known(_PUBLIC, lower(raw["properties"].get("publicNetworkAccess")))


def tls(cache: Raw) -> str:
    """Return what becomes of a connection without TLS: it needs the other port, which is shut by default."""
    return TLS_OFFERED if cache["properties"].get("enableNonSslPort") else TLS_REQUIRED


def database_tls(database: Raw) -> str:
    """Return what becomes of a connection without TLS to a database of Azure Managed Redis; it has one port alone."""
    protocol = lower(database["properties"].get("clientProtocol"))
    return known(_PROTOCOLS, protocol)


def continuous(account: Raw) -> bool:
    """Tell whether a Cosmos DB account can be brought back to any second."""
    return known(_CONTINUOUS, account["properties"]["backupPolicy"]["type"].lower())


def own_key(workspace: Raw) -> str | None:
    """Return the owner's key in Key Vault that a workspace encrypts with; without one it has the service's."""
    own = (workspace["properties"].get("encryption") or {}).get("cmk") or {}
    return str(own["key"]["keyVaultUrl"]) if own.get("key") else None


def _always(_raw: Any) -> bool:
    return True


def _nobody(_raw: Any) -> tuple[PublicGrant, ...]:
    """Return nothing: roles and keys cannot name everyone."""
    return ()


CACHE: Final[Mapping[str, Read]] = {"tls": tls, "tags": tags}
"""From `Microsoft.Cache/redis`."""

MANAGED_CACHE: Final[Mapping[str, Read]] = {
    "tls": database_tls,
    "tags": lambda database: tags(database[PARENT]),
}
"""From `Microsoft.Cache/redisEnterprise/databases`, under the cluster, which has the tags."""

#: What Redis writes is always encrypted.
CACHE_LACKS: Final = ("backup_days", "encrypted")

TABLE: Final[Mapping[str, Read]] = {"point_in_time": continuous, "tags": tags}
"""From `Microsoft.DocumentDB/databaseAccounts`, where the backups of all its tables are set."""

#: A lock stands on the account, which is a Database too.
TABLE_LACKS: Final = ("deletion_protected",)

WAREHOUSE: Final[Mapping[str, Read]] = {
    "key": own_key,
    "public": public,
    "grants": _nobody,
    "tags": tags,
}
"""From `Microsoft.Synapse/workspaces`."""

SEARCH: Final[Mapping[str, Read]] = {
    "public": public,
    "grants": _nobody,
    "own_login": _always,
    "tags": tags,
}
"""From `Microsoft.Search/searchServices`, which take no request without a key or a role."""

#: Every index is encrypted.
SEARCH_LACKS: Final = ("encrypted", "https_only")
