"""Remote Desktop and the internet."""

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
    "rdp-open-to-internet",
    severity=Severity.HIGH,
    controls=[CIS_AWS_7["6.3"].partly(), CIS_AWS_7["6.4"].partly(), CIS_GCP_5["3.7"], CIS_AZURE_6["7.1"]],
    passes={
        "Remote Desktop from the office": Firewall(rules=(incoming("tcp", 3389, "198.35.26.96/32"),)),
        "the web from everywhere": Firewall(rules=(incoming("tcp", 443, "0.0.0.0/0", "::/0"),)),
    },
    fails={
        "a machine with a public address behind it": Case(
            Firewall(rules=(incoming("tcp", 3389, "0.0.0.0/0"),)), others=[carrier()]
        ),
        "Remote Desktop from everywhere": Firewall(rules=(incoming("tcp", 3389, "0.0.0.0/0"),)),
        "Remote Desktop from everywhere over IPv6": Firewall(rules=(incoming("tcp", 3389, "::/0"),)),
        "every protocol from everywhere": Firewall(rules=(incoming("all", None, "0.0.0.0/0"),)),
        "an address list that holds everyone": Case(
            Firewall(rules=(incoming("tcp", 3389, "pl-everyone"),)),
            others=[AddressList(reference="pl-everyone", addresses=("0.0.0.0/0",))],
        ),
    },
    fix={
        Cloud.AWS: "aws ec2 revoke-security-group-ingress --group-id <group-id> --protocol tcp --port 3389 "
        "--cidr 0.0.0.0/0",
        Cloud.GCP: "gcloud compute firewall-rules update {name} --source-ranges <your-addresses>",
        Cloud.AZURE: "az network nsg rule update --nsg-name {name} --resource-group <resource-group> "
        "--name <rule> --source-address-prefixes <your-addresses>",
    },
    references=("https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html",),
)
def rdp_open_to_internet(
    firewall: Firewall,
    firewalls: Firewalls,
    *,
    ports: Annotated[tuple[int, ...], Option("TCP ports on which Remote Desktop listens")] = (3389,),
) -> Problems:
    """Firewall lets the internet in on Remote Desktop.

    An open Remote Desktop is how most ransomware comes in: passwords are tried from thousands of addresses day and
    night, and each hole in the server that needs no password is used within days. Whoever is in has a desktop on your
    network. Let in your VPN only, or nobody: AWS Fleet Manager, Identity-Aware Proxy and Azure Bastion bring people to
    the desktop without an open port.

    Sources are added up as sets of addresses, over all rules of the firewall, IPv4 and IPv6 alike. A firewall
    behind which nothing has a public address fails too, at a low severity, for the next machine may get it.
    """
    yield from each(ports, lambda port: opened(firewall, firewalls, "tcp", (port, port)))
