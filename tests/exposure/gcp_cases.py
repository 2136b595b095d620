"""From the short form of a case to Google Cloud's own JSON: what the calls would have answered.

Beyond the table's own keys, rows of ours may have: `dst` of any rule; `stags` and `ttags` (secure tags), `tsa`, `ti`,
`fqdn`, `groups` of a policy's; `groups`, name to blocks; `routes` [block, hop, priority, tags] in place of `route0`;
`system`, one more policy; `rsystem`, those of Google for the region, in their order; `stags` of a machine, the secure
tags that it carries; and `lb` {target, ports, proto, ip, src, scheme}, whose target is a proxy, a `pool`, an `instance`
or a `service`, with the machine `vm` behind the last three.
"""

from collections.abc import Mapping
from typing import Any

from cases import ExposureCase

ACCOUNT = "test-project"
PROJECT = f"https://www.googleapis.com/compute/v1/projects/{ACCOUNT}"
ZONE, REGION = "us-central1-a", "us-central1"
GATEWAY = f"{PROJECT}/global/gateways/default-internet-gateway"
GROUPS = f"projects/{ACCOUNT}/locations/global/addressGroups"
FRONT = "34.120.1.1"
_PROXIES = {"http": "targetHttpProxies", "https": "targetHttpsProxies", "tcp": "targetTcpProxies"}
_BEHIND = {"pool": "targetPools", "instance": "targetInstances", "service": "backendServices"}


def answers(case: ExposureCase) -> dict[str, Any]:
    """The answer of every call by its name."""
    given = case.given
    vm = given.get("vm", {})
    overlaid = {**vm, **given.get("anyvm", {}), "ext4": False, "ext6": False}
    groups = given.get("groups", {})
    return {
        "compute:firewalls.list": {"items": vpc_firewalls(case)},
        "compute:networkFirewallPolicies.aggregatedList": _policies(case),
        "networksecurity:projects.locations.addressGroups.get": lambda asked: _group(asked, groups),
        "compute:networks.list": {"items": [_network(case, name) for name in networks(case)]},
        "compute:networks.getEffectiveFirewalls": lambda asked: effective_firewalls(case, asked["network"]),
        "compute:regionNetworkFirewallPolicies.getEffectiveFirewalls": lambda asked: regional_firewalls(
            case, asked["network"], asked["region"]
        ),
        "compute:instances.getEffectiveFirewalls": lambda asked: instance_firewalls(case, asked["instance"]),
        "compute:subnetworks.aggregatedList": {"items": {}},
        "compute:routes.list": {"items": [route for name in networks(case) for route in _routes(case, name)]},
        "compute:instances.aggregatedList": aggregated(
            "instances", {f"zones/{ZONE}": [_instance("vm", vm), _instance("any", overlaid)]}
        ),
        **_balancer(given.get("lb")),
    }


def aggregated(key: str, scopes: Mapping[str, list[Any]]) -> dict[str, Any]:
    """Return an aggregated list: by scope, and by the name of the collection in each."""
    return {"items": {scope: {key: items} for scope, items in scopes.items()}}


# -- networks and machines ------------------------------------------------------------------------------------


def network_url(name: str) -> str:
    return f"{PROJECT}/global/networks/{name}"


def networks(case: ExposureCase) -> list[str]:
    """Every network that a case speaks of."""
    given = case.given
    named = ["default", *(given.get(key, {}).get("net", "default") for key in ("vm", "anyvm"))]
    named += [rule["net"] for rule in given.get("vpc") or () if "net" in rule]
    return list(dict.fromkeys(named))


def _network(case: ExposureCase, name: str) -> dict[str, Any]:
    said = case.given.get("order")
    order = said and ("BEFORE" if said.upper().startswith("BEFORE") else "AFTER") + "_CLASSIC_FIREWALL"
    return {
        "kind": "compute#network",
        "id": "7187875227597763497",
        "name": name,
        "selfLink": network_url(name),
        "autoCreateSubnetworks": True,
        "subnetworks": [f"{PROJECT}/regions/{REGION}/subnetworks/{name}"],
        "routingConfig": {"routingMode": "REGIONAL"},
        **({"networkFirewallPolicyEnforcementOrder": order} if order else {}),
    }


