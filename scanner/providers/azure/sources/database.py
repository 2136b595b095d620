"""What is asked about databases: SQL, PostgreSQL, MySQL and Cosmos DB."""

from typing import Final

from scanner.models.database import Database
from scanner.providers.azure import database
from scanner.providers.azure.calls import listed, within
from scanner.providers.azure.reading import region
from scanner.providers.spec import Detail, Source

SQL: Final = "Microsoft.Sql"
SQL_VERSION: Final = "2025-01-01"
POSTGRES: Final = "Microsoft.DBforPostgreSQL"
POSTGRES_VERSION: Final = "2026-10-01"
MYSQL: Final = "Microsoft.DBforMySQL"
MYSQL_VERSION: Final = "2024-12-30"
COSMOS: Final = "Microsoft.DocumentDB"
COSMOS_VERSION: Final = "2026-03-15"

SQL_SERVERS: Final = Source(
    kind=Database,
    listing=listed(SQL, "Servers_List", "servers", SQL_VERSION),
    level="account",
    id="{id}",
    name="{name}",
    region=region,
    fields=database.SQL_SERVER,
    details=[
        Detail(
            call=within(
                SQL, "FirewallRules_ListByServer", "firewallRules", "servers/firewallRules", SQL_VERSION
            ),
            when=database.server_public,
            fills=database.FIREWALL_RULES,
        )
    ],
    lacking=database.SQL_SERVER_LACKS,
)

SQL_DATABASES: Final = Source(
    kind=Database,
    listing=within(SQL, "Databases_ListByServer", "databases", "servers/databases", SQL_VERSION),
    level="account",
    under=SQL_SERVERS,
    keep=database.no_system_database,
    id="{id}",
    name="{^.name}/{name}",
    region=region,
    fields=database.SQL_DATABASE,
    details=[
        Detail(
            call=within(
                SQL,
                "TransparentDataEncryptions_ListByDatabase",
                "transparentDataEncryption",
                "servers/databases/transparentDataEncryption",
                SQL_VERSION,
            ),
            fills=database.SQL_ENCRYPTION,
        ),
        Detail(
            call=within(
                SQL,
                "BackupShortTermRetentionPolicies_ListByDatabase",
                "backupShortTermRetentionPolicies",
                "servers/databases/backupShortTermRetentionPolicies",
                SQL_VERSION,
            ),
            when=database.has_short_term_backups,
            fills=database.SQL_BACKUP,
        ),
    ],
    lacking=database.SQL_DATABASE_LACKS,
)

MANAGED_INSTANCES: Final = Source(
    kind=Database,
    listing=listed(SQL, "ManagedInstances_List", "managedInstances", SQL_VERSION),
    level="account",
    id="{id}",
    name="{name}",
    region=region,
    fields=database.MANAGED_INSTANCE,
    # What reaches it, the security group of its subnet says.
    lacking=(*database.SQL_SERVER_LACKS, "open_to_cloud"),
)

MANAGED_DATABASES: Final = Source(
    kind=Database,
    listing=within(
        SQL, "ManagedDatabases_ListByInstance", "databases", "managedInstances/databases", SQL_VERSION
    ),
    level="account",
    under=MANAGED_INSTANCES,
    keep=database.no_system_database,
    id="{id}",
    name="{^.name}/{name}",
    region=region,
    fields=database.MANAGED_DATABASE,
    details=[
        Detail(
            call=within(
                SQL,
                "ManagedDatabaseTransparentDataEncryption_ListByDatabase",
                "transparentDataEncryption",
                "managedInstances/databases/transparentDataEncryption",
                SQL_VERSION,
            ),
            fills=database.SQL_ENCRYPTION,
        ),
        Detail(
            call=within(
                SQL,
                "ManagedBackupShortTermRetentionPolicies_ListByDatabase",
                "backupShortTermRetentionPolicies",
                "managedInstances/databases/backupShortTermRetentionPolicies",
                SQL_VERSION,
            ),
            fills=database.SQL_BACKUP,
        ),
    ],
    lacking=database.SQL_DATABASE_LACKS,
)


def _flexible(service: str, operation: str, version: str) -> Source:
    """Return the flexible servers of one engine; those of both look alike."""
    return Source(
        kind=Database,
        listing=listed(service, operation, "flexibleServers", version),
        level="account",
        id="{id}",
        name="{name}",
        region=region,
        fields=database.FLEXIBLE_SERVER,
        details=[
            Detail(
                call=within(
                    service,
                    "FirewallRules_ListByServer",
                    "firewallRules",
                    "flexibleServers/firewallRules",
                    version,
                ),
                when=database.flexible_public,
                fills=database.FIREWALL_RULES,
            )
        ],
        lacking=database.FLEXIBLE_SERVER_LACKS,
    )


POSTGRES_SERVERS: Final = _flexible(POSTGRES, "Servers_ListBySubscription", POSTGRES_VERSION)
MYSQL_SERVERS: Final = _flexible(MYSQL, "Servers_List", MYSQL_VERSION)

COSMOS_ACCOUNTS: Final = Source(
    kind=Database,
    listing=listed(COSMOS, "DatabaseAccounts_List", "databaseAccounts", COSMOS_VERSION),
    level="account",
    id="{id}",
    name="{name}",
    region=region,
    fields=database.COSMOS,
    lacking=database.COSMOS_LACKS,
)

SOURCES: Final = (
    SQL_SERVERS,
    SQL_DATABASES,
    MANAGED_INSTANCES,
    MANAGED_DATABASES,
    POSTGRES_SERVERS,
    MYSQL_SERVERS,
    COSMOS_ACCOUNTS,
)
