"""Databases, warehouses and search domains of AWS that the internet can reach, from the answers of the calls."""

from collections.abc import Iterator
from typing import Any

import pytest
from aws_cases import OWNER, REGION, SUBNET, VPC, answers
from cases import ExposureCase
from driven import exposures_of

from scanner.exposure import in_short, openings
from scanner.exposure.exposures import Exposures
from scanner.models.endpoint import Endpoint
from scanner.providers.aws.sources import SOURCES

ZONE = f"{REGION}a"
ANYBODY = [{"p": "-1", "src": ["0.0.0.0/0", "::/0"]}]
OFFICE = [{"p": "-1", "src": ["198.35.26.96/32"]}]
CLUSTER: dict[str, Any] = {
    "ClusterIdentifier": "sales",
    "ClusterStatus": "available",
    "Endpoint": {"Address": "sales.abc.us-east-1.redshift.amazonaws.com", "Port": 5439},
    "VpcId": VPC,
    "AvailabilityZone": ZONE,
    "PubliclyAccessible": True,
    "VpcSecurityGroups": [{"VpcSecurityGroupId": "sg-0", "Status": "active"}],
    "ClusterSubnetGroupName": "shops",
    "ClusterNodes": [{"NodeRole": "LEADER", "PrivateIPAddress": "10.0.0.9", "PublicIPAddress": "54.1.1.1"}],
    "Encrypted": True,
    "Tags": [],
}
SUBNET_GROUP = {
    "ClusterSubnetGroupName": "shops",
    "VpcId": VPC,
    "Subnets": [
        {"SubnetIdentifier": SUBNET, "SubnetAvailabilityZone": {"Name": ZONE}},
        {"SubnetIdentifier": "subnet-elsewhere", "SubnetAvailabilityZone": {"Name": f"{REGION}b"}},
    ],
}
DOMAIN: dict[str, Any] = {
    "DomainId": f"{OWNER}/logs",
    "DomainName": "logs",
    "ARN": f"arn:aws:es:{REGION}:{OWNER}:domain/logs",
    "Created": True,
    "Deleted": False,
    "Endpoint": "search-logs-abc.us-east-1.es.amazonaws.com",
    "DomainEndpointOptions": {"EnforceHTTPS": True},
    "EncryptionAtRestOptions": {"Enabled": True},
}
DATABASE: dict[str, Any] = {
    "DBInstanceIdentifier": "orders",
    "DBInstanceArn": f"arn:aws:rds:{REGION}:{OWNER}:db:orders",
    "DBInstanceStatus": "available",
    "Engine": "postgres",
    "PubliclyAccessible": True,
    "AvailabilityZone": ZONE,
    "Endpoint": {"Address": "orders.abc.us-east-1.rds.amazonaws.com", "Port": 5432},
    "DBSubnetGroup": {
        "VpcId": VPC,
        "Subnets": [{"SubnetIdentifier": SUBNET, "SubnetAvailabilityZone": {"Name": ZONE}}],
    },
    "VpcSecurityGroups": [{"VpcSecurityGroupId": "sg-0", "Status": "active"}],
    "TagList": [],
}
GATEWAY: dict[str, Any] = {
    "DBClusterIdentifier": "express",
    "DBClusterArn": f"arn:aws:rds:{REGION}:{OWNER}:cluster:express",
    "Status": "available",
    "Engine": "aurora-postgresql",
    "Endpoint": "express.cluster-abc.us-east-1.rds.amazonaws.com",
    "Port": 5432,
    "InternetAccessGatewayEnabled": True,
    "VPCNetworkingEnabled": False,
    "DBClusterMembers": [],
    "TagList": [],
}
STORES: dict[str, dict[str, Any]] = {
    "redshift": {
        "redshift:DescribeClusters": {"Clusters": [CLUSTER]},
        "redshift:DescribeClusterSubnetGroups": {"ClusterSubnetGroups": [SUBNET_GROUP]},
    },
    "database": {"rds:DescribeDBInstances": {"DBInstances": [DATABASE]}},
    "gateway": {"rds:DescribeDBClusters": {"DBClusters": [GATEWAY]}},
    "domain": {
        "opensearch:ListDomainNames": {"DomainNames": [{"DomainName": "logs"}]},
        "opensearch:DescribeDomains": {"DomainStatusList": [DOMAIN]},
        "opensearch:ListTags": {"TagList": []},
    },
}


def account(group: list[dict[str, Any]], changed: dict[str, Any], **given: Any) -> Exposures:
    case = ExposureCase("", "aws", "", {"sg": [group], "attached": False, **given}, "", "", "")
    return exposures_of({**answers(case), **changed}, SOURCES)


def found(exposures: Exposures) -> Iterator[tuple[Endpoint, str]]:
    for endpoint in exposures.endpoints():
        yield endpoint, in_short(openings(exposures.of(endpoint)))


