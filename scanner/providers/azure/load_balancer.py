"""Application gateways and load balancers, as Azure Resource Manager gives them.

Parts refer to each other by id within one resource, so that a part is read together with the whole (`PARENT`).
"""

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from scanner.models.load_balancer import (
    APPLICATION,
    FORWARD,
    NETWORK,
    REDIRECT,
    Action,
    ListenerRule,
)
from scanner.providers.azure.reading import part, tags
from scanner.providers.spec import PARENT, Raw, Read
from scanner.providers.values import known

_KINDS: Final = {
    "microsoft.network/applicationgateways": APPLICATION,
    "microsoft.network/loadbalancers": NETWORK,
}


def public(balancer: Raw) -> bool:
    """Tell whether some front end has a public address."""
    return any(map(_is_public, balancer["properties"]["frontendIPConfigurations"]))


def _is_public(front: Raw) -> bool:
    return bool(front["properties"].get("publicIPAddress") or front["properties"].get("publicIPPrefix"))


def families(balancer: Raw) -> tuple[int, ...]:
    """Return the IP versions of the front ends."""
    fronts = balancer["properties"]["frontendIPConfigurations"]
    found = {6 if front["properties"].get("privateIPAddressVersion") == "IPv6" else 4 for front in fronts}
    return tuple(sorted(found))


def listener_public(listener: Raw) -> bool:
    """Tell whether the front end of a listener, or of a load balancing rule, is public."""
    reference = listener["properties"]["frontendIPConfiguration"]
    return _is_public(part(listener[PARENT], "frontendIPConfigurations", reference))


def gateway_ports(listener: Raw) -> tuple[tuple[int, int], ...]:
    """Return the one port of an application gateway's listener."""
    port = part(listener[PARENT], "frontendPorts", listener["properties"]["frontendPort"])["properties"][
        "port"
    ]
    return ((port, port),)


def rule_ports(rule: Raw) -> tuple[tuple[int, int], ...]:
    """Return the one port of a load balancing rule; 0 stands for all of them."""
    port = rule["properties"]["frontendPort"]
    return ((port, port),) if port else ()


def _routing(listener: Raw) -> Raw:
    """Return the properties of the routing rule of an application gateway's listener: it has exactly one."""
    for rule in listener[PARENT]["properties"]["requestRoutingRules"]:
        properties: Raw = rule["properties"]
        if properties["httpListener"]["id"].lower() == listener["id"].lower():
            return properties
    raise LookupError(f"lacks a routing rule for {listener['id']}")


def default_action(listener: Raw) -> Action:
    """Return what becomes of requests by the routing rule, or by the default of its path map."""
    gateway, routing = listener[PARENT], _routing(listener)
    if "urlPathMap" in routing:
        paths = part(gateway, "urlPathMaps", routing["urlPathMap"])["properties"]
        return _action(gateway, paths.get("defaultRedirectConfiguration"))
    return _action(gateway, routing.get("redirectConfiguration"))


def _action(gateway: Raw, redirect: Raw | None) -> Action:
    if redirect is None:
        return Action(type=FORWARD, to_protocol=None)
    to = part(gateway, "redirectConfigurations", redirect)["properties"]
    if to.get("targetListener"):
        target = part(gateway, "httpListeners", to["targetListener"])["properties"]["protocol"]
        return Action(type=REDIRECT, to_protocol=target.lower())
    return Action(type=REDIRECT, to_protocol=urlsplit(to["targetUrl"]).scheme.lower())


def rules(listener: Raw) -> tuple[ListenerRule, ...]:
    """Return the exceptions by path."""
    gateway, routing = listener[PARENT], _routing(listener)
    if "urlPathMap" not in routing:
        return ()
    paths = part(gateway, "urlPathMaps", routing["urlPathMap"])["properties"].get("pathRules") or ()
    return tuple(
        ListenerRule(
            paths=tuple(rule["properties"]["paths"]),
            action=_action(gateway, rule["properties"].get("redirectConfiguration")),
        )
        for rule in paths
    )


LOAD_BALANCER: Final[Mapping[str, Read]] = {
    "type": lambda balancer: known(_KINDS, balancer["type"].lower()),
    "public": public,
    "families": families,
    "tags": tags,
}
"""Fields of a LoadBalancer from an application gateway or a load balancer."""

#: What filters packets stands on its subnet, and a lock keeps it from deletion. Headers are as they came.
GATEWAY_LACKS: Final = ("firewalls", "deletion_protection", "drops_invalid_headers")
#: It knows packets, and no requests; what filters them stands before the machines behind it.
BALANCER_LACKS: Final = (*GATEWAY_LACKS, "waf", "access_log")

GATEWAY_LISTENER: Final[Mapping[str, Read]] = {
    "load_balancer": lambda listener: listener[PARENT]["id"].lower(),
    "public": listener_public,
    "protocol": lambda listener: listener["properties"]["protocol"].lower(),
    "ports": gateway_ports,
    "default_action": default_action,
    "rules": rules,
    "tags": lambda listener: tags(listener[PARENT]),
}
"""Fields of a Listener from one of an application gateway's `httpListeners`; `tls` takes the predefined policies."""

BALANCER_LISTENER: Final[Mapping[str, Read]] = {
    "load_balancer": lambda rule: rule[PARENT]["id"].lower(),
    "public": listener_public,
    "protocol": lambda rule: rule["properties"]["protocol"].lower(),
    "ports": rule_ports,
    "default_action": lambda _: Action(type=FORWARD, to_protocol=None),
    "tags": lambda rule: tags(rule[PARENT]),
}
"""Fields of a Listener from one of a load balancer's `loadBalancingRules`: packets pass through as they are."""
