"""The real command on the demo's Azure subscription, served in Azure Resource Manager's own wire format."""

import json
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
from command import Command
from shipped import RULES
from test_scan import timeless

from scanner import NOTHING_TO_FIX, Cloud, SubscriptionSettings
from scanner.demo.azure import SUBSCRIPTION, asking, served
from scanner.demo.wire.recorded import folder_of
from scanner.demo.wire.server import Fault, WireServer

pytestmark = pytest.mark.slow

EXPECTED = {
    (rule, resource): outcome
    for resource, outcomes in tomllib.loads(
        (folder_of("azure") / SUBSCRIPTION / "expected.toml").read_text()
    ).items()
    for outcome, rules in outcomes.items()
    for rule in rules
}
SCAN = ("scan", "azure", "--account", SUBSCRIPTION, "-o", "jsonl")


@pytest.fixture
def wire() -> Iterator[WireServer]:
    with served() as server:
        yield server


@pytest.fixture
def azure(wire: WireServer, tmp_path: Path) -> Command:
    return Command(tmp_path, asking(wire.url))


def test_verdicts_are_those_that_were_written_by_hand(azure: Command) -> None:
    ran = azure(*SCAN)
    assert ran.code == 1, ran.err
    assert ran.verdicts == EXPECTED
    assert not ran.of_type("gap")
    assert timeless(azure(*SCAN).out) == timeless(ran.out)


def test_the_subscription_is_good_and_bad() -> None:
    """But for what cannot happen here."""
    outcomes = defaultdict(set)
    for (rule, _), outcome in EXPECTED.items():
        if RULES[rule].fix[Cloud.AZURE] != NOTHING_TO_FIX:
            outcomes[rule].add(outcome)
    both = {"pass", "fail"}
    # There is one subscription, and it cannot be both.
    alone = {id_ for id_, rule in RULES.items() if rule.subject is SubscriptionSettings}
    assert {rule for rule, found in outcomes.items() if rule not in alone and found != both} == set()
    assert {outcome for rule in alone for outcome in outcomes[rule]} == both


def test_a_subscription_is_found_without_a_name(azure: Command, wire: WireServer) -> None:
    ran = azure("scan", "azure", "--select", "network-without-flow-log", "-o", "jsonl")
    assert ran.code == 1, ran.err
    assert {verdict["account"] for verdict in ran.of_type("verdict")} == {SUBSCRIPTION}
    assert wire.seen["Microsoft.Resources.Subscriptions_List"] == 1


def test_a_denied_list_is_incomplete_and_its_action_is_named(azure: Command, wire: WireServer) -> None:
    wire.fail("Microsoft.Storage.StorageAccounts_List", Fault.DENIED)
    ran = azure(*SCAN[:-2], "--select", "bucket-allows-shared-keys", "--fail-on", "never")
    assert ran.code == 3
    assert "Microsoft.Storage/storageAccounts/read" in ran.out


def test_nothing_in_use_is_nothing_checked(azure: Command, wire: WireServer) -> None:
    for call in ("Redis_ListBySubscription", "RedisEnterprise_List"):
        wire.fail(f"Microsoft.Cache.{call}", Fault.NOT_ENABLED)
    ran = azure(*SCAN[:-2], "--select", "cache-allows-plaintext")
    assert ran.code == 3
    assert "nothing was checked" in ran.out


def test_a_region_that_is_not_one_is_wrong_use(azure: Command) -> None:
    ran = azure(*SCAN, "--region", "europe-west1")
    assert ran.code == 2
    assert "westeurope" in ran.err
    narrowed = azure(*SCAN, "--region", "westeurope")
    assert {verdict["region"] for verdict in narrowed.of_type("verdict")} == {"global", "westeurope"}


def test_the_permissions_are_a_role_that_the_cloud_accepts(azure: Command) -> None:
    ran = azure("permissions", "azure", "--select", "load-balancer-without-healthy-target")
    assert ran.code == 0
    assert json.loads(ran.out) == {
        "Name": "Surefoot",
        "IsCustom": True,
        "Description": "What Surefoot reads for the selected rules; nothing in it changes anything.",
        "Actions": [
            "Microsoft.Network/applicationGateways/backendhealth/action",
            "Microsoft.Network/applicationGateways/read",
            "Microsoft.Network/loadBalancers/loadBalancingRules/health/action",
            "Microsoft.Network/loadBalancers/read",
            "Microsoft.Network/locations/operationResults/read",
            "Microsoft.Network/locations/operations/read",
            "Microsoft.Resources/subscriptions/locations/read",
            "Microsoft.Resources/subscriptions/providers/read",
            "Microsoft.Resources/subscriptions/read",
        ],
        "NotActions": [],
        "DataActions": [],
        "NotDataActions": [],
        "AssignableScopes": ["/subscriptions/<subscription-id>"],
    }
    assert [line.split("; ") for line in ran.err.splitlines()] == [
        [f"the role Reader lacks {action}", "what needs it: load-balancer-without-healthy-target"]
        for action in json.loads(ran.out)["Actions"]
        if action.endswith("/action")
    ]


def test_the_permissions_follow_the_settings(azure: Command, tmp_path: Path) -> None:
    """A bulk source has an action of its own beside those of what it holds; a management group is listed there."""
    asked = ("permissions", "azure", "--select", "volume-without-recent-backup")
    live = json.loads(azure(*asked).out)
    (tmp_path / "surefoot.toml").write_text(
        '[azure]\nsource = "graph"\nmanagement_groups = ["shops"]\n', encoding="utf-8"
    )
    ran = azure(*asked)
    assert ran.code == 0, ran.err
    graph = json.loads(ran.out)
    assert set(graph["Actions"]) - set(live["Actions"]) == {
        "Microsoft.Management/managementGroups/descendants/read",
        "Microsoft.ResourceGraph/resources/read",
    }
    assert graph["AssignableScopes"] == [
        "/providers/Microsoft.Management/managementGroups/<management-group-id>"
    ]


def test_a_scan_sends_nothing_that_the_role_for_its_rules_does_not_hold(
    azure: Command, wire: WireServer
) -> None:
    """Every action of the whole role is one that some call of a scan needs, and the other way about."""
    role = set(json.loads(azure("permissions", "azure").out)["Actions"])
    azure(*SCAN)
    used = {wire.methods[call].permission for call in wire.seen}
    assert used <= role
    # Sent only where an answer leaves it open; the SDK's own names of where the end of an action is found.
    assert role - used <= {
        "Microsoft.Network/locations/operations/read",
        "Microsoft.Resources/subscriptions/providers/read",
    }


def test_resource_graph_leads_to_the_same_verdicts(azure: Command, wire: WireServer, tmp_path: Path) -> None:
    """Whatever it holds is asked there, and nowhere else; the result says so, and as of when."""
    live = azure(*SCAN)
    sent = Counter(wire.seen)
    wire.calm()
    (tmp_path / "surefoot.toml").write_text('[azure]\nsource = "graph"\n', encoding="utf-8")
    graph = azure(*SCAN)
    assert graph.code == 1, graph.err
    assert graph.verdicts == live.verdicts == EXPECTED
    assert not graph.of_type("gap")
    # Every list but those that it does not hold is a query; the rest is sent as before.
    queries = wire.seen.pop("Microsoft.ResourceGraph.Resources")
    assert wire.seen <= sent
    assert (sent - wire.seen).total() == queries > 20
    said = azure(*SCAN[:-2], "--fail-on", "never").out
    assert "Azure Resource Graph" in said
