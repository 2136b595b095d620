"""What watches over a subscription: its activity log, alerts, plans of Defender, and who hears of them."""

from typing import Any

import pytest
from mapped import unfilled

from scanner.providers.azure.roles import (
    ACCESS_ADMINISTRATOR,
    OWNER,
    access_administrators,
    like_owners,
    owners,
)
from scanner.providers.azure.sources.watching import SETTINGS
from scanner.providers.azure.watching import (
    CATEGORIES,
    activity_log,
    alert_severity,
    alerts,
    contacts,
    defended,
)

SUBSCRIPTION = "/subscriptions/00000000-0000-0000-0000-00000000000A"
WRITE = "Microsoft.Network/networkSecurityGroups/write"


def test_every_field_is_filled() -> None:
    assert unfilled(SETTINGS) == set()


def setting(*logs: dict[str, Any]) -> dict[str, Any]:
    return {"id": "s", "name": "s", "properties": {"workspaceId": "w", "logs": list(logs)}}


def test_categories_of_all_settings_add_up() -> None:
    first = setting({"category": "Administrative", "enabled": True}, {"category": "Policy", "enabled": False})
    second = setting({"category": "Security", "enabled": True})
    assert activity_log([first, second]) == ("administrative", "security")
    assert activity_log([setting({"categoryGroup": "allLogs", "enabled": True})]) == tuple(sorted(CATEGORIES))
    assert activity_log([]) == ()
    assert activity_log([{"properties": {"logs": None}}]) == ()


def alert(
    *conditions: tuple[str, str], scope: str = SUBSCRIPTION, told: bool = True, on: bool | None = True
) -> dict[str, Any]:
    made: dict[str, Any] = {
        "id": f"{SUBSCRIPTION}/resourceGroups/g/providers/microsoft.insights/activityLogAlerts/a",
        "name": "a",
        "properties": {
            "scopes": [scope],
            "condition": {"allOf": [{"field": field, "equals": word} for field, word in conditions]},
            "actions": {"actionGroups": [{"actionGroupId": "/groups/on-call"}] if told else []},
        },
    }
    if on is not None:
        made["properties"]["enabled"] = on
    return made


ADMINISTRATIVE = ("category", "Administrative")
OPERATION = ("operationName", WRITE)


@pytest.mark.parametrize(
    ("rule", "counts"),
    [
        (alert(ADMINISTRATIVE, OPERATION), True),
        (alert(ADMINISTRATIVE, OPERATION, on=None), True),
        (alert(OPERATION, ("status", "Succeeded")), True),
        (alert(ADMINISTRATIVE, OPERATION, scope=SUBSCRIPTION.lower().lstrip("/")), True),
        (alert(ADMINISTRATIVE, OPERATION, on=False), False),
        (alert(ADMINISTRATIVE, OPERATION, told=False), False),
        (alert(ADMINISTRATIVE, OPERATION, scope=f"{SUBSCRIPTION}/resourceGroups/g"), False),
        (alert(ADMINISTRATIVE, OPERATION, scope="/subscriptions/another"), False),
        (alert(ADMINISTRATIVE, OPERATION, ("caller", "somebody@example.com")), False),
        (alert(ADMINISTRATIVE, OPERATION, ("status", "Failed")), False),
        (alert(ADMINISTRATIVE), False),
    ],
)
def test_alerts_that_count(rule: dict[str, Any], counts: bool) -> None:  # noqa: FBT001 - one of the cases
    assert alerts([rule]) == ((WRITE.lower(),) if counts else ())


def test_service_health() -> None:
    assert alerts([alert(("category", "ServiceHealth"))]) == ("servicehealth",)
    narrower = alert(("category", "ServiceHealth"), ("properties.incidentType", "Maintenance"))
    assert alerts([narrower]) == ()


def test_a_condition_with_alternatives_is_narrower() -> None:
    rule = alert(("category", "ServiceHealth"))
    rule["properties"]["condition"]["allOf"].append({"anyOf": [{"field": "status", "equals": "Active"}]})
    assert alerts([rule]) == ()


def plan(name: str, tier: str) -> dict[str, Any]:
    return {"id": name, "name": name, "properties": {"pricingTier": tier}}


def test_plans_of_defender() -> None:
    assert defended([plan("KeyVaults", "Standard"), plan("Arm", "Free"), plan("Api", "standard")]) == (
        "api",
        "keyvaults",
    )
    with pytest.raises(ValueError, match="does not know"):
        defended([plan("Arm", "Gold")])


def contact(**properties: Any) -> dict[str, Any]:
    return {"id": "c", "name": "default", "properties": properties}


def test_who_is_told() -> None:
    told = contact(
        emails="a@example.com; b@example.com;",
        notificationsByRole={"state": "On", "roles": ["Owner", "Contributor"]},
        alertNotifications={"state": "On", "minimalSeverity": "High"},
    )
    assert contacts([told]) == ("a@example.com", "b@example.com", "role:owner", "role:contributor")
    assert alert_severity([told]) == "high"
    silent = contact(
        emails="",
        notificationsByRole={"state": "Off", "roles": ["Owner"]},
        alertNotifications={"state": "Off"},
    )
    assert contacts([silent]) == ()
    assert alert_severity([silent]) is None
    assert (contacts([]), alert_severity([])) == ((), None)


# -- who may do everything ----------------------------------------------------------------------------------


def assignment(principal: str, role: str) -> dict[str, Any]:
    definition = f"{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/{role.upper()}"
    return {"id": "/a", "properties": {"principalId": principal, "roleDefinitionId": definition}}


def test_each_holder_counts_once() -> None:
    found = [
        assignment("b", OWNER),
        assignment("a", OWNER),
        assignment("b", OWNER),
        assignment("c", "reader"),
    ]
    assert owners(found) == ("a", "b")
    assert access_administrators(found) == ()
    assert access_administrators([assignment("a", ACCESS_ADMINISTRATOR)]) == ("a",)


@pytest.mark.parametrize(
    ("scope", "actions", "whole"),
    [
        ("/", ["*"], True),
        (SUBSCRIPTION, ["*"], True),
        ("/providers/Microsoft.Management/managementGroups/shops", ["Microsoft.Sql/*", "*"], True),
        (f"{SUBSCRIPTION}/resourceGroups/g", ["*"], False),
        (SUBSCRIPTION, ["*/read"], False),
        (SUBSCRIPTION, None, False),
    ],
)
def test_a_role_like_an_owner(scope: str, actions: Any, whole: bool) -> None:  # noqa: FBT001 - one of the cases
    role = {
        "id": "/r",
        "properties": {
            "roleName": "Ours",
            "assignableScopes": [f"{SUBSCRIPTION}/resourceGroups/other", scope],
            "permissions": [{"actions": ["Microsoft.Web/sites/read"]}, {"actions": actions}],
        },
    }
    assert like_owners([role]) == (("Ours",) if whole else ())


def test_a_group_of_categories_that_nobody_knows() -> None:
    with pytest.raises(ValueError, match="does not know"):
        activity_log([setting({"categoryGroup": "some", "enabled": True})])
