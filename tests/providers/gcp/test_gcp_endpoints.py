"""What packets are sent to, and what stands before it: from Compute Engine's JSON to facts."""

from typing import Any

import pytest

from scanner.models.network import GLOBAL_POLICY, ORGANIZATION, REGIONAL_POLICY, SYSTEM, Reference
from scanner.providers.gcp import fronts, interfaces, network, regional_policies, routing
from scanner.providers.spec import PARENT, Raw

PROJECT = "https://www.googleapis.com/compute/v1/projects/demo-project"
NAME = "//compute.googleapis.com/projects/demo-project"
INSTANCE: dict[str, Any] = {
    "id": "513480616758239408",
    "name": "vm-1",
    "tags": {"items": ["web"], "fingerprint": "42WmSpB8rSM="},
    "status": "RUNNING",
    "labels": {"team": "blue"},
    "selfLink": f"{PROJECT}/zones/us-central1-a/instances/vm-1",
    "serviceAccounts": [{"email": "vm@demo-project.iam.gserviceaccount.com", "scopes": []}],
    "networkInterfaces": [
        {
            "kind": "compute#networkInterface",
            "network": f"{PROJECT}/global/networks/default",
            "subnetwork": f"{PROJECT}/regions/us-central1/subnetworks/default",
            "networkIP": "10.128.0.2",
            "name": "nic0",
            "stackType": "IPV4_IPV6",
            "ipv6AccessType": "EXTERNAL",
            "ipv6AccessConfigs": [
                {
                    "type": "DIRECT_IPV6",
                    "name": "external-ipv6",
                    "externalIpv6": "2600:1900:4000:1::",
                    "externalIpv6PrefixLength": 96,
                }
            ],
            "accessConfigs": [{"type": "ONE_TO_ONE_NAT", "name": "External NAT", "natIP": "35.206.75.120"}],
        },
        {
            "network": f"{PROJECT}/global/networks/backup",
            "subnetwork": f"{PROJECT}/regions/us-central1/subnetworks/backup",
            "networkIP": "10.1.0.2",
            "name": "nic1",
        },
    ],
}


def of(interface: Raw, instance: Raw = INSTANCE) -> dict[str, Any]:
    raw = {**interface, PARENT: instance}
    return {fact: read(raw) for fact, read in interfaces.INTERFACE.items()}


def test_first_interface() -> None:
    facts = of(INSTANCE["networkInterfaces"][0])
    four, six = facts["addresses"]
    assert (four.family, four.public, four.private) == (4, "35.206.75.120", "10.128.0.2")
    assert (six.family, six.public, six.private) == (6, "2600:1900:4000:1::/96", "2600:1900:4000:1::/96")
    assert not any(one.blocked or one.open_without_firewall for one in (four, six))
    assert facts["owner"] == f"{NAME}/zones/us-central1-a/instances/vm-1"
    assert facts["network"] == f"{NAME}/global/networks/default"
    assert facts["subnets"] == (f"{NAME}/regions/us-central1/subnetworks/default",)
    assert facts["memberships"] == (
        Reference("tag", "web"),
        Reference("service_account", "vm@demo-project.iam.gserviceaccount.com"),
        Reference("network", f"{NAME}/global/networks/default"),
    )
    assert (facts["running"], facts["tags"]) == (True, {"team": "blue"})


def test_every_interface_is_an_endpoint_of_its_own() -> None:
    [second] = interfaces.FURTHER_INTERFACES.listing.items(INSTANCE)  # type: ignore[union-attr, operator]
    raw = {**second, PARENT: INSTANCE}
    assert interfaces.interface_id(raw) == f"{NAME}/zones/us-central1-a/instances/vm-1/networkInterfaces/nic1"
    assert of(second)["network"] == f"{NAME}/global/networks/backup"
    # Tags are the machine's, and so those of each interface.
    assert Reference("tag", "web") in of(second)["memberships"]
    [private] = of(second)["addresses"]
    assert private.public is None


def test_a_stopped_machine_loses_the_address_that_is_not_its_own() -> None:
    config = {"type": "ONE_TO_ONE_NAT", "name": "External NAT", "networkTier": "PREMIUM"}
    interface = {**INSTANCE["networkInterfaces"][1], "accessConfigs": [config]}
    facts = of(interface, {**INSTANCE, "status": "TERMINATED", "tags": {"fingerprint": "42WmSpB8rSM="}})
    assert [one.public for one in facts["addresses"]] == [None]
    assert not facts["running"]
    assert [one.kind for one in facts["memberships"]] == ["service_account", "network"]


