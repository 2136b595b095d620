"""Storage accounts, containers, shares and keys, managed disks and their snapshots, from raw JSON to facts."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from scanner.models.storage import (
    EVERYONE,
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
from scanner.providers.azure.networks import networks
from scanner.providers.azure.reading import lower, tags
from scanner.providers.azure.storage_accounts import days_of
from scanner.providers.spec import PARENT, Raw, Read
from scanner.providers.values import known

# Enumerations of Azure are equal whatever their case.
_ACCESS: Final = {None: (), "none": (), "blob": (MAY_READ,), "container": (MAY_READ, MAY_LIST)}
_DISK_KEY: Final = {
    None: False,
    "encryptionatrestwithplatformkey": False,
    "encryptionatrestwithcustomerkey": True,
    "encryptionatrestwithplatformandcustomerkeys": True,
}
_OWN_KEY: Final = {None: False, "microsoft.storage": False, "microsoft.keyvault": True}


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

#: Access stands at the containers; nothing refuses requests that bring a key of their own.
ACCOUNT_LACKS: Final = (
    "policy_grants",
    "acl_grants",
    "acls_disabled",
    "public_block",
    "customer_keys_refused",
)


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
    "customer_keys_refused", "tags",
)  # fmt: skip


def keys(account: Raw) -> list[dict[str, str | None]]:
    """Return the account's two keys, and when each was made.

    The service knows that of keys made since 2021; one that nobody renewed since is as old as its account.
    """
    properties = account["properties"]
    said = properties.get("keyCreationTime") or {}
    return [
        {"name": name, "created": said.get(name) or properties["creationTime"]} for name in ("key1", "key2")
    ]


SHARE: Final[Mapping[str, Read]] = {"created_at": lambda _: None, "backed_up": lambda _: False}
"""From `fileServices/default/shares`, under the storage account. Its backups are protected items of a vault."""

#: What the file service takes where nobody chose. Source: "SMB file shares in Azure Files".
_SMB_VERSIONS: Final = ("SMB2.1", "SMB3.0", "SMB3.1.1")
_SMB_CIPHERS: Final = ("AES-128-CCM", "AES-128-GCM", "AES-256-GCM")


def _smb(name: str, every: tuple[str, ...]) -> Callable[[Raw], tuple[str, ...]]:
    """Return what reads a setting of SMB: words with `;` after each; absent or empty: every one."""

    def read(service: Raw) -> tuple[str, ...]:
        smb = (service["properties"].get("protocolSettings") or {}).get("smb") or {}
        words = tuple(word.strip() for word in (smb.get(name) or "").split(";") if word.strip())
        return words or every

    return read


def without_smb(share: Raw) -> tuple[str, ...]:
    """Return what is of no matter for a share that is mounted by NFS."""
    protocol = str(share["properties"].get("enabledProtocols") or "SMB")
    return ("smb_versions", "smb_ciphers") if protocol.upper() == "NFS" else ()


FILE_SERVICE: Final[Mapping[str, Callable[..., object]]] = {
    "soft_delete_days": days_of("shareDeleteRetentionPolicy"),
    "smb_versions": _smb("versions", _SMB_VERSIONS),
    "smb_ciphers": _smb("channelEncryption", _SMB_CIPHERS),
}
"""Of a share, from `fileServices/default` of its storage account."""

#: Every share is encrypted; it has metadata, and no tags.
SHARE_LACKS: Final = ("encrypted", "tags")

KEY: Final[Mapping[str, Read]] = {
    "active": lambda key: shared_keys(key[PARENT]),
    "created": "created",
    "tags": lambda key: tags(key[PARENT]),
}
"""From `keyCreationTime` of the storage account."""

#: Nobody notes when a key was used.
KEY_LACKS: Final = ("used",)


def machines(disk: Raw) -> tuple[str, ...]:
    """Return the machines that a disk is attached to; a shared one may have several."""
    ids = (disk.get("managedBy"), *(disk.get("managedByExtended") or ()))
    return tuple(dict.fromkeys(id_.lower() for id_ in ids if id_))


def source_of(snapshot: Raw) -> str:
    """Return the disk that a snapshot is a copy of; "" where it was made of something else."""
    return lower(snapshot["properties"]["creationData"].get("sourceResourceId")) or ""


def whole(snapshot: Raw) -> bool:
    """Tell whether a snapshot can be restored from: one that is copied in the background is not, until it is done."""
    properties = snapshot["properties"]
    copied = properties.get("completionPercent")
    return bool(properties["provisioningState"].lower() == "succeeded" and copied in (None, 100, 100.0))


def disk_key(disk: Raw) -> str | None:
    """Return the set of keys of the owner's that a disk is encrypted with; without one the service has its own."""
    said = disk["properties"].get("encryption") or {}
    return said["diskEncryptionSetId"] if known(_DISK_KEY, lower(said.get("type"))) else None


DISK: Final[Mapping[str, Read]] = {
    "key": disk_key,
    "known_as": lambda disk: disk["id"].lower(),
    "created_at": "properties.timeCreated",
    "machines": machines,
    "tags": tags,
}
"""From `Microsoft.Compute/disks`."""

#: Every managed disk is encrypted.
DISK_LACKS: Final = ("encrypted",)

SNAPSHOT: Final[Mapping[str, Read]] = {
    "volume": source_of,
    "taken_at": "properties.timeCreated",
    "restorable": whole,
    "tags": tags,
}
"""From `Microsoft.Compute/snapshots`."""

#: A snapshot is always encrypted; it is read with a role in its subscription, or with a link that expires: never by
#: everyone.
SNAPSHOT_LACKS: Final = ("public", "encrypted")
