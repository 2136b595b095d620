"""Databases as endpoints: their names, ports and own firewalls, as ARM gives them."""

from typing import Any

import pytest
from azure_answers import GROUP, SCOPE
from mapped import unfilled

from scanner.mapping import finish_item, start_item
from scanner.models.endpoint import Endpoint
from scanner.providers.azure.database import ALL_OF_AZURE
from scanner.providers.azure.database_fronts import admitted
from scanner.providers.azure.sources.database import (
    COSMOS_FRONTS,
    MYSQL_FRONTS,
    POSTGRES_FRONTS,
    SQL_FRONTS,
)


def test_every_field_is_filled() -> None:
    fronts = (SQL_FRONTS, POSTGRES_FRONTS, MYSQL_FRONTS, COSMOS_FRONTS)
    assert [unfilled(one) for one in fronts] == [set()] * 4


def front(source: Any, kind: str = "", **properties: Any) -> Endpoint:
    id_ = f"{GROUP}/Microsoft.X/servers/Shop"
    raw = {"id": id_, "name": "Shop", "location": "West Europe", "kind": kind, "properties": properties}
    made = finish_item(start_item(source, raw, SCOPE, ""))
    assert isinstance(made, Endpoint)
    assert (made.owner, made.network, made.firewalls) == (id_.lower(), None, ())
    return made


def where(made: Endpoint) -> tuple[str | None, int]:
    [address], [service] = made.addresses, made.services or ()
    assert service.ports is not None
    return address.public, service.ports[0]


@pytest.mark.parametrize(
    ("public", "name"),
    [
        ("Enabled", "shop.database.windows.net"),
        (None, "shop.database.windows.net"),
        ("Disabled", None),
        ("SecuredByPerimeter", None),
    ],
)
def test_sql(public: str | None, name: str | None) -> None:
    said: dict[str, Any] = {
        "fullyQualifiedDomainName": "shop.database.windows.net",
        "publicNetworkAccess": public,
    }
    assert where(front(SQL_FRONTS, **said)) == (name, 1433)


@pytest.mark.parametrize(("source", "port"), [(POSTGRES_FRONTS, 5432), (MYSQL_FRONTS, 3306)])
def test_flexible_servers(source: Any, port: int) -> None:
    said = {"fullyQualifiedDomainName": "shop.x.azure.com", "state": "Ready"}
    made = front(source, network={"publicNetworkAccess": "Enabled"}, **said)
    assert (where(made), made.running) == (("shop.x.azure.com", port), True)
    hidden = front(source, network={"publicNetworkAccess": "Disabled"}, **{**said, "state": "Stopped"})
    assert (where(hidden), hidden.running) == ((None, port), False)


@pytest.mark.parametrize(
    ("said", "sources"),
    [
        ({"ipRules": []}, None),
        ({"ipRules": [], "isVirtualNetworkFilterEnabled": True}, ()),
        ({"ipRules": [{"ipAddressOrRange": "198.51.100.0/24"}]}, ("198.51.100.0/24",)),
    ],
)
def test_cosmos_lets_in_everybody_where_nobody_was_chosen(said: dict[str, Any], sources: Any) -> None:
    made = front(
        COSMOS_FRONTS,
        "GlobalDocumentDB",
        documentEndpoint="https://shop.documents.azure.com:443/",
        publicNetworkAccess="Enabled",
        **said,
    )
    assert made.sources == sources
    assert where(made)[1] == 443


def test_mongodb_has_a_port_of_its_own() -> None:
    said = {"documentEndpoint": "https://shop.documents.azure.com:443/", "publicNetworkAccess": "Enabled"}
    assert where(front(COSMOS_FRONTS, "MongoDB", **said))[1] == 10255


def test_a_firewall_lets_in_ranges_and_without_rules_nobody() -> None:
    rules = [
        {"properties": {"startIpAddress": "198.51.100.1", "endIpAddress": "198.51.100.9"}},
        # All of Azure, and nobody on the internet.
        {"properties": {"startIpAddress": ALL_OF_AZURE, "endIpAddress": ALL_OF_AZURE}},
    ]
    assert admitted([rules]) == ("198.51.100.1-198.51.100.9", "0.0.0.0-0.0.0.0")
    assert admitted([[]]) == ()
    assert admitted([]) == ()
