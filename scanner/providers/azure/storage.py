"""Storage accounts, blob containers, managed disks and their snapshots, from raw JSON to facts."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from scanner.models.storage import (
    EVERYONE,
    FROM_CHOSEN,
    FROM_EVERYWHERE,
    FROM_INSIDE,
    HTTP_ACCEPTED,
    HTTP_REFUSED,
    MAY_LIST,
    MAY_READ,
    VERSIONING_OFF,
    VERSIONING_ON,
    PlainHttp,
    PublicBlock,
    PublicGrant,
)
from scanner.providers.azure.reading import lower, tags
from scanner.providers.spec import PARENT, Raw, Read
from scanner.providers.values import known

# Enumerations of Azure are equal whatever their case.
_ACCESS: Final = {None: (), "none": (), "blob": (MAY_READ,), "container": (MAY_READ, MAY_LIST)}
_OWN_KEY: Final = {None: False, "microsoft.storage": False, "microsoft.keyvault": True}
_READS: Final = {"storageread", "alllogs", "audit"}
# Whether requests from public networks are taken at all; a perimeter has rules of its own about them.
_PUBLIC: Final = {
    None: FROM_EVERYWHERE,
    "enabled": FROM_EVERYWHERE,
    "securedbyperimeter": FROM_CHOSEN,
    "disabled": FROM_INSIDE,
}
_DEFAULT: Final = {"allow": FROM_EVERYWHERE, "deny": FROM_CHOSEN}


def plain_http(account: Raw) -> PlainHttp:
    """Return what the switch "secure transfer required" says."""
    refused = account["properties"]["supportsHttpsTrafficOnly"]
    return PlainHttp(state=HTTP_REFUSED if refused else HTTP_ACCEPTED, reasons=())


def key(account: Raw) -> str | None:
    """Return the owner's key in Key Vault; without one the service encrypts with its own."""
    said = account["properties"].get("encryption") or {}
    if not known(_OWN_KEY, lower(said.get("keySource"))):
        return None
    vault = said["keyvaultproperties"]
    return f"{vault['keyvaulturi']}/keys/{vault['keyname']}"


def networks(account: Raw) -> str:
    """Return from which networks requests are taken."""
    said = account["properties"]
    public = known(_PUBLIC, lower(said.get("publicNetworkAccess")))
    if public != FROM_EVERYWHERE:
        return public
    return known(_DEFAULT, said["networkAcls"]["defaultAction"].lower())


def shared_keys(account: Raw) -> bool:
    """Tell whether the account's own keys are taken; an account that does not say takes them."""
    allowed = account["properties"].get("allowSharedKeyAccess")
    return allowed is None or bool(allowed)


def without_versions(account: Raw) -> tuple[str, ...]:
    """Return what an account cannot have: with a hierarchy of folders there are no versions."""
    return ("versioning",) if account["properties"].get("isHnsEnabled") else ()


def has_blobs(account: Raw) -> bool:
    """Tell whether the account has a blob service: one for files alone has none."""
    return bool(account["kind"] != "FileStorage")


def versioning(service: Raw) -> str:
    """Return the state of versioning; the blob service leaves the element out where it was never on."""
    return VERSIONING_ON if service["properties"].get("isVersioningEnabled") else VERSIONING_OFF


def soft_delete_days(service: Raw) -> float | None:
    """Return for how many days a deleted blob can be brought back."""
    said = service["properties"].get("deleteRetentionPolicy") or {}
    return said["days"] if said.get("enabled") else None


def access_log(settings: list[Raw]) -> str | None:
    """Return the diagnostic setting of the blob service that takes the reads."""
    for setting in settings:
        for log in setting["properties"].get("logs") or ():
            category = lower(log.get("category") or log.get("categoryGroup"))
            if log["enabled"] and category in _READS:
                return str(setting["id"])
    return None


def policy_grants(container: Raw) -> tuple[PublicGrant, ...]:
    """Return what the access level of a container gives to everyone."""
    level = container["properties"].get("publicAccess")
    may = known(_ACCESS, lower(level))
    return (PublicGrant(who=EVERYONE, may=may, said=f"access level {level}"),) if may else ()


def public_block(container: Raw) -> PublicBlock | None:
    """Return whether the container's storage account refuses anonymous access.

    An account that does not say `allowBlobPublicAccess` is not understood: what that means has changed over the years.
    """
    allowed = container[PARENT]["properties"]["allowBlobPublicAccess"]
    return None if allowed else PublicBlock(policies=True, acls=True)


ACCOUNT: Final[Mapping[str, Read]] = {
    "plain_http": plain_http,
    "key": key,
    "networks": networks,
    "shared_keys": shared_keys,
    "anonymous_access": "properties.allowBlobPublicAccess",
    "tags": tags,
}
"""From `Microsoft.Storage/storageAccounts`."""

BLOB_SERVICE: Final[Mapping[str, Callable[..., object]]] = {
    "versioning": versioning,
    "soft_delete_days": soft_delete_days,
}
"""Of a storage account, from `blobServices/default`."""

DIAGNOSTIC_SETTINGS: Final[Mapping[str, Callable[..., object]]] = {"access_log": access_log}
"""Of a storage account, from the `Microsoft.Insights/diagnosticSettings` of `blobServices/default`."""

#: Access stands at the containers.
ACCOUNT_LACKS: Final = ("policy_grants", "acl_grants", "acls_disabled", "public_block")


def _no_acls(_container: Any) -> tuple[PublicGrant, ...]:
    """Return nothing: an ACL can name users and groups of the directory alone."""
    return ()


CONTAINER: Final[Mapping[str, Read]] = {
    "policy_grants": policy_grants,
    "public_block": public_block,
    "acl_grants": _no_acls,
    "acls_disabled": lambda _: True,
}
"""From `blobServices/default/containers`, under the storage account."""

#: Transport, networks, versions, keys and logs stand at the storage account; containers have no tags.
CONTAINER_LACKS: Final = (
    "plain_http", "networks", "shared_keys", "anonymous_access", "versioning", "soft_delete_days", "key", "access_log",
    "tags",
)  # fmt: skip

DISK: Final[Mapping[str, Read]] = {"tags": tags}
#: Every managed disk is encrypted.
DISK_LACKS: Final = ("encrypted",)

SNAPSHOT: Final[Mapping[str, Read]] = {"tags": tags}
#: A snapshot is read with a role in its subscription, or with a link that expires: never by everyone.
SNAPSHOT_LACKS: Final = ("public",)
