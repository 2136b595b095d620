"""From the short form of a case to Azure's own JSON: network security groups."""

from typing import Any

from cases import ExposureCase

GROUP = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg1/providers/Microsoft.Network"


def security_group(case: ExposureCase, key: str) -> dict[str, Any] | None:
    """Return one item of networkSecurityGroups for `nic_nsg` or `subnet_nsg`; None where there is none."""
    rules = case.given.get(key)
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
        "direction": {"Out": "Outbound", "Outbound": "Outbound"}.get(rule.get("dir", ""), "Inbound"),
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
