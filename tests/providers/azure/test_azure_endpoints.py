"""What packets are sent to, and what stands before it: from Resource Manager's JSON to facts."""

from typing import Any

import pytest

from scanner.models.network import ALWAYS_ALLOW, DENY, NEXT, Reference
from scanner.providers.azure import fronts, interfaces, routing
from scanner.providers.spec import PARENT

RG = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg1/providers"
GROUP = f"{RG}/Microsoft.Network"
MACHINE = f"{RG}/Microsoft.Compute/virtualMachines/vm1"
NIC: dict[str, Any] = {
    "name": "test-nic",
    "id": f"{GROUP}/networkInterfaces/test-nic",
    "location": "eastus",
    "properties": {
        "provisioningState": "Succeeded",
        "ipConfigurations": [
            {
                "name": "ipconfig1",
                "id": f"{GROUP}/networkInterfaces/test-nic/ipConfigurations/ipconfig1",
                "properties": {
                    "provisioningState": "Succeeded",
                    "privateIPAddress": "172.20.2.4",
                    "privateIPAllocationMethod": "Dynamic",
                    "publicIPAddress": {"id": f"{GROUP}/publicIPAddresses/Test-IP"},
                    "subnet": {"id": f"{GROUP}/virtualNetworks/VNet1/subnets/default"},
                    "primary": True,
                    "privateIPAddressVersion": "IPv4",
                    "applicationSecurityGroups": [{"id": f"{GROUP}/applicationSecurityGroups/ASG-web"}],
                },
            },
            {
                "name": "ipconfig2",
                "properties": {
                    "privateIPAddress": "fd00::4",
                    "subnet": {"id": f"{GROUP}/virtualNetworks/vnet1/subnets/default"},
                    "privateIPAddressVersion": "IPv6",
                    "applicationSecurityGroups": [{"id": f"{GROUP}/applicationSecurityGroups/asg-web"}],
                },
            },
        ],
        "networkSecurityGroup": {"id": f"{GROUP}/networkSecurityGroups/NSG"},
        "primary": True,
        "virtualMachine": {"id": MACHINE},
    },
    "type": "Microsoft.Network/networkInterfaces",
}
ADDRESS: dict[str, Any] = {
    "name": "test-ip",
    "id": f"{GROUP}/publicIPAddresses/test-ip",
    "sku": {"name": "Basic", "tier": "Regional"},
    "properties": {"publicIPAddressVersion": "IPv4", "ipAddress": "40.112.1.1"},
}


def test_addresses() -> None:
    four, six = interfaces.addresses([ADDRESS], NIC)
    assert (four.family, four.public, four.private) == (4, "40.112.1.1", "172.20.2.4")
    assert (six.family, six.public, six.private) == (6, None, "fd00::4")
    assert (four.open_without_firewall, six.open_without_firewall) == (True, False)


@pytest.mark.parametrize(
    ("sku", "expected"),
    [({"name": "Standard"}, False), ({"name": "StandardV2"}, False), ({"name": "basic"}, True), (None, True)],
)
def test_only_a_basic_address_is_open_without_a_group(sku: dict[str, str] | None, *, expected: bool) -> None:
    assert interfaces.sku_open({**ADDRESS, "sku": sku}) is expected


def test_a_sku_that_is_not_known() -> None:
    with pytest.raises(ValueError, match="premium"):
        interfaces.sku_open({"sku": {"name": "Premium"}})


def test_an_address_that_is_allocated_as_needed() -> None:
    unused = {**ADDRESS, "properties": {"publicIPAddressVersion": "IPv4"}}
    assert interfaces.addresses([unused], NIC)[0].public is None


def test_an_address_that_no_list_has() -> None:
    with pytest.raises(LookupError, match="test-ip"):
        interfaces.addresses([], NIC)


