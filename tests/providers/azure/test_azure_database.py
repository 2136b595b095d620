"""SQL, PostgreSQL, MySQL and Cosmos DB as ARM gives them, mapped to the kinds that AWS fills too."""

from typing import Any

import pytest
from azure_answers import GROUP, SCOPE, changed, unread, verdict
from mapped import mapped

from scanner.engine import Outcome
from scanner.models.database import Backup
from scanner.models.resource import Code
from scanner.providers.azure.sources.database import (
    COSMOS_ACCOUNTS,
    MANAGED_DATABASES,
    MANAGED_INSTANCES,
    POSTGRES_SERVERS,
    SQL_DATABASES,
    SQL_SERVERS,
)

#: What rules of firewalls call everybody in Azure.
ANY = "0.0.0.0"  # noqa: S104 - what a rule says, and nothing that is bound to

SERVER: dict[str, Any] = {
    "id": f"{GROUP}/Microsoft.Sql/servers/orders",
    "name": "orders",
    "type": "Microsoft.Sql/servers",
    "kind": "v12.0",
    "location": "westeurope",
    "properties": {
        "fullyQualifiedDomainName": "orders.database.windows.net",
        "version": "12.0",
        "state": "Ready",
        "publicNetworkAccess": "Enabled",
    },
}
DATABASE: dict[str, Any] = {
    "id": f"{SERVER['id']}/databases/orders",
    "name": "orders",
    "type": "Microsoft.Sql/servers/databases",
    "kind": "v12.0,user,vcore",
    "location": "westeurope",
    "tags": {"team": "shop"},
    "sku": {"name": "BC_Gen5", "tier": "BusinessCritical", "capacity": 2},
    "properties": {"status": "Online", "zoneRedundant": False, "currentBackupStorageRedundancy": "Zone"},
}
ENCRYPTION: dict[str, Any] = {
    "id": f"{DATABASE['id']}/transparentDataEncryption/current",
    "name": "current",
    "type": "Microsoft.Sql/servers/databases/transparentDataEncryption",
    "properties": {"state": "Enabled"},
}
RETENTION: dict[str, Any] = {
    "id": f"{DATABASE['id']}/backupShortTermRetentionPolicies/default",
    "name": "default",
    "type": "Microsoft.Sql/servers/databases/backupShortTermRetentionPolicies",
    "properties": {"retentionDays": 14, "diffBackupIntervalInHours": 12},
}
POSTGRES: dict[str, Any] = {
    "id": f"{GROUP}/Microsoft.DBforPostgreSQL/flexibleServers/ledger",
    "name": "ledger",
    "type": "Microsoft.DBforPostgreSQL/flexibleServers",
    "location": "westeurope",
    "tags": {},
    "sku": {"name": "Standard_D4s_v3", "tier": "GeneralPurpose"},
    "properties": {
        "version": "17",
        "state": "Ready",
        "fullyQualifiedDomainName": "ledger.postgres.database.azure.com",
        "storage": {"storageSizeGB": 512},
        "backup": {
            "backupRetentionDays": 7,
            "geoRedundantBackup": "Disabled",
            "earliestRestoreDate": "2026-05-26T01:16:58.3723361+00:00",
        },
        "network": {"publicNetworkAccess": "Disabled"},
        "replicationRole": "Primary",
    },
}


def sql(**encryption: Any) -> Any:
    return mapped(
        SQL_DATABASES,
        DATABASE,
        scope=SCOPE,
        parent=SERVER,
        TransparentDataEncryptions_ListByDatabase=[
            {**ENCRYPTION, "properties": encryption or {"state": "Enabled"}}
        ],
        BackupShortTermRetentionPolicies_ListByDatabase=[RETENTION],
    )


def test_sql_database() -> None:
    one = sql()
    assert {"public", "members", "open_to_cloud"} <= unread(one)
    assert one.encrypted
    assert (one.backup, one.replica_of) == (Backup(retention_days=14), None)
    assert one.tags == {"team": "shop"}
    assert verdict("database-public", one) is None


def test_a_data_warehouse_has_no_short_term_backups() -> None:
    raw = {**DATABASE, "sku": {"name": "DataWarehouse", "tier": "DataWarehouse"}}
    one = mapped(SQL_DATABASES, raw, scope=SCOPE, parent=SERVER)
    assert one.why("backup").code is Code.NOT_APPLICABLE


def rules(*ranges: tuple[str, str]) -> list[dict[str, Any]]:
    return [
        {"name": "rule", "properties": {"startIpAddress": first, "endIpAddress": last}}
        for first, last in ranges
    ]


