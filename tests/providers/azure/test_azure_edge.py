"""Azure Firewalls and Bastion hosts: from Resource Manager's JSON to rules and addresses."""

from typing import Any

import pytest

from scanner.models.network import Reference
from scanner.providers.azure import edge
from scanner.providers.spec import PARENT, Raw

GROUP = "/subscriptions/1/resourceGroups/rg/providers/Microsoft.Network"
RULE: dict[str, Any] = {
    "name": "desktops",
    "protocols": ["TCP"],
    "sourceAddresses": ["198.51.100.0/24", "203.0.113.1-203.0.113.9"],
    "sourceIpGroups": [f"{GROUP}/ipGroups/Offices"],
    "destinationAddresses": ["20.61.4.40"],
    "destinationPorts": ["3389", "8000-8010"],
    "translatedAddress": "10.0.0.4",
    "translatedPort": "3389",
}
OUTSIDE: dict[str, Any] = {"id": f"{GROUP}/publicIPAddresses/OUT", "properties": {"ipAddress": "20.61.4.40"}}


def collection(*rules: Raw, action: str = "Dnat", priority: int = 100) -> Raw:
    return {"name": "in", "properties": {"priority": priority, "action": {"type": action}, "rules": rules}}


def firewall(*collections: Raw, **said: Any) -> Raw:
    where = {"publicIPAddress": {"id": OUTSIDE["id"].lower()}}
    one = {"name": "one", "id": f"{GROUP}/azureFirewalls/edge/one", "properties": where}
    given = {"natRuleCollections": collections, "ipConfigurations": [one], **said}
    return {"id": f"{GROUP}/azureFirewalls/Edge", "name": "Edge", "properties": given}


def test_a_rule_for_address_translation() -> None:
    [rule] = edge.classic_rules(firewall(collection(RULE)))
    assert (rule.ref, rule.action, rule.priority, rule.protocol) == ("desktops", "allow", 100, "tcp")
    assert rule.ports == ((3389, 3389), (8000, 8010))
    assert rule.sources == ("198.51.100.0/24", "203.0.113.1-203.0.113.9")
    assert rule.source_references == (Reference("address_list", f"{GROUP}/ipGroups/Offices".lower()),)
    assert rule.destinations == ("20.61.4.40",)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"protocols": ["TCP", "UDP"]}, [("tcp", 2), ("udp", 2)]),
        ({"protocols": ["Any"]}, [("all", 2)]),
        ({"protocols": ["ICMP"]}, [("icmp", 0)]),
        ({"destinationPorts": ["*"]}, [("tcp", 0)]),
    ],
)
def test_protocols_and_ports(said: dict[str, Any], expected: list[Any]) -> None:
    rules = edge.classic_rules(firewall(collection({**RULE, **said})))
    assert [(rule.protocol, len(rule.ports)) for rule in rules] == expected


def test_collections_in_their_order_and_only_those_that_translate_destinations() -> None:
    first, last = {**RULE, "name": "first"}, {**RULE, "name": "last"}
    found = firewall(collection(last, priority=300), collection(RULE, action="Snat"), collection(first))
    assert [rule.ref for rule in edge.classic_rules(found)] == ["first", "last"]
    assert edge.classic_rules(firewall()) == ()


def test_a_destination_that_is_a_tag_leaves_open_whether_the_rule_counts() -> None:
    [rule] = edge.classic_rules(firewall(collection({**RULE, "destinationAddresses": ["AzureCloud"]})))
    assert (rule.sources, rule.source_references) == ((), ())
    assert rule.unresolvable_sources == ("the destination AzureCloud",)
    [anywhere] = edge.classic_rules(firewall(collection({**RULE, "destinationAddresses": ["*"]})))
    assert (anywhere.destinations, anywhere.unresolvable_sources) == ((), ())


def group(*rules: Raw, priority: int = 100) -> Raw:
    nat = {"ruleCollectionType": "FirewallPolicyNatRuleCollection", "priority": 1, "action": {"type": "DNAT"}}
    other = {**nat, "ruleCollectionType": "FirewallPolicyFilterRuleCollection", "action": {"type": "Allow"}}
    network = {"ruleType": "NetworkRule", "name": "network", "ipProtocols": ["Any"]}
    collections = [{**other, "rules": [network]}, {**nat, "rules": rules}]
    return {"properties": {"priority": priority, "ruleCollections": collections}}


def test_rules_of_a_policy_and_of_its_base() -> None:
    rule = {**RULE, "ipProtocols": RULE["protocols"]}
    groups = [group({**rule, "name": "second"}, priority=200), group({**rule, "name": "first"})]
    own = edge.policy_rules([groups], {})
    assert [one.ref for one in own] == ["first", "second"]
    # Of rules that a base policy hands down, one page of the documentation says that they count, another not.
    _, _, handed_down = edge.policy_rules([groups, [group({**rule, "name": "base"})]], {})
    assert (handed_down.ref, handed_down.sources, bool(handed_down.unresolvable_sources)) == (
        "base",
        (),
        True,
    )
    assert edge.policy_rules([[]], {}) == ()


def test_which_policies_are_asked_about() -> None:
    assert not edge.has_policy(firewall())
    assert edge.has_policy(firewall(firewallPolicy={"id": f"{GROUP}/firewallPolicies/own"}))
    own = edge.based_on({"id": "own", "properties": {}})
    assert edge.policies({"policy": own}) == [own]
    based = edge.based_on({"id": "own", "properties": {"basePolicy": {"id": "base"}}})
    assert edge.policies({"policy": based}) == [based, {"id": "base"}]


def test_addresses() -> None:
    found = firewall()
    [one] = edge.configurations(found)
    part = {**one, PARENT: found}
    [address] = edge.firewall_addresses([OUTSIDE], part)
    # Rules name the address outside as their destination.
    assert (address.public, address.private) == ("20.61.4.40", "20.61.4.40")
    assert edge.FIREWALL_FRONT["firewalls"](part) == (found["id"].lower(),)  # type: ignore[operator]
    with pytest.raises(LookupError, match="out"):
        edge.firewall_addresses([], part)
    hub = firewall(hubIPAddresses={"publicIPs": {"addresses": [{"address": "20.61.4.41"}], "count": 1}})
    [inside] = edge.hub_addresses(hub)
    assert edge.hub_id({**inside, PARENT: hub}).endswith("/azureFirewalls/Edge/hubIPAddresses/20.61.4.41")
    assert edge.hub_addresses(found) == []


def test_a_bastion_host_takes_https() -> None:
    subnet = {"id": f"{GROUP}/virtualNetworks/Net/subnets/AzureBastionSubnet"}
    where = {"subnet": subnet, "publicIPAddress": {"id": OUTSIDE["id"]}}
    host = {"id": f"{GROUP}/bastionHosts/Host", "properties": {"ipConfigurations": [{"properties": where}]}}
    [address] = edge.bastion_addresses([OUTSIDE], host)
    assert (address.public, address.private, address.open_without_firewall) == ("20.61.4.40", None, True)
    [service] = edge.BASTION["services"](host)  # type: ignore[operator, misc]
    assert (service.protocol, service.ports) == ("tcp", (443, 443))
    assert edge.BASTION["subnets"](host) == (subnet["id"].lower(),)  # type: ignore[operator]
    assert edge.BASTION["network"](host) == f"{GROUP}/virtualNetworks/Net".lower()  # type: ignore[operator]