def test_internal_ipv6_is_not_public() -> None:
    interface = INSTANCE["networkInterfaces"][0]
    kept_in = of({**interface, "ipv6AccessType": "INTERNAL"})["addresses"][1]
    assert kept_in.blocked
    unique_local = {**INSTANCE["networkInterfaces"][1], "ipv6Address": "fd20::1"}
    assert [(one.family, one.public) for one in of(unique_local)["addresses"]] == [(4, None), (6, None)]


# -- forwarding rules -----------------------------------------------------------------------------------------

RULE: dict[str, Any] = {
    "kind": "compute#forwardingRule",
    "name": "front",
    "IPAddress": "34.120.1.1",
    "IPProtocol": "TCP",
    "portRange": "80-90",
    "loadBalancingScheme": "EXTERNAL",
    "networkTier": "PREMIUM",
    "selfLink": f"{PROJECT}/global/forwardingRules/front",
    "target": f"{PROJECT}/global/targetTcpProxies/proxy",
}
POOL = f"{PROJECT}/regions/us-central1/targetPools/pool"
VM = f"{NAME}/zones/us-central1-a/instances/vm-1/networkInterfaces/nic0"


def test_what_ends_at_a_proxy() -> None:
    [address] = fronts.addresses(RULE)
    assert (address.public, address.private, address.open_without_firewall) == ("34.120.1.1", None, True)
    assert fronts.network(RULE) is None
    [service] = fronts.services(RULE)
    assert (service.protocol, service.ports, service.backends) == ("tcp", (80, 90), None)


def test_what_passes_through() -> None:
    rule = {**RULE, "target": POOL, "IPAddress": "2600:1900:4001::/96", "sourceIpRanges": ["2600::/16"]}
    [address] = fronts.addresses(rule)
    assert (address.family, address.private, address.open_without_firewall) == (
        6,
        "2600:1900:4001::/96",
        False,
    )
    assert fronts.FRONT["sources"](rule) == ("2600::/16",)  # type: ignore[operator]
    [service] = fronts.of_pool([{"instances": [INSTANCE["selfLink"]]}], rule)
    assert service.backends == (VM,)
    [service] = fronts.of_instance([{"instance": INSTANCE["selfLink"]}], rule)
    assert service.backends == (VM,)
    health = [{"healthStatus": [{"instance": INSTANCE["selfLink"], "healthState": "UNHEALTHY"}]}, {}]
    [service] = fronts.of_service(health, {**rule, "service": {}})
    assert service.backends == (VM,)


def test_a_front_that_leads_to_what_no_list_has() -> None:
    rule = {**RULE, "target": POOL}
    with pytest.raises(LookupError, match="targetPools/pool"):
        fronts.of_pool([], rule)
    with pytest.raises(LookupError, match="targetPools/pool"):
        fronts.of_instance([], rule)
    with pytest.raises(LookupError, match="gone"):
        fronts.of_service([], {**RULE, "service": None, "backendService": "gone"})


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"portRange": None, "ports": ["80", "443"]}, [("tcp", (80, 80)), ("tcp", (443, 443))]),
        ({"portRange": None, "allPorts": True}, [("tcp", None)]),
        ({"portRange": None}, [("tcp", None)]),
        ({"portRange": None, "IPProtocol": "L3_DEFAULT", "allPorts": True}, [("all", None)]),
        ({"IPProtocol": "L3_DEFAULT"}, [("tcp", (80, 90)), ("udp", (80, 90))]),
        ({"portRange": None, "IPProtocol": "ESP"}, [("50", None)]),
        ({"IPProtocol": "ICMP"}, [("icmp", None)]),
        ({"portRange": "500-500", "IPProtocol": "UDP"}, [("udp", (500, 500))]),
    ],
)
def test_ports(fields: dict[str, Any], expected: list[Any]) -> None:
    found = fronts.services({**RULE, **fields})
    assert [(one.protocol, one.ports) for one in found] == expected


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"target": f"{PROJECT}/regions/r/targetVpnGateways/gw"}, (True, True)),
        ({"target": f"{PROJECT}/regions/r/serviceAttachments/one"}, (False, False)),
        ({"target": "all-apis"}, (False, False)),
        ({"target": None, "backendService": f"{PROJECT}/regions/r/backendServices/one"}, (True, False)),
        ({"target": None}, (False, False)),
    ],
)
def test_which_rules_take_packets(fields: dict[str, Any], expected: tuple[bool, bool]) -> None:
    rule = {**RULE, **fields}
    assert (fronts.takes_packets(rule), fronts.ends(rule)) == expected


