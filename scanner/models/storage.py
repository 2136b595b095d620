"""Buckets, volumes and snapshots: where data lies, who may have it, and what is left when it is lost."""

from datetime import datetime
from typing import ClassVar, Final

from scanner.models.resource import UNREAD, Facts, Resource

#: What happens to requests over plain HTTP.
HTTP_REFUSED: Final = "refused"
HTTP_PARTLY_REFUSED: Final = "partly refused"
HTTP_ACCEPTED: Final = "accepted"

#: Whether an object that is overwritten keeps its earlier versions.
VERSIONING_ON: Final = "on"
VERSIONING_SUSPENDED: Final = "suspended"
"""Versions from before are still there; what is overwritten now is lost."""
VERSIONING_OFF: Final = "off"

#: Who the public is.
EVERYONE: Final = "everyone"
"""Nobody need sign in."""
ANY_ACCOUNT: Final = "any account"
"""Whoever signs in with an account of their own, which anybody can open."""

#: What a grant lets them do.
MAY_READ: Final = "read"
"""Fetch objects."""
MAY_LIST: Final = "list"
"""See the names of the objects."""
MAY_WRITE: Final = "write"
"""Store, overwrite or delete objects."""
MAY_ADMIN: Final = "admin"
"""Change who has access, or the bucket itself."""
MAY_OTHER: Final = "other"


#: From which networks requests are taken.
FROM_EVERYWHERE: Final = "everywhere"
FROM_CHOSEN: Final = "chosen networks"
FROM_INSIDE: Final = "private endpoints"


class PlainHttp(Facts):
    """What a bucket does with requests over plain HTTP."""

    state: str = UNREAD
    """`refused`, `partly refused` or `accepted`."""
    reasons: tuple[str, ...] = UNREAD
    """What keeps it from being refused, in words; empty where it is."""


class PublicGrant(Facts):
    """One grant to the public, whether or not something else holds it back."""

    who: str = UNREAD
    """`everyone` or `any account`."""
    may: tuple[str, ...] = UNREAD
    """`read`, `list`, `write`, `admin`, or `other`."""
    said: str = UNREAD
    """The grant in the cloud's own words: actions, a permission, a role."""

    @property
    def who_in_words(self) -> str:
        """Whom a message names."""
        return "everyone" if self.who == EVERYONE else "anyone with an account"


class PublicBlock(Facts):
    """A switch above single grants: which kinds of public grants it takes the effect from."""

    policies: bool = UNREAD
    """Grants by policy to the public have no effect. AWS `RestrictPublicBuckets` (`BlockPublicPolicy` only refuses new
    policies); GCP `iamConfiguration.publicAccessPrevention` is `enforced`; Azure `allowBlobPublicAccess` is false."""
    acls: bool = UNREAD
    """Grants by ACL to the public have no effect. AWS `IgnorePublicAcls`; GCP and Azure as for policies."""


