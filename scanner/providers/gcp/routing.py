"""Networks, subnetworks and routes, and the policies that stand over a network, as Compute Engine gives them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from scanner.models.network import (
    GLOBAL_POLICY,
    ORGANIZATION,
    REGIONAL_POLICY,
    SYSTEM,
    TAG,
    Firewall,
    Reference,
)
from scanner.models.resource import GLOBAL
from scanner.models.routing import FlowLog, Network, Route, RouteTable, Subnet
from scanner.providers.gcp.calls import GcpCall, compute_aggregated, compute_list
from scanner.providers.gcp.dns import POLICIES
from scanner.providers.gcp.names import full_name
from scanner.providers.gcp.network import LACKS, policy_rules
from scanner.providers.gcp.pages import region_in
from scanner.providers.gcp.places import full_id, region
from scanner.providers.spec import PARENT, Detail, Raw, Read, Source
from scanner.providers.values import known

_LEVELS: Final = {
    "HIERARCHY": ORGANIZATION,
    "SYSTEM": SYSTEM,
    "SYSTEM_GLOBAL": SYSTEM,
    "SYSTEM_REGIONAL": SYSTEM,
    "NETWORK": GLOBAL_POLICY,
    "NETWORK_REGIONAL": REGIONAL_POLICY,
}
_ORDERS: Final = {"AFTER_CLASSIC_FIREWALL": False, "BEFORE_CLASSIC_FIREWALL": True}
#: What a subnetwork is for in which machines stand, by its newer and its older name.
_FOR_MACHINES: Final = ("PRIVATE", "PRIVATE_RFC_1918")
#: Over how many seconds packets of one connection are added up.
_INTERVALS: Final = {
    "INTERVAL_5_SEC": 5,
    "INTERVAL_30_SEC": 30,
    "INTERVAL_1_MIN": 60,
    "INTERVAL_5_MIN": 300,
    "INTERVAL_10_MIN": 600,
    "INTERVAL_15_MIN": 900,
}
#: Where a route may send packets, one of them per route.
_NEXT_HOPS: Final = (
    "nextHopGateway",
    "nextHopInstance",
    "nextHopIp",
    "nextHopIlb",
    "nextHopVpnTunnel",
    "nextHopPeering",
    "nextHopNetwork",
    "nextHopHub",
    "nextHopInterconnectAttachment",
)


def policies_first(network: Raw) -> bool:
    """Tell whether a network's global and regional policies are tried before its VPC firewall rules."""
    order = network.get("networkFirewallPolicyEnforcementOrder", "AFTER_CLASSIC_FIREWALL")
    return known(_ORDERS, order)


def policies(found: Sequence[Raw], network: Raw) -> tuple[str, ...]:
    """Return the policies over a network, in the order in which they are tried: that of the answer."""
    return tuple(effective_id({**policy, PARENT: network}) for policy in found)


def effective_id(policy: Raw) -> str:
    """Return the full name of a policy in an answer of getEffectiveFirewalls, which gives no address of it.

    Such a policy stands under its network (a global one), or under an interface in its region. Raises ValueError for
    a type of policy that is not known: it could stand anywhere on the way.
    """
    level = known(_LEVELS, policy["type"])
    if level == ORGANIZATION:
        return full_name(f"locations/global/firewallPolicies/{policy['name']}")
    network = full_name(_network_of(policy[PARENT]))
    project, _, _ = network.partition("/global/")
    place = _region_of(policy)
    where = "global" if place == GLOBAL else f"regions/{place}"
    return f"{project}/{where}/firewallPolicies/{policy['name']}"


def effective_region(policy: Raw) -> str:
    """Return where a policy counts: in the region of the interface under which it was found, or everywhere."""
    known(_LEVELS, policy["type"])
    return _region_of(policy)


def _region_of(policy: Raw) -> str:
    regional = str(policy["type"]).endswith("_REGIONAL")
    return region_in(policy[PARENT]["selfLink"]) or GLOBAL if regional else GLOBAL


def _network_of(parent: Raw) -> str:
    """The address of the network itself, or of the one that an interface is in."""
    interfaces = parent.get("networkInterfaces")
    return str(interfaces[0]["network"] if interfaces else parent["selfLink"])


def effective_level(policy: Raw) -> str:
    """Return at which stage a policy is tried."""
    return known(_LEVELS, policy["type"])