def test_interface() -> None:
    facts = {fact: read(NIC) for fact, read in interfaces.INTERFACE.items() if callable(read)}
    vnet = f"{GROUP}/virtualNetworks/vnet1".lower()
    assert facts == {
        "owner": MACHINE.lower(),
        "network": vnet,
        "subnets": (f"{vnet}/subnets/default",),
        "firewalls": (f"{GROUP}/networkSecurityGroups/nsg".lower(),),
        "memberships": (Reference("group", f"{GROUP}/applicationSecurityGroups/asg-web".lower()),),
        "policies": (),
        "tag_sets": (),
        "services": None,
        "sources": None,
        "tags": {},
    }


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("running", True),
        ("starting", True),
        ("stopped", False),
        ("deallocating", False),
        ("Deallocated", False),
    ],
)
def test_power_states(state: str, *, expected: bool) -> None:
    assert (
        interfaces.running([machine("ProvisioningState/succeeded", f"PowerState/{state}")], NIC) is expected
    )


def machine(*codes: str) -> dict[str, Any]:
    statuses = [{"code": code, "level": "Info"} for code in codes]
    return {"id": MACHINE.upper(), "properties": {"instanceView": {"statuses": statuses}}}


def test_a_machine_that_tells_no_state() -> None:
    with pytest.raises(LookupError, match="power state"):
        interfaces.running([machine("ProvisioningState/succeeded")], NIC)
    with pytest.raises(LookupError, match="vm1"):
        interfaces.running([], NIC)


def test_an_interface_on_nothing() -> None:
    alone = {**NIC, "properties": {"ipConfigurations": []}}
    assert (interfaces.owner(alone), interfaces.running([], alone)) == (None, False)
    private = {**NIC, "properties": {"privateEndpoint": {"id": f"{GROUP}/privateEndpoints/PE"}}}
    assert interfaces.owner(private) == f"{GROUP}/privateEndpoints/pe".lower()
    assert interfaces.running([], private)


# -- front ends -----------------------------------------------------------------------------------------------

LB = f"{GROUP}/loadBalancers/lb"
FRONT_ID, POOL_ID = f"{LB}/frontendIPConfigurations/fe", f"{LB}/backendAddressPools/Pool"
BEHIND = f"{GROUP}/networkInterfaces/nic1".lower()


def front(**properties: Any) -> dict[str, Any]:
    balancer = {"id": LB, "sku": {"name": "Standard"}, "properties": properties}
    own = {"publicIPAddress": {"id": ADDRESS["id"]}}
    return {"name": "fe", "id": FRONT_ID, "properties": own, PARENT: balancer}


def rule(name: str = "one", **said: Any) -> dict[str, Any]:
    return {
        "name": name,
        "properties": {"frontendIPConfiguration": {"id": FRONT_ID}, "protocol": "Tcp", **said},
    }


def pool(*backends: dict[str, Any], **properties: Any) -> dict[str, Any]:
    return {"id": POOL_ID, "properties": {"backendIPConfigurations": list(backends), **properties}}


BACKEND = {"id": f"{GROUP}/networkInterfaces/nic1/ipConfigurations/ipconfig1"}


def ways(raw: dict[str, Any]) -> list[tuple[Any, ...]]:
    return [(one.protocol, one.ports, one.back_ports, one.backends) for one in fronts.balancer_services(raw)]


def test_balancing_rules() -> None:
    to: dict[str, Any] = {"backendAddressPools": [{"id": POOL_ID.upper()}]}
    other = rule(frontendPort=443, backendPort=443, backendAddressPool={"id": POOL_ID})
    other["properties"]["frontendIPConfiguration"] = {"id": f"{LB}/frontendIPConfigurations/other"}
    raw = front(
        backendAddressPools=[pool(BACKEND, BACKEND)],
        loadBalancingRules=[
            rule(frontendPort=80, backendPort=8080, **to),
            rule(frontendPort=0, backendPort=0, backendAddressPool={"id": POOL_ID}, protocol="All"),
            rule(frontendPort=443, backendPort=443, protocol="Quic"),
            other,
        ],
    )
    assert ways(raw) == [
        ("tcp", (80, 80), (8080, 8080), (BEHIND,)),
        ("all", None, None, (BEHIND,)),
        ("udp", (443, 443), (443, 443), ()),
    ]


