"""From the short form of a case to Azure's own JSON: what the calls would have answered.

Beyond the table's own keys, rows of ours may have: `avnm2`, the rules of a second network manager; `dst` of an admin
rule; `nic6`, the private IPv6 address; `stopped`, the machine's state; `appgw` {ports, public, nsg}, a gateway with a
security group on its own subnet; `lb` with `prefix` (a front of a public prefix), `pools` (NAT rules over a pool,
[first, last, proto, backend]), `missing` (a machine behind it that no list has), `by_address` (the machine is named by
its address in the network; a text: by that one) and `floating` (it gets packets with the front's address); `azfw` {nat,
policy, base, hub}, an Azure Firewall with DNAT rules {p, src, dst, dport, groups} of its own, or of a policy and of the
one that it is based on, in a virtual hub or in the network; `ipgroups`, name to blocks; and `bastion` {nsg}.
"""

from typing import Any

from cases import ExposureCase

ACCOUNT = "00000000-0000-0000-0000-000000000001"
RESOURCES = f"/subscriptions/{ACCOUNT}/resourceGroups/rg1/providers"
GROUP = f"{RESOURCES}/Microsoft.Network"
NIC, NETWORK, BALANCER = (
    f"{GROUP}/networkInterfaces/nic1",
    f"{GROUP}/virtualNetworks/vnet1",
    f"{GROUP}/loadBalancers/lb",
)
GATEWAY = f"{GROUP}/applicationGateways/gw"
MACHINE = f"{RESOURCES}/Microsoft.Compute/virtualMachines/vm1"
SUBNET = f"{NETWORK}/subnets/subnet1"
EDGE, POLICY, BASE = (
    f"{GROUP}/azureFirewalls/edge",
    f"{GROUP}/firewallPolicies/own",
    f"{GROUP}/firewallPolicies/base",
)
_ADDRESSES = {
    "pip": "52.174.1.10",
    "pip6": "2603:1020:200::1",
    "lb": "52.174.1.20",
    "gw": "52.174.1.30",
    "fw": "52.174.1.40",
    "bastion": "52.174.1.50",
}


def answers(case: ExposureCase) -> dict[str, Any]:
    """The answer of every call by its name."""
    given = case.given
    found: dict[str, list[Any]] = {
        "Microsoft.Network:NetworkSecurityGroups_ListAll": [
            group
            for key in ("nic_nsg", "subnet_nsg", "gw_nsg", "bastion_nsg")
            if (group := security_group(case, key)) is not None
        ],
        "Microsoft.Network:IpGroups_List": [
            {"name": name, "id": _ip_group(name), "location": "westus", "properties": {"ipAddresses": blocks}}
            for name, blocks in given.get("ipgroups", {}).items()
        ],
        "Microsoft.Network:AzureFirewalls_ListAll": [_edge(given["azfw"])] if "azfw" in given else [],
        "Microsoft.Network:BastionHosts_List": [_bastion()] if "bastion" in given else [],
        "Microsoft.Network:NetworkInterfaces_ListAll": [_interface(given)],
        "Microsoft.Network:PublicIPAddresses_ListAll": list(_public_addresses(given)),
        "Microsoft.Compute:VirtualMachines_ListAll": [_machine(given)],
        "Microsoft.Network:VirtualNetworks_ListAll": [_network(given)],
        "Microsoft.Network:ListNetworkManagerEffectiveSecurityAdminRules": list(_admin_rules(given)),
        "Microsoft.Network:LoadBalancers_ListAll": [_balancer(given["lb"])] if given.get("lb") else [],
        "Microsoft.Network:ApplicationGateways_ListAll": [_gateway(given["appgw"])]
        if given.get("appgw")
        else [],
    }
    return {
        **{call: {"value": items} for call, items in found.items()},
        "Microsoft.Network:FirewallPolicies_Get": _policy(given.get("azfw") or {}),
        "Microsoft.Network:FirewallPolicyRuleCollectionGroups_List": lambda asked: _rule_groups(
            given.get("azfw") or {}, asked["id"]
        ),
    }


