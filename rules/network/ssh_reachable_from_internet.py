"""SSH that the internet can reach."""

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


@rule(
    "ssh-reachable-from-internet",
    severity=Severity.HIGH,
    applies=has_public_address,
    passes={
        "SSH from the office": Case(endpoint(), others=around("tcp", 22, "198.35.26.0/24")),
        **held_back("tcp", 22),
    },
    fails={
        "SSH from everywhere": Case(endpoint(), others=around("tcp", 22, "0.0.0.0/0")),
        "SSH from everywhere over IPv6": Case(endpoint("2600:1f18::5"), others=around("tcp", 22, "::/0")),
        "an address list that holds everyone": Case(endpoint(), others=around("tcp", 22, "pl-1")),
    },
    fix={
        Cloud.AWS: "aws ec2 revoke-security-group-ingress --group-id <group-id> --protocol tcp --port 22 "
        "--cidr <source>, for the rule that the message names",
        Cloud.GCP: "gcloud compute firewall-rules update <rule> --source-ranges <your-addresses>",
        Cloud.AZURE: "az network nsg rule update --nsg-name <group> --resource-group <resource-group> "
        "--name <rule> --source-address-prefixes <your-addresses>",
    },
    references=("https://docs.aws.amazon.com/vpc/latest/userguide/vpc-internet-gateway.html",),
)
def ssh_reachable_from_internet(
    endpoint: Endpoint,
    exposures: Exposures,
    *,
    ports: Annotated[tuple[int, ...], Option("TCP ports on which SSH listens")] = (22,),
) -> Problems:
    """Internet can reach SSH.

    Somebody is trying passwords and stolen keys on it by now: every address is found within hours, and every new
    hole in the server is tried on all of them within days. Close the port to all but your office or VPN, or let
    nobody reach it from outside: AWS Session Manager, Identity-Aware Proxy and Azure Bastion bring people to the
    machine without an open port.

    What counts is the whole way: a public address, a running machine, a route back through an internet gateway, the
    account's block of public access, access lists in both directions, and all firewalls of the endpoint together,
    as sets of addresses. The message names what lets packets through. What was not read makes the verdict UNKNOWN
    only where it decides.
    """
    yield from each(ports, lambda port: reached(endpoint, exposures, "tcp", (port, port)))