def test_nat_rules() -> None:
    mapping = {"inboundNatRuleName": "over-pool", "frontendPort": 50000, "backendPort": 22}
    mapped = {"networkInterfaceIPConfiguration": BACKEND, "inboundNatRulesPortMapping": [mapping]}
    span = {
        "frontendPort": 0,
        "frontendPortRangeStart": 50000,
        "frontendPortRangeEnd": 50009,
        "backendPort": 22,
    }
    raw = front(
        backendAddressPools=[pool(BACKEND, loadBalancerBackendAddresses=[{"properties": mapped}])],
        inboundNatRules=[
            rule(frontendPort=50001, backendPort=22, backendIPConfiguration=BACKEND, protocol="All"),
            rule(frontendPort=50002, backendPort=22),
            rule("over-pool", **span, backendAddressPool={"id": POOL_ID}),
            rule("untold", **span, backendAddressPool={"id": POOL_ID}),
        ],
    )
    assert ways(raw) == [
        ("tcp", (50001, 50001), (22, 22), (BEHIND,)),
        ("udp", (50001, 50001), (22, 22), (BEHIND,)),
        ("tcp", (50002, 50002), (22, 22), ()),
        ("tcp", (50000, 50000), (22, 22), (BEHIND,)),
        ("tcp", (50000, 50009), (22, 22), (BEHIND,)),
    ]


def test_what_stands_behind_without_an_interface_of_the_list() -> None:
    """It is named all the same: that it was not read is then known."""
    scale_set = f"{RG}/Microsoft.Compute/virtualMachineScaleSets/set/virtualMachines/0/networkInterfaces/nic"
    vnet = {"id": f"{GROUP}/virtualNetworks/vnet1"}
    by_address = {"properties": {"ipAddress": "10.0.0.9", "virtualNetwork": vnet}}
    raw = front(
        backendAddressPools=[
            pool({"id": f"{scale_set}/ipConfigurations/one"}, loadBalancerBackendAddresses=[by_address])
        ],
        loadBalancingRules=[rule(frontendPort=80, backendPort=80, backendAddressPool={"id": POOL_ID})],
    )
    assert ways(raw) == [("tcp", (80, 80), (80, 80), (scale_set.lower(), f"{vnet['id'].lower()} 10.0.0.9"))]


def test_addresses_of_a_balancer() -> None:
    [address] = fronts.balancer_addresses([ADDRESS], front())
    # Its own SKU counts: both are of one.
    assert (address.public, address.private, address.open_without_firewall) == ("40.112.1.1", None, False)
    inside = {**front(), "properties": {"privateIPAddress": "10.0.0.9", "privateIPAddressVersion": "IPv4"}}
    [address] = fronts.balancer_addresses([], inside)
    assert (address.public, address.private) == (None, "10.0.0.9")


def test_gateway() -> None:
    gateway = f"{GROUP}/applicationGateways/gw"
    own, subnet = f"{gateway}/frontendIPConfigurations/fe", f"{GROUP}/virtualNetworks/vnet1/subnets/gw"
    ports = [
        {"id": f"{gateway}/frontendPorts/{port}", "properties": {"port": port}} for port in (80, 443, 5432)
    ]

    def listener(port: int) -> dict[str, Any]:
        return {
            "properties": {
                "frontendIPConfiguration": {"id": own},
                "frontendPort": {"id": f"{gateway}/frontendPorts/{port}"},
            }
        }

    whole = {
        "id": gateway,
        "properties": {
            "operationalState": "Stopped",
            "frontendPorts": ports,
            "httpListeners": [listener(80), listener(443), listener(443)],
            "listeners": [listener(5432)],
            "gatewayIPConfigurations": [{"properties": {"subnet": {"id": subnet}}}],
        },
    }
    raw = {"id": own, "properties": {"publicIPAddress": {"id": ADDRESS["id"]}}, PARENT: whole}
    assert [one.ports for one in fronts.gateway_services(raw)] == [(80, 80), (443, 443), (5432, 5432)]
    facts = {fact: read(raw) for fact, read in fronts.GATEWAY_FRONT.items() if callable(read)}
    assert (facts["network"], facts["subnets"]) == (
        subnet.lower().partition("/subnets/")[0],
        (subnet.lower(),),
    )
    assert (facts["running"], facts["owner"]) == (False, gateway.lower())
    [address] = fronts.gateway_addresses([ADDRESS], raw)
    assert (address.public, address.private, address.open_without_firewall) == ("40.112.1.1", None, True)


