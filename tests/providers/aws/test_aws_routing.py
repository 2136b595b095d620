"""VPCs, subnets, route tables, network ACLs: from EC2's answers, and through the real SDK against moto."""

from collections.abc import Mapping
from typing import Any

import boto3
import pytest
from collecting import collected
from mapped import mapped, unfilled

from scanner.models.network import AddressList
from scanner.models.resource import Code, UnreadError
from scanner.models.routing import AccessList, Network, Route, RouteTable, Subnet
from scanner.providers.aws.network import SECURITY_GROUPS
from scanner.providers.aws.routing import (
    ACCESS_LISTS,
    ROUTE_LISTS,
    ROUTE_TABLES,
    SOURCES,
    SUBNETS,
    VPCS,
    block,
    flow_log,
    prefix_lists,
)

OWNER = "123456789012"
SUBNET: dict[str, Any] = {
    "SubnetId": "subnet-1",
    "SubnetArn": f"arn:aws:ec2:eu-west-1:{OWNER}:subnet/subnet-1",
    "VpcId": "vpc-1",
    "OwnerId": OWNER,
    "AvailabilityZone": "eu-west-1a",
    "CidrBlock": "10.0.0.0/24",
    "MapPublicIpOnLaunch": True,
    "State": "available",
    "Ipv6CidrBlockAssociationSet": [
        {"Ipv6CidrBlock": "2600:1f18::/64", "Ipv6AddressAttribute": "public", "IpSource": "amazon"},
        {"Ipv6CidrBlock": "2600:1f19::/64", "Ipv6AddressAttribute": "private", "IpSource": "none"},
    ],
    "BlockPublicAccessStates": {"InternetGatewayBlockMode": "off"},
    "Tags": [{"Key": "team", "Value": "shop"}],
}
TABLE: dict[str, Any] = {
    "RouteTableId": "rtb-1",
    "VpcId": "vpc-1",
    "OwnerId": OWNER,
    "Associations": [
        {"Main": True, "RouteTableAssociationId": "rtbassoc-1", "RouteTableId": "rtb-1"},
        {"Main": False, "RouteTableAssociationId": "rtbassoc-2", "SubnetId": "subnet-1"},
        {"Main": False, "RouteTableAssociationId": "rtbassoc-3", "GatewayId": "igw-1"},
    ],
    "Routes": [
        {
            "DestinationCidrBlock": "10.0.0.0/16",
            "GatewayId": "local",
            "Origin": "CreateRouteTable",
            "State": "active",
        }
    ],
    "Tags": [],
}


def block_of(mode: str, *exclusions: dict[str, Any]) -> Subnet:
    raw = {**SUBNET, "BlockPublicAccessStates": {"InternetGatewayBlockMode": mode}}
    made = mapped(SUBNETS, raw, DescribeVpcBlockPublicAccessExclusions=list(exclusions))
    assert isinstance(made, Subnet)
    return made


def exclusion(resource: str, mode: str, state: str = "create-complete") -> dict[str, Any]:
    return {
        "ExclusionId": "vpcbpa-exclude-1",
        "InternetGatewayExclusionMode": mode,
        "ResourceArn": f"arn:aws:ec2:eu-west-1:{OWNER}:{resource}",
        "State": state,
    }


def routes_of(*routes: dict[str, Any]) -> tuple[Route, ...]:
    rows = [{"Origin": "CreateRoute", "State": "active", **route} for route in routes]
    made = mapped(ROUTE_TABLES, {**TABLE, "Routes": rows})
    assert isinstance(made, RouteTable)
    return made.routes


def test_every_field_is_filled() -> None:
    assert [unfilled(source) for source in SOURCES] == [set()] * len(SOURCES)


def test_a_vpc_and_its_gateways() -> None:
    gateways = [
        {"InternetGatewayId": "igw-1", "Attachments": [{"VpcId": "vpc-1", "State": "available"}]},
        {"InternetGatewayId": "igw-2", "Attachments": [{"VpcId": "vpc-2", "State": "available"}]},
        {"InternetGatewayId": "igw-3", "Attachments": [{"VpcId": "vpc-1", "State": "detaching"}]},
        {"InternetGatewayId": "igw-4", "Attachments": []},
    ]
    raw = {"VpcId": "vpc-1", "OwnerId": OWNER, "CidrBlock": "10.0.0.0/16", "State": "available"}
    made = mapped(VPCS, raw, DescribeInternetGateways=gateways)
    assert isinstance(made, Network)
    assert made.id == f"arn:aws:ec2:eu-west-1:{OWNER}:vpc/vpc-1"
    assert made.internet_gateways == ("igw-1",)
    assert made.why("legacy").code is Code.LACKING


