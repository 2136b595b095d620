"""What a machine listens on, and what its account lets in: this machine, with an interface on moto's server."""

import socket
import subprocess
from pathlib import Path
from typing import Any

import boto3
import pytest
from command import Command
from test_exposure import REGION, Network

pytest_plugins = ["demo_account"]
pytestmark = pytest.mark.slow


def test_listens_everywhere_and_its_group_is_open(moto: str, tmp_path: Path) -> None:
    own, *_ = subprocess.run(["hostname", "-I"], capture_output=True, text=True, check=True).stdout.split()  # noqa: S607
    with socket.create_server(("0.0.0.0", 0)) as open_, socket.create_server(("0.0.0.0", 0)) as shut:  # noqa: S104
        port, other = open_.getsockname()[1], shut.getsockname()[1]
        machine_at(own, port)
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
        ran = surefoot(
            "scan", "aws", "--region", REGION, "--host", "local://", "--select", "host", "-o", "jsonl",
            "--fail-on", "never", "--allow-gaps",
        )  # fmt: skip
    outcomes = {
        int(resource.rpartition(":")[2]): outcome
        for (rule, resource), outcome in ran.verdicts.items()
        if rule == "host-listener-open-to-internet"
    }
    assert (outcomes[port], outcomes[other]) == ("fail", "pass"), ran.err
    [finding] = [
        line["messages"][0]
        for line in ran.of_type("verdict")
        if line["rule"] == "host-listener-open-to-internet" and line["resource"].endswith(f":{port}")
    ]
    assert f"tcp {port} listens on all addresses, and the whole internet is let in by" in finding
    assert "asking 1 host: local://localhost" in ran.err


def machine_at(own: str, port: int) -> None:
    """Start a machine with this private address and a public one, whose group is open on one port."""
    network = Network()
    ec2: Any = boto3.client("ec2", region_name=REGION)
    block = f"{own.rpartition('.')[0]}.0/24"
    ec2.associate_vpc_cidr_block(VpcId=network.vpc, CidrBlock=block)
    subnet = ec2.create_subnet(VpcId=network.vpc, CidrBlock=block)["Subnet"]["SubnetId"]
    table = ec2.create_route_table(VpcId=network.vpc)["RouteTable"]["RouteTableId"]
    ec2.associate_route_table(RouteTableId=table, SubnetId=subnet)
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=network.gateway)
    interface = {
        "DeviceIndex": 0,
        "SubnetId": subnet,
        "AssociatePublicIpAddress": True,
        "PrivateIpAddress": own,
        "Groups": [network.group((port, port, "0.0.0.0/0"))],
    }
    ec2.run_instances(ImageId="ami-12c6146b", MinCount=1, MaxCount=1, NetworkInterfaces=[interface])