@pytest.mark.parametrize(
    ("ranges", "open_to_cloud"),
    [
        ((), False),
        ((("198.51.100.0", "198.51.100.9"), (ANY, ANY)), True),
        (((ANY, "255.255.255.255"),), False),
    ],
)
def test_sql_server(ranges: tuple[tuple[str, str], ...], *, open_to_cloud: bool) -> None:
    one: Any = mapped(SQL_SERVERS, SERVER, scope=SCOPE, FirewallRules_ListByServer=rules(*ranges))
    assert {"encrypted", "backup", "replica_of"} <= unread(one)
    assert (one.public, one.members, one.open_to_cloud) == (True, (), open_to_cloud)
    found = verdict("database-open-to-cloud", one)
    assert found is not None
    assert (found.outcome is Outcome.FAIL) is open_to_cloud
    assert verdict("database-without-backup", one) is None


def test_a_private_server_is_not_asked_for_its_firewall() -> None:
    one: Any = mapped(SQL_SERVERS, changed(SERVER, publicNetworkAccess="Disabled"), scope=SCOPE)
    assert not one.public
    assert one.why("open_to_cloud").code is Code.NOT_APPLICABLE
    assert verdict("database-open-to-cloud", one) is None


def test_an_access_that_is_not_known_is_unread() -> None:
    raw = {"id": "c", "name": "c", "location": "x", "properties": {"publicNetworkAccess": "Perhaps"}}
    assert mapped(COSMOS_ACCOUNTS, raw, scope=SCOPE).why("public").code is Code.MALFORMED


def test_managed_instance() -> None:
    raw = {
        "id": "mi",
        "name": "mi",
        "location": "westeurope",
        "properties": {"publicDataEndpointEnabled": True},
    }
    one: Any = mapped(MANAGED_INSTANCES, raw, scope=SCOPE)
    assert one.public
    assert {"encrypted", "backup", "open_to_cloud"} <= unread(one)
    made: Any = mapped(
        MANAGED_DATABASES,
        {"id": "db", "name": "db", "location": "westeurope", "properties": {"status": "Online"}},
        parent=raw,
        scope=SCOPE,
        ManagedDatabaseTransparentDataEncryption_ListByDatabase=[ENCRYPTION],
        ManagedBackupShortTermRetentionPolicies_ListByDatabase=[RETENTION],
    )
    assert (made.encrypted, made.backup, made.replica_of) == (True, Backup(retention_days=14), None)


def cosmos(backup: dict[str, Any], *ips: str) -> Any:
    properties = {
        "publicNetworkAccess": "Enabled",
        "backupPolicy": backup,
        "ipRules": [{"ipAddressOrRange": ip} for ip in ips],
    }
    raw = {"id": "c", "name": "c", "location": "West Europe", "properties": properties}
    return mapped(COSMOS_ACCOUNTS, raw, scope=SCOPE)


@pytest.mark.parametrize(
    ("policy", "days"),
    [
        ({"type": "Periodic", "periodicModeProperties": {"backupRetentionIntervalInHours": 8}}, 0),
        ({"type": "Periodic", "periodicModeProperties": {"backupRetentionIntervalInHours": 720}}, 30),
        ({"type": "Continuous", "continuousModeProperties": {"tier": "Continuous7Days"}}, 7),
        ({"type": "Continuous"}, 30),
    ],
)
def test_cosmos(policy: dict[str, Any], days: int) -> None:
    one = cosmos(policy, "198.51.100.0/24")
    assert (one.backup, one.public, one.open_to_cloud) == (Backup(retention_days=days), True, False)
    assert one.scope.region == "westeurope"
    assert cosmos(policy, ANY).open_to_cloud
    assert cosmos({"type": "Hourly"}).why("backup").code is Code.MALFORMED


@pytest.mark.parametrize(
    ("said", "encrypted"),
    [({"state": "Disabled"}, False), ({"status": "Enabled"}, True), ({"status": "disabled"}, False)],
)
def test_transparent_data_encryption(said: dict[str, str], encrypted: bool) -> None:  # noqa: FBT001
    assert sql(**said).encrypted is encrypted


def test_a_state_that_is_not_known_is_unread() -> None:
    assert sql(state="Encrypting").why("encrypted").code is Code.MALFORMED


def test_flexible_server() -> None:
    one: Any = mapped(POSTGRES_SERVERS, POSTGRES, scope=SCOPE)
    assert "encrypted" in unread(one)
    assert (one.backup, one.public, one.members) == (Backup(retention_days=7), False, ())
    assert (one.replica_of, one.tags) == (None, {})
    assert one.why("open_to_cloud").code is Code.NOT_APPLICABLE
    replica = changed(POSTGRES, replicationRole="AsyncReplica", sourceServerResourceId=POSTGRES["id"])
    assert verdict("database-without-backup", mapped(POSTGRES_SERVERS, replica, scope=SCOPE)) is None
    public = changed(POSTGRES, network={"publicNetworkAccess": "Enabled"})
    everyone = rules((ANY, ANY))
    opened: Any = mapped(POSTGRES_SERVERS, public, scope=SCOPE, FirewallRules_ListByServer=everyone)
    assert opened.open_to_cloud
