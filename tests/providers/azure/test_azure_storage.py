"""Storage accounts, disks and databases as ARM gives them, mapped to the kinds that AWS fills too."""

from typing import Any

import pytest
from mapped import mapped

from scanner import packs
from scanner.engine import Outcome, Verdict, run_case
from scanner.models.account import Account
from scanner.models.database import Backup, Database
from scanner.models.resource import Cloud, Code, Resource, Scope
from scanner.models.storage import Bucket, PlainHttp, PublicBlock, PublicGrant, Snapshot, Volume
from scanner.providers.azure import database, storage
from scanner.providers.spec import Call, Detail, Once, Source
from scanner.rule import Case

SUBSCRIPTION = "00000000-0000-0000-0000-000000000001"
SCOPE = Scope(Cloud.AZURE, SUBSCRIPTION, "westeurope")
GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/shop/providers"


def call(operation: str) -> Call:
    return Call(service="arm", operation=operation)


ACCOUNTS = Source(
    kind=Bucket,
    listing=Once(),
    id="{id}",
    name="{name}",
    fields=storage.ACCOUNT,
    details=[
        Detail(call=call("blobServices"), fills=storage.BLOB_SERVICE),
        Detail(call=call("diagnosticSettings"), fills=storage.DIAGNOSTIC_SETTINGS),
    ],
    lacking=storage.ACCOUNT_LACKS,
)
CONTAINERS = Source(
    kind=Bucket,
    listing=Once(),
    id="{id}",
    name="{name}",
    fields=storage.CONTAINER,
    lacking=storage.CONTAINER_LACKS,
)
DISKS = Source(kind=Volume, listing=Once(), id="{id}", fields=storage.DISK, lacking=storage.DISK_LACKS)
SNAPSHOTS = Source(
    kind=Snapshot, listing=Once(), id="{id}", fields=storage.SNAPSHOT, lacking=storage.SNAPSHOT_LACKS
)
SQL = Source(
    kind=Database,
    listing=Once(),
    id="{id}",
    name="{name}",
    fields=database.SQL_DATABASE,
    details=[
        Detail(call=call("transparentDataEncryption"), fills=database.SQL_ENCRYPTION),
        Detail(call=call("backupShortTermRetentionPolicies"), fills=database.SQL_BACKUP),
    ],
)
FLEXIBLE = Source(
    kind=Database,
    listing=Once(),
    id="{id}",
    name="{name}",
    fields=database.FLEXIBLE_SERVER,
    lacking=database.FLEXIBLE_SERVER_LACKS,
)

STORAGE: dict[str, Any] = {
    "id": f"{GROUP}/Microsoft.Storage/storageAccounts/shopdata",
    "name": "shopdata",
    "type": "Microsoft.Storage/storageAccounts",
    "kind": "StorageV2",
    "location": "westeurope",
    "sku": {"name": "Standard_GRS", "tier": "Standard"},
    "tags": {"team": "shop"},
    "properties": {
        "allowBlobPublicAccess": True,
        "creationTime": "2026-05-24T13:28:53.4540398Z",
        "encryption": {
            "keySource": "Microsoft.Keyvault",
            "keyvaultproperties": {"keyvaulturi": "https://shop.vault.azure.net", "keyname": "data"},
            "services": {"blob": {"enabled": True, "keyType": "Account"}},
        },
        "minimumTlsVersion": "TLS1_2",
        "primaryEndpoints": {"blob": "https://shopdata.blob.core.windows.net/"},
        "primaryLocation": "westeurope",
        "provisioningState": "Succeeded",
        "statusOfPrimary": "available",
        "supportsHttpsTrafficOnly": True,
    },
}
SERVICE: dict[str, Any] = {
    "id": f"{STORAGE['id']}/blobServices/default",
    "name": "default",
    "type": "Microsoft.Storage/storageAccounts/blobServices",
    "sku": {"name": "Standard_GRS", "tier": "Standard"},
    "properties": {
        "changeFeed": {"enabled": True, "retentionInDays": 7},
        "cors": {"corsRules": []},
        "deleteRetentionPolicy": {"enabled": True, "days": 30, "allowPermanentDelete": False},
        "isVersioningEnabled": True,
    },
}
SETTING: dict[str, Any] = {
    "id": f"{STORAGE['id']}/blobServices/default/providers/microsoft.insights/diagnosticSettings/reads",
    "name": "reads",
    "type": "Microsoft.Insights/diagnosticSettings",
    "properties": {
        "workspaceId": f"{GROUP}/Microsoft.OperationalInsights/workspaces/logs",
        "logs": [
            {"category": "StorageWrite", "enabled": True},
            {"category": "StorageRead", "enabled": True},
        ],
        "metrics": [],
    },
}
CONTAINER: dict[str, Any] = {
    "id": f"{STORAGE['id']}/blobServices/default/containers/photos",
    "name": "photos",
    "type": "Microsoft.Storage/storageAccounts/blobServices/containers",
    "etag": '"0x8D589847D51C7DE"',
    "properties": {
        "publicAccess": "Container",
        "leaseStatus": "Unlocked",
        "leaseState": "Available",
        "lastModifiedTime": "2026-03-14T08:20:47Z",
        "hasImmutabilityPolicy": False,
        "hasLegalHold": False,
    },
}
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


