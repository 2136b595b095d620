"""Shares, Redis, Cosmos DB, Synapse, AI Search and vaults as the API gives them, mapped to the kinds of AWS."""

from datetime import UTC, datetime
from typing import Any

import pytest
from mapped import mapped, unfilled

from scanner import packs
from scanner.engine import Outcome, Verdict, run_case
from scanner.models.backup import RecoveryPoint
from scanner.models.file_system import FileSystem
from scanner.models.resource import Cloud, Code, Resource, Scope
from scanner.models.stores import Cache, SearchDomain, Table, Warehouse
from scanner.providers.azure import stores
from scanner.providers.spec import Once, Source
from scanner.rule import Case

GROUP = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/shop/providers"
SCOPE = Scope(Cloud.AZURE, "00000000-0000-0000-0000-000000000001", "westeurope")


def source(kind: type[Resource], fields: Any, lacks: tuple[str, ...] = ()) -> Source:
    return Source(kind=kind, listing=Once(), id="{id}", fields=fields, lacking=lacks, name="{name}")


SHARES = source(FileSystem, stores.FILE_SYSTEM, stores.FILE_SYSTEM_LACKS)
CACHES = source(Cache, stores.CACHE, stores.CACHE_LACKS)
WAREHOUSES = source(Warehouse, stores.WAREHOUSE)
SEARCHES = source(SearchDomain, stores.SEARCH, stores.SEARCH_LACKS)
ITEMS = source(RecoveryPoint, stores.PROTECTED_ITEM, stores.PROTECTED_ITEM_LACKS)
TABLES = source(Table, stores.TABLE, ("deletion_protected",))

SHARE: dict[str, Any] = {
    "id": f"{GROUP}/Microsoft.Storage/storageAccounts/shop/fileServices/default/shares/media",
    "name": "media",
    "type": "Microsoft.Storage/storageAccounts/fileServices/shares",
    "etag": '"0x8D589847D51C7DE"',
    "properties": {"lastModifiedTime": "2026-05-14T08:20:47Z", "shareQuota": 1024},
}
REDIS: dict[str, Any] = {
    "id": f"{GROUP}/Microsoft.Cache/Redis/sessions",
    "location": "West Europe",
    "name": "sessions",
    "type": "Microsoft.Cache/Redis",
    "tags": {"team": "shop"},
    "properties": {
        "provisioningState": "Succeeded",
        "redisVersion": "6.0",
        "sku": {"name": "Standard", "family": "C", "capacity": 1},
        "enableNonSslPort": True,
        "redisConfiguration": {},
        "hostName": "sessions.redis.cache.windows.net",
        "port": 6379,
        "sslPort": 6380,
        "publicNetworkAccess": "Enabled",
    },
}
ITEM: dict[str, Any] = {
    "id": f"{GROUP}/Microsoft.RecoveryServices/vaults/v/backupFabrics/Azure/protectionContainers/c/protectedItems/i",
    "name": "AzureFileShare;media",
    "type": "Microsoft.RecoveryServices/vaults/backupFabrics/protectionContainers/protectedItems",
    "properties": {
        "protectedItemType": "AzureFileShareProtectedItem",
        "backupManagementType": "AzureStorage",
        "sourceResourceId": SHARE["id"].replace("resourceGroups", "resourcegroups"),
        "protectionState": "Protected",
        "lastBackupStatus": "Completed",
        "lastRecoveryPoint": "2026-06-01T02:30:00Z",
    },
}


def changed(raw: dict[str, Any], **properties: Any) -> dict[str, Any]:
    return {**raw, "properties": {**raw["properties"], **properties}}


def verdict(rule_id: str, resource: Resource, *others: Resource, now: datetime | None = None) -> Verdict:
    given = {"now": now} if now else {}
    found = run_case(packs.load().rules[rule_id], Case(resource, others), **given)
    assert found is not None
    return found