# -- interfaces and addresses ---------------------------------------------------------------------------------


def _interface(given: dict[str, Any]) -> dict[str, Any]:
    configurations = [_configuration(given, "ipconfig1", given.get("nic_ip", "10.0.0.4"), "IPv4", "pip")]
    if given.get("pip6") or given.get("nic6"):
        configurations.append(
            _configuration(given, "ipconfig6", given.get("nic6", "fd00::4"), "IPv6", "pip6")
        )
    properties: dict[str, Any] = {
        "provisioningState": "Succeeded",
        "ipConfigurations": configurations,
        "virtualMachine": {"id": MACHINE},
        "primary": True,
    }
    if given.get("nic_nsg") is not None:
        properties["networkSecurityGroup"] = {"id": f"{GROUP}/networkSecurityGroups/nic_nsg"}
    return {
        "name": "nic1",
        "id": NIC,
        "type": "Microsoft.Network/networkInterfaces",
        "location": "westus",
        "properties": properties,
    }


def _configuration(given: dict[str, Any], name: str, private: str, version: str, key: str) -> dict[str, Any]:
    properties: dict[str, Any] = {
        "provisioningState": "Succeeded",
        "privateIPAddress": private,
        "privateIPAllocationMethod": "Dynamic",
        "subnet": {"id": SUBNET},
        "primary": version == "IPv4",
        "privateIPAddressVersion": version,
    }
    if given.get(key):
        properties["publicIPAddress"] = {"id": f"{GROUP}/publicIPAddresses/{key}"}
    if given.get("asgs"):
        properties["applicationSecurityGroups"] = [
            {"id": f"{GROUP}/applicationSecurityGroups/{asg}"} for asg in given["asgs"]
        ]
    return {"name": name, "id": f"{NIC}/ipConfigurations/{name}", "properties": properties}


def _public_addresses(given: dict[str, Any]) -> list[dict[str, Any]]:
    skus: dict[str, Any] = {
        "pip": given.get("pip"),
        "pip6": given.get("pip6"),
        "lb": (given.get("lb") or {}).get("public") and (given["lb"].get("sku") or "Standard"),
        "gw": (given.get("appgw") or {}).get("public") and "Standard",
        "fw": "azfw" in given and "Standard",
        "bastion": "bastion" in given and "Standard",
    }
    # Where a row only says that there is an address, it is like the other.
    own = given["pip"] if isinstance(given.get("pip"), str) else "Standard"
    return [
        {
            "name": name,
            "id": f"{GROUP}/publicIPAddresses/{name}",
            "location": "westus",
            "sku": {"name": sku if isinstance(sku, str) else own, "tier": "Regional"},
            "properties": {
                "provisioningState": "Succeeded",
                "ipAddress": _ADDRESSES[name],
                "publicIPAddressVersion": "IPv6" if name == "pip6" else "IPv4",
                "publicIPAllocationMethod": "Static",
            },
        }
        for name, sku in skus.items()
        if sku
    ]


def _machine(given: dict[str, Any]) -> dict[str, Any]:
    power = "PowerState/deallocated" if given.get("stopped") else "PowerState/running"
    statuses = [{"code": "ProvisioningState/succeeded", "level": "Info"}, {"code": power, "level": "Info"}]
    return {
        "name": "vm1",
        "id": MACHINE,
        "location": "westus",
        "properties": {
            "instanceView": {"statuses": statuses},
            "networkProfile": {"networkInterfaces": [{"id": NIC}]},
        },
    }


# -- networks and what stands over them -----------------------------------------------------------------------


