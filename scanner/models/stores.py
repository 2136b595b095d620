"""Stores of data that are no relational database: tables, caches, warehouses, search."""

from typing import ClassVar, Final

from scanner.models.resource import UNREAD, Resource
from scanner.models.storage import PublicGrant

#: What becomes of a connection without TLS.
TLS_REQUIRED: Final = "required"
"""It is refused."""
TLS_OFFERED: Final = "offered"
"""It is accepted, and so is one with TLS."""
TLS_OFF: Final = "off"
"""There is no other kind."""


class Table(Resource):
    """A table of a store for keys and documents, where its backups are set."""

    title: ClassVar[str] = "table"

    point_in_time: bool = UNREAD
    """It can be brought back to any second of the last days. AWS `PointInTimeRecoveryStatus` is ENABLED
    (`ContinuousBackupsStatus` always is); GCP: never, Bigtable has backups alone; Azure: the account's `backupPolicy`
    is Continuous."""
    deletion_protected: bool = UNREAD
    """It cannot be deleted before a switch is turned. AWS `DeletionProtectionEnabled`; GCP `deletionProtection`; Azure
    lacks it: a lock stands on the account."""


class Cache(Resource):
    """A store that is kept in memory."""

    title: ClassVar[str] = "cache"

    encrypted: bool = UNREAD
    """What it writes to disk. AWS: `StorageEncryptionType` is not `none`, and where it is absent
    `AtRestEncryptionEnabled`. MemoryDB, GCP and Azure lack it: theirs always is."""
    tls: str = UNREAD
    """`required`, `offered` or `off`. AWS `TransitEncryptionEnabled` and `TransitEncryptionMode`, of MemoryDB
    `TLSEnabled`; GCP `transitEncryptionMode`; Azure `enableNonSslPort`."""
    backup_days: int = UNREAD
    """Days for which its daily copies are kept; 0: there are none. AWS `SnapshotRetentionLimit`. GCP and Azure lack it:
    theirs is not read."""


class Warehouse(Resource):
    """A store for analysis.

    AWS: a Redshift cluster, or a workgroup; GCP: a BigQuery dataset; Azure: a Synapse workspace.
    """

    title: ClassVar[str] = "warehouse"

    encrypted: bool = UNREAD
    """AWS `Encrypted`. Workgroups, GCP and Azure lack it: theirs always are."""
    key: str | None = UNREAD
    """The owner's own key that encrypts what is put there next; None: a key that the cloud provides. GCP
    `defaultEncryptionConfiguration` of the dataset; Azure `encryption.cmk` of the workspace. Not read of AWS."""
    public: bool = UNREAD
    """It has an address on the internet, whoever may reach it there. AWS `PubliclyAccessible`; GCP: false, a dataset
    has no address of its own; Azure `publicNetworkAccess`."""
    grants: tuple[PublicGrant, ...] = UNREAD
    """Grants to everyone by the cloud's own permissions. AWS: none, its policies cannot name everyone; GCP: `access`
    of the dataset; Azure: none, nor can its roles."""


class SearchDomain(Resource):
    """A cluster that indexes documents and answers searches. AWS: OpenSearch; Azure: AI Search."""

    title: ClassVar[str] = "search domain"

    encrypted: bool = UNREAD
    """AWS: `EncryptionAtRestOptions.Enabled`. Azure lacks it: it always is."""
    public: bool = UNREAD
    """Its endpoint has an address on the internet. AWS: it has no `VPCOptions`; Azure `publicNetworkAccess`."""
    grants: tuple[PublicGrant, ...] = UNREAD
    """Grants to everyone, from every address. AWS: `AccessPolicies`; Azure: none, requests need a key or a role."""
    https_only: bool = UNREAD
    """Requests over plain HTTP are refused. AWS `DomainEndpointOptions.EnforceHTTPS`. Azure lacks it: it always
    does."""
    own_login: bool = UNREAD
    """It asks everybody to sign in, whatever its policy grants. AWS: `AdvancedSecurityOptions.Enabled` without
    `AnonymousAuthEnabled`; Azure: always."""