def _routes(case: ExposureCase, network: str) -> list[dict[str, Any]]:
    given = case.given.get("routes")
    if given is None:
        defaults = [["0.0.0.0/0", "internet", 1000, []], ["::/0", "internet", 1000, []]]
        given = defaults if case.given.get("route0", True) else []
    subnet = {"destRange": "10.128.0.0/20", "nextHopNetwork": network_url(network), "priority": 0}
    custom = [
        {
            "destRange": block,
            "priority": priority,
            **({"nextHopGateway": GATEWAY} if hop == "internet" else {"nextHopIp": hop}),
            **({"tags": tags} if tags else {}),
        }
        for block, hop, priority, tags in given
    ]
    return [
        {
            "kind": "compute#route",
            "id": str(number),
            "name": f"{network}-route-{number}",
            "network": network_url(network),
            "selfLink": f"{PROJECT}/global/routes/{network}-route-{number}",
            **route,
        }
        for number, route in enumerate([subnet, *custom])
    ]


def _instance(name: str, vm: dict[str, Any]) -> dict[str, Any]:
    """A machine with one interface; a stopped one keeps its access configuration."""
    network = vm.get("net", "default")
    interface: dict[str, Any] = {
        "kind": "compute#networkInterface",
        "name": "nic0",
        "network": network_url(network),
        "subnetwork": f"{PROJECT}/regions/{REGION}/subnetworks/{network}",
        "networkIP": "10.128.0.2",
        "stackType": "IPV4_IPV6" if vm.get("ext6") else "IPV4_ONLY",
    }
    if vm.get("ext4"):
        config = {"type": "ONE_TO_ONE_NAT", "name": "External NAT", "natIP": "35.206.75.120"}
        interface["accessConfigs"] = [{"kind": "compute#accessConfig", "networkTier": "PREMIUM", **config}]
    if vm.get("ext6"):
        interface["ipv6AccessType"] = "EXTERNAL"
        interface["ipv6AccessConfigs"] = [
            {
                "kind": "compute#accessConfig",
                "type": "DIRECT_IPV6",
                "externalIpv6": "2600:1900:4000:1::",
                "externalIpv6PrefixLength": 96,
            }
        ]
    return {
        "kind": "compute#instance",
        "id": "513480616758239408",
        "name": name,
        "status": vm.get("status", "RUNNING"),
        "zone": f"{PROJECT}/zones/{ZONE}",
        "selfLink": instance_url(name),
        "tags": {"fingerprint": "42WmSpB8rSM=", **({"items": vm["tags"]} if vm.get("tags") else {})},
        "networkInterfaces": [interface],
        **({"serviceAccounts": [{"email": vm["sa"], "scopes": []}]} if vm.get("sa") else {}),
    }


def instance_url(name: str) -> str:
    return f"{PROJECT}/zones/{ZONE}/instances/{name}"


# -- firewalls ------------------------------------------------------------------------------------------------


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
        "direction": _direction(rule),
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
        ("dst", "destinationRanges"),
    ):
        if rule.get(ours):
            firewall[theirs] = rule[ours]
    return firewall


def _direction(rule: dict[str, Any]) -> str:
    return "EGRESS" if str(rule.get("dir", "")).upper() in {"EGRESS", "OUT", "OUTBOUND"} else "INGRESS"


def effective_firewalls(case: ExposureCase, network: str) -> dict[str, Any]:
    """The answer of networks.getEffectiveFirewalls: hierarchical policies, the organization's first, then others."""
    given = case.given
    policies = [
        {"type": "HIERARCHY", "name": str(1000 + number), "shortName": f"hier-{number}", "rules": rules}
        for number, rules in enumerate(given.get("hier") or ())
    ]
    if given.get("system"):
        policies.append({"type": "SYSTEM", "name": "system", "rules": given["system"]})
    if given.get("gnp"):
        policies.append({"type": "NETWORK", "name": "gnp", "rules": given["gnp"]})
    rules = [one for one in vpc_firewalls(case) if one["network"] == network_url(network)]
    made = [{**policy, "rules": [_policy_rule(rule) for rule in policy["rules"]]} for policy in policies]
    # An answer without any is empty.
    return {**({"firewalls": rules} if rules else {}), **({"firewallPolicys": made} if made else {})}


