"""VPCs, their subnets, and what stands on the way into them: route tables, network ACLs, the block of public access."""

from collections.abc import Iterator
from typing import Final

from scanner.models.network import ALLOW, DENY, EGRESS, INGRESS, AddressList, NetworkRule
from scanner.models.resource import Code, Why
from scanner.models.routing import (
    ACCEPTED,
    ALL_PACKETS,
    BOTH_WAYS,
    EGRESS_ONLY,
    INGRESS_ONLY,
    REJECTED,
    AccessList,
    Network,
    Route,
    RouteTable,
    Subnet,
)
from scanner.providers.aws.calls import AwsCall
from scanner.providers.aws.network import PREFIX_LISTS
from scanner.providers.aws.reading import tags
from scanner.providers.protocols import protocol_word
from scanner.providers.spec import Detail, Raw, Source, Within
from scanner.providers.values import known

_PAGE: Final = {"MaxResults": 1000}
_BLOCKS: Final = {
    "off": None,
    "block-ingress": INGRESS_ONLY,
    "block-bidirectional": BOTH_WAYS,
}
_EXCLUSIONS: Final = {"allow-egress": EGRESS_ONLY, "allow-bidirectional": BOTH_WAYS}
#: States of an exclusion in which it is surely in force. While one is created, changed or deleted, the block counts.
_IN_FORCE: Final = frozenset({"create-complete", "update-complete", "update-failed"})

#: Where a route may lead, one of which each route has.
_TARGETS: Final = (
    "GatewayId",
    "NatGatewayId",
    "TransitGatewayId",
    "VpcPeeringConnectionId",
    "NetworkInterfaceId",
    "InstanceId",
    "EgressOnlyInternetGatewayId",
    "LocalGatewayId",
    "CarrierGatewayId",
    "CoreNetworkArn",
    "OdbNetworkArn",
    "IpAddress",
)
#: Whether a route is in force by its state. The model has a third, `filtered`, of which it says nothing.
_ACTIVE: Final = {"active": True, "blackhole": False}
#: Origins of routes that somebody set, and no gateway announced.
_SET: Final = frozenset({"CreateRouteTable", "CreateRoute"})
_PACKETS: Final = {"ALL": ALL_PACKETS, "ACCEPT": ACCEPTED, "REJECT": REJECTED}
_ACTIONS: Final = {"allow": ALLOW, "deny": DENY}


def internet_gateways(gateways: list[Raw], vpc: Raw) -> tuple[str, ...]:
    """Return the internet gateways that are attached to a VPC."""
    return tuple(
        gateway["InternetGatewayId"]
        for gateway in gateways
        for attachment in gateway.get("Attachments") or ()
        # The API's words for an attached gateway are `available`, its model's are `attached`.
        if attachment["VpcId"] == vpc["VpcId"] and attachment["State"] in {"available", "attached"}
    )


def flow_log(logs: list[Raw]) -> str | None:
    """Return which packets of a VPC its flow logs keep; one that cannot deliver keeps nothing."""
    kept = {
        known(_PACKETS, log["TrafficType"])
        for log in logs
        if log["FlowLogStatus"] == "ACTIVE" and log.get("DeliverLogsStatus") != "FAILED"
    }
    if ALL_PACKETS in kept or {ACCEPTED, REJECTED} <= kept:
        return ALL_PACKETS
    return next(iter(kept), None)


def block(subnet: Raw) -> str | None:
    """Return what the block of public access closes in this subnet; partitions without such a block do not say."""
    states = subnet.get("BlockPublicAccessStates") or {}
    return known(_BLOCKS, states.get("InternetGatewayBlockMode", "off"))


def exclusion(exclusions: list[Raw], subnet: Raw) -> str | None:
    """Return what exclusions in force let into a subnet, by itself or by its VPC."""
    ends = (f":subnet/{subnet['SubnetId']}", f":vpc/{subnet['VpcId']}")
    found = {
        known(_EXCLUSIONS, one["InternetGatewayExclusionMode"])
        for one in exclusions
        if one["ResourceArn"].endswith(ends) and one["State"] in _IN_FORCE
    }
    return BOTH_WAYS if BOTH_WAYS in found else next(iter(found), None)


def unadvertised(subnet: Raw) -> tuple[str, ...]:
    """Return the IPv6 blocks of a subnet that look public, but are not advertised on the internet."""
    return tuple(
        one["Ipv6CidrBlock"]
        for one in subnet.get("Ipv6CidrBlockAssociationSet") or ()
        if one.get("Ipv6AddressAttribute", "public") == "private"
    )


def subnets(table: Raw) -> tuple[str, ...]:
    """Return the subnets that a route table or network ACL is set on."""
    return tuple(one["SubnetId"] for one in table["Associations"] if one.get("SubnetId"))


def gateways(table: Raw) -> tuple[str, ...]:
    """Return the gateways that a route table is set on, for what comes in by them."""
    return tuple(one["GatewayId"] for one in table["Associations"] if one.get("GatewayId"))


def main(table: Raw) -> bool:
    """Tell whether a route table is its VPC's main one."""
    return any(one.get("Main", False) for one in table["Associations"])


def routes(table: Raw) -> tuple[Route, ...]:
    """Return the routes of a table."""
    return tuple(_route(route) for route in table["Routes"])