def _network(given: dict[str, Any]) -> dict[str, Any]:
    space = given.get("vnet", ["10.0.0.0/16", "fd00::/64"])
    subnets = {"subnet1": "subnet_nsg", "gateways": "gw_nsg", "AzureBastionSubnet": "bastion_nsg"}
    attached = {name for name, key in subnets.items() if _rules(given, key) is not None}
    return {
        "name": "vnet1",
        "id": NETWORK,
        "type": "Microsoft.Network/virtualNetworks",
        "location": "westus",
        "properties": {
            "provisioningState": "Succeeded",
            "addressSpace": {"addressPrefixes": [space] if isinstance(space, str) else space},
            "subnets": [
                {
                    "name": name,
                    "id": f"{NETWORK}/subnets/{name}",
                    "properties": {
                        "addressPrefix": f"10.0.{number}.0/24",
                        **(
                            {"networkSecurityGroup": {"id": f"{GROUP}/networkSecurityGroups/{key}"}}
                            if name in attached
                            else {}
                        ),
                    },
                }
                for number, (name, key) in enumerate(subnets.items())
            ],
            "virtualNetworkPeerings": [],
        },
    }


def _rules(given: dict[str, Any], key: str) -> list[dict[str, Any]] | None:
    own, _, nsg = key.partition("_")
    within = {"gw": "appgw", "bastion": "bastion"}.get(own)
    found: list[dict[str, Any]] | None
    found = (given.get(within) or {}).get(nsg) if within else given.get(key)
    return found


def _admin_rules(given: dict[str, Any]) -> list[dict[str, Any]]:
    """The answer about the virtual network: the rules of each manager, that of the highest scope first."""
    return [
        _admin_rule(f"{GROUP}/networkManagers/{manager}", number, rule)
        for manager in ("avnm", "avnm2")
        for number, rule in enumerate(given.get(manager) or ())
    ]


def _admin_rule(manager: str, number: int, rule: dict[str, Any]) -> dict[str, Any]:
    collection = f"{manager}/securityAdminConfigurations/one/ruleCollections/one"
    ports = rule.get("dport", "*")
    return {
        "id": f"{collection}/rules/rule-{number}",
        "kind": "Custom",
        "configurationDescription": "",
        "ruleCollectionDescription": "",
        "ruleCollectionAppliesToGroups": [{"networkGroupId": f"{manager}/networkGroups/all"}],
        "ruleGroups": [],
        "properties": {
            "description": "",
            "protocol": {"*": "Any"}.get(rule["p"], rule["p"]),
            "sources": _items(rule.get("src", "*")),
            "destinations": _items(rule.get("dst", "*")),
            "sourcePortRanges": ["0-65535"],
            "destinationPortRanges": ports if isinstance(ports, list) else [ports],
            "access": rule["acc"],
            "priority": rule["prio"],
            "direction": _direction(rule),
            "provisioningState": "Succeeded",
        },
    }


def _items(prefixes: str | list[str]) -> list[dict[str, str]]:
    given = [prefixes] if isinstance(prefixes, str) else prefixes
    return [
        {"addressPrefix": one, "addressPrefixType": "ServiceTag" if one.isalpha() else "IPPrefix"}
        for one in given
    ]


def _direction(rule: dict[str, Any]) -> str:
    return "Outbound" if str(rule.get("dir", "")).lower().startswith("out") else "Inbound"


# -- front ends -----------------------------------------------------------------------------------------------