def regional_firewalls(case: ExposureCase, network: str, region: str) -> dict[str, Any]:
    """The answer of regionNetworkFirewallPolicies.getEffectiveFirewalls: those of the region besides the others."""
    whole = effective_firewalls(case, network.rpartition("/")[2])
    policies = whole.pop("firewallPolicys", [])
    above = [one for one in policies if one["type"] != "NETWORK"]
    own = [one for one in policies if one["type"] == "NETWORK"]
    googles = [
        {"type": "SYSTEM_REGIONAL", "name": f"rsystem-{number}", "priority": 1000 + number, "rules": rules}
        for number, rules in enumerate(case.given.get("rsystem") or ())
    ]
    theirs = [{"type": "NETWORK_REGIONAL", "name": "rnp", "rules": case.given.get("rnp") or ()}]
    made = [
        {**policy, "rules": [_policy_rule(rule) for rule in policy["rules"]]}
        for policy in (*googles, *theirs)
        if policy["rules"] and region == REGION
    ]
    ordered = [*above, *made[: len(googles)], *own, *made[len(googles) :]]
    return {**whole, **({"firewallPolicys": ordered} if ordered else {})}


def instance_firewalls(case: ExposureCase, instance: str) -> dict[str, Any]:
    """The answer of instances.getEffectiveFirewalls: of rules for secure tags, only those for this machine."""
    machine = {
        **case.given.get("vm", {}),
        **({} if instance.endswith("/vm") else case.given.get("anyvm", {})),
    }
    tags = set(machine.get("stags") or ())
    whole = regional_firewalls(case, network_url(machine.get("net", "default")), REGION)
    for policy in whole.get("firewallPolicys", ()):
        policy["rules"] = [
            rule
            for rule in policy["rules"]
            if not rule.get("targetSecureTags") or tags & {one["name"] for one in rule["targetSecureTags"]}
        ]
    return whole


def _policies(case: ExposureCase) -> dict[str, Any]:
    """The global and the regional policy, with the networks of the case as their associations."""
    scopes: dict[str, list[Any]] = {}
    for key, scope in (("gnp", "global"), ("rnp", f"regions/{REGION}")):
        if case.given.get(key):
            scopes[scope] = [firewall_policy(key, case.given[key], scope, networks(case))]
    return aggregated("firewallPolicies", scopes)


def firewall_policy(
    name: str, rules: list[dict[str, Any]], scope: str = "global", on: list[str] | None = None
) -> dict[str, Any]:
    """One firewall policy of a network, global or of a region, with its rules."""
    return {
        "kind": "compute#firewallPolicy",
        "id": "6123456789012345678",
        "name": name,
        "selfLink": f"{PROJECT}/{scope}/firewallPolicies/{name}",
        **({} if scope == "global" else {"region": f"{PROJECT}/{scope}"}),
        "associations": [
            {"name": f"on-{one}", "attachmentTarget": network_url(one)} for one in on or ["default"]
        ],
        "rules": [_policy_rule(rule) for rule in rules],
    }


