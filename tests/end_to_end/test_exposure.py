"""What the internet can reach, from the real SDK to the lines: a network on moto's server, and the demo account."""

import json
from pathlib import Path
from typing import Any

import boto3
import pytest
from command import Command, Ran

from scanner.demo.aws.account import Account

pytest_plugins = ["demo_account"]
pytestmark = pytest.mark.slow

REGION = "eu-west-1"


class Network:
    """One VPC with an internet gateway, in which a test puts up machines."""

    def __init__(self) -> None:
        self.ec2 = boto3.client("ec2", region_name=REGION)
        self.vpc = self.ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
        self.gateway = self.ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
        self.ec2.attach_internet_gateway(InternetGatewayId=self.gateway, VpcId=self.vpc)
        self.subnets = 0

    def subnet(self, *routes: str, denied: int | None = None) -> str:
        """A subnet whose own table sends these blocks to the internet gateway; its access list denies a port."""
        self.subnets += 1
        made = self.ec2.create_subnet(VpcId=self.vpc, CidrBlock=f"10.9.{self.subnets}.0/24")
        subnet: str = made["Subnet"]["SubnetId"]
        table = self.ec2.create_route_table(VpcId=self.vpc)["RouteTable"]["RouteTableId"]
        self.ec2.associate_route_table(RouteTableId=table, SubnetId=subnet)
        for block in routes:
            self.ec2.create_route(RouteTableId=table, DestinationCidrBlock=block, GatewayId=self.gateway)
        if denied is not None:
            self.deny(subnet, denied)
        return subnet

    def deny(self, subnet: str, port: int) -> None:
        acl = self.ec2.create_network_acl(VpcId=self.vpc)["NetworkAcl"]["NetworkAclId"]
        wanted = [{"Name": "association.subnet-id", "Values": [subnet]}]
        [before] = self.ec2.describe_network_acls(Filters=wanted)["NetworkAcls"]
        [association] = [one for one in before["Associations"] if one["SubnetId"] == subnet]
        id_ = association["NetworkAclAssociationId"]
        self.ec2.replace_network_acl_association(AssociationId=id_, NetworkAclId=acl)
        everything: dict[str, Any] = {"NetworkAclId": acl, "Protocol": "-1", "CidrBlock": "0.0.0.0/0"}
        for egress in (True, False):
            self.ec2.create_network_acl_entry(RuleNumber=100, RuleAction="allow", Egress=egress, **everything)
        self.ec2.create_network_acl_entry(
            **{**everything, "Protocol": "6"},
            RuleNumber=90,
            RuleAction="deny",
            Egress=False,
            PortRange={"From": port, "To": port},
        )

    def group(self, *ports: tuple[int, int, str]) -> str:
        number = len(self.ec2.describe_security_groups()["SecurityGroups"])
        made = self.ec2.create_security_group(GroupName=f"group-{number}", Description="x", VpcId=self.vpc)
        id_: str = made["GroupId"]
        for first, last, block in ports:
            permission = {"IpProtocol": "tcp", "FromPort": first, "ToPort": last}
            self.ec2.authorize_security_group_ingress(
                GroupId=id_, IpPermissions=[{**permission, "IpRanges": [{"CidrIp": block}]}]
            )
        return id_

    def machine(self, subnet: str, *groups: str) -> str:
        """Start a machine with a public address; returns the id of its interface."""
        interface = {
            "DeviceIndex": 0,
            "SubnetId": subnet,
            "AssociatePublicIpAddress": True,
            "Groups": list(groups),
        }
        made = self.ec2.run_instances(
            ImageId="ami-12c6146b", MinCount=1, MaxCount=1, NetworkInterfaces=[interface]
        )
        id_: str = made["Instances"][0]["NetworkInterfaces"][0]["NetworkInterfaceId"]
        return id_


def short(openings: list[dict[str, Any]]) -> list[str]:
    return [
        f"{one['protocol']}{one['family']}:{one['ports'][0]}-{one['ports'][1]}={one['class']}"
        for one in openings
    ]