def _balancer(given: dict[str, Any]) -> dict[str, Any]:
    front, pool = f"{BALANCER}/frontendIPConfigurations/fe", f"{BALANCER}/backendAddressPools/pool"
    properties: dict[str, Any] = {"provisioningState": "Succeeded", "privateIPAddressVersion": "IPv4"}
    if given.get("public"):
        properties["publicIPAddress"] = {"id": f"{GROUP}/publicIPAddresses/lb"}
    elif given.get("prefix"):
        properties["publicIPPrefix"] = {"id": f"{GROUP}/publicIPPrefixes/prefix"}
    else:
        properties |= {"privateIPAddress": "10.0.0.100", "subnet": {"id": SUBNET}}
    behind = [{"id": f"{NIC}/ipConfigurations/ipconfig1"}]
    members: dict[str, Any] = {"backendIPConfigurations": behind}
    if given.get("by_address"):
        at = given["by_address"] if isinstance(given["by_address"], str) else "10.0.0.4"
        one = {"name": "one", "properties": {"ipAddress": at}}
        members = {"virtualNetwork": {"id": NETWORK}, "loadBalancerBackendAddresses": [one]}
    if given.get("missing"):
        behind.append({"id": f"{GROUP}/networkInterfaces/other/ipConfigurations/ipconfig1"})

    def rule(number: int, collection: str, protocol: str, **ports: Any) -> dict[str, Any]:
        name = f"rule-{number}"
        said = {"frontendIPConfiguration": {"id": front}, "protocol": protocol.capitalize(), **ports}
        return {"name": name, "id": f"{BALANCER}/{collection}/{name}", "properties": said}

    rules = [
        rule(
            number,
            "loadBalancingRules",
            protocol,
            frontendPort=port,
            backendPort=to,
            backendAddressPool={"id": pool},
            enableFloatingIP=bool(given.get("floating")),
        )
        for number, (port, protocol, to) in enumerate(given.get("rules") or ())
    ]
    nat = [
        rule(
            number,
            "inboundNatRules",
            protocol,
            frontendPort=port,
            backendPort=to,
            backendIPConfiguration=behind[0],
        )
        for number, (port, protocol, to) in enumerate(given.get("nat") or ())
    ]
    nat += [
        rule(
            number,
            "inboundNatRules",
            protocol,
            frontendPort=0,
            frontendPortRangeStart=first,
            frontendPortRangeEnd=last,
            backendPort=to,
            backendAddressPool={"id": pool},
        )
        for number, (first, last, protocol, to) in enumerate(given.get("pools") or (), 100)
    ]
    return {
        "name": "lb",
        "id": BALANCER,
        "type": "Microsoft.Network/loadBalancers",
        "location": "westus",
        "sku": {"name": given.get("sku") or "Standard", "tier": "Regional"},
        "properties": {
            "provisioningState": "Succeeded",
            "frontendIPConfigurations": [{"name": "fe", "id": front, "properties": properties}],
            "backendAddressPools": [{"name": "pool", "id": pool, "properties": members}],
            "loadBalancingRules": rules,
            "inboundNatRules": nat,
        },
    }


def _gateway(given: dict[str, Any]) -> dict[str, Any]:
    front, subnet = f"{GATEWAY}/frontendIPConfigurations/fe", {"id": f"{NETWORK}/subnets/gateways"}
    properties: dict[str, Any] = {"provisioningState": "Succeeded"}
    if given.get("public"):
        properties["publicIPAddress"] = {"id": f"{GROUP}/publicIPAddresses/gw"}
    else:
        properties |= {"privateIPAddress": "10.0.1.10", "subnet": subnet}
    return {
        "name": "gw",
        "id": GATEWAY,
        "type": "Microsoft.Network/applicationGateways",
        "location": "westus",
        "properties": {
            "provisioningState": "Succeeded",
            "operationalState": "Running",
            "sku": {"name": "Standard_v2", "tier": "Standard_v2", "capacity": 2},
            "gatewayIPConfigurations": [
                {"name": "one", "id": f"{GATEWAY}/one", "properties": {"subnet": subnet}}
            ],
            "frontendIPConfigurations": [{"name": "fe", "id": front, "properties": properties}],
            "frontendPorts": [
                {"name": str(port), "id": f"{GATEWAY}/frontendPorts/{port}", "properties": {"port": port}}
                for port in given["ports"]
            ],
            "httpListeners": [
                {
                    "name": str(port),
                    "id": f"{GATEWAY}/httpListeners/{port}",
                    "properties": {
                        "frontendIPConfiguration": {"id": front},
                        "frontendPort": {"id": f"{GATEWAY}/frontendPorts/{port}"},
                        "protocol": "Http",
                    },
                }
                for port in given["ports"]
            ],
            "requestRoutingRules": [],
        },
    }


