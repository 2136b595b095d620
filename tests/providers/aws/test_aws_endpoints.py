"""Network interfaces, load balancers and databases as endpoints: from the answers, and through the real SDK."""

from typing import Any

import boto3
import pytest
from collecting import collected
from mapped import mapped, unfilled

from scanner.models.endpoint import Address, Endpoint
from scanner.models.resource import Code
from scanner.providers.aws import database, load_balancer
from scanner.providers.aws.endpoints import (
    BALANCERS,
    CLASSIC_BALANCERS,
    DATABASES,
    GATEWAY_CLUSTERS,
    INTERFACES,
    SOURCES,
)

OWNER = "123456789012"
INTERFACE: dict[str, Any] = {
    "NetworkInterfaceId": "eni-1",
    "OwnerId": OWNER,
    "VpcId": "vpc-1",
    "SubnetId": "subnet-1",
    "AvailabilityZone": "eu-west-1a",
    "Status": "in-use",
    "InterfaceType": "interface",
    "Description": "",
    "RequesterManaged": False,
    "SourceDestCheck": True,
    "Groups": [{"GroupId": "sg-1", "GroupName": "web"}],
    "PrivateIpAddress": "10.0.0.5",
    "PrivateIpAddresses": [
        {"Primary": True, "PrivateIpAddress": "10.0.0.5", "Association": {"PublicIp": "54.1.1.1"}},
        {"Primary": False, "PrivateIpAddress": "10.0.0.6", "Association": {"PublicIp": "54.1.1.2"}},
        {"Primary": False, "PrivateIpAddress": "10.0.0.7"},
    ],
    "Association": {"PublicIp": "54.1.1.1", "IpOwnerId": "amazon"},
    "Ipv6Addresses": [{"Ipv6Address": "2600:1f18::5"}, {"Ipv6Address": "fd00::5"}],
    "Attachment": {"InstanceId": "i-1", "InstanceOwnerId": OWNER, "Status": "attached"},
    "TagSet": [{"Key": "Name", "Value": "front"}],
}
BALANCER: dict[str, Any] = {
    "LoadBalancerArn": f"arn:aws:elasticloadbalancing:eu-west-1:{OWNER}:loadbalancer/net/api/50dc6c495c0c9188",
    "LoadBalancerName": "api",
    "DNSName": "api-1.elb.eu-west-1.amazonaws.com",
    "Scheme": "internet-facing",
    "Type": "network",
    "VpcId": "vpc-1",
    "State": {"Code": "active"},
    "IpAddressType": "dualstack",
    "AvailabilityZones": [
        {"ZoneName": "eu-west-1a", "SubnetId": "subnet-1", "LoadBalancerAddresses": []},
        {"ZoneName": "eu-west-1b", "SubnetId": "subnet-2", "LoadBalancerAddresses": []},
    ],
}
INSTANCE: dict[str, Any] = {
    "DBInstanceIdentifier": "orders",
    "DBInstanceArn": f"arn:aws:rds:eu-west-1:{OWNER}:db:orders",
    "DBInstanceStatus": "available",
    "PubliclyAccessible": True,
    "AvailabilityZone": "eu-west-1b",
    "Endpoint": {"Address": "orders.abc.eu-west-1.rds.amazonaws.com", "Port": 5432},
    "VpcSecurityGroups": [{"VpcSecurityGroupId": "sg-2", "Status": "active"}],
    "DBSubnetGroup": {
        "VpcId": "vpc-1",
        "Subnets": [
            {"SubnetIdentifier": "subnet-1", "SubnetAvailabilityZone": {"Name": "eu-west-1a"}},
            {"SubnetIdentifier": "subnet-2", "SubnetAvailabilityZone": {"Name": "eu-west-1b"}},
        ],
    },
    "TagList": [],
}


def interface(states: list[dict[str, Any]] | None = None, **changed: Any) -> Endpoint:
    states = [{"InstanceId": "i-1", "InstanceState": {"Name": "running"}}] if states is None else states
    made = mapped(INTERFACES, {**INTERFACE, **changed}, DescribeInstanceStatus=states)
    assert isinstance(made, Endpoint)
    return made


def endpoint(source: Any, raw: dict[str, Any]) -> Endpoint:
    made = mapped(source, raw)
    assert isinstance(made, Endpoint)
    return made


def short(addresses: tuple[Address, ...]) -> list[tuple[int, str | None, str | None]]:
    return [(one.family, one.public, one.private) for one in addresses]


def test_every_field_is_filled() -> None:
    # Listeners of a load balancer are a kind of their own.
    assert [unfilled(source) for source in SOURCES] == [
        {"services"} if source is BALANCERS else set() for source in SOURCES
    ]