def test_a_network_on_the_server(moto: str, tmp_path: Path) -> None:
    network = Network()
    everyone, half = (20, 25, "0.0.0.0/0"), (3389, 3389, "128.0.0.0/1")
    open_, spare = network.group(everyone, half), network.group((443, 443, "0.0.0.0/0"))
    shared = network.subnet("0.0.0.0/0")
    ids = {
        "plain": network.machine(shared, open_),
        "two groups": network.machine(shared, open_, network.group((26, 30, "8.8.8.0/24"))),
        "no route": network.machine(network.subnet(), open_),
        "two halves": network.machine(network.subnet("0.0.0.0/1", "128.0.0.0/1"), open_),
        "one half": network.machine(network.subnet("0.0.0.0/1"), open_),
        "denied": network.machine(network.subnet("0.0.0.0/0", denied=22), open_),
        "stopped": network.machine(shared, open_),
    }
    [state] = network.ec2.describe_network_interfaces(NetworkInterfaceIds=[ids["stopped"]])[
        "NetworkInterfaces"
    ]
    network.ec2.stop_instances(InstanceIds=[state["Attachment"]["InstanceId"]])

    surefoot = Command(
        tmp_path,
        {
            "AWS_ENDPOINT_URL": moto,
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
            "AWS_DEFAULT_REGION": REGION,
            "AWS_EC2_METADATA_DISABLED": "true",
        },
    )
    ran = surefoot("exposure", "aws", "--region", REGION, "-o", "jsonl")
    assert ran.code == 0, ran.err
    found = {one["name"]: short(one["effective"]) for one in ran.of_type("exposure")}
    assert {name: found[id_] for name, id_ in ids.items()} == {
        "plain": ["tcp4:20-25=W", "tcp4:3389-3389=P"],
        "two groups": ["tcp4:20-25=W", "tcp4:26-30=N", "tcp4:3389-3389=P"],
        "no route": [],
        "two halves": ["tcp4:20-25=W", "tcp4:3389-3389=P"],
        "one half": ["tcp4:20-25=P"],
        "denied": ["tcp4:20-21=W", "tcp4:23-25=W", "tcp4:3389-3389=P"],
        "stopped": [],
    }
    levels = {tuple(short(one["rule_level"])) for one in ran.of_type("exposure")}
    assert ("tcp4:20-25=W", "tcp4:3389-3389=P") in levels
    detached = {one["firewall"].rpartition("/")[2]: one["rule_level"] for one in ran.of_type("firewall")}
    assert short(detached[spare]) == ["tcp4:443-443=W"]
    assert open_ not in detached
    assert ran.lines[-1]["complete"] is True

    reached = surefoot("reach", ids["denied"], "--port", "22", "--from", "8.8.8.8", "aws", "--region", REGION)
    assert reached.out.splitlines()[-1] == "not reachable"
    assert "rule 90" in reached.out


def test_the_demo_says_the_same_live_and_from_a_file(
    surefoot: Command, whole: tuple[Ran, Path], demo: Account
) -> None:
    live, saved = surefoot("exposure", "aws", "-o", "jsonl"), surefoot("exposure", whole[1], "-o", "jsonl")
    assert (live.code, saved.code) == (0, 0), live.err
    assert live.out == saved.out
    wide = {
        one["endpoint"]
        for one in live.of_type("exposure")
        if any(opening["class"] in "WP" and opening["ports"] == [22, 22] for opening in one["effective"])
    }
    rule = "ssh-reachable-from-internet"
    assert wide <= {
        id_ for (name, id_), outcome in demo.expected.items() if (name, outcome) == (rule, "fail")
    }


def test_the_table_of_the_demo_names_the_machine(surefoot: Command, whole: tuple[Ran, Path]) -> None:
    ran = surefoot("exposure", whole[1])
    assert ran.code == 0
    assert "reachable from the internet" in ran.out
    assert "\x1b" not in ran.out
    assert json.dumps(ran.out.splitlines()[-1])
