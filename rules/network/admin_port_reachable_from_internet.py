"""Ports of administration that the internet can reach."""

from typing import Annotated

from scanner import (
    Case,
    Cloud,
    Endpoint,
    Exposures,
    Option,
    Problems,
    Severity,
    each,
    rule,
)

from ._examples import around, endpoint, held_back
from ._problems import has_public_address, reached
from .admin_port_open_to_internet import PORTS


@rule(
    "admin-port-reachable-from-internet",
    severity=Severity.CRITICAL,
    applies=has_public_address,
    passes={
        "Docker from the office": Case(endpoint(), others=around("tcp", 2375, "198.35.26.0/24")),
        **held_back("tcp", 2375),
    },
    fails={
        "Docker from everywhere": Case(endpoint(), others=around("tcp", 2375, "0.0.0.0/0")),
        "Docker from everywhere over IPv6": Case(
            endpoint("2600:1f18::5"), others=around("tcp", 2375, "::/0")
        ),
        "an address list that holds everyone": Case(endpoint(), others=around("tcp", 2375, "pl-1")),
    },
    fix={
        Cloud.AWS: "aws ec2 revoke-security-group-ingress --group-id <group-id> --protocol tcp --port <port> "
        "--cidr <source>, for the rule that the message names",
        Cloud.GCP: "gcloud compute firewall-rules update <rule> --source-ranges <your-addresses>",
        Cloud.AZURE: "az network nsg rule update --nsg-name <group> --resource-group <resource-group> "
        "--name <rule> --source-address-prefixes <your-addresses>",
    },
    references=("https://docs.aws.amazon.com/vpc/latest/userguide/vpc-internet-gateway.html",),
)
def admin_port_reachable_from_internet(
    endpoint: Endpoint,
    exposures: Exposures,
    *,
    ports: Annotated[tuple[int, ...], Option("TCP ports by which machines are administered")] = tuple(PORTS),
) -> Problems:
    """Internet can reach a port that machines are administered by.

    Who reaches Docker, etcd or a kubelet commands the machine, often without a password; Telnet and VNC send the
    password in the clear; file shares and Windows RPC are what worms spread by. Close these ports to all but your
    VPN, tonight. SSH and Remote Desktop have rules of their own.

    What counts is the whole way: a public address, a running machine, a route back through an internet gateway, the
    account's block of public access, access lists in both directions, and all firewalls of the endpoint together,
    as sets of addresses. The message names what lets packets through. What was not read makes the verdict UNKNOWN
    only where it decides.
    """
    yield from each(
        ports, lambda port: reached(endpoint, exposures, "tcp", (port, port), PORTS.get(port, ""))
    )