def effective_networks(policy: Raw) -> tuple[str, ...]:
    """Return the network that a policy is on; of one above many networks, each says itself that it is."""
    if effective_level(policy) == ORGANIZATION:
        return ()
    return (full_name(_network_of(policy[PARENT])),)


def routes(route: Raw) -> tuple[Route, ...]:
    """Return a route as the only one of its table. Raises ValueError for a route to a next hop that is not known."""
    hop = next((route[name] for name in _NEXT_HOPS if route.get(name)), None)
    if hop is None:
        raise ValueError("has no next hop that this version knows")
    return (
        Route(
            destination=route["destRange"],
            address_list=None,
            target=str(hop),
            to_internet=str(route.get("nextHopGateway") or "").endswith("/gateways/default-internet-gateway"),
            active=route.get("routeStatus", "ACTIVE") == "ACTIVE",
            priority=route["priority"],
            targets=_tags(route.get("tags") or ()),
        ),
    )


def flow_log(subnet: Raw) -> FlowLog | None:
    """Return how much a subnetwork writes down; None: nothing. Where nobody said anything there is no word about it."""
    said = subnet.get("logConfig") or {}
    if not said.get("enable", subnet.get("enableFlowLogs", False)):
        return None
    return FlowLog(
        share=said.get("flowSampling", 0.5),
        seconds=known(_INTERVALS, said.get("aggregationInterval", "INTERVAL_5_SEC")),
        filtered=said.get("filterExpr", "true") not in ("", "true"),
    )


def _tags(tags: Iterable[str]) -> tuple[Reference, ...]:
    return tuple(Reference(TAG, tag) for tag in tags)


def _of_network(raw: Raw) -> str:
    return full_name(raw["network"])


EFFECTIVE: Final = GcpCall(
    "compute",
    "networks.getEffectiveFirewalls",
    "firewallPolicys?",
    path="compute/v1/projects/{project}/global/networks/{network}/getEffectiveFirewalls",
    given={"project": "{account}", "network": "{name}"},
)

NETWORKS: Final = Source(
    kind=Network,
    listing=compute_list("networks", asset="Network"),
    level="account",
    id=full_id,
    name="{name}",
    region=region,
    fields={
        "policies_first": policies_first,
        "legacy": lambda network: "IPv4Range" in network,
        # Google makes it, with its firewall rules, for every project in which nobody forbids it.
        "made_open": lambda network: network["name"] == "default",
    },
    details=[
        # Asked once for a network, though its policies are listed from the same answer.
        Detail(call=EFFECTIVE, per="shared", with_item=True, fills={"policies": policies}),
        POLICIES,
    ],
    lacking=(
        "internet_gateways",
        "blocks",
        "flow_log",
        "flow_log_days",
        "watched",
        "ddos_protected",
        "tags",
    ),
)

SUBNETS: Final = Source(
    kind=Subnet,
    listing=compute_aggregated("subnetworks", asset="Subnetwork"),
    level="account",
    id=full_id,
    name="{name}",
    region=region,
    fields={"network": _of_network, "flow_log": flow_log},
    not_applicable=lambda subnet: () if subnet.get("purpose", "PRIVATE") in _FOR_MACHINES else ("flow_log",),
    lacking=("firewalls", "block", "block_exclusion", "unadvertised", "tags"),
)

ROUTES: Final = Source(
    kind=RouteTable,
    listing=compute_list("routes", asset="Route"),
    level="account",
    id=full_id,
    name="{name}",
    region=region,
    fields={
        "network": _of_network,
        "subnets": lambda _: (),
        "gateways": lambda _: (),
        "main": lambda _: True,
        "routes": routes,
    },
    lacking=("tags",),
)

EFFECTIVE_POLICY: Final[Mapping[str, Read]] = {
    "rules": policy_rules,
    "applies_to": effective_networks,
    "level": effective_level,
}
"""Fields of a Firewall from one of `firewallPolicys`, of the answer for a network or for a region of a network."""

#: Hierarchical policies, which only an organization's own readers may list, and system policies of all regions.
POLICIES_ABOVE: Final = Source(
    kind=Firewall,
    listing=EFFECTIVE,
    under=NETWORKS,
    level="account",
    keep=lambda policy: policy["type"] != "NETWORK",
    id=effective_id,
    name="{shortName?}",
    region=effective_region,
    fields=EFFECTIVE_POLICY,
    lacking=LACKS,
)

SOURCES: Final = (NETWORKS, SUBNETS, ROUTES, POLICIES_ABOVE)
