"""VPC firewall rules, firewall policies and address groups as the API gives them, on the kind that AWS fills too."""

from typing import Any

import pytest
from mapped import mapped, unfilled

from rules.network.ssh_open_to_internet import ssh_open_to_internet
from scanner.engine import Outcome, run_case
from scanner.models.network import AddressList, Firewall, Reference
from scanner.models.resource import Cloud, Code, Scope
from scanner.providers.gcp import network
from scanner.providers.gcp.names import full_name
from scanner.providers.spec import Once, Source
from scanner.rule import Case

SCOPE = Scope(Cloud.GCP, "demo-project")
URL = "https://www.googleapis.com/compute/v1/projects/demo-project"
NETWORK = "//compute.googleapis.com/projects/demo-project/global/networks/default"
NAME = "//compute.googleapis.com/projects/demo-project/global/firewalls/{name}"
VPC = Source(
    kind=Firewall, listing=Once(), id=NAME, name="{name}", fields=network.VPC_FIREWALL, lacking=network.LACKS
)
POLICY = Source(
    kind=Firewall,
    listing=Once(),
    id=NAME,
    name="{name}",
    fields=network.FIREWALL_POLICY,
    lacking=network.LACKS,
)
GROUPS = Source(
    kind=AddressList,
    listing=Once(),
    id="//networksecurity.googleapis.com/{name}",
    name="{name}",
    fields=network.ADDRESS_GROUP,
)

FIREWALL: dict[str, Any] = {
    "kind": "compute#firewall",
    "id": "4713402177317714233",
    "creationTimestamp": "2026-03-02T10:45:42.112-08:00",
    "name": "default-allow-ssh",
    "description": "",
    "network": f"{URL}/global/networks/default",
    "priority": 65534,
    "sourceRanges": ["0.0.0.0/0"],
    "targetTags": ["web"],
    "allowed": [{"IPProtocol": "tcp", "ports": ["22", "8000-8010"]}, {"IPProtocol": "icmp"}],
    "direction": "INGRESS",
    "logConfig": {"enable": False},
    "disabled": False,
    "selfLink": f"{URL}/global/firewalls/default-allow-ssh",
}
RULE: dict[str, Any] = {
    "kind": "compute#firewallPolicyRule",
    "priority": 1000,
    "ruleName": "from-us",
    "description": "",
    "action": "allow",
    "direction": "INGRESS",
    "disabled": False,
    "enableLogging": False,
    "match": {
        "srcIpRanges": ["35.235.240.0/20"],
        "srcAddressGroups": ["projects/demo-project/locations/global/addressGroups/office"],
        "srcRegionCodes": ["US"],
        "srcFqdns": ["vpn.example.com"],
        "srcThreatIntelligences": ["iplist-tor-exit-nodes"],
        "srcSecureTags": [
            {"name": "tagValues/1", "state": "EFFECTIVE"},
            {"name": "tagValues/2", "state": "INEFFECTIVE"},
        ],
        "layer4Configs": [{"ipProtocol": "tcp", "ports": ["22"]}, {"ipProtocol": "all"}],
    },
    "targetResources": [f"{URL}/global/networks/default"],
    "targetServiceAccounts": ["vm@demo-project.iam.gserviceaccount.com"],
    "targetType": "INTERNAL_MANAGED_LB",
}


def policy(**change: Any) -> Firewall:
    raw = {
        "kind": "compute#firewallPolicy",
        "name": "a-policy",
        "associations": [{"name": "a", "attachmentTarget": f"{URL}/global/networks/default"}],
        "rules": [{**RULE, **change}, {**RULE, "direction": "EGRESS"}],
    }
    made = mapped(POLICY, raw, scope=SCOPE)
    assert isinstance(made, Firewall)
    assert not made.unread.keys() - {*network.LACKS, "rules"}
    return made


def vpc(**change: Any) -> Firewall:
    made = mapped(VPC, {**FIREWALL, **change}, scope=SCOPE)
    assert isinstance(made, Firewall)
    return made


def test_every_field_is_filled() -> None:
    assert [unfilled(source) for source in (VPC, POLICY, GROUPS)] == [set(), set(), set()]


def test_a_vpc_rule_is_a_firewall_with_a_rule_per_protocol() -> None:
    made = vpc()
    assert made.id == "//compute.googleapis.com/projects/demo-project/global/firewalls/default-allow-ssh"
    assert made.applies_to == (NETWORK,)
    tcp, icmp = made.rules
    assert (tcp.protocol, tcp.ports, icmp.protocol, icmp.ports) == (
        "tcp",
        ((22, 22), (8000, 8010)),
        "icmp",
        (),
    )
    assert (tcp.ref, tcp.priority, tcp.action, tcp.enabled) == ("default-allow-ssh", 65534, "allow", True)
    assert (tcp.sources, tcp.targets) == (("0.0.0.0/0",), (Reference("tag", "web"),))
    verdict = run_case(ssh_open_to_internet, Case(made))
    assert verdict is not None
    assert verdict.messages == (
        "tcp 22 is open to the whole internet (IPv4) by default-allow-ssh; nothing that it is on has a public address",
    )


