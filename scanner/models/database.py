"""Relational and graph databases that the cloud runs: what is encrypted, backed up, and given a public address."""

from datetime import datetime
from typing import ClassVar

from scanner.models.resource import UNREAD, Facts, Resource


class Backup(Facts):
    """Automatic backups that the service makes by itself."""

    retention_days: int = UNREAD
    """Days for which they are kept. AWS `BackupRetentionPeriod`; GCP `backupRetentionSettings.retainedBackups`, one of
    which is made a day; Azure `backupRetentionDays` of a flexible server, `retentionDays` of a SQL database's
    short-term policy."""


class Database(Resource):
    """A server, or a cluster of them: where encryption, backups and addresses are set.

    Azure SQL: a server or managed instance (its address), or one database in it (its encryption and its backups).
    """

    title: ClassVar[str] = "database"

    encrypted: bool = UNREAD
    """AWS: `StorageEncryptionType` is not `none`, and where it is absent `StorageEncrypted`; Azure SQL: transparent
    data encryption is on. GCP and Azure's flexible servers lack it: they always are."""
    backup: Backup | None = UNREAD
    """None: automatic backups are off. AWS: `BackupRetentionPeriod` is 0; GCP: `backupConfiguration.enabled` is not
    true; Azure: never, they cannot be switched off."""
    replica_of: str | None = UNREAD
    """What it is a read replica of, as the cloud names it; None: nothing. AWS `ReadReplicaSourceDBInstanceIdentifier`,
    `ReadReplicaSourceDBClusterIdentifier`, of a cluster `ReplicationSourceIdentifier`; GCP `masterInstanceName`; Azure
    `sourceServerResourceId`, of a SQL database `secondaryType`."""
    public: bool = UNREAD
    """It has an address on the internet, whoever may reach it there. AWS `PubliclyAccessible`, of an Aurora cluster
    `InternetAccessGatewayEnabled` (the rest is said by its members); GCP `ipConfiguration.ipv4Enabled`; Azure
    `publicNetworkAccess`."""
    members: tuple[str, ...] = UNREAD
    """Ids of the instances of a cluster; empty where it is none. AWS `DBClusterMembers`."""
    open_to_cloud: bool = UNREAD
    """Its own firewall lets in every machine of the cloud, whoever rents it. Azure: a rule from 0.0.0.0 to 0.0.0.0, of
    Cosmos DB the address 0.0.0.0. AWS and GCP lack it: they have no such rule."""
    tls_required: bool = UNREAD
    """Connections without TLS are refused. AWS: `rds.force_ssl`, `require_secure_transport`, `tls` or
    `neptune_enforce_ssl` of the parameter group; GCP `ipConfiguration.sslMode`, and where it is absent `requireSsl`;
    Azure `require_secure_transport` of a flexible server. SQL databases and Cosmos DB lack it: they always refuse."""
    deletion_protected: bool = UNREAD
    """It cannot be deleted before a switch is turned. AWS `DeletionProtection`; GCP
    `settings.deletionProtectionEnabled`; Azure: a lock on it or above it."""
    minor_upgrades: bool = UNREAD
    """It takes new minor versions of its engine by itself. AWS `AutoMinorVersionUpgrade`; of an Aurora cluster its
    instances say it. GCP and Azure lack it: theirs always does."""
    certificate_ends: datetime | None = UNREAD
    """When the certificate ends that it shows to clients; None: nobody says. AWS `CertificateDetails.ValidTill`, of an
    Aurora cluster its instances say it; GCP `serverCaCert.expirationTime`. Azure lacks it."""
    zones: bool = UNREAD
    """It goes on when one zone fails: another holds a copy that takes over. AWS `MultiAZ`; GCP
    `settings.availabilityType` is REGIONAL; Azure `highAvailability.mode` is ZoneRedundant, of a SQL database
    `zoneRedundant`."""
    known_as: str = UNREAD
    """The id that its snapshots call it by, which a later database of the same name does not get. AWS `DbiResourceId`,
    `DbClusterResourceId`. GCP and Azure: the instance's own id."""
    created_at: datetime = UNREAD
    """AWS `InstanceCreateTime`, `ClusterCreateTime`; GCP `createTime`; Azure `creationDate` of a SQL database,
    `systemData.createdAt`."""
    stopped: bool = UNREAD
    """It was switched off by its owner: its data do not change, and no backups are made. AWS: the status is `stopped`;
    GCP `settings.activationPolicy` is NEVER; Azure: the state is Stopped, of a SQL database Paused."""
    restorable_until: datetime | None = UNREAD
    """The latest state that the service's own backups can bring back; None: none. AWS `LatestRestorableTime`; GCP: the
    end of the newest successful backup run; Azure lacks it: it says only from when on."""


class DatabaseMember(Resource):
    """One instance of a cluster: it has its own address. GCP: an instance of an AlloyDB cluster."""

    title: ClassVar[str] = "database cluster member"

    public: bool = UNREAD
    """It has an address on the internet, whoever may reach it there. AWS `PubliclyAccessible`; GCP
    `networkConfig.enablePublicIp`."""
    minor_upgrades: bool = UNREAD
    """It takes new minor versions of its engine by itself. AWS `AutoMinorVersionUpgrade`. GCP lacks it."""
    certificate_ends: datetime | None = UNREAD
    """When the certificate ends that it shows to clients; None: nobody says. AWS `CertificateDetails.ValidTill`. GCP
    lacks it."""


class DatabaseSnapshot(Resource):
    """A copy of a database that the account owns, by hand or by the service. GCP: a backup run."""

    title: ClassVar[str] = "database snapshot"

    encrypted: bool = UNREAD
    """AWS: `StorageEncryptionType` is not `none`, and where it is absent `Encrypted` or `StorageEncrypted`. GCP lacks
    it: they always are."""
    public: bool = UNREAD
    """Every account may restore a database from it. AWS: its attribute `restore` has the value `all`; only snapshots
    made by hand can be shared. GCP lacks it: they cannot be."""
    of: str = UNREAD
    """What it is a copy of, as `known_as` of the database. AWS `DbiResourceId`, `DbClusterResourceId`; GCP
    `instance`."""
    taken_at: datetime | None = UNREAD
    """When the state was that it holds; None: it is still being made. AWS `OriginalSnapshotCreateTime`, and where it is
    absent `SnapshotCreateTime`; GCP `endTime`."""
    restorable: bool = UNREAD
    """It is whole. AWS: the status is `available`; GCP: `status` is SUCCESSFUL."""
