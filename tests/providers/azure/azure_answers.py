"""What tests of Azure share: its demo subscription, answers made up from few words, and what was read of them."""

from collections.abc import Callable
from typing import Any

from shipped import RULES

from scanner.demo.wire.recorded import Recorded, folder_of, methods_in
from scanner.engine import Verdict, run_case
from scanner.models.resource import Cloud, Code, Resource, Scope
from scanner.providers.azure.client import AzureSession
from scanner.rule import Case

METHODS = methods_in(folder_of("azure"))

SignIn = Callable[..., AzureSession]

SUBSCRIPTION = "00000000-0000-0000-0000-000000000001"
SCOPE = Scope(Cloud.AZURE, SUBSCRIPTION, "westeurope")
GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/shop/providers"


def changed(raw: dict[str, Any], **properties: Any) -> dict[str, Any]:
    return {**raw, "properties": {**raw["properties"], **properties}}


def verdict(rule_id: str, resource: Resource, *others: Resource) -> Verdict | None:
    return run_case(RULES[rule_id], Case(resource, others))


def unread(resource: Resource, *codes: Code) -> set[str]:
    """The fields that are unread for one of these reasons (none given: because the cloud has no such thing)."""
    return {name for name, why in resource.unread.items() if why.code in (codes or (Code.LACKING,))}


def subscriptions(*ids: str, state: str = "Enabled") -> Recorded:
    """The subscriptions that a sign-in may see."""
    rows = [
        {
            "id": f"/subscriptions/{id_}",
            "authorizationSource": "RoleBased",
            "managedByTenants": [],
            "subscriptionId": id_,
            "tenantId": "8f1d2c3b-4a59-4768-8b97-a6b5c4d3e2f1",
            "displayName": f"Subscription {number}",
            "state": state,
        }
        for number, id_ in enumerate(ids)
    ]
    body = {"value": rows, "count": {"type": "Total", "value": len(rows)}}
    return Recorded(call="Microsoft.Resources.Subscriptions_List", path="/subscriptions", body=body)


def security_group(number: int, rules: int = 3) -> dict[str, Any]:
    """One network security group, whole as the API gives it, with rules of its own and the six that each has."""
    id_ = f"{GROUP}/Microsoft.Network/networkSecurityGroups/group-{number}"

    def rule(name: str, kind: str, priority: int, direction: str, access: str, source: str) -> dict[str, Any]:
        return {
            "name": name,
            "id": f"{id_}/{kind}/{name}",
            "etag": 'W/"2f5e8d1c-7b6a-4c9d-8e0f-1a2b3c4d5e6f"',
            "type": f"Microsoft.Network/networkSecurityGroups/{kind}",
            "properties": {
                "provisioningState": "Succeeded",
                "description": "",
                "protocol": "Tcp" if kind == "securityRules" else "*",
                "sourcePortRange": "*",
                "destinationPortRange": "443" if kind == "securityRules" else "*",
                "sourceAddressPrefix": source,
                "destinationAddressPrefix": "*",
                "access": access,
                "priority": priority,
                "direction": direction,
                "sourcePortRanges": [],
                "destinationPortRanges": [],
                "sourceAddressPrefixes": [],
                "destinationAddressPrefixes": [],
            },
        }

    own = [
        rule(f"rule-{n}", "securityRules", 100 + n, "Inbound", "Allow", f"198.51.{n}.0/24")
        for n in range(rules)
    ]
    given = [
        rule("AllowVnetInBound", "defaultSecurityRules", 65000, "Inbound", "Allow", "VirtualNetwork"),
        rule(
            "AllowAzureLoadBalancerInBound",
            "defaultSecurityRules",
            65001,
            "Inbound",
            "Allow",
            "AzureLoadBalancer",
        ),
        rule("DenyAllInBound", "defaultSecurityRules", 65500, "Inbound", "Deny", "*"),
        rule("AllowVnetOutBound", "defaultSecurityRules", 65000, "Outbound", "Allow", "VirtualNetwork"),
        rule("AllowInternetOutBound", "defaultSecurityRules", 65001, "Outbound", "Allow", "*"),
        rule("DenyAllOutBound", "defaultSecurityRules", 65500, "Outbound", "Deny", "*"),
    ]
    return {
        "name": f"group-{number}",
        "id": id_,
        "etag": 'W/"2f5e8d1c-7b6a-4c9d-8e0f-1a2b3c4d5e6f"',
        "type": "Microsoft.Network/networkSecurityGroups",
        "location": "westeurope",
        "tags": {"team": "shop"},
        "properties": {
            "provisioningState": "Succeeded",
            "resourceGuid": "0c6f3b1e-5d2a-4e7f-9a8b-7c6d5e4f3a2b",
            "securityRules": own,
            "defaultSecurityRules": given,
            "subnets": [{"id": f"{GROUP}/Microsoft.Network/virtualNetworks/shop/subnets/net-{number}"}],
        },
    }


GROUPS_PATH = f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Network/networkSecurityGroups"


def security_groups(count: int) -> Recorded:
    """A list of this many security groups."""
    return Recorded(
        call="Microsoft.Network.NetworkSecurityGroups_ListAll",
        path=GROUPS_PATH,
        body={"value": [security_group(number) for number in range(count)]},
    )


def answer(call: str, path: str, body: Any, status: int = 200, **headers: str) -> Recorded:
    return Recorded(call=call, path=path, body=body, status=status, headers=headers)
