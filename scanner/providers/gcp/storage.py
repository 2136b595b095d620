"""Cloud Storage buckets, persistent disks and their snapshots, from raw JSON to facts."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from scanner.models.storage import (
    MAY_ADMIN,
    MAY_LIST,
    MAY_READ,
    MAY_WRITE,
    VERSIONING_OFF,
    VERSIONING_ON,
    PublicBlock,
    PublicGrant,
)
from scanner.providers.gcp.names import full_name
from scanner.providers.gcp.policies import PUBLIC, public_grants
from scanner.providers.spec import Raw, Read
from scanner.providers.values import known

_SECONDS_A_DAY: Final = 86_400
_RESTRICTED: Final = {"FullyRestricted": True, "NotRestricted": False, None: False}
_BLOCKED: Final = {"enforced": True, "inherited": False, "unspecified": False, None: False}

# What each role lets one do with a bucket and its objects, as the API's description of bindings says it.
_ROLES: Final = {
    "roles/storage.admin": (MAY_READ, MAY_LIST, MAY_WRITE, MAY_ADMIN),
    "roles/storage.objectAdmin": (MAY_READ, MAY_LIST, MAY_WRITE),
    "roles/storage.objectCreator": (MAY_WRITE,),
    "roles/storage.objectViewer": (MAY_READ, MAY_LIST),
    "roles/storage.legacyObjectReader": (MAY_READ,),
    "roles/storage.legacyObjectOwner": (MAY_READ, MAY_WRITE),
    "roles/storage.legacyBucketReader": (MAY_LIST,),
    "roles/storage.legacyBucketWriter": (MAY_LIST, MAY_WRITE),
    "roles/storage.legacyBucketOwner": (MAY_LIST, MAY_WRITE, MAY_ADMIN),
}
_ON_BUCKET: Final = {
    "READER": (MAY_LIST,),
    "WRITER": (MAY_LIST, MAY_WRITE),
    "OWNER": (MAY_LIST, MAY_WRITE, MAY_ADMIN),
}
_ON_OBJECTS: Final = {"READER": (MAY_READ,), "OWNER": (MAY_READ, MAY_ADMIN)}


def policy_grants(answer: Raw) -> tuple[PublicGrant, ...]:
    """Return the grants to the public of an IAM policy; a role that is not one of storage's may do something else."""
    return public_grants(answer, _ROLES)


def acl_grants(bucket: Raw) -> tuple[PublicGrant, ...]:
    """Return the public grants of the bucket's ACL and of its default for new objects.

    A bucket without ACLs has no such elements; neither has a listing that was not asked for them, which is an error.
    """
    if acls_disabled(bucket):
        return ()
    return (
        *_grants(bucket["acl"], _ON_BUCKET, ""),
        *_grants(bucket.get("defaultObjectAcl", ()), _ON_OBJECTS, " for new objects"),
    )


def _grants(entries: Any, may: Mapping[str, tuple[str, ...]], where: str) -> Iterator[PublicGrant]:
    for entry in entries:
        if entry["entity"] in PUBLIC:
            role = entry["role"]
            yield PublicGrant(who=PUBLIC[entry["entity"]], may=known(may, role), said=f"{role}{where}")


def acls_disabled(bucket: Raw) -> bool:
    """Tell whether access is uniform, which takes the effect from every ACL."""
    uniform = bucket.get("iamConfiguration", {}).get("uniformBucketLevelAccess", {})
    return bool(uniform.get("enabled"))


def public_block(bucket: Raw) -> PublicBlock | None:
    """Return the bucket's own public access prevention; what it inherits stands at the project."""
    said = bucket.get("iamConfiguration", {}).get("publicAccessPrevention")
    return PublicBlock(policies=True, acls=True) if known(_BLOCKED, said) else None