# -- security admin rules -------------------------------------------------------------------------------------

VNET = {"id": f"{GROUP}/virtualNetworks/VNet1"}
COLLECTION = f"{GROUP}/networkManagers/nm/securityAdminConfigurations/config/ruleCollections/collection"
ADMIN: dict[str, Any] = {
    "id": f"{COLLECTION}/rules/SampleAdminRule",
    "kind": "Custom",
    "properties": {
        "description": "This is Sample Admin Rule",
        "protocol": "Tcp",
        "sources": [{"addressPrefixType": "IPPrefix", "addressPrefix": "*"}],
        "destinations": [{"addressPrefixType": "IPPrefix", "addressPrefix": "*"}],
        "sourcePortRanges": ["0-65535"],
        "destinationPortRanges": ["22", "80-90"],
        "access": "Deny",
        "priority": 1,
        "direction": "Inbound",
        "provisioningState": "Succeeded",
    },
    PARENT: VNET,
}


def admin(**said: Any) -> dict[str, Any]:
    return {**ADMIN, "properties": {**ADMIN["properties"], **said}}


def test_admin_rule() -> None:
    [made] = routing.admin_rules(ADMIN)
    assert (made.ref, made.action, made.priority) == ("SampleAdminRule", DENY, 1)
    assert (made.protocol, made.ports, made.sources) == ("tcp", ((22, 22), (80, 90)), ("0.0.0.0/0", "::/0"))
    assert (made.destinations, made.targets) == ((), ())
    assert routing.admin_policies([ADMIN]) == (ADMIN["id"].lower(),)


@pytest.mark.parametrize(("access", "action"), [("Allow", NEXT), ("AlwaysAllow", ALWAYS_ALLOW)])
def test_admin_actions(access: str, action: str) -> None:
    assert routing.admin_rules(admin(access=access))[0].action == action


def test_admin_rule_for_groups_tags_and_every_port() -> None:
    group = {
        "addressPrefixType": "NetworkGroup",
        "addressPrefix": f"{GROUP}/networkManagers/nm/networkGroups/NG",
    }
    tag = {"addressPrefixType": "ServiceTag", "addressPrefix": "Internet"}
    block = {"addressPrefixType": "IPPrefix", "addressPrefix": "10.0.0.0/8"}
    [made] = routing.admin_rules(
        admin(sources=[group, tag, block], destinations=[group], protocol="Any", destinationPortRanges=[])
    )
    named = Reference("network_group", group["addressPrefix"].lower())
    assert made.source_references == (Reference("service_tag", "Internet"), named)
    assert (made.sources, made.targets, made.ports) == (("10.0.0.0/8",), (named,), ())
    inside = {"addressPrefixType": "ServiceTag", "addressPrefix": "VirtualNetwork"}
    [made] = routing.admin_rules(admin(sources=[], destinations=[inside]))
    assert (made.sources, made.targets) == (("0.0.0.0/0", "::/0"), ())


def test_admin_rule_for_outgoing_packets() -> None:
    assert routing.admin_rules(admin(direction="Outbound")) == ()