# -- Azure Firewalls and Bastion hosts ------------------------------------------------------------------------


def _ip_group(name: str) -> str:
    return f"{GROUP}/ipGroups/{name}"


def _edge(given: dict[str, Any]) -> dict[str, Any]:
    properties: dict[str, Any] = {
        "provisioningState": "Succeeded",
        "sku": {"name": "AZFW_Hub" if given.get("hub") else "AZFW_VNet", "tier": "Standard"},
        "threatIntelMode": "Alert",
    }
    if given.get("hub"):
        addresses = [{"address": _ADDRESSES["fw"]}]
        properties["hubIPAddresses"] = {
            "privateIPAddress": "10.9.0.4",
            "publicIPs": {"addresses": addresses, "count": 1},
        }
    else:
        within = {
            "provisioningState": "Succeeded",
            "privateIPAddress": "10.0.9.4",
            "subnet": {"id": f"{NETWORK}/subnets/AzureFirewallSubnet"},
            "publicIPAddress": {"id": f"{GROUP}/publicIPAddresses/fw"},
        }
        properties["ipConfigurations"] = [
            {"name": "one", "id": f"{EDGE}/azureFirewallIpConfigurations/one", "properties": within}
        ]
    if given.get("policy"):
        properties["firewallPolicy"] = {"id": POLICY}
    else:
        rules = [_nat_rule(number, rule, "protocols") for number, rule in enumerate(given.get("nat") or ())]
        collection = {"priority": 100, "action": {"type": "Dnat"}, "rules": rules}
        properties["natRuleCollections"] = [{"name": "in", "properties": collection}] if rules else []
    return {
        "name": "edge",
        "id": EDGE,
        "type": "Microsoft.Network/azureFirewalls",
        "location": "westus",
        "properties": properties,
    }


def _nat_rule(number: int, rule: dict[str, Any], protocols: str) -> dict[str, Any]:
    return {
        "name": f"rule-{number}",
        protocols: rule["p"],
        "sourceAddresses": rule.get("src", [] if rule.get("groups") else ["*"]),
        "sourceIpGroups": [_ip_group(name) for name in rule.get("groups", ())],
        "destinationAddresses": rule.get("dst", [_ADDRESSES["fw"]]),
        "destinationPorts": rule["dport"],
        "translatedAddress": "10.0.0.4",
        "translatedPort": "22",
    }


def _policy(given: dict[str, Any]) -> dict[str, Any]:
    """The answer about the policy: what it is based on, if that is anything."""
    base = {"basePolicy": {"id": BASE}} if "base" in given else {}
    return {
        "name": "own",
        "id": POLICY,
        "location": "westus",
        "properties": {"provisioningState": "Succeeded", "threatIntelMode": "Alert", **base},
    }


def _rule_groups(given: dict[str, Any], policy: str) -> dict[str, Any]:
    """The answer about the groups of one policy: network rules beside those for address translation."""
    rules = given.get("nat" if policy == POLICY else "base") or ()
    made = [
        {"ruleType": "NatRule", **_nat_rule(number, rule, "ipProtocols")} for number, rule in enumerate(rules)
    ]
    network = {
        "ruleType": "NetworkRule",
        "name": "everything",
        "ipProtocols": ["Any"],
        "sourceAddresses": ["*"],
        "destinationAddresses": ["*"],
        "destinationPorts": ["*"],
    }
    collections = [
        {
            "ruleCollectionType": "FirewallPolicyFilterRuleCollection",
            "name": "network",
            "priority": 200,
            "action": {"type": "Allow"},
            "rules": [network],
        },
        {
            "ruleCollectionType": "FirewallPolicyNatRuleCollection",
            "name": "nat",
            "priority": 100,
            "action": {"type": "DNAT"},
            "rules": made,
        },
    ]
    properties = {"provisioningState": "Succeeded", "priority": 100, "ruleCollections": collections}
    return {"value": [{"name": "one", "id": f"{policy}/ruleCollectionGroups/one", "properties": properties}]}