def _policy_rule(rule: dict[str, Any]) -> dict[str, Any]:
    match: dict[str, Any] = {
        "layer4Configs": [
            {"ipProtocol": protocol, **({"ports": ports} if ports else {})} for protocol, ports in rule["l4"]
        ]
    }
    for ours, theirs in (
        ("src", "srcIpRanges"),
        ("dst", "destIpRanges"),
        ("geo", "srcRegionCodes"),
        ("ti", "srcThreatIntelligences"),
        ("fqdn", "srcFqdns"),
        ("srcNetType", "srcNetworkType"),
    ):
        if rule.get(ours):
            match[theirs] = rule[ours]
    if rule.get("groups"):
        match["srcAddressGroups"] = [f"{GROUPS}/{name}" for name in rule["groups"]]
    if rule.get("stags"):
        match["srcSecureTags"] = [{"name": name, "state": "EFFECTIVE"} for name in rule["stags"]]
    made = {
        "kind": "compute#firewallPolicyRule",
        "priority": rule["prio"],
        "action": rule["action"],
        "direction": _direction(rule),
        "disabled": rule.get("disabled", False),
        "match": match,
    }
    if rule.get("targetNets"):
        made["targetResources"] = [network_url(name) for name in rule["targetNets"]]
    if rule.get("ttags"):
        made["targetSecureTags"] = [{"name": name, "state": "EFFECTIVE"} for name in rule["ttags"]]
    for ours, theirs in (("tsa", "targetServiceAccounts"), ("targetType", "targetType")):
        if rule.get(ours):
            made[theirs] = rule[ours]
    return made


def _group(asked: Mapping[str, Any], groups: Mapping[str, list[str]]) -> dict[str, Any] | None:
    """One address group; None, a refusal, for one of which a case says nothing."""
    blocks = groups.get(asked["name"].rpartition("/")[2])
    return None if blocks is None else {"name": asked["name"], "type": "IPV4", "items": blocks, "labels": {}}


# -- load balancers -------------------------------------------------------------------------------------------


def _balancer(given: dict[str, Any] | None) -> dict[str, Any]:
    """A forwarding rule, and what it leads to."""
    lists: dict[str, list[Any]] = {key: [] for key in ("forwardingRules", *_BEHIND.values())}
    if given:
        lists["forwardingRules"] = [_forwarding_rule(given)]
        if given["target"] in _BEHIND:
            lists[_BEHIND[given["target"]]] = [_target(given["target"])]
    found: dict[str, Any] = {
        f"compute:{key}.aggregatedList": aggregated(key, {f"regions/{REGION}": items})
        for key, items in lists.items()
    }
    health = {"instance": instance_url("vm"), "ipAddress": "10.128.0.2", "port": 80, "healthState": "HEALTHY"}
    found["compute:regionBackendServices.getHealth"] = {"healthStatus": [health]}
    return found


def _forwarding_rule(given: dict[str, Any]) -> dict[str, Any]:
    kind = given["target"]
    rule: dict[str, Any] = {
        "kind": "compute#forwardingRule",
        "id": "5065095650650485982",
        "name": "front",
        "IPAddress": given.get("ip", FRONT),
        "IPProtocol": given.get("proto", "TCP"),
        "loadBalancingScheme": given.get("scheme", "EXTERNAL"),
        "networkTier": "PREMIUM",
        "selfLink": f"{PROJECT}/regions/{REGION}/forwardingRules/front",
        "region": f"{PROJECT}/regions/{REGION}",
    }
    ports = given.get("ports")
    if isinstance(ports, str):
        rule["portRange"] = ports if "-" in ports else f"{ports}-{ports}"
    elif ports:
        rule["ports"] = ports
    elif kind == "service":
        rule["allPorts"] = True
    if given.get("src"):
        rule["sourceIpRanges"] = given["src"]
    if kind in _PROXIES:
        rule["target"] = f"{PROJECT}/global/{_PROXIES[kind]}/proxy"
    else:
        rule["backendService" if kind == "service" else "target"] = _target(kind)["selfLink"]
    return rule


def _target(kind: str) -> dict[str, Any]:
    place = f"{PROJECT}/zones/{ZONE}" if kind == "instance" else f"{PROJECT}/regions/{REGION}"
    made = {"name": kind, "selfLink": f"{place}/{_BEHIND[kind]}/{kind}"}
    if kind == "pool":
        return {**made, "instances": [instance_url("vm")]}
    if kind == "instance":
        return {**made, "instance": instance_url("vm"), "natPolicy": "NO_NAT"}
    return {
        **made,
        "region": f"{PROJECT}/regions/{REGION}",
        "loadBalancingScheme": "EXTERNAL",
        "healthChecks": [f"{PROJECT}/regions/{REGION}/healthChecks/one"],
        "backends": [{"group": f"{PROJECT}/zones/{ZONE}/instanceGroups/group"}],
    }