def test_every_rule_is_read_by_one_source() -> None:
    base = f"{PROJECT}/regions/r"
    for target in ("targetHttpProxies", "targetPools", "targetInstances", "targetVpnGateways"):
        rule = {**RULE, "target": f"{base}/{target}/one"}
        assert sum(bool(source.keep and source.keep(rule)) for source in fronts.SOURCES) == 1
    rule = {**RULE, "target": None, "backendService": f"{base}/backendServices/one"}
    assert sum(bool(source.keep and source.keep(rule)) for source in fronts.SOURCES) == 1


def test_an_internal_front_is_not_public() -> None:
    named = {
        "network": f"{PROJECT}/global/networks/default",
        "subnetwork": f"{PROJECT}/regions/r/subnetworks/s",
    }
    rule = {**RULE, **named, "loadBalancingScheme": "INTERNAL", "IPAddress": "10.128.0.60", "target": POOL}
    [address] = fronts.addresses(rule)
    assert (address.public, address.private) == (None, "10.128.0.60")
    assert fronts.network(rule) == f"{NAME}/global/networks/default"
    assert fronts.subnets(rule) == (f"{NAME}/regions/r/subnetworks/s",)


# -- networks -------------------------------------------------------------------------------------------------

NETWORK: dict[str, Any] = {"name": "default", "selfLink": f"{PROJECT}/global/networks/default"}


def test_order_of_firewalls() -> None:
    order = "networkFirewallPolicyEnforcementOrder"
    assert not routing.policies_first(NETWORK)
    assert not routing.policies_first({**NETWORK, order: "AFTER_CLASSIC_FIREWALL"})
    assert routing.policies_first({**NETWORK, order: "BEFORE_CLASSIC_FIREWALL"})
    with pytest.raises(ValueError, match="SIDEWAYS"):
        routing.policies_first({**NETWORK, order: "SIDEWAYS"})


def test_policies_over_a_network() -> None:
    answer = {
        "firewalls": [],
        "firewallPolicys": [
            {"name": "123", "shortName": "org", "type": "HIERARCHY", "rules": []},
            {"name": "456", "shortName": "folder", "type": "HIERARCHY", "rules": []},
            {"name": "google", "type": "SYSTEM", "rules": []},
            {"name": "own", "type": "NETWORK", "rules": []},
        ],
    }
    assert routing.policies(answer["firewallPolicys"], NETWORK) == (
        "//compute.googleapis.com/locations/global/firewallPolicies/123",
        "//compute.googleapis.com/locations/global/firewallPolicies/456",
        f"{NAME}/global/firewallPolicies/google",
        f"{NAME}/global/firewallPolicies/own",
    )
    assert routing.policies([], NETWORK) == ()


@pytest.mark.parametrize(
    ("kind", "level", "region"),
    [
        ("HIERARCHY", ORGANIZATION, "global"),
        ("SYSTEM_GLOBAL", SYSTEM, "global"),
        ("SYSTEM_REGIONAL", SYSTEM, "us-central1"),
        ("NETWORK", GLOBAL_POLICY, "global"),
        ("NETWORK_REGIONAL", REGIONAL_POLICY, "us-central1"),
    ],
)
def test_policies_of_a_region_stand_under_an_interface(kind: str, level: str, region: str) -> None:
    policy = {"name": "one", "type": kind, "rules": [], PARENT: INSTANCE}
    assert (routing.effective_level(policy), routing.effective_region(policy)) == (level, region)
    where = "global" if region == "global" else f"regions/{region}"
    if kind != "HIERARCHY":
        assert routing.effective_id(policy) == f"{NAME}/{where}/firewallPolicies/one"


def over(*policies: Raw, instance: Raw = INSTANCE) -> Raw:
    """An interface with the policies over its network in its region."""
    return {**instance, "policies over it": policies}


def for_tags(*tags: str, **said: Any) -> Raw:
    names = [{"name": tag, "state": "EFFECTIVE"} for tag in tags]
    return {"direction": "INGRESS", "priority": 1, "targetSecureTags": names, **said}