@pytest.mark.parametrize(
    ("store", "open_", "owner"),
    [
        ("redshift", "tcp4:5439=W", "sales"),
        ("database", "tcp4:5432=W", DATABASE["DBInstanceArn"]),
        ("gateway", "tcp4:5432=W", GATEWAY["DBClusterArn"]),
        ("domain", "tcp4:443=W", DOMAIN["ARN"]),
    ],
)
def test_what_is_public_is_an_endpoint_with_its_owner(store: str, open_: str, owner: str) -> None:
    exposures = account(ANYBODY, STORES[store])
    ((endpoint, open_now),) = found(exposures)
    assert (open_now, endpoint.owner) == (open_, owner)
    assert exposures.addresses(endpoint)
    in_a_network = store not in ("gateway", "domain")
    (via,) = {one.via for one in openings(exposures.of(endpoint))}
    assert bool(via) is in_a_network


@pytest.mark.parametrize("store", ["redshift", "database"])
def test_in_a_network_its_groups_and_routes_decide(store: str) -> None:
    assert [open_ for _, open_ in found(account(OFFICE, STORES[store]))] in (
        ["tcp4:5439=N"],
        ["tcp4:5432=N"],
    )
    away = account(ANYBODY, STORES[store], routes=[["0.0.0.0/0", "nat-1"]])
    assert [open_ for _, open_ in found(away)] == ["none"]


@pytest.mark.parametrize(
    ("call", "path", "item", "change"),
    [
        ("redshift:DescribeClusters", "Clusters", CLUSTER, {"PubliclyAccessible": False}),
        ("redshift:DescribeClusters", "Clusters", CLUSTER, {"ClusterStatus": "paused"}),
        ("rds:DescribeDBInstances", "DBInstances", DATABASE, {"PubliclyAccessible": False}),
        ("rds:DescribeDBInstances", "DBInstances", DATABASE, {"DBInstanceStatus": "stopped"}),
        (
            "opensearch:DescribeDomains",
            "DomainStatusList",
            DOMAIN,
            {"VPCOptions": {"VPCId": VPC, "SubnetIds": [SUBNET], "SecurityGroupIds": ["sg-0"]}},
        ),
    ],
)
def test_what_is_private_or_at_rest_is_closed(
    call: str, path: str, item: dict[str, Any], change: dict[str, Any]
) -> None:
    store = next(one for one in STORES.values() if call in one)
    exposures = account(ANYBODY, {**store, call: {path: [{**item, **change}]}})
    assert [open_ for _, open_ in found(exposures)] == ["none"]


def test_a_domain_that_does_not_ask_for_https_and_has_both_ip_versions() -> None:
    domain = {**DOMAIN, "IPAddressType": "dualstack", "DomainEndpointOptions": {"EnforceHTTPS": False}}
    changed = {**STORES["domain"], "opensearch:DescribeDomains": {"DomainStatusList": [domain]}}
    assert [open_ for _, open_ in found(account(ANYBODY, changed))] == [
        "tcp4:80=W tcp4:443=W tcp6:80=W tcp6:443=W"
    ]


@pytest.mark.parametrize(
    ("store", "refused", "open_"),
    [
        ("redshift", "redshift:DescribeClusterSubnetGroups", ["tcp4:5439=U"]),
        (
            "domain",
            "opensearch:DescribeDomains",
            ["tcp4:0-65535=U tcp6:0-65535=U udp4:0-65535=U udp6:0-65535=U"],
        ),
    ],
)
def test_what_was_not_read_closes_nothing(store: str, refused: str, open_: list[str]) -> None:
    exposures = account(ANYBODY, {**STORES[store], refused: None})
    assert [found_open for _, found_open in found(exposures)] == open_


def test_the_interface_of_a_warehouse_is_counted_with_it() -> None:
    interface = {
        "NetworkInterfaceId": "eni-9",
        "OwnerId": OWNER,
        "VpcId": VPC,
        "SubnetId": SUBNET,
        "Status": "in-use",
        "InterfaceType": "interface",
        "Description": "RedshiftNetworkInterface",
        "RequesterManaged": True,
        "Groups": [{"GroupId": "sg-0", "GroupName": "group-0"}],
        "PrivateIpAddress": "10.0.0.9",
        "PrivateIpAddresses": [{"PrivateIpAddress": "10.0.0.9", "Association": {"PublicIp": "54.1.1.1"}}],
        "Ipv6Addresses": [],
        "Attachment": {"InstanceOwnerId": "amazon-redshift", "Status": "attached"},
        "TagSet": [],
    }
    interfaces = {"ec2:DescribeNetworkInterfaces": {"NetworkInterfaces": [interface]}}
    exposures = account(ANYBODY, {**STORES["redshift"], **interfaces})
    ((endpoint, open_now),) = found(exposures)
    assert (endpoint.name, open_now, exposures.addresses(endpoint)) == ("sales", "tcp4:5439=W", ("54.1.1.1",))
    # What is on no public cluster of its subnet and groups counts by itself.
    alone = account(ANYBODY, interfaces)
    assert [open_ for _, open_ in found(alone)] == ["tcp4:0-65535=W udp4:0-65535=W"]