@pytest.mark.parametrize("one", [SHARES, CACHES, WAREHOUSES, SEARCHES, ITEMS, TABLES])
def test_every_field_is_filled_or_lacking(one: Source) -> None:
    assert not unfilled(one)


def test_a_share_and_its_protected_item() -> None:
    share, item = mapped(SHARES, SHARE, scope=SCOPE), mapped(ITEMS, ITEM, scope=SCOPE)
    assert isinstance(share, FileSystem)
    assert isinstance(item, RecoveryPoint)
    assert (share.backed_up, share.created_at) == (False, None)
    assert item.taken_at == datetime(2026, 6, 1, 2, 30, tzinfo=UTC)
    now = datetime(2026, 6, 1, 9, tzinfo=UTC)
    assert verdict("file-system-without-backup", share, now=now).outcome is Outcome.FAIL
    assert verdict("file-system-without-backup", share, item, now=now).outcome is Outcome.PASS
    deleted = mapped(ITEMS, changed(ITEM, isScheduledForDeferredDelete=True), scope=SCOPE)
    assert verdict("file-system-without-backup", share, deleted, now=now).outcome is Outcome.FAIL


def test_an_item_that_was_never_backed_up_has_no_time() -> None:
    properties = {name: value for name, value in ITEM["properties"].items() if name != "lastRecoveryPoint"}
    item = mapped(ITEMS, {**ITEM, "properties": properties}, scope=SCOPE)
    assert item.why("taken_at").code is Code.MALFORMED


def test_the_plain_port_of_redis() -> None:
    cache = mapped(CACHES, REDIS, scope=SCOPE)
    assert isinstance(cache, Cache)
    assert (cache.tls, cache.tags) == ("offered", {"team": "shop"})
    shut = mapped(CACHES, changed(REDIS, enableNonSslPort=False), scope=SCOPE)
    assert verdict("cache-allows-plaintext", shut).outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("said", "public"),
    [("Enabled", True), ("enabled", True), ("Disabled", False), ("SecuredByPerimeter", False), (None, True)],
)
def test_addresses_of_synapse_and_search(said: str | None, *, public: bool) -> None:
    properties = {"publicNetworkAccess": said} if said else {}
    raw = {"name": "w", "location": "westeurope", "properties": properties}
    warehouse = mapped(WAREHOUSES, {**raw, "id": f"{GROUP}/Microsoft.Synapse/workspaces/w"}, scope=SCOPE)
    domain = mapped(SEARCHES, {**raw, "id": f"{GROUP}/Microsoft.Search/searchServices/w"}, scope=SCOPE)
    assert isinstance(warehouse, Warehouse)
    assert isinstance(domain, SearchDomain)
    assert warehouse.public is domain.public is public
    assert verdict("warehouse-public", warehouse).severity == ("high" if public else "critical")
    found = verdict("search-domain-public", domain)
    assert found.outcome is (Outcome.FAIL if public else Outcome.PASS)
    if public:
        assert found.severity == "medium"


@pytest.mark.parametrize(("kind", "said"), [("Continuous", True), ("Periodic", False)])
def test_the_tables_of_cosmos_db(kind: str, *, said: bool) -> None:
    raw = {
        "id": f"{GROUP}/Microsoft.DocumentDB/databaseAccounts/shop",
        "name": "shop",
        "properties": {"backupPolicy": {"type": kind}},
    }
    table = mapped(TABLES, raw, scope=SCOPE)
    assert isinstance(table, Table)
    assert table.point_in_time is said


def test_a_lock_protects_from_deletion() -> None:
    lock = {
        "id": f"{GROUP}/Microsoft.Sql/servers/s/databases/d/providers/Microsoft.Authorization/locks/keep",
        "name": "keep",
        "type": "Microsoft.Authorization/locks",
        "properties": {"level": "CanNotDelete"},
    }
    assert stores.locked([lock])
    assert not stores.locked([])
