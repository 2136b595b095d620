"""Network security groups and IP groups as Azure gives them, on the kind that AWS fills too."""

from typing import Any

import pytest
from mapped import mapped, unfilled

from rules.network.ssh_open_to_internet import ssh_open_to_internet
from scanner.engine import run_case
from scanner.models.network import AddressList, Firewall, NetworkRule, Reference
from scanner.models.resource import Cloud, Code, Scope
from scanner.providers.azure import network
from scanner.providers.azure.sources.network import IP_GROUPS, SECURITY_GROUPS
from scanner.rule import Case

SUBSCRIPTION = "00000000-0000-0000-0000-000000000001"
SCOPE = Scope(Cloud.AZURE, SUBSCRIPTION, "westus")
GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg1/providers/Microsoft.Network"


def rule_json(name: str, **change: Any) -> dict[str, Any]:
    properties = {
        "provisioningState": "Succeeded",
        "protocol": "Tcp",
        "sourcePortRange": "*",
        "destinationPortRange": "22",
        "sourceAddressPrefix": "*",
        "destinationAddressPrefix": "*",
        "access": "Allow",
        "priority": 130,
        "direction": "Inbound",
    }
    return {
        "name": name,
        "id": f"{GROUP}/networkSecurityGroups/nsg/securityRules/{name}",
        "properties": {**properties, **change},
    }


NSG: dict[str, Any] = {
    "name": "nsg",
    "id": f"{GROUP}/networkSecurityGroups/nsg",
    "etag": 'W/"00000000-0000-0000-0000-000000000000"',
    "type": "Microsoft.Network/networkSecurityGroups",
    "location": "westus",
    "tags": {"team": "shop"},
    "properties": {
        "provisioningState": "Succeeded",
        "securityRules": [rule_json("ssh"), rule_json("out", direction="Outbound")],
        "defaultSecurityRules": [
            rule_json(
                "AllowVnetInBound",
                protocol="*",
                destinationPortRange="*",
                sourceAddressPrefix="VirtualNetwork",
                destinationAddressPrefix="VirtualNetwork",
                priority=65000,
            ),
            rule_json(
                "DenyAllInBound", protocol="*", destinationPortRange="*", access="Deny", priority=65500
            ),
        ],
        "subnets": [{"id": f"{GROUP}/virtualNetworks/vnet/subnets/web"}],
        "networkInterfaces": [{"id": f"{GROUP}/networkInterfaces/nic"}],
    },
}


def read(**change: Any) -> NetworkRule:
    group = {**NSG, "properties": {**NSG["properties"], "securityRules": [rule_json("one", **change)]}}
    return network.rules(group)[0]


def test_every_field_is_filled() -> None:
    assert [unfilled(source) for source in (SECURITY_GROUPS, IP_GROUPS)] == [set(), set()]


def test_a_group_has_its_own_rules_and_those_that_every_group_has() -> None:
    made = mapped(SECURITY_GROUPS, NSG, scope=SCOPE)
    assert isinstance(made, Firewall)
    assert (made.id, made.tags) == (NSG["id"], {"team": "shop"})
    assert made.applies_to == (
        f"{GROUP}/virtualNetworks/vnet/subnets/web".lower(),
        f"{GROUP}/networkInterfaces/nic".lower(),
    )
    assert [(rule.ref, rule.priority, rule.action) for rule in made.rules] == [
        ("ssh", 130, "allow"),
        ("AllowVnetInBound", 65000, "allow"),
        ("DenyAllInBound", 65500, "deny"),
    ]
    verdict = run_case(ssh_open_to_internet, Case(made))
    assert verdict is not None
    mildly = "; nothing that it is on has a public address"
    assert verdict.messages == (
        f"tcp 22 is open to the whole internet (IPv4) by ssh{mildly}",
        f"tcp 22 is open to the whole internet (IPv6) by ssh{mildly}",
    )