# -- workgroups of Redshift Serverless ------------------------------------------------------------------------

WORKGROUP: dict[str, Any] = {
    "workgroupName": "reports",
    "workgroupArn": f"arn:aws:redshift-serverless:{REGION}:{OWNER}:workgroup/1",
    "status": "AVAILABLE",
    "publiclyAccessible": True,
    "subnetIds": [SUBNET],
    "securityGroupIds": ["sg-0"],
    "endpoint": {
        "address": "reports.123456789012.us-east-1.redshift-serverless.amazonaws.com",
        "port": 5439,
        "vpcEndpoints": [
            {
                "vpcId": VPC,
                "vpcEndpointId": "vpce-1",
                "networkInterfaces": [{"networkInterfaceId": "eni-7", "subnetId": SUBNET}],
            }
        ],
    },
}
MANAGED: dict[str, Any] = {
    "NetworkInterfaceId": "eni-7",
    "OwnerId": OWNER,
    "VpcId": VPC,
    "SubnetId": SUBNET,
    "Status": "in-use",
    "InterfaceType": "vpc_endpoint",
    "Description": "VPC Endpoint Interface vpce-1",
    "RequesterManaged": True,
    "Groups": [{"GroupId": "sg-0", "GroupName": "group-0"}],
    "PrivateIpAddress": "10.0.0.9",
    "PrivateIpAddresses": [{"PrivateIpAddress": "10.0.0.9"}],
    "Ipv6Addresses": [],
    "Attachment": {"InstanceOwnerId": "amazon-aws", "Status": "attached"},
    "TagSet": [],
}


def serverless(
    workgroup: dict[str, Any] | None, group: list[dict[str, Any]], interface: dict[str, Any], **given: Any
) -> list[tuple[Endpoint, str]]:
    """What can be reached of an interface; `workgroup` None: the list of workgroups may not be read."""
    changed = {
        "ec2:DescribeNetworkInterfaces": {"NetworkInterfaces": [{**MANAGED, **interface}]},
        "redshift-serverless:ListWorkgroups": workgroup and {"workgroups": [workgroup]},
    }
    return list(found(account(group, changed, **given)))


def test_the_interface_of_a_public_workgroup_is_reached_on_its_port() -> None:
    ((endpoint, open_),) = serverless(WORKGROUP, ANYBODY, {})
    assert (open_, endpoint.owner) == ("tcp4:5439=W", WORKGROUP["workgroupArn"])
    assert [one.public for one in endpoint.addresses] == [WORKGROUP["endpoint"]["address"]]
    address = {
        "PrivateIpAddresses": [{"PrivateIpAddress": "10.0.0.9", "Association": {"PublicIp": "54.1.1.1"}}]
    }
    ((endpoint, open_),) = serverless(WORKGROUP, ANYBODY, address)
    assert (open_, [one.public for one in endpoint.addresses]) == ("tcp4:5439=W", ["54.1.1.1"])


@pytest.mark.parametrize(
    ("changed", "group", "given", "open_"),
    [
        ({}, OFFICE, {}, "tcp4:5439=N"),
        ({"publiclyAccessible": False}, ANYBODY, {}, "none"),
        ({"status": "DELETING"}, ANYBODY, {}, "none"),
        ({"status": "MODIFYING"}, ANYBODY, {}, "tcp4:5439=W"),
        ({"endpoint": {**WORKGROUP["endpoint"], "port": 8191}}, ANYBODY, {}, "tcp4:8191=W"),
        ({}, ANYBODY, {"routes": [["0.0.0.0/0", "nat-1"]]}, "none"),
        ({}, ANYBODY, {"bpa": "block-ingress"}, "none"),
        # Of another workgroup.
        ({"endpoint": {**WORKGROUP["endpoint"], "vpcEndpoints": []}}, ANYBODY, {}, "none"),
    ],
)
def test_what_else_decides_about_a_workgroup(
    changed: dict[str, Any], group: list[dict[str, Any]], given: dict[str, Any], open_: str
) -> None:
    assert [each for _, each in serverless({**WORKGROUP, **changed}, group, {}, **given)] == [open_]


def test_workgroups_that_were_not_read_close_nothing() -> None:
    [(_, open_)] = serverless(None, ANYBODY, {})
    assert open_ == "tcp4:0-65535=U tcp6:0-65535=U udp4:0-65535=U udp6:0-65535=U"


@pytest.mark.parametrize(
    "interface",
    [
        {"RequesterManaged": False},
        {"InterfaceType": "nat_gateway"},
        {"InterfaceType": "lambda"},
        {"InterfaceType": "interface", "Description": "RDSNetworkInterface"},
    ],
)
def test_workgroups_are_asked_for_only_where_an_interface_may_be_of_one(interface: dict[str, Any]) -> None:
    assert [each for _, each in serverless(None, ANYBODY, interface)] == ["none"]
