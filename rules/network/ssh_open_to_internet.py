"""SSH and the internet."""

from typing import Annotated

from scanner import (
    CIS_AWS_7,
    CIS_AZURE_6,
    CIS_GCP_5,
    AddressList,
    Case,
    Cloud,
    Firewall,
    Firewalls,
    Option,
    Problems,
    Severity,
    each,
    rule,
)

from ._examples import carrier, incoming
from ._problems import opened


@rule(
    "ssh-open-to-internet",
    severity=Severity.HIGH,
    controls=[
        CIS_AWS_7["6.3"].partly(),
        CIS_AWS_7["6.4"].partly(),
        CIS_GCP_5["3.6"],
        CIS_AZURE_6["7.2"],
    ],
    passes={
        "SSH from the office": Firewall(rules=(incoming("tcp", 22, "198.35.26.96/32"),)),
        "SSH from private networks": Firewall(rules=(incoming("tcp", 22, "10.0.0.0/8", "fd00::/8"),)),
        "the web from everywhere": Firewall(rules=(incoming("tcp", 443, "0.0.0.0/0", "::/0"),)),
        "ping from everywhere": Firewall(rules=(incoming("icmp", None, "0.0.0.0/0"),)),
        "udp 22 is not SSH": Firewall(rules=(incoming("udp", 22, "0.0.0.0/0"),)),
    },
    fails={
        "a machine with a public address behind it": Case(
            Firewall(rules=(incoming("tcp", 22, "0.0.0.0/0"),)), others=[carrier()]
        ),
        "SSH from everywhere": Firewall(rules=(incoming("tcp", 22, "0.0.0.0/0"),)),
        "SSH from everywhere over IPv6": Firewall(rules=(incoming("tcp", 22, "2000::/3"),)),
        "every protocol from everywhere": Firewall(rules=(incoming("all", None, "0.0.0.0/0"),)),
        "two halves of the internet": Firewall(
            rules=(incoming("tcp", 22, "0.0.0.0/1"), incoming("6", 22, "128.0.0.0/1"))
        ),
        "an address list that holds everyone": Case(
            Firewall(rules=(incoming("tcp", 22, "pl-everyone"),)),
            others=[AddressList(reference="pl-everyone", addresses=("0.0.0.0/0",))],
        ),
    },
    fix={
        Cloud.AWS: "aws ec2 revoke-security-group-ingress --group-id <group-id> --protocol tcp --port 22 "
        "--cidr 0.0.0.0/0",
        Cloud.GCP: "gcloud compute firewall-rules update {name} --source-ranges <your-addresses>",
        Cloud.AZURE: "az network nsg rule update --nsg-name {name} --resource-group <resource-group> "
        "--name <rule> --source-address-prefixes <your-addresses>",
    },
    references=("https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html",),
)
def ssh_open_to_internet(
    firewall: Firewall,
    firewalls: Firewalls,
    *,
    ports: Annotated[tuple[int, ...], Option("TCP ports on which SSH listens")] = (22,),
) -> Problems:
    """Firewall lets the internet in on SSH.

    Every address on the internet is scanned for SSH within hours, and what answers is tried with stolen and guessed
    passwords, and with each new hole in the server, day and night. One weak account or one late update is then
    enough. Let in the addresses of your office or VPN only, or none: with AWS Session Manager, Identity-Aware Proxy
    or Azure Bastion nobody has to reach the port from outside.

    Sources are added up as sets of addresses, over all rules of the firewall, IPv4 and IPv6 alike: two halves of
    the internet are the internet, and so is an address list that holds it. A firewall behind which nothing has a
    public address fails too, at a low severity, for the next machine may get it. A source that cannot be resolved
    to addresses makes the verdict UNKNOWN.
    """
    yield from each(ports, lambda port: opened(firewall, firewalls, "tcp", (port, port)))