class TestSubnets:
    def test_one(self) -> None:
        made = mapped(SUBNETS, SUBNET)
        assert isinstance(made, Subnet)
        assert made.id == SUBNET["SubnetArn"]
        assert (made.network, made.block, made.tags) == ("vpc-1", None, {"team": "shop"})
        assert made.unadvertised == ("2600:1f19::/64",)
        assert made.why("block_exclusion").code is Code.NOT_APPLICABLE

    def test_a_shared_one_is_its_owners(self) -> None:
        assert mapped(SUBNETS, {**SUBNET, "OwnerId": "210987654321"}).scope.account == "210987654321"

    @pytest.mark.parametrize(
        ("mode", "expected"), [("block-ingress", "ingress"), ("block-bidirectional", "both")]
    )
    def test_blocked(self, mode: str, expected: str) -> None:
        made = block_of(mode)
        assert (made.block, made.block_exclusion) == (expected, None)

    def test_a_partition_without_the_block_does_not_say(self) -> None:
        raw = {name: value for name, value in SUBNET.items() if name != "BlockPublicAccessStates"}
        made = mapped(SUBNETS, raw)
        assert isinstance(made, Subnet)
        assert made.block is None

    def test_a_mode_that_is_not_known_is_unread(self) -> None:
        with pytest.raises(ValueError, match="block-sideways"):
            block({"BlockPublicAccessStates": {"InternetGatewayBlockMode": "block-sideways"}})

    @pytest.mark.parametrize(
        ("exclusions", "expected"),
        [
            ([exclusion("subnet/subnet-1", "allow-egress")], "egress"),
            ([exclusion("vpc/vpc-1", "allow-bidirectional")], "both"),
            (
                [
                    exclusion("vpc/vpc-1", "allow-egress"),
                    exclusion("subnet/subnet-1", "allow-bidirectional", "update-complete"),
                ],
                "both",
            ),
            ([exclusion("subnet/subnet-12", "allow-bidirectional")], None),
            ([exclusion("subnet/subnet-1", "allow-bidirectional", "delete-complete")], None),
            ([exclusion("subnet/subnet-1", "allow-bidirectional", "create-in-progress")], None),
        ],
    )
    def test_exclusions(self, exclusions: list[dict[str, Any]], expected: str | None) -> None:
        assert block_of("block-bidirectional", *exclusions).block_exclusion == expected


class TestRouteTables:
    def test_one(self) -> None:
        made = mapped(ROUTE_TABLES, TABLE)
        assert isinstance(made, RouteTable)
        assert (made.network, made.subnets, made.main) == ("vpc-1", ("subnet-1",), True)

    def test_where_routes_lead(self) -> None:
        made = routes_of(
            {"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-1"},
            {"DestinationIpv6CidrBlock": "::/0", "EgressOnlyInternetGatewayId": "eigw-1"},
            {"DestinationCidrBlock": "192.168.0.0/16", "GatewayId": "vgw-1"},
            {"DestinationCidrBlock": "52.0.0.0/8", "NatGatewayId": "nat-1"},
            {"DestinationPrefixListId": "pl-1", "GatewayId": "vpce-1"},
            {"DestinationCidrBlock": "1.0.0.0/8", "NetworkInterfaceId": "eni-1", "InstanceId": "i-1"},
        )
        assert [(one.destination, one.address_list, one.target, one.to_internet) for one in made] == [
            ("0.0.0.0/0", None, "igw-1", True),
            ("::/0", None, "eigw-1", False),
            ("192.168.0.0/16", None, "vgw-1", False),
            ("52.0.0.0/8", None, "nat-1", False),
            (None, "pl-1", "vpce-1", False),
            ("1.0.0.0/8", None, "eni-1", False),
        ]

    def test_a_dead_end_and_a_route_that_was_announced(self) -> None:
        gone, learned = routes_of(
            {"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-1", "State": "blackhole"},
            {
                "DestinationCidrBlock": "0.0.0.0/0",
                "GatewayId": "vgw-1",
                "Origin": "EnableVgwRoutePropagation",
            },
        )
        assert (gone.active, gone.priority) == (False, 0)
        assert (learned.active, learned.priority) == (True, 1)

    def test_a_route_without_a_destination_is_malformed(self) -> None:
        with pytest.raises(UnreadError, match="without a destination"):
            routes_of({"GatewayId": "igw-1"})

    def test_prefix_lists_that_routes_name(self) -> None:
        raw = {**TABLE, "Routes": [*TABLE["Routes"], *[{"DestinationPrefixListId": "pl-1"}] * 2]}
        (row,) = prefix_lists(raw)
        made = mapped(ROUTE_LISTS, row, GetManagedPrefixListEntries=[{"Cidr": "52.0.0.0/8"}])
        assert isinstance(made, AddressList)
        assert (made.reference, made.addresses) == ("pl-1", ("52.0.0.0/8",))