def changed(raw: dict[str, Any], **properties: Any) -> dict[str, Any]:
    return {**raw, "properties": {**raw["properties"], **properties}}


def account(**properties: Any) -> Any:
    return mapped(
        ACCOUNTS,
        changed(STORAGE, **properties),
        scope=SCOPE,
        blobServices=SERVICE,
        diagnosticSettings=[SETTING],
    )


def container(access: str | None = "Container", **of_account: Any) -> Any:
    return mapped(
        CONTAINERS,
        changed(CONTAINER, publicAccess=access),
        scope=SCOPE,
        parent=changed(STORAGE, **of_account),
    )


def sql(**encryption: Any) -> Any:
    return mapped(
        SQL,
        DATABASE,
        scope=SCOPE,
        parent=SERVER,
        transparentDataEncryption=[{**ENCRYPTION, "properties": encryption or {"state": "Enabled"}}],
        backupShortTermRetentionPolicies=[RETENTION],
    )


def verdict(rule_id: str, resource: Resource, *others: Resource) -> Verdict | None:
    return run_case(packs.load().rules[rule_id], Case(resource, others))


def filled(resource: Resource) -> set[str]:
    """The fields that were read; fails when one was neither read nor declared lacking."""
    assert {why.code for why in resource.unread.values()} <= {Code.LACKING}
    found = resource.model_fields_set & set(resource.fact_fields())
    assert found | set(resource.unread) == set(resource.fact_fields())
    return found


def test_storage_account() -> None:
    one = account()
    assert set(Bucket.fact_fields()) - filled(one) == set(storage.ACCOUNT_LACKS)
    assert one.plain_http == PlainHttp(state="refused", reasons=())
    assert one.key == "https://shop.vault.azure.net/keys/data"
    assert (one.versioning, one.soft_delete_days) == ("on", 30)
    assert one.access_log == SETTING["id"]
    assert one.tags == {"team": "shop"}


def test_plain_http() -> None:
    found = verdict("bucket-allows-plain-http", account(supportsHttpsTrafficOnly=False))
    assert found is not None
    assert (found.outcome, found.messages) == (Outcome.FAIL, ("plain HTTP is accepted",))


def test_the_elements_that_the_api_leaves_out() -> None:
    one: Any = mapped(
        ACCOUNTS,
        {"id": "a", "name": "a", "properties": {"supportsHttpsTrafficOnly": True}},
        scope=SCOPE,
        blobServices={"properties": {"deleteRetentionPolicy": {"enabled": False}}},
        diagnosticSettings=[],
    )
    filled(one)
    assert (one.key, one.versioning, one.soft_delete_days) == (None, "off", None)
    assert (one.access_log, one.tags) == (None, {})


def test_a_group_of_categories_takes_the_reads_too() -> None:
    setting = {**SETTING, "properties": {"logs": [{"categoryGroup": "allLogs", "enabled": True}]}}
    assert storage.access_log([setting]) == SETTING["id"]
    off = {**SETTING, "properties": {"logs": [{"category": "StorageRead", "enabled": False}]}}
    assert storage.access_log([off]) is None