def _route(route: Raw) -> Route:
    target = next((route[name] for name in _TARGETS if route.get(name)), "")
    list_ = route.get("DestinationPrefixListId")
    block_ = route.get("DestinationCidrBlock") or route.get("DestinationIpv6CidrBlock")
    if not list_ and not block_:
        raise ValueError("has a route without a destination")
    state = _ACTIVE.get(route["State"])
    return Route(
        destination=None if list_ else block_,
        address_list=list_ or None,
        target=target,
        to_internet=route.get("GatewayId", "").startswith("igw-"),
        **({"active": state} if state is not None else {"unread": {"active": _filtered(route["State"])}}),
        # What was learned yields to what was set.
        priority=0 if route["Origin"] in _SET else 1,
        targets=(),
    )


def _filtered(state: str) -> Why:
    return Why(code=Code.UNAVAILABLE, text=f"it is not documented what becomes of a route that is {state}")


def prefix_lists(table: Raw) -> Iterator[Raw]:
    """Yield each prefix list that is a destination of the table's routes, once."""
    for id_ in dict.fromkeys(route.get("DestinationPrefixListId") for route in table["Routes"]):
        if id_:
            yield {"PrefixListId": id_}


def entries(acl: Raw) -> tuple[NetworkRule, ...]:
    """Return the rules of a network ACL, the last one of which denies what no other matched."""
    return tuple(_entry(entry) for entry in acl["Entries"])


def _entry(entry: Raw) -> NetworkRule:
    protocol = protocol_word(entry["Protocol"])
    where = (entry.get("CidrBlock") or entry["Ipv6CidrBlock"],)
    ports = entry.get("PortRange")
    egress = bool(entry["Egress"])
    return NetworkRule(
        ref=f"rule {entry['RuleNumber']}" + (" out" if egress else ""),
        direction=EGRESS if egress else INGRESS,
        action=known(_ACTIONS, entry["RuleAction"]),
        priority=entry["RuleNumber"],
        enabled=True,
        protocol=protocol,
        # Of every other protocol, and of all of them, "traffic on all ports is allowed, regardless of any ports".
        ports=((ports["From"], ports["To"]),) if ports and protocol in {"tcp", "udp"} else (),
        sources=() if egress else where,
        source_references=(),
        unresolvable_sources=(),
        from_internet=None,
        destinations=where if egress else (),
        targets=(),
    )


VPCS: Final = Source(
    kind=Network,
    listing=AwsCall("ec2", "DescribeVpcs", "Vpcs", params=_PAGE),
    id="arn:{partition}:ec2:{region}:{account}:vpc/{VpcId}",
    name="{VpcId}",
    account="OwnerId",
    fields={"policies": lambda _: (), "tags": tags},
    details=[
        Detail(
            call=AwsCall("ec2", "DescribeInternetGateways", "InternetGateways", params=_PAGE),
            per="scope",
            with_item=True,
            fills={"internet_gateways": internet_gateways},
        ),
        Detail(
            call=AwsCall("ec2", "DescribeFlowLogs", "FlowLogs", params=_PAGE),
            per="scope",
            join=("ResourceId", "{VpcId}"),
            fills={"flow_log": flow_log},
        ),
    ],
    lacking=(
        "blocks",
        "dns_logged",
        "made_open",
        "policies_first",
        "legacy",
        "flow_log_days",
        "watched",
        "ddos_protected",
    ),
)

SUBNETS: Final = Source(
    kind=Subnet,
    listing=AwsCall("ec2", "DescribeSubnets", "Subnets", params=_PAGE),
    id="arn:{partition}:ec2:{region}:{account}:subnet/{SubnetId}",
    name="{SubnetId}",
    account="OwnerId",
    fields={"network": "VpcId", "block": block, "unadvertised": unadvertised, "tags": tags},
    details=[
        Detail(
            call=AwsCall(
                "ec2",
                "DescribeVpcBlockPublicAccessExclusions",
                "VpcBlockPublicAccessExclusions",
                params=_PAGE,
            ),
            per="scope",
            # Nobody asks where nothing is blocked, which is nearly everywhere.
            when=lambda subnet: block(subnet) is not None,
            with_item=True,
            fills={"block_exclusion": exclusion},
        ),
    ],
    lacking=("firewalls", "flow_log"),
)

ROUTE_TABLES: Final = Source(
    kind=RouteTable,
    listing=AwsCall("ec2", "DescribeRouteTables", "RouteTables", params={"MaxResults": 100}),
    id="arn:{partition}:ec2:{region}:{account}:route-table/{RouteTableId}",
    name="{RouteTableId}",
    account="OwnerId",
    fields={
        "network": "VpcId",
        "subnets": subnets,
        "gateways": gateways,
        "main": main,
        "routes": routes,
        "tags": tags,
    },
)

#: Prefix lists that routes name; those that security groups name are listed there.
ROUTE_LISTS: Final = Source(
    kind=AddressList,
    listing=Within(prefix_lists),
    under=ROUTE_TABLES,
    id=PREFIX_LISTS.id,
    name=PREFIX_LISTS.name,
    fields=PREFIX_LISTS.fields,
    details=PREFIX_LISTS.details,
)

ACCESS_LISTS: Final = Source(
    kind=AccessList,
    listing=AwsCall("ec2", "DescribeNetworkAcls", "NetworkAcls", params=_PAGE),
    id="arn:{partition}:ec2:{region}:{account}:network-acl/{NetworkAclId}",
    name="{NetworkAclId}",
    account="OwnerId",
    fields={"network": "VpcId", "subnets": subnets, "rules": entries, "tags": tags},
)

SOURCES: Final = (VPCS, SUBNETS, ROUTE_TABLES, ROUTE_LISTS, ACCESS_LISTS)