class TestInterfaces:
    def test_one(self) -> None:
        made = interface()
        assert made.id == f"arn:aws:ec2:eu-west-1:{OWNER}:network-interface/eni-1"
        assert (made.name, made.owner, made.network, made.subnets) == ("eni-1", "i-1", "vpc-1", ("subnet-1",))
        assert (made.firewalls, made.running, made.services) == (("sg-1",), True, None)

    def test_secondary_addresses_and_those_that_are_not_public(self) -> None:
        assert short(interface().addresses) == [
            (4, "54.1.1.1", "10.0.0.5"),
            (4, "54.1.1.2", "10.0.0.6"),
            (4, None, "10.0.0.7"),
            (6, "2600:1f18::5", "2600:1f18::5"),
            (6, None, "fd00::5"),
        ]

    def test_a_delegated_prefix_is_reachable_too(self) -> None:
        made = interface(Ipv6Addresses=[], Ipv6Prefixes=[{"Ipv6Prefix": "2600:1f18:0:1::/80"}])
        assert (6, "2600:1f18:0:1::/80", "2600:1f18:0:1::/80") in short(made.addresses)

    def test_kept_from_the_internet(self) -> None:
        made = interface(DenyAllIgwTraffic=True)
        assert [one.blocked for one in made.addresses] == [False, False, False, True, True]

    @pytest.mark.parametrize(
        ("changed", "states", "expected"),
        [
            ({"Status": "available", "Attachment": None}, [], False),
            ({}, [{"InstanceState": {"Name": "stopped"}}], False),
            ({}, [{"InstanceState": {"Name": "pending"}}], True),
            ({"Attachment": {"InstanceOwnerId": "amazon-elb"}}, [], True),
            ({"Attachment": {"InstanceId": "i-9", "InstanceOwnerId": "210987654321"}}, [], True),
        ],
    )
    def test_running(self, changed: dict[str, Any], states: list[dict[str, Any]], expected: bool) -> None:  # noqa: FBT001
        assert interface(states, **changed).running is expected

    def test_an_instance_that_nobody_told_of_is_unread(self) -> None:
        assert interface([]).why("running").code is Code.MALFORMED

    @pytest.mark.parametrize("kind", ["nat_gateway", "natGateway", "lambda"])
    def test_some_take_no_connection(self, kind: str) -> None:
        assert interface(InterfaceType=kind).services == ()

    def test_whose_it_is(self) -> None:
        managed: dict[str, Any] = {"RequesterManaged": True, "Attachment": {"InstanceOwnerId": "amazon-elb"}}
        assert interface(Description="ELB app/web/1", **managed).owner == "ELB app/web/1"
        assert interface(Description="", RequesterId="amazon-rds", **managed).owner == "amazon-rds"
        assert interface(Attachment=None, Description="mine").owner is None


class TestBalancers:
    def test_one(self) -> None:
        made = endpoint(BALANCERS, BALANCER)
        name = BALANCER["DNSName"]
        assert (made.id, made.owner) == (BALANCER["LoadBalancerArn"],) * 2
        assert short(made.addresses) == [(4, name, None), (6, name, None)]
        assert (made.subnets, made.firewalls, made.running) == (("subnet-1", "subnet-2"), (), True)
        assert made.why("services").code is Code.NOT_APPLICABLE
        assert all(one.open_without_firewall for one in made.addresses)

    def test_internal(self) -> None:
        made = endpoint(BALANCERS, {**BALANCER, "Scheme": "internal"})
        assert [one.public for one in made.addresses] == [None, None]

    def test_one_version_is_public(self) -> None:
        made = endpoint(BALANCERS, {**BALANCER, "IpAddressType": "dualstack-without-public-ipv4"})
        assert [one.family for one in made.addresses] == [6]

    def test_classic(self) -> None:
        raw = {
            "LoadBalancerName": "old",
            "DNSName": "old-1.eu-west-1.elb.amazonaws.com",
            "Scheme": "internet-facing",
            "VPCId": "vpc-1",
            "Subnets": ["subnet-1"],
            "SecurityGroups": ["sg-1"],
            "ListenerDescriptions": [
                {"Listener": {"Protocol": "SSL", "LoadBalancerPort": 443, "InstancePort": 8080}},
                {"Listener": {"Protocol": "HTTP", "LoadBalancerPort": 80, "InstancePort": 8080}},
            ],
        }
        made = endpoint(CLASSIC_BALANCERS, raw)
        assert made.id.endswith(":loadbalancer/old")
        assert [(one.protocol, one.ports) for one in made.services or ()] == [
            ("tcp", (443, 443)),
            ("tcp", (80, 80)),
        ]


