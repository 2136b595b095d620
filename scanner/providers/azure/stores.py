"""File shares, Redis, Synapse, AI Search and protected items, from raw JSON to facts."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from scanner.models.storage import PublicGrant
from scanner.models.stores import TLS_OFFERED, TLS_REQUIRED
from scanner.providers.azure.reading import lower, tags
from scanner.providers.spec import Raw, Read
from scanner.providers.values import known

#: A perimeter has rules of its own about who comes from the internet.
_PUBLIC: Final[Mapping[str | None, bool]] = {
    "enabled": True,
    "disabled": False,
    "securedbyperimeter": False,
    None: True,
}
_CONTINUOUS: Final = {"continuous": True, "periodic": False}
#: Levels of a lock, both of which forbid deletion.
_LOCKED: Final = frozenset({"cannotdelete", "readonly"})


def public(raw: Raw) -> bool:
    """Tell whether a service has an address on the internet; one that does not say has."""
    return known(_PUBLIC, lower(raw["properties"].get("publicNetworkAccess")))


def tls(cache: Raw) -> str:
    """Return what becomes of a connection without TLS: it needs the other port, which is shut by default."""
    return TLS_OFFERED if cache["properties"].get("enableNonSslPort") else TLS_REQUIRED


def continuous(account: Raw) -> bool:
    """Tell whether a Cosmos DB account can be brought back to any second."""
    return known(_CONTINUOUS, account["properties"]["backupPolicy"]["type"].lower())


def taken_at(item: Raw) -> str | None:
    """Return the time of the newest recovery point of a protected item. Raises KeyError where there is none."""
    newest: str = item["properties"]["lastRecoveryPoint"]
    return newest


def locked(locks: list[Raw]) -> bool:
    """Tell whether one of the locks that hold for a resource keeps it from being deleted."""
    return any(lock["properties"]["level"].lower() in _LOCKED for lock in locks)


def _never(_raw: Any) -> bool:
    return False


def _always(_raw: Any) -> bool:
    return True


def _nobody(_raw: Any) -> tuple[PublicGrant, ...]:
    """Return nothing: roles and keys cannot name everyone."""
    return ()


FILE_SYSTEM: Final[Mapping[str, Read]] = {"created_at": lambda _: None, "backed_up": _never}
"""From `fileServices/default/shares`, under the storage account. Its backups are protected items of a vault."""

#: Every share is encrypted; it has metadata, and no tags.
FILE_SYSTEM_LACKS: Final = ("encrypted", "tags")

CACHE: Final[Mapping[str, Read]] = {"tls": tls, "tags": tags}
"""From `Microsoft.Cache/redis`."""

#: What Redis writes is always encrypted.
CACHE_LACKS: Final = ("encrypted",)

TABLE: Final[Mapping[str, Read]] = {"point_in_time": continuous, "tags": tags}
"""From `Microsoft.DocumentDB/databaseAccounts`, where the backups of all its tables are set."""

LOCKS: Final[Mapping[str, Callable[..., object]]] = {"deletion_protected": locked}
"""From the `Microsoft.Authorization/locks` that hold for a database or a table."""

WAREHOUSE: Final[Mapping[str, Read]] = {"public": public, "grants": _nobody, "tags": tags}
"""From `Microsoft.Synapse/workspaces`."""

SEARCH: Final[Mapping[str, Read]] = {
    "public": public,
    "grants": _nobody,
    "own_login": _always,
    "tags": tags,
}
"""From `Microsoft.Search/searchServices`, which take no request without a key or a role."""

#: Every index is encrypted.
SEARCH_LACKS: Final = ("encrypted",)

PROTECTED_ITEM: Final[Mapping[str, Read]] = {
    "of": lambda item: item["properties"]["sourceResourceId"].lower(),
    "taken_at": taken_at,
    "restorable": lambda item: not item["properties"].get("isScheduledForDeferredDelete"),
}
"""From `backupProtectedItems` of a recovery services vault: one item stands for its newest recovery point."""

#: Every recovery point is encrypted; an item has the tags of nothing.
PROTECTED_ITEM_LACKS: Final = ("encrypted", "tags")
