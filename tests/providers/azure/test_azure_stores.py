"""Redis, Cosmos DB, Synapse and AI Search as the API gives them, mapped to the kinds of AWS."""

from typing import Any

import pytest
from azure_answers import unread
from mapped import mapped, unfilled
from shipped import RULES

from scanner.engine import Outcome, Verdict, run_case
from scanner.models.resource import Cloud, Code, Resource, Scope
from scanner.models.stores import Cache, SearchDomain, Table, Warehouse
from scanner.providers.azure import diagnostics, stores
from scanner.providers.azure.sources.data_workspaces import WORKSPACES
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
    found = run_case(RULES[rule_id], Case(resource))
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


# -- workspaces for data ------------------------------------------------------------------------------------


def workspace(mode: str | None = "Hybrid", **parameters: Any) -> Any:
    said = {name: {"type": "String", "value": value} for name, value in parameters.items()}
    raw = {
        "id": f"{GROUP}/Microsoft.Databricks/workspaces/data",
        "name": "data",
        "location": "westeurope",
        "properties": {"computeMode": mode, "parameters": said},
    }
    return mapped(WORKSPACES, raw, scope=SCOPE, DiagnosticSettings_List=[])


def test_workspaces_for_data() -> None:
    assert unfilled(WORKSPACES) == set()
    own = workspace(customVirtualNetworkId="/networks/own", enableNoPublicIp=True)
    assert (own.own_network, own.hidden, own.public, own.private_endpoint) == (True, True, True, False)
    assert own.log is None
    plain = workspace(enableNoPublicIp=False)
    assert (plain.own_network, plain.hidden) == (False, False)


def test_what_a_workspace_does_not_say_of_addresses_is_unread() -> None:
    assert unread(workspace(), Code.MALFORMED) == {"hidden"}


def test_a_workspace_without_clusters_has_no_network() -> None:
    assert unread(workspace("Serverless"), Code.NOT_APPLICABLE) == {"own_network", "hidden"}


def test_any_log_of_a_workspace_counts() -> None:
    def setting(*, on: bool) -> dict[str, Any]:
        return {"id": "/s", "properties": {"logs": [{"category": "notebook", "enabled": on}]}}

    log = diagnostics.WORKSPACE_LOG["log"]
    assert (log([setting(on=False), setting(on=True)]), log([setting(on=False)]), log([])) == (
        "/s",
        None,
        None,
    )