def test_sources_of_a_vpc_rule() -> None:
    (rule, _) = vpc(sourceRanges=[], sourceTags=["lb"], sourceServiceAccounts=["a@p"]).rules
    assert rule.sources == ()
    assert rule.source_references == (Reference("tag", "lb"), Reference("service_account", "a@p"))
    bare = {key: value for key, value in FIREWALL.items() if key != "sourceRanges"}
    assert network.vpc_rules(bare)[0].sources == ("0.0.0.0/0",)


def test_denied_disabled_and_outgoing() -> None:
    (rule,) = network.vpc_rules(
        {**FIREWALL, "allowed": [], "denied": [{"IPProtocol": "all"}], "disabled": True}
    )
    assert (rule.action, rule.protocol, rule.ports, rule.enabled) == ("deny", "all", (), False)
    assert vpc(direction="EGRESS").rules == ()


def test_a_policy_rule_keeps_what_no_api_resolves() -> None:
    made = policy()
    assert made.applies_to == (NETWORK,)
    tcp, everything = made.rules
    assert (tcp.ref, tcp.ports, everything.protocol) == ("from-us", ((22, 22),), "all")
    assert tcp.source_references == (
        Reference("secure_tag", "tagValues/1"),
        Reference(
            "address_list",
            "//networksecurity.googleapis.com/projects/demo-project/locations/global/addressGroups/office",
        ),
    )
    assert tcp.unresolvable_sources == (
        "region US",
        "the host vpn.example.com",
        "the threat list iplist-tor-exit-nodes",
    )
    assert tcp.targets == (
        Reference("service_account", "vm@demo-project.iam.gserviceaccount.com"),
        Reference("network", NETWORK),
        Reference("target_type", "INTERNAL_MANAGED_LB"),
    )
    verdict = run_case(ssh_open_to_internet, Case(made))
    assert verdict is not None
    assert verdict.outcome is Outcome.UNKNOWN


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        ("goto_next", "next"),
        ("deny", "deny"),
        ("apply_security_profile_group", "allow"),
        ("mirror", "mirror"),
    ],
)
def test_actions_of_policies(action: str, expected: str) -> None:
    assert policy(action=action).rules[0].action == expected


@pytest.mark.parametrize(
    ("kind", "internet"),
    [("INTERNET", True), ("NON_INTERNET", False), ("INTRA_VPC", False), ("UNSPECIFIED", None), (None, None)],
)
def test_network_types(kind: str | None, internet: bool | None) -> None:  # noqa: FBT001 - the expected value
    match: dict[str, Any] = {"layer4Configs": [{"ipProtocol": "tcp"}]}
    made = policy(match=match if kind is None else {**match, "srcNetworkType": kind}).rules[0]
    assert made.from_internet is internet
    assert made.sources == ("0.0.0.0/0", "::/0")


def test_a_network_type_that_is_not_known_leaves_the_rules_unread() -> None:
    made = policy(match={"layer4Configs": [{"ipProtocol": "tcp"}], "srcNetworkType": "MOON"})
    assert made.why("rules").code is Code.MALFORMED


def test_tags_that_have_lost_their_meaning_switch_a_rule_off() -> None:
    lost = [{"name": "tagValues/1", "state": "INEFFECTIVE"}]
    match = {"layer4Configs": [{"ipProtocol": "tcp"}], "srcSecureTags": lost}
    assert not policy(match=match).rules[0].enabled
    assert policy(match={**match, "srcIpRanges": ["10.0.0.0/8"]}).rules[0].enabled
    assert not policy(targetSecureTags=lost).rules[0].enabled


def test_an_address_group() -> None:
    name = "projects/demo-project/locations/global/addressGroups/office"
    raw = {
        "name": name,
        "type": "IPV4",
        "capacity": 10,
        "items": ["198.35.26.0/24"],
        "labels": {"team": "net"},
    }
    made = mapped(GROUPS, raw, scope=SCOPE)
    assert isinstance(made, AddressList)
    assert made.reference == f"//networksecurity.googleapis.com/{name}"
    assert (made.addresses, made.tags) == (("198.35.26.0/24",), {"team": "net"})


@pytest.mark.parametrize(
    "text",
    [
        "https://www.googleapis.com/compute/v1/projects/p/global/networks/n",
        "https://compute.googleapis.com/compute/beta/projects/p/global/networks/n",
        "https://compute.googleapis.com/v1/projects/p/global/networks/n",
        "projects/p/global/networks/n",
        "//compute.googleapis.com/projects/p/global/networks/n",
    ],
)
def test_full_names(text: str) -> None:
    assert full_name(text) == "//compute.googleapis.com/projects/p/global/networks/n"