@pytest.mark.parametrize(
    ("change", "sources", "references"),
    [
        ({"sourceAddressPrefix": "any"}, ("0.0.0.0/0", "::/0"), ()),
        ({"sourceAddressPrefix": "0.0.0.0"}, ("0.0.0.0/0",), ()),  # noqa: S104 - what a rule says
        ({"sourceAddressPrefix": "10.0.0.5-10.0.0.9"}, ("10.0.0.5-10.0.0.9",), ()),
        ({"sourceAddressPrefix": "10.0.0.0/40"}, ("10.0.0.0/40",), ()),
        ({"sourceAddressPrefix": "Internet"}, (), (Reference("service_tag", "Internet"),)),
        (
            {
                "sourceAddressPrefix": None,
                "sourceAddressPrefixes": ["10.0.0.0/8", "::/0", "AzureCloud.westus"],
            },
            ("10.0.0.0/8", "::/0"),
            (Reference("service_tag", "AzureCloud.westus"),),
        ),
        (
            {"sourceAddressPrefix": "", "sourceApplicationSecurityGroups": [{"id": "/ASG"}]},
            (),
            (Reference("group", "/asg"),),
        ),
    ],
)
def test_sources(change: dict[str, Any], sources: tuple[str, ...], references: tuple[Reference, ...]) -> None:
    rule = read(**change)
    assert (rule.sources, rule.source_references) == (sources, references)


@pytest.mark.parametrize(
    ("change", "protocol", "ports"),
    [
        ({"protocol": "*"}, "all", ((22, 22),)),
        ({"protocol": "TCP", "destinationPortRange": "*"}, "tcp", ()),
        (
            {"destinationPortRange": "", "destinationPortRanges": ["80", "3000-4000"]},
            "tcp",
            ((80, 80), (3000, 4000)),
        ),
        ({"protocol": "Icmp", "destinationPortRange": "*"}, "icmp", ()),
        ({"protocol": "Esp"}, "50", ()),
        ({"protocol": "Ah"}, "51", ()),
    ],
)
def test_protocols_and_ports(
    change: dict[str, Any], protocol: str, ports: tuple[tuple[int, int], ...]
) -> None:
    rule = read(**change)
    assert (rule.protocol, rule.ports) == (protocol, ports)


@pytest.mark.parametrize(
    ("change", "destinations", "targets"),
    [
        ({"destinationAddressPrefix": "*"}, (), ()),
        ({"destinationAddressPrefix": "VirtualNetwork"}, (), ()),
        ({"destinationAddressPrefix": "10.0.0.9/32"}, ("10.0.0.9/32",), ()),
        (
            {"destinationAddressPrefix": "", "destinationApplicationSecurityGroups": [{"id": "/ASG"}]},
            (),
            (Reference("group", "/asg"),),
        ),
    ],
)
def test_destinations(
    change: dict[str, Any], destinations: tuple[str, ...], targets: tuple[Reference, ...]
) -> None:
    rule = read(**change)
    assert (rule.destinations, rule.targets) == (destinations, targets)


def test_what_is_not_known_leaves_the_rules_unread() -> None:
    for change in ({"access": "Perhaps"}, {"protocol": "Carrier"}, {"destinationPortRange": "ssh"}):
        raw = {**NSG, "properties": {**NSG["properties"], "securityRules": [rule_json("odd", **change)]}}
        assert mapped(SECURITY_GROUPS, raw, scope=SCOPE).why("rules").code is Code.MALFORMED


def test_an_ip_group() -> None:
    raw: dict[str, Any] = {
        "name": "office",
        "id": f"{GROUP}/ipGroups/office",
        "type": "Microsoft.Network/ipGroups",
        "location": "westus",
        "properties": {"provisioningState": "Succeeded", "ipAddresses": ["198.35.26.0/24"], "firewalls": []},
    }
    made = mapped(IP_GROUPS, raw, scope=SCOPE)
    assert isinstance(made, AddressList)
    assert (made.reference, made.addresses) == (raw["id"].lower(), ("198.35.26.0/24",))