def _bastion() -> dict[str, Any]:
    host = f"{GROUP}/bastionHosts/bastion"
    within = {
        "provisioningState": "Succeeded",
        "privateIPAllocationMethod": "Dynamic",
        "subnet": {"id": f"{NETWORK}/subnets/AzureBastionSubnet"},
        "publicIPAddress": {"id": f"{GROUP}/publicIPAddresses/bastion"},
    }
    configuration = {"name": "one", "id": f"{host}/bastionHostIpConfigurations/one", "properties": within}
    return {
        "name": "bastion",
        "id": host,
        "location": "westus",
        "sku": {"name": "Standard"},
        "properties": {
            "provisioningState": "Succeeded",
            "dnsName": "bst-1.bastion.azure.com",
            "ipConfigurations": [configuration],
        },
    }


# -- security groups ------------------------------------------------------------------------------------------


def security_group(case: ExposureCase, key: str) -> dict[str, Any] | None:
    """Return one item of networkSecurityGroups for `nic_nsg` or `subnet_nsg`; None where there is none."""
    rules = _rules(case.given, key)
    if rules is None:
        return None
    id_ = f"{GROUP}/networkSecurityGroups/{key}"
    return {
        "name": key,
        "id": id_,
        "type": "Microsoft.Network/networkSecurityGroups",
        "location": "westus",
        "properties": {
            "provisioningState": "Succeeded",
            "securityRules": [_rule(id_, number, rule) for number, rule in enumerate(rules)],
            "defaultSecurityRules": [
                _default("AllowVnetInBound", 65000, "Allow", "VirtualNetwork", "VirtualNetwork"),
                _default("AllowAzureLoadBalancerInBound", 65001, "Allow", "AzureLoadBalancer", "*"),
                _default("DenyAllInBound", 65500, "Deny", "*", "*"),
                {**_default("AllowInternetOutBound", 65001, "Allow", "*", "Internet", direction="Outbound")},
            ],
        },
    }


def _rule(id_: str, number: int, rule: dict[str, Any]) -> dict[str, Any]:
    properties: dict[str, Any] = {
        "provisioningState": "Succeeded",
        "protocol": rule["p"],
        "sourcePortRange": rule.get("sport", "*"),
        "access": rule["acc"],
        "priority": rule["prio"],
        "direction": _direction(rule),
    }
    for ours, one, many, default in (
        ("src", "sourceAddressPrefix", "sourceAddressPrefixes", "" if rule.get("sasg") else "*"),
        ("dst", "destinationAddressPrefix", "destinationAddressPrefixes", "" if rule.get("dasg") else "*"),
        ("dport", "destinationPortRange", "destinationPortRanges", "*"),
    ):
        value = rule.get(ours, default)
        properties[one] = "" if isinstance(value, list) else value
        properties[many] = value if isinstance(value, list) else []
    for ours, theirs in (
        ("sasg", "sourceApplicationSecurityGroups"),
        ("dasg", "destinationApplicationSecurityGroups"),
    ):
        if rule.get(ours):
            properties[theirs] = [{"id": f"{GROUP}/applicationSecurityGroups/{name}"} for name in rule[ours]]
    return {"name": f"rule-{number}", "id": f"{id_}/securityRules/rule-{number}", "properties": properties}


def _default(
    name: str, priority: int, access: str, source: str, destination: str, direction: str = "Inbound"
) -> dict[str, Any]:
    return {
        "name": name,
        "properties": {
            "provisioningState": "Succeeded",
            "protocol": "*",
            "sourcePortRange": "*",
            "destinationPortRange": "*",
            "sourceAddressPrefix": source,
            "sourceAddressPrefixes": [],
            "destinationAddressPrefix": destination,
            "destinationAddressPrefixes": [],
            "destinationPortRanges": [],
            "access": access,
            "priority": priority,
            "direction": direction,
        },
    }
