"""From the short form of a case to Google Cloud's own JSON: firewalls and firewall policies."""

from typing import Any

from cases import ExposureCase

PROJECT = "https://www.googleapis.com/compute/v1/projects/test-project"


def network_url(name: str) -> str:
    return f"{PROJECT}/global/networks/{name}"


def vpc_firewalls(case: ExposureCase) -> list[dict[str, Any]]:
    """Items of firewalls.list."""
    return [_firewall(number, rule) for number, rule in enumerate(case.given.get("vpc") or ())]


def _firewall(number: int, rule: dict[str, Any]) -> dict[str, Any]:
    firewall = {
        "kind": "compute#firewall",
        "id": str(5789677160149163724 + number),
        "creationTimestamp": "2021-03-15T10:57:55.939-07:00",
        "name": f"rule-{number}",
        "description": "",
        "network": network_url(rule.get("net", "default")),
        "priority": rule["prio"],
        "direction": {"EGRESS": "EGRESS"}.get(rule.get("dir", ""), "INGRESS"),
        "logConfig": {"enable": False},
        "disabled": rule.get("disabled", False),
        "selfLink": f"{PROJECT}/global/firewalls/rule-{number}",
    }
    for ours, theirs in (("allow", "allowed"), ("deny", "denied")):
        if ours in rule:
            firewall[theirs] = [
                {"IPProtocol": protocol, **({"ports": ports} if ports else {})}
                for protocol, ports in rule[ours]
            ]
    for ours, theirs in (
        ("src", "sourceRanges"),
        ("stags", "sourceTags"),
        ("ssa", "sourceServiceAccounts"),
        ("ttags", "targetTags"),
        ("tsa", "targetServiceAccounts"),
    ):
        if rule.get(ours):
            firewall[theirs] = rule[ours]
    return firewall


def firewall_policy(name: str, rules: list[dict[str, Any]]) -> dict[str, Any]:
    """One firewall policy, hierarchical or of a network, with its rules."""
    return {
        "kind": "compute#firewallPolicy",
        "id": "6123456789012345678",
        "name": name,
        "selfLink": f"{PROJECT}/global/firewallPolicies/{name}",
        "associations": [{"name": "one", "attachmentTarget": network_url("default")}],
        "rules": [_policy_rule(rule) for rule in rules],
    }


def _policy_rule(rule: dict[str, Any]) -> dict[str, Any]:
    match: dict[str, Any] = {
        "layer4Configs": [
            {"ipProtocol": protocol, **({"ports": ports} if ports else {})} for protocol, ports in rule["l4"]
        ]
    }
    for ours, theirs in (("src", "srcIpRanges"), ("geo", "srcRegionCodes"), ("srcNetType", "srcNetworkType")):
        if rule.get(ours):
            match[theirs] = rule[ours]
    made = {
        "kind": "compute#firewallPolicyRule",
        "priority": rule["prio"],
        "action": rule["action"],
        "direction": "INGRESS",
        "disabled": rule.get("disabled", False),
        "match": match,
    }
    if rule.get("targetNets"):
        made["targetResources"] = [network_url(name) for name in rule["targetNets"]]
    if rule.get("targetType"):
        made["targetType"] = rule["targetType"]
    return made
