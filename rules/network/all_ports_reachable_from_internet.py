"""Every port at once, and the internet can reach them."""

from scanner import (
    Case,
    Cloud,
    Endpoint,
    Exposures,
    Problems,
    Severity,
    each,
    rule,
)

from ._examples import around, endpoint
from ._problems import has_public_address, reached
from .all_ports_open_to_internet import EVERY_PORT


@rule(
    "all-ports-reachable-from-internet",
    severity=Severity.CRITICAL,
    applies=has_public_address,
    passes={
        "the web from everywhere": Case(endpoint(), others=around("tcp", 443, "0.0.0.0/0")),
        "everything from private networks": Case(endpoint(), others=around("all", None, "10.0.0.0/8")),
        "the way back does not lead to the internet": Case(
            endpoint(), others=around("all", None, "0.0.0.0/0", route="nat-1")
        ),
        "the account blocks public access": Case(
            endpoint(), others=around("all", None, "0.0.0.0/0", blocked="both")
        ),
    },
    fails={
        "everything from everywhere": Case(endpoint(), others=around("all", None, "0.0.0.0/0")),
        "every UDP port from everywhere over IPv6": Case(
            endpoint("2600:1f18::5"), others=around("udp", None, "::/0")
        ),
        "an address list that holds everyone": Case(endpoint(), others=around("tcp", None, "pl-1")),
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
def all_ports_reachable_from_internet(
    endpoint: Endpoint,
    exposures: Exposures,
) -> Problems:
    """Internet can reach every port.

    No firewall stands before this machine: whatever is started on it is on the internet the moment that it listens,
    and what is already listening (a database, a debugger, an agent with a page of its own) has been found. Let in
    the ports that are served, one by one, to those who use them.

    What counts is the whole way: a public address, a running machine, a route back through an internet gateway, the
    account's block of public access, access lists in both directions, and all firewalls of the endpoint together,
    as sets of addresses. The message names what lets packets through. What was not read makes the verdict UNKNOWN
    only where it decides.
    """
    yield from each(("tcp", "udp"), lambda protocol: reached(endpoint, exposures, protocol, EVERY_PORT))
