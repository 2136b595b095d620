"""The recorded answers are true to the SDK's own models, and the demo subscription is whole."""

from typing import Any

import arm
import pytest

from scanner.demo.wire.recorded import Recorded, answers_in, folder_of

CALLS = {f"{call.service}.{call.operation}": call for call in arm.declared()}
ANSWERS = list(answers_in(folder_of("azure")))
RESULTS = "Microsoft.Network.OperationResults"

#: What each resource that stands by itself has: nothing was cut down to what we read.
WHOLE = {"id", "name", "type", "properties"}

#: What is no resource by itself, and how much less it has.
LESS = {
    "Microsoft.Network.ApplicationGateways_ListAvailableSslPredefinedPolicies": {"type"},
    "Microsoft.Insights.Metrics_ListAtSubscriptionScope": {"properties"},
    "Microsoft.Network.ListNetworkManagerEffectiveSecurityAdminRules": {"name", "type"},
    # As in the REST specification's own examples.
    "Microsoft.Network.NetworkInterfaces_ListVirtualMachineScaleSetNetworkInterfaces": {"type"},
    "Microsoft.Network.PublicIPAddresses_ListVirtualMachineScaleSetPublicIPAddresses": {"type"},
}


def model_of(recorded: Recorded) -> Any:
    if recorded.call == RESULTS:
        health = "ApplicationGateways_BackendHealth"
        rule = "LoadBalancerLoadBalancingRules_Health"
        operation = health if "backendAddressPools" in recorded.body else rule
        return arm.answer_type(CALLS[f"Microsoft.Network.{operation}"])
    return arm.answer_type(CALLS[recorded.call])


def rows(recorded: Recorded) -> list[Any]:
    """The items of a list, or the one thing; a refusal, or an action that was only accepted, has none."""
    if recorded.status != 200:
        return []
    if recorded.call != RESULTS and CALLS[recorded.call].items == "value":
        return list(recorded.body["value"])
    return [recorded.body]


def misfits(recorded: Recorded) -> list[str]:
    model = model_of(recorded)
    return [said for row in rows(recorded) for said in arm.misfits(row, model)]


@pytest.mark.parametrize("recorded", ANSWERS, ids=[f"{one.call} {one.path}" for one in ANSWERS])
def test_an_answer_has_the_fields_and_types_that_the_sdk_knows(recorded: Recorded) -> None:
    assert not misfits(recorded)


def test_every_declared_call_has_an_answer() -> None:
    assert {one.call for one in ANSWERS} == {*CALLS, RESULTS}


def test_resources_are_whole() -> None:
    for recorded in ANSWERS:
        provider = recorded.call.partition(".")[2].partition(".")[0]
        for row in rows(recorded):
            if recorded.call in CALLS and CALLS[recorded.call].items == "value" and provider != "Resources":
                missing = WHOLE - row.keys()
                assert missing <= LESS.get(recorded.call, set()), row.get("id")


def test_a_subscription_wide_list_says_where_its_items_stand() -> None:
    for recorded in ANSWERS:
        call = CALLS.get(recorded.call)
        if call is not None and call.graph:
            assert all("location" in row for row in rows(recorded))


def change(body: Any, path: str, value: Any) -> Any:
    """The body with one value put in at a dotted path."""
    first, _, rest = path.partition(".")
    if isinstance(body, list):
        return [change(one, path, value) for one in body]
    return {**body, first: change(body[first], rest, value) if rest else value}


@pytest.mark.parametrize(
    ("call", "path", "value", "said"),
    [
        ("Microsoft.Network.NetworkSecurityGroups_ListAll", "value.sku", {}, "no such field"),
        ("Microsoft.Network.NetworkSecurityGroups_ListAll", "value.id", 5, "is no str"),
        (
            "Microsoft.Network.NetworkSecurityGroups_ListAll",
            "value.properties.securityRules.properties.priority",
            "100",
            "is no int",
        ),
        (
            "Microsoft.Network.NetworkSecurityGroups_ListAll",
            "value.properties.securityRules.properties.access",
            "Perhaps",
            "is none of",
        ),
        (
            "Microsoft.Network.NetworkSecurityGroups_ListAll",
            "value.properties.securityRules",
            {},
            "is no list",
        ),
        ("Microsoft.Storage.StorageAccounts_List", "value.properties.isHnsEnabled", "no", "is no bool"),
        ("Microsoft.Storage.StorageAccounts_List", "value.tags", [], "is no object"),
        (
            "Microsoft.DBforMySQL.Servers_List",
            "value.properties.backup.backupRetentionDays",
            True,
            "is no int",
        ),
        ("Microsoft.DBforMySQL.Servers_List", "value.properties.backup.days", 7, "no such field"),
        (
            "Microsoft.DocumentDB.DatabaseAccounts_List",
            "value.properties.backupPolicy.tier",
            "x",
            "no such field",
        ),
    ],
)
def test_the_check_sees_what_is_wrong(call: str, path: str, value: Any, said: str) -> None:
    recorded = next(one for one in ANSWERS if one.call == call)
    model = model_of(recorded)
    found = [one for row in change(recorded.body, path, value)["value"] for one in arm.misfits(row, model)]
    assert found
    assert all(said in one for one in found)