class TestAccessLists:
    @staticmethod
    def of(*entries: dict[str, Any]) -> AccessList:
        raw = {
            "NetworkAclId": "acl-1",
            "VpcId": "vpc-1",
            "OwnerId": OWNER,
            "IsDefault": False,
            "Associations": [{"NetworkAclAssociationId": "aclassoc-1", "SubnetId": "subnet-1"}],
            "Entries": list(entries),
        }
        made = mapped(ACCESS_LISTS, raw)
        assert isinstance(made, AccessList)
        return made

    def test_one(self) -> None:
        made = self.of(
            {
                "RuleNumber": 100,
                "RuleAction": "allow",
                "Protocol": "6",
                "PortRange": {"From": 22, "To": 23},
                "Egress": False,
                "CidrBlock": "0.0.0.0/0",
            },
            {
                "RuleNumber": 90,
                "RuleAction": "deny",
                "Protocol": "-1",
                "Egress": True,
                "Ipv6CidrBlock": "::/0",
            },
        )
        assert (made.network, made.subnets) == ("vpc-1", ("subnet-1",))
        coming, going = made.rules
        assert (coming.direction, coming.action, coming.priority) == ("ingress", "allow", 100)
        assert (coming.protocol, coming.ports, coming.sources) == ("tcp", ((22, 23),), ("0.0.0.0/0",))
        assert (going.direction, going.action, going.protocol) == ("egress", "deny", "all")
        assert (going.sources, going.destinations, going.ports) == ((), ("::/0",), ())

    def test_types_of_icmp_are_no_ports(self) -> None:
        (rule,) = self.of(
            {
                "RuleNumber": 1,
                "RuleAction": "allow",
                "Protocol": "1",
                "IcmpTypeCode": {"Type": -1, "Code": -1},
                "PortRange": {"From": 0, "To": 22},
                "Egress": False,
                "CidrBlock": "0.0.0.0/0",
            }
        ).rules
        assert (rule.protocol, rule.ports) == ("icmp", ())

    def test_an_action_that_is_not_known_is_unread(self) -> None:
        entry = {
            "RuleNumber": 1,
            "RuleAction": "sigh",
            "Protocol": "-1",
            "Egress": False,
            "CidrBlock": "::/0",
        }
        assert self.of(entry).why("rules").code is Code.MALFORMED


@pytest.mark.usefixtures("moto")
def test_through_the_real_sdk() -> None:
    ec2 = boto3.client("ec2", region_name="eu-west-1")
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.9.1.0/24")["Subnet"]["SubnetId"]
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    ec2.associate_route_table(RouteTableId=table, SubnetId=subnet)
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
    found = collected([SECURITY_GROUPS, *SOURCES])

    def one(kind: str, id_: str) -> Any:
        return found[f"arn:aws:ec2:eu-west-1:{OWNER}:{kind}/{id_}"]

    assert one("vpc", vpc).internet_gateways == (gateway,)
    assert (one("subnet", subnet).network, one("subnet", subnet).block) == (vpc, None)
    assert one("route-table", table).subnets == (subnet,)
    assert [(route.destination, route.to_internet) for route in one("route-table", table).routes] == [
        ("10.9.0.0/16", False),
        ("0.0.0.0/0", True),
    ]
    (acl,) = [each for each in found.values() if isinstance(each, AccessList) and subnet in each.subnets]
    assert [(rule.priority, rule.action) for rule in acl.rules if rule.direction == "ingress"] == [
        (100, "allow"),
        (32767, "deny"),
    ]


def flow(**change: Any) -> dict[str, Any]:
    log = {"FlowLogId": "fl-1", "FlowLogStatus": "ACTIVE", "ResourceId": "vpc-1", "TrafficType": "ALL"}
    return {**log, "DeliverLogsStatus": "SUCCESS", **change}


@pytest.mark.parametrize(
    ("logs", "kept"),
    [
        ([], None),
        ([flow()], "all"),
        ([flow(TrafficType="REJECT")], "rejected"),
        ([flow(TrafficType="REJECT"), flow(TrafficType="ACCEPT")], "all"),
        ([flow(DeliverLogsStatus="FAILED")], None),
    ],
)
def test_flow_logs(logs: list[Mapping[str, Any]], kept: str | None) -> None:
    assert flow_log(logs) == kept
