"""Redis, Cosmos DB, Synapse and AI Search as the API gives them, mapped to the kinds of AWS."""

from typing import Any

import pytest
from mapped import mapped, unfilled

from scanner import packs
from scanner.engine import Outcome, Verdict, run_case
from scanner.models.resource import Cloud, Resource, Scope
from scanner.models.stores import Cache, SearchDomain, Table, Warehouse
from scanner.providers.azure import stores
from scanner.providers.spec import Once, Source
from scanner.rule import Case

GROUP = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/shop/providers"
SCOPE = Scope(Cloud.AZURE, "00000000-0000-0000-0000-000000000001", "westeurope")


def source(kind: type[Resource], fields: Any, lacks: tuple[str, ...] = ()) -> Source:
    return Source(kind=kind, listing=Once(), id="{id}", fields=fields, lacking=lacks, name="{name}")


CACHES = source(Cache, stores.CACHE, stores.CACHE_LACKS)
WAREHOUSES = source(Warehouse, stores.WAREHOUSE, ("encrypted", "key"))
SEARCHES = source(SearchDomain, stores.SEARCH, stores.SEARCH_LACKS)
TABLES = source(Table, stores.TABLE, ("deletion_protected",))

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


def changed(raw: dict[str, Any], **properties: Any) -> dict[str, Any]:
    return {**raw, "properties": {**raw["properties"], **properties}}


def verdict(rule_id: str, resource: Resource) -> Verdict:
    found = run_case(packs.load().rules[rule_id], Case(resource))
    assert found is not None
    return found


@pytest.mark.parametrize("one", [CACHES, WAREHOUSES, SEARCHES, TABLES])
def test_every_field_is_filled_or_lacking(one: Source) -> None:
    assert not unfilled(one)


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
