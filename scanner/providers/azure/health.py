"""Whether anybody is there to answer: pools of application gateways, and rules of load balancers."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from scanner.models.load_balancer import DRAINING, HEALTHY, UNCHECKED, UNHEALTHY, Target
from scanner.providers.azure.reading import tags
from scanner.providers.spec import PARENT, Raw, Read
from scanner.providers.values import known

# Partial: some of its probes fail, and it gets requests.
_HEALTH: Final = {
    "up": HEALTHY,
    "partial": HEALTHY,
    "down": UNHEALTHY,
    "draining": DRAINING,
    "unknown": UNCHECKED,
}


def in_use(pool: Raw) -> tuple[str, ...]:
    """Return the gateway of a pool, if some routing rule or path of it sends to the pool."""
    gateway = pool[PARENT]
    used = {reference["id"].lower() for reference in _pools(gateway)}
    return (gateway["id"].lower(),) if pool["id"].lower() in used else ()


def _pools(gateway: Raw) -> Iterator[Raw]:
    properties = gateway["properties"]
    routes = [rule["properties"] for rule in properties.get("requestRoutingRules") or ()]
    for paths in (one["properties"] for one in properties.get("urlPathMaps") or ()):
        routes += [paths, *(rule["properties"] for rule in paths.get("pathRules") or ())]
    for route in routes:
        for name in ("backendAddressPool", "defaultBackendAddressPool"):
            if route.get(name):
                yield route[name]


def is_checked(pool: Raw) -> bool:
    """Tell whether a gateway knows the health of a pool: it sends to it, and it is running."""
    return bool(in_use(pool)) and pool[PARENT]["properties"]["operationalState"] == "Running"


def targets(pools: Iterable[Raw], pool: Raw) -> tuple[Target, ...]:
    """Return the servers of one pool in the answer of backendhealth.

    A pool has a health for each of the settings by which it is used: that under which fewest of its servers are well
    counts, for what comes by that way finds no others.
    """
    answers = [
        tuple(_server(server) for server in settings.get("servers") or ())
        for one in pools
        if one["backendAddressPool"]["id"].lower() == pool["id"].lower()
        for settings in one.get("backendHttpSettingsCollection") or ()
    ]
    return min(answers, key=_well, default=())


def _well(servers: Iterable[Target]) -> int:
    return sum(server.state == HEALTHY for server in servers)


def _server(server: Raw) -> Target:
    return Target(state=known(_HEALTH, server["health"].lower()), reason=server.get("healthProbeLog") or None)


def has_probe(rule: Raw) -> bool:
    """Tell whether a load balancing rule checks the health of what it sends to; only Standard ones tell about it."""
    sku = (rule[PARENT].get("sku") or {}).get("name", "Basic")
    return bool(rule["properties"].get("probe")) and sku.lower() == "standard"


def rule_targets(answer: Raw) -> tuple[Target, ...]:
    """Return the targets of a load balancing rule. Raises LookupError for an answer that says nothing of them."""
    addresses = answer.get("loadBalancerBackendAddresses") or ()
    if not addresses and answer["up"] + answer["down"]:
        raise LookupError("lacks the targets that it counts")
    return tuple(
        Target(state=known(_HEALTH, one["state"].lower()), reason=one.get("reason") or None)
        for one in addresses
    )


POOL: Final[Mapping[str, Read]] = {"load_balancers": in_use, "tags": lambda pool: tags(pool[PARENT])}
"""Fields of a TargetGroup from one of an application gateway's `backendAddressPools`."""

BALANCED: Final[Mapping[str, Read]] = {
    "load_balancers": lambda rule: (rule[PARENT]["id"].lower(),),
    "tags": lambda rule: tags(rule[PARENT]),
}
"""Fields of a TargetGroup from one of a load balancer's `loadBalancingRules`: health is that of a pool by one rule."""
