"""Ports of databases that the internet can reach."""

from typing import Annotated

from scanner import (
    CIS_GCP_5,
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
from .database_port_open_to_internet import PORTS


@rule(
    "database-port-reachable-from-internet",
    severity=Severity.CRITICAL,
    controls=[CIS_GCP_5["6.5"]],
    applies=has_public_address,
    passes={
        "PostgreSQL from the office": Case(endpoint(), others=around("tcp", 5432, "198.35.26.0/24")),
        **held_back("tcp", 5432),
    },
    fails={
        "PostgreSQL from everywhere": Case(endpoint(), others=around("tcp", 5432, "0.0.0.0/0")),
        "PostgreSQL from everywhere over IPv6": Case(
            endpoint("2600:1f18::5"), others=around("tcp", 5432, "::/0")
        ),
        "an address list that holds everyone": Case(endpoint(), others=around("tcp", 5432, "pl-1")),
    },
    fix={
        Cloud.AWS: "aws ec2 revoke-security-group-ingress --group-id <group-id> --protocol tcp --port <port> "
        "--cidr <source>, for the rule that the message names",
        Cloud.GCP: "gcloud compute firewall-rules update <rule> --source-ranges <your-addresses>\n"
        "# Cloud SQL: gcloud sql instances patch {name} --authorized-networks <your-addresses>",
        Cloud.AZURE: "az network nsg rule update --nsg-name <group> --resource-group <resource-group> "
        "--name <rule> --source-address-prefixes <your-addresses>",
    },
    references=("https://docs.aws.amazon.com/vpc/latest/userguide/vpc-internet-gateway.html",),
)
def database_port_reachable_from_internet(
    endpoint: Endpoint,
    exposures: Exposures,
    *,
    ports: Annotated[tuple[int, ...], Option("TCP ports on which databases listen")] = tuple(PORTS),
) -> Problems:
    """Internet can reach the port of a database.

    If a database listens there, its password is all that stands between everybody and the data, and some have none:
    open Redis, MongoDB and Elasticsearch are copied and wiped within hours. Close the port to all but the programs
    that use it, and give people a VPN or a tunnel.

    What counts is the whole way: a public address, a running machine, a route back through an internet gateway, the
    account's block of public access, access lists in both directions, and all firewalls of the endpoint together,
    as sets of addresses. The message names what lets packets through. What was not read makes the verdict UNKNOWN
    only where it decides.
    """
    yield from each(
        ports, lambda port: reached(endpoint, exposures, "tcp", (port, port), PORTS.get(port, ""))
    )