class Bucket(Resource):
    """A container of objects. Azure: a storage account (transport, versions, keys) or a blob container (access)."""

    title: ClassVar[str] = "bucket"

    plain_http: PlainHttp = UNREAD
    """AWS: the bucket policy; Azure: `supportsHttpsTrafficOnly` of the storage account; GCP lacks it (only an
    organization policy refuses plain HTTP)."""
    policy_grants: tuple[PublicGrant, ...] = UNREAD
    """Grants to the public by policy. AWS: the bucket policy; GCP: the bucket's IAM policy; Azure: `publicAccess` of
    the container."""
    acl_grants: tuple[PublicGrant, ...] = UNREAD
    """Grants to the public by ACL of the bucket, and where the cloud has them, by its default for new objects. AWS:
    GetBucketAcl; GCP: `acl` and `defaultObjectAcl`; Azure: none, its ACLs cannot name the public."""
    acls_disabled: bool = UNREAD
    """ACLs have no effect. AWS: object ownership is `BucketOwnerEnforced`; GCP: `uniformBucketLevelAccess`; Azure:
    always, since no ACL can name the public."""
    public_block: PublicBlock | None = UNREAD
    """The bucket's own block; None: nobody set one. AWS: GetPublicAccessBlock; GCP: `publicAccessPrevention`; Azure:
    `allowBlobPublicAccess` of the container's storage account."""
    versioning: str = UNREAD
    """`on`, `suspended` or `off`. AWS: `Status` of GetBucketVersioning; GCP: `versioning.enabled`; Azure:
    `isVersioningEnabled` of the blob service."""
    mfa_delete: bool = UNREAD
    """Whether a version is deleted for good, or versioning is switched off, only with a second factor. AWS `MFADelete`
    of GetBucketVersioning. GCP and Azure lack it."""
    copied: bool = UNREAD
    """Whether new objects are copied to another bucket by the service; not applicable to a bucket that keeps no
    versions. AWS: an enabled rule of GetBucketReplication.
    GCP and Azure lack it: there a bucket lies in several regions itself, or not."""
    write_once: bool = UNREAD
    """Whether objects in it can be locked, so that nobody can delete them before their time; not applicable to a bucket
    that keeps no versions. AWS `ObjectLockEnabled` of GetObjectLockConfiguration. GCP and Azure lack it: not read."""
    soft_delete_days: float | None = UNREAD
    """Days for which a deleted object can be brought back; None: it cannot. AWS: None, it has no such thing; GCP:
    `softDeletePolicy.retentionDurationSeconds`; Azure: `deleteRetentionPolicy` of the blob service."""
    key: str | None = UNREAD
    """The owner's own key that new objects are encrypted with, as the cloud names it; None: a key that the cloud
    provides. AWS: `KMSMasterKeyID` of GetBucketEncryption; GCP: `encryption.defaultKmsKeyName`; Azure:
    `encryption.keyvaultproperties` where `keySource` is Microsoft.Keyvault."""
    networks: str = UNREAD
    """From which networks requests are taken, before anybody asks who sent them: `everywhere`, `chosen networks`, or
    `private endpoints` alone. Azure: `publicNetworkAccess`, and `networkAcls.defaultAction`, of the storage account.
    AWS and GCP lack it: there a policy decides about who comes, and from where, as one."""
    shared_keys: bool = UNREAD
    """Requests are taken that are signed with a key of the whole account, and by nobody in particular. Azure
    `allowSharedKeyAccess`, where absence means true. AWS and GCP have no such keys."""
    anonymous_access: bool = UNREAD
    """Whether what is in it may be opened to everyone at all. Azure `allowBlobPublicAccess` of the storage account. AWS
    and GCP say the same by `public_block`."""
    customer_keys_refused: bool = UNREAD
    """Requests that bring an encryption key of their own are refused. AWS: `BlockedEncryptionTypes` of
    GetBucketEncryption has SSE-C; GCP: `encryption.customerSuppliedEncryptionEnforcementConfig.restrictionMode` is
    FullyRestricted. Azure lacks it: nothing refuses them."""
    access_log: str | None = UNREAD
    """Where requests are logged to; None: nowhere. AWS: `TargetBucket` of GetBucketLogging; GCP: `logging.logBucket`;
    Azure: the diagnostic setting of the blob service that takes the category StorageRead."""


class Volume(Resource):
    """A disk that machines attach."""

    title: ClassVar[str] = "volume"

    encrypted: bool = UNREAD
    """AWS `Encrypted`. GCP and Azure lack it: their disks always are."""
    key: str | None = UNREAD
    """The owner's own key that encrypts it; None: a key that the cloud provides. GCP `diskEncryptionKey`; Azure
    `encryption.diskEncryptionSetId`. Not read of AWS, whose answer names the cloud's own key in the same way."""
    known_as: str = UNREAD
    """The id that its snapshots call it by. AWS `VolumeId`; GCP `id`; Azure the resource id, in lower case."""
    created_at: datetime = UNREAD
    """AWS `CreateTime`; GCP `creationTimestamp`; Azure `timeCreated`."""
    machines: tuple[str, ...] = UNREAD
    """Ids of the machines that it is attached to, where a backup of the machine holds it too. AWS: none, such a backup
    leaves a snapshot of each volume; GCP `users`; Azure `managedBy`."""


class Snapshot(Resource):
    """A copy of a volume that the account owns."""

    title: ClassVar[str] = "snapshot"

    public: bool = UNREAD
    """Its permissions let every account make a volume from it. AWS: `createVolumePermission` has the group `all`; GCP:
    the snapshot's IAM policy names the public; Azure lacks it: a disk snapshot cannot be given to everyone."""
    encrypted: bool = UNREAD
    """AWS `Encrypted`. GCP and Azure lack it: theirs always are."""
    volume: str = UNREAD
    """What it is a copy of, as `known_as` of the volume. AWS `VolumeId` (of a copied snapshot it names nothing); GCP
    `sourceDiskId`; Azure `creationData.sourceResourceId`."""
    taken_at: datetime = UNREAD
    """When the state was that it holds. AWS `StartTime`; GCP `creationTimestamp`; Azure `timeCreated`."""
    restorable: bool = UNREAD
    """It is whole, and a volume can be made from it now. AWS: `State` is completed and `StorageTier` is not archive;
    GCP: `status` is READY; Azure: `provisioningState` is Succeeded."""
