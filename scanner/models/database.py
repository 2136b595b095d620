"""Relational and graph databases that the cloud runs: what is encrypted, backed up, and given a public address."""

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


class DatabaseMember(Resource):
    """One instance of a cluster: it has its own address. GCP: an instance of an AlloyDB cluster."""

    title: ClassVar[str] = "database cluster member"

    public: bool = UNREAD
    """It has an address on the internet, whoever may reach it there. AWS `PubliclyAccessible`; GCP
    `networkConfig.enablePublicIp`."""
