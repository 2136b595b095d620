"""What is asked about databases: SQL, PostgreSQL, MySQL and Cosmos DB."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from scanner.models.database import Database
from scanner.models.endpoint import Endpoint
from scanner.providers.azure import database, database_fronts, locks, metrics
from scanner.providers.azure.calls import LOCKS, AzureCall, listed, within
from scanner.providers.azure.reading import region
from scanner.providers.spec import Detail, Raw, Read, Source

SQL: Final = "Microsoft.Sql"
SQL_VERSION: Final = "2025-01-01"
POSTGRES: Final = "Microsoft.DBforPostgreSQL"
POSTGRES_VERSION: Final = "2026-10-01"
MYSQL: Final = "Microsoft.DBforMySQL"
MYSQL_VERSION: Final = "2024-12-30"
COSMOS: Final = "Microsoft.DocumentDB"
COSMOS_VERSION: Final = "2026-03-15"

#: One list of all of a subscription's locks says it of every database.
LOCKED: Final = Detail(call=LOCKS, per="scope", with_item=True, fills=locks.LOCKED)


def _firewall(service: str, type: str, version: str) -> AzureCall:
    """Declare the rules of a server's own firewall."""
    return within(service, "FirewallRules_ListByServer", "firewallRules", f"{type}/firewallRules", version)


def _front(
    servers: Source, fields: Mapping[str, Read], rules: AzureCall, public: Callable[[Raw], bool]
) -> Source:
    """Return what reads the same servers as endpoints."""
    asked = Detail(
        call=rules,
        per="each",
        over=lambda server: [server] if public(server) else [],
        fills=database_fronts.ADMITTED,
    )
    return replace(servers, kind=Endpoint, fields=fields, details=[asked], lacking=())


#: Azure takes new minor versions, and renews its certificates, by itself.
_OF_AWS: Final = ("certificate_ends", "minor_upgrades")

SQL_FIREWALL: Final = _firewall(SQL, "servers", SQL_VERSION)

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
            call=SQL_FIREWALL,
            per="shared",
            when=database.server_public,
            fills=database.FIREWALL_RULES,
        )
    ],
    lacking=(*database.SQL_SERVER_LACKS, *_OF_AWS),
)

SQL_FIREWALL_V6: Final = within(
    SQL, "IPv6FirewallRules_ListByServer", "ipv6FirewallRules", "servers/ipv6FirewallRules", SQL_VERSION
)

SQL_FRONTS: Final = replace(
    SQL_SERVERS,
    kind=Endpoint,
    fields=database_fronts.SQL_SERVER,
    details=[
        Detail(
            call=SQL_FIREWALL,
            per="shared",
            when=database.server_public,
            with_item=True,
            brings=f"{database_fronts.RULES_V4}[]",
            fills={"sources": database_fronts.sql_admitted},
            then=Detail(
                call=SQL_FIREWALL_V6,
                with_item=True,
                fills={"sources": database_fronts.sql_admitted_both},
            ),
        )
    ],
    lacking=(),
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
        LOCKED,
    ],
    lacking=(*database.SQL_DATABASE_LACKS, *_OF_AWS),
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
    lacking=(*database.SQL_SERVER_LACKS, *_OF_AWS, "open_to_cloud"),
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
        LOCKED,
    ],
    lacking=(*database.SQL_DATABASE_LACKS, *_OF_AWS),
)


def _flexible(service: str, operation: str, version: str, port: int) -> tuple[Source, Source]:
    """Return the flexible servers of one engine, and the same as endpoints; those of both engines look alike."""
    firewall = _firewall(service, "flexibleServers", version)
    servers = Source(
        kind=Database,
        listing=listed(service, operation, "flexibleServers", version),
        level="account",
        id="{id}",
        name="{name}",
        region=region,
        fields=database.FLEXIBLE_SERVER,
        details=[
            Detail(
                call=firewall,
                per="shared",
                when=database.flexible_public,
                fills=database.FIREWALL_RULES,
            ),
            Detail(
                call=within(
                    service,
                    "Configurations_Get",
                    "configurations/require_secure_transport",
                    "flexibleServers/configurations",
                    version,
                    items="",
                ),
                fills=database.SECURE_TRANSPORT,
            ),
            LOCKED,
        ],
        lacking=(*database.FLEXIBLE_SERVER_LACKS, *_OF_AWS),
    )
    fields = database_fronts.flexible_server(port)
    return servers, _front(servers, fields, firewall, database.flexible_public)


POSTGRES_SERVERS, POSTGRES_FRONTS = _flexible(POSTGRES, "Servers_ListBySubscription", POSTGRES_VERSION, 5432)
MYSQL_SERVERS, MYSQL_FRONTS = _flexible(MYSQL, "Servers_List", MYSQL_VERSION, 3306)

COSMOS_ACCOUNTS: Final = Source(
    kind=Database,
    listing=listed(COSMOS, "DatabaseAccounts_List", "databaseAccounts", COSMOS_VERSION),
    level="account",
    id="{id}",
    name="{name}",
    region=region,
    fields=database.COSMOS,
    details=[LOCKED],
    lacking=(*database.COSMOS_LACKS, *_OF_AWS),
)

COSMOS_FRONTS: Final = replace(
    COSMOS_ACCOUNTS, kind=Endpoint, fields=database_fronts.COSMOS, details=(), lacking=()
)

SPACES: Final = (
    metrics.flexible(POSTGRES, POSTGRES_SERVERS),
    metrics.flexible(MYSQL, MYSQL_SERVERS),
    metrics.sql(SQL_DATABASES),
)

SOURCES: Final = (
    SQL_SERVERS,
    SQL_DATABASES,
    MANAGED_INSTANCES,
    MANAGED_DATABASES,
    POSTGRES_SERVERS,
    MYSQL_SERVERS,
    COSMOS_ACCOUNTS,
    SQL_FRONTS,
    POSTGRES_FRONTS,
    MYSQL_FRONTS,
    COSMOS_FRONTS,
    *SPACES,
)