def account_block(answer: Raw) -> PublicBlock | None:
    """Return what the effective organization policy `storage.publicAccessPrevention` of a project blocks.

    A rule that holds under a condition alone does not hold for every bucket. Raises KeyError for an answer without
    rules: an effective policy has what the constraint's default says where nobody set one.
    """
    rules = answer["spec"]["rules"]
    enforced = any(rule.get("enforce") and "condition" not in rule for rule in rules)
    return PublicBlock(policies=True, acls=True) if enforced else None


def versioning(bucket: Raw) -> str:
    """Return the state of versioning; Cloud Storage leaves the element out where it was never on."""
    return VERSIONING_ON if bucket.get("versioning", {}).get("enabled") else VERSIONING_OFF


def soft_delete_days(bucket: Raw) -> float | None:
    """Return for how many days a deleted object can be brought back; zero seconds is how it is switched off."""
    seconds = int(bucket.get("softDeletePolicy", {}).get("retentionDurationSeconds", 0))
    return seconds / _SECONDS_A_DAY if seconds else None


def snapshot_public(answer: Raw) -> bool:
    """Tell whether a snapshot's IAM policy names the public."""
    return bool(policy_grants(answer))


def customer_keys_refused(bucket: Raw) -> bool:
    """Tell whether objects that bring a key of their own are refused; without a word about it they are taken."""
    config = bucket.get("encryption", {}).get("customerSuppliedEncryptionEnforcementConfig", {})
    return known(_RESTRICTED, config.get("restrictionMode"))


def machines(disk: Raw) -> tuple[str, ...]:
    """Return the instances that a disk is attached to."""
    return tuple(full_name(user) for user in disk.get("users") or ())


def labels(raw: Raw) -> dict[str, str]:
    """Return the labels."""
    return dict(raw.get("labels") or {})


BUCKET: Final[Mapping[str, Read]] = {
    "acl_grants": acl_grants,
    "acls_disabled": acls_disabled,
    "public_block": public_block,
    "versioning": versioning,
    "soft_delete_days": soft_delete_days,
    "key": "encryption.defaultKmsKeyName?",
    "access_log": "logging.logBucket?",
    "customer_keys_refused": customer_keys_refused,
    "tags": labels,
}
"""From `storage.buckets.list` with `projection=full`."""

BUCKET_POLICY: Final[Mapping[str, Callable[..., object]]] = {"policy_grants": policy_grants}
"""From `storage.buckets.getIamPolicy`."""

#: Only an organization policy refuses plain HTTP, which is not a fact of the bucket; the rest are switches of Azure.
BUCKET_LACKS: Final = ("plain_http", "networks", "shared_keys", "anonymous_access")


def own_key(disk: Raw) -> str | None:
    """Return the owner's key of a disk: one of Cloud KMS by name, or one that was brought along by its fingerprint."""
    said = disk.get("diskEncryptionKey") or {}
    return said.get("kmsKeyName") or said.get("sha256")


DISK: Final[Mapping[str, Read]] = {
    "key": own_key,
    "known_as": "id",
    "created_at": "creationTimestamp",
    "machines": machines,
    "tags": labels,
}
"""From `compute.disks.aggregatedList`."""

#: Every disk is encrypted.
DISK_LACKS: Final = ("encrypted",)

SNAPSHOT: Final[Mapping[str, Read]] = {
    "volume": "sourceDiskId",
    "taken_at": "creationTimestamp",
    "restorable": lambda snapshot: snapshot["status"] == "READY",
    "tags": labels,
}
"""From `compute.snapshots.list`."""

#: Every snapshot is encrypted.
SNAPSHOT_LACKS: Final = ("encrypted",)

SNAPSHOT_POLICY: Final[Mapping[str, Callable[..., object]]] = {"public": snapshot_public}
"""From `compute.snapshots.getIamPolicy`."""

PROJECT_POLICY: Final[Mapping[str, Callable[..., object]]] = {"public_block": account_block}
"""Of the account, from `orgpolicy.projects.policies.getEffectivePolicy`."""