def test_policies_of_the_region_alone() -> None:
    found = [
        {"name": "1", "type": "HIERARCHY"},
        {"name": "b", "type": "SYSTEM_REGIONAL"},
        {"name": "a", "type": "SYSTEM_REGIONAL"},
        {"name": "g", "type": "NETWORK"},
        {"name": "r", "type": "NETWORK_REGIONAL"},
    ]
    base = f"{NAME}/regions/us-central1/firewallPolicies"
    assert regional_policies.policies(found, INSTANCE) == (f"{base}/b", f"{base}/a", f"{base}/r")
    assert regional_policies.policies([], INSTANCE) == ()


def test_a_shared_network_is_asked_of_its_own_project() -> None:
    call = regional_policies.OVER_NETWORK
    shared = "https://www.googleapis.com/compute/v1/projects/host/global/networks/shared"
    asked = call.prepared({"network": shared, "region": "us-central1"})
    assert asked == {"project": "host", "network": shared, "region": "us-central1"}
    call = regional_policies.OVER_INTERFACE
    asked = call.prepared({"instance": INSTANCE["selfLink"], "networkInterface": "nic1"})
    where = {"project": "demo-project", "zone": "us-central1-a", "instance": "vm-1"}
    assert asked == {**where, "networkInterface": "nic1"}


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (for_tags("t1"), True),
        (for_tags("t1", disabled=True), False),
        (for_tags("t1", direction="EGRESS"), False),
        ({**for_tags(), "targetSecureTags": [{"name": "t1", "state": "INEFFECTIVE"}]}, False),
        ({**for_tags(), "targetSecureTags": []}, False),
    ],
)
def test_a_machine_is_asked_for_only_where_tags_decide(rule: Raw, *, expected: bool) -> None:
    assert regional_policies.tags_decide(over({"name": "one", "rules": [rule]})) is expected
    assert not regional_policies.tags_decide(over({"name": "one"}))


def test_secure_tags_of_the_rules_that_are_for_a_machine() -> None:
    policy = {"name": "one", "rules": [for_tags("t2", "t1"), for_tags("t1", "t2"), for_tags("t3")]}
    assert regional_policies.tag_sets([policy], over(policy)) == (("t1", "t2"), ("t3",))
    assert regional_policies.tag_sets([{"name": "one", "rules": []}], over(policy)) == ()
    # A policy always has its last rules, which are for everything: one that is left out was not looked at.
    with pytest.raises(LookupError, match="policy one"):
        regional_policies.tag_sets([], over(policy))


def test_a_policy_that_stands_nobody_knows_where() -> None:
    with pytest.raises(ValueError, match="UNSPECIFIED"):
        routing.effective_id({"name": "one", "type": "UNSPECIFIED", PARENT: NETWORK})


@pytest.mark.parametrize(
    ("fields", "level"),
    [
        ({}, GLOBAL_POLICY),
        ({"region": f"{PROJECT}/regions/us-central1"}, REGIONAL_POLICY),
        ({"region": f"{PROJECT}/regions/us-central1", "policySource": "SYSTEM"}, SYSTEM),
        ({"parent": "organizations/1", "policySource": "USER_DEFINED"}, ORGANIZATION),
    ],
)
def test_level_of_a_listed_policy(fields: dict[str, Any], level: str) -> None:
    assert network.policy_level({"name": "one", "rules": [], **fields}) == level


def test_route() -> None:
    route = {
        "name": "default-route",
        "network": NETWORK["selfLink"],
        "destRange": "0.0.0.0/0",
        "priority": 1000,
        "nextHopGateway": f"{PROJECT}/global/gateways/default-internet-gateway",
        "tags": ["out"],
    }
    [made] = routing.routes(route)
    assert (made.destination, made.priority, made.to_internet, made.active) == ("0.0.0.0/0", 1000, True, True)
    assert made.targets == (Reference("tag", "out"),)
    [away] = routing.routes(
        {**route, "nextHopGateway": None, "nextHopIlb": "10.0.0.9", "routeStatus": "DROPPED"}
    )
    assert (away.to_internet, away.active, away.target) == (False, False, "10.0.0.9")
    with pytest.raises(ValueError, match="next hop"):
        routing.routes({**route, "nextHopGateway": None, "nextHopPigeon": "x"})
