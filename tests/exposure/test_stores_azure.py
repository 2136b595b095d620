"""SQL servers of Azure that the internet can reach, from the answers of the calls."""

from typing import Any

import pytest
from azure_cases import ACCOUNT, RESOURCES, answers
from cases import ExposureCase
from told import endpoint, exposures_of, short

from scanner.models.resource import Cloud
from scanner.providers.azure.sources import SOURCES

SERVER: dict[str, Any] = {
    "id": f"{RESOURCES}/Microsoft.Sql/servers/shop",
    "name": "shop",
    "location": "westeurope",
    "properties": {
        "fullyQualifiedDomainName": "shop.database.windows.net",
        "publicNetworkAccess": "Enabled",
        "isIPv6Enabled": "Enabled",
    },
}
FIRST = "0.0.0.0"  # noqa: S104 - an address in a list, and nothing that is bound to
EVERYBODY = {"startIpAddress": FIRST, "endIpAddress": "255.255.255.255"}
OF_AZURE = {"startIpAddress": FIRST, "endIpAddress": FIRST}
BROKEN = {"startIpAddress": "everywhere", "endIpAddress": "else"}
EVERYBODY_V6 = {"startIPv6Address": "::", "endIPv6Address": "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"}
OFFICE_V6 = {"startIPv6Address": "2a00:1450::", "endIPv6Address": "2a00:1450::ffff"}


def reached(changed: dict[str, Any], rules: list[Any] | None, rules_v6: list[Any] | None) -> str:
    """What can be reached of the server; None in place of rules is a refusal."""
    server = {**SERVER, "properties": {**SERVER["properties"], **changed}}
    told = {
        **answers(ExposureCase("", "azure", "", {}, "", "", "")),
        "Microsoft.Sql:Servers_List": {"value": [server]},
        "Microsoft.Sql:FirewallRules_ListByServer": _listed(rules),
        "Microsoft.Sql:IPv6FirewallRules_ListByServer": _listed(rules_v6),
    }
    exposures = exposures_of(Cloud.AZURE, ACCOUNT, told, SOURCES)
    return short([exposures.of(endpoint(exposures, "shop"))])


def _listed(rules: list[Any] | None) -> dict[str, Any] | None:
    return None if rules is None else {"value": [{"name": "one", "properties": rule} for rule in rules]}


@pytest.mark.parametrize(
    ("changed", "rules", "rules_v6", "expected"),
    [
        ({}, [EVERYBODY], [OFFICE_V6], "tcp4:1433=W tcp6:1433=N"),
        ({}, [OF_AZURE], [EVERYBODY_V6], "tcp6:1433=W"),
        ({}, [], [], "none"),
        ({"isIPv6Enabled": "Disabled"}, [EVERYBODY], None, "tcp4:1433=W"),
        ({"isIPv6Enabled": None}, [EVERYBODY], None, "tcp4:1433=W"),
        ({"publicNetworkAccess": "Disabled"}, None, None, "none"),
        ({}, [EVERYBODY], None, "tcp4:1433=U tcp6:1433=U"),
        ({"isIPv6Enabled": "Disabled"}, None, None, "tcp4:1433=U"),
        ({"isIPv6Enabled": "Disabled"}, [BROKEN], None, "tcp4:1433=U"),
    ],
)
def test_a_sql_server_lets_in_whom_its_rules_for_each_version_name(
    changed: dict[str, Any], rules: list[Any] | None, rules_v6: list[Any] | None, expected: str
) -> None:
    assert reached(changed, rules, rules_v6) == expected