class TestDatabases:
    def test_one(self) -> None:
        made = endpoint(DATABASES, INSTANCE)
        assert (made.network, made.subnets, made.firewalls) == ("vpc-1", ("subnet-2",), ("sg-2",))
        assert short(made.addresses) == [(4, INSTANCE["Endpoint"]["Address"], None)]
        assert made.services is not None
        assert [(one.protocol, one.ports) for one in made.services] == [("tcp", (5432, 5432))]

    def test_private(self) -> None:
        made = endpoint(DATABASES, {**INSTANCE, "PubliclyAccessible": False})
        assert [one.public for one in made.addresses] == [None]

    def test_not_there_yet(self) -> None:
        raw = {name: value for name, value in INSTANCE.items() if name != "Endpoint"}
        made = endpoint(DATABASES, {**raw, "DBInstanceStatus": "creating"})
        assert (made.services, made.running) == ((), False)

    def test_what_is_missing_is_told_with_the_call_that_lists_databases(self) -> None:
        group = {name: value for name, value in INSTANCE["DBSubnetGroup"].items() if name != "VpcId"}
        why = endpoint(DATABASES, {**INSTANCE, "DBSubnetGroup": group}).why("network")
        assert why is not None
        assert (why.code, why.call) == (Code.MALFORMED, "rds:DescribeDBInstances")
        assert why.text == "the answer lacks DBSubnetGroup.VpcId"

    def test_a_zone_that_the_group_does_not_name(self) -> None:
        assert endpoint(DATABASES, {**INSTANCE, "AvailabilityZone": "eu-west-1c"}).subnets == (
            "subnet-1",
            "subnet-2",
        )

    def test_an_internet_access_gateway_stands_outside_of_networks(self) -> None:
        raw = {
            "DBClusterIdentifier": "express",
            "DBClusterArn": f"arn:aws:rds:eu-west-1:{OWNER}:cluster:express",
            "Status": "available",
            "Endpoint": "express.cluster-abc.eu-west-1.rds.amazonaws.com",
            "Port": 5432,
            "InternetAccessGatewayEnabled": True,
            "VPCNetworkingEnabled": False,
            "TagList": [],
        }
        made = endpoint(GATEWAY_CLUSTERS, raw)
        assert (made.network, made.subnets, made.firewalls) == (None, (), ())
        assert short(made.addresses) == [(4, raw["Endpoint"], None)]


@pytest.mark.usefixtures("moto")
def test_through_the_real_sdk() -> None:
    ec2, elb = boto3.client("ec2", region_name="eu-west-1"), boto3.client("elbv2", region_name="eu-west-1")
    classic, rds = boto3.client("elb", region_name="eu-west-1"), boto3.client("rds", region_name="eu-west-1")
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.9.{n}.0/24", AvailabilityZone=f"eu-west-1{'ab'[n]}")
        for n in range(2)
    ]
    first, second = (one["Subnet"]["SubnetId"] for one in subnets)
    made = ec2.run_instances(
        ImageId="ami-12c6146b",
        MinCount=1,
        MaxCount=1,
        NetworkInterfaces=[{"DeviceIndex": 0, "SubnetId": first, "AssociatePublicIpAddress": True}],
    )
    instance = made["Instances"][0]["InstanceId"]
    ec2.create_network_interface(SubnetId=second)
    (balancer,) = elb.create_load_balancer(Name="api", Type="network", Subnets=[first, second])[
        "LoadBalancers"
    ]
    classic.create_load_balancer(
        LoadBalancerName="old",
        Listeners=[{"Protocol": "HTTP", "LoadBalancerPort": 80, "InstancePort": 80}],
        Subnets=[first],
    )
    rds.create_db_subnet_group(
        DBSubnetGroupName="db", DBSubnetGroupDescription="db", SubnetIds=[first, second]
    )
    database_ = rds.create_db_instance(
        DBInstanceIdentifier="orders",
        DBInstanceClass="db.t3.micro",
        Engine="postgres",
        MasterUsername="someone",
        MasterUserPassword="something",
        DBSubnetGroupName="db",
        PubliclyAccessible=True,
    )["DBInstance"]
    by_id = collected([*load_balancer.SOURCES, *database.SOURCES, *SOURCES], "eu-west-1", Endpoint)
    endpoints = list(by_id.values())
    machine = next(one for one in endpoints if one.owner == instance)
    assert machine.running
    assert [one.public is not None for one in machine.addresses] == [True]
    spare = [one for one in endpoints if "network-interface" in one.id and one.owner is None]
    assert [one.running for one in spare] == [False]
    assert by_id[balancer["LoadBalancerArn"]].subnets == (first, second)
    assert by_id[f"arn:aws:elasticloadbalancing:eu-west-1:{OWNER}:loadbalancer/old"].network == vpc
    assert by_id[database_["DBInstanceArn"]].network == vpc