@pytest.mark.parametrize("source", ["Microsoft.Storage", "microsoft.storage", None])
def test_a_key_of_the_service(source: str | None) -> None:
    assert account(encryption={"keySource": source}).key is None


def test_container() -> None:
    one = container()
    assert set(Bucket.fact_fields()) - filled(one) == set(storage.CONTAINER_LACKS)
    assert one.policy_grants == (
        PublicGrant(who="everyone", may=("read", "list"), said="access level Container"),
    )
    assert (one.acl_grants, one.acls_disabled, one.public_block) == ((), True, None)
    found = verdict("bucket-public", one, Account(public_block=None, scope=SCOPE))
    assert found is not None
    assert (found.outcome, found.severity) == (Outcome.FAIL, "high")


@pytest.mark.parametrize(
    ("access", "may"), [("None", None), (None, None), ("blob", ("read",)), ("CONTAINER", ("read", "list"))]
)
def test_access_levels(access: str | None, may: tuple[str, ...] | None) -> None:
    grants = container(access).policy_grants
    assert [grant.may for grant in grants] == ([may] if may else [])


def test_the_storage_account_can_refuse_for_all_its_containers() -> None:
    one = container(allowBlobPublicAccess=False)
    assert one.public_block == PublicBlock(policies=True, acls=True)
    found = verdict("bucket-public", one, Account(public_block=None, scope=SCOPE))
    assert found is not None
    assert found.outcome is Outcome.PASS


def test_an_account_that_does_not_say_is_not_guessed() -> None:
    properties = {
        name: value for name, value in STORAGE["properties"].items() if name != "allowBlobPublicAccess"
    }
    one = mapped(CONTAINERS, CONTAINER, scope=SCOPE, parent={**STORAGE, "properties": properties})
    found = verdict("bucket-public", one, Account(public_block=None, scope=SCOPE))
    assert found is not None
    assert found.outcome is Outcome.UNKNOWN


def test_no_verdict_where_the_cloud_has_no_such_thing() -> None:
    disk = mapped(DISKS, {"id": "d", "properties": {}}, scope=SCOPE)
    snapshot = mapped(SNAPSHOTS, {"id": "s", "properties": {}, "tags": {"a": "b"}}, scope=SCOPE)
    postgres = mapped(FLEXIBLE, POSTGRES, scope=SCOPE)
    assert filled(disk) == filled(snapshot) == {"tags"}
    assert verdict("volume-unencrypted", disk) is None
    assert verdict("snapshot-public", snapshot) is None
    assert verdict("database-unencrypted", postgres) is None
    assert verdict("bucket-public", account()) is None
    assert verdict("bucket-without-versioning", container()) is None


def test_sql_database() -> None:
    one = sql()
    assert filled(one) == set(Database.fact_fields())
    assert (one.encrypted, one.public, one.members) == (True, True, ())
    assert (one.backup, one.replica_of) == (Backup(retention_days=14), None)
    assert one.tags == {"team": "shop"}


@pytest.mark.parametrize(
    ("said", "encrypted"),
    [({"state": "Disabled"}, False), ({"status": "Enabled"}, True), ({"status": "disabled"}, False)],
)
def test_transparent_data_encryption(said: dict[str, str], encrypted: bool) -> None:  # noqa: FBT001
    assert sql(**said).encrypted is encrypted


def test_a_state_that_is_not_known_is_unread() -> None:
    assert sql(state="Encrypting").why("encrypted").code is Code.MALFORMED


def test_flexible_server() -> None:
    one: Any = mapped(FLEXIBLE, POSTGRES, scope=SCOPE)
    assert set(Database.fact_fields()) - filled(one) == {"encrypted"}
    assert (one.backup, one.public, one.members) == (Backup(retention_days=7), False, ())
    assert (one.replica_of, one.tags) == (None, {})
    replica = changed(POSTGRES, replicationRole="AsyncReplica", sourceServerResourceId=POSTGRES["id"])
    assert verdict("database-without-backup", mapped(FLEXIBLE, replica, scope=SCOPE)) is None
