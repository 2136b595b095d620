"""Every port at once and the internet."""

from scanner import (
    CIS_AWS_7,
    AddressList,
    Case,
    Cloud,
    Firewall,
    Firewalls,
    Problems,
    Severity,
    each,
    rule,
)

from ._examples import carrier, incoming
from ._problems import opened

#: Port 0 cannot be listened on, and people leave it out of "every port".
EVERY_PORT = (1, 65535)


@rule(
    "all-ports-open-to-internet",
    severity=Severity.HIGH,
    controls=[CIS_AWS_7["6.3"].partly(), CIS_AWS_7["6.4"].partly()],
    passes={
        "the web from everywhere": Firewall(rules=(incoming("tcp", 443, "0.0.0.0/0", "::/0"),)),
        "everything from private networks": Firewall(rules=(incoming("all", None, "10.0.0.0/8"),)),
        "ping from everywhere": Firewall(rules=(incoming("icmp", None, "0.0.0.0/0"),)),
    },
    fails={
        "a machine with a public address behind it": Case(
            Firewall(rules=(incoming("all", None, "0.0.0.0/0"),)), others=[carrier()]
        ),
        "everything from everywhere": Firewall(rules=(incoming("all", None, "0.0.0.0/0"),)),
        "every TCP port from half of the internet": Firewall(rules=(incoming("tcp", None, "0.0.0.0/1"),)),
        "every UDP port from everywhere over IPv6": Firewall(rules=(incoming("udp", None, "::/0"),)),
        "an address list that holds everyone": Case(
            Firewall(rules=(incoming("all", None, "pl-everyone"),)),
            others=[AddressList(reference="pl-everyone", addresses=("0.0.0.0/0",))],
        ),
    },
    fix={
        Cloud.AWS: "aws ec2 revoke-security-group-ingress --group-id <group-id> --protocol all --cidr 0.0.0.0/0",
        Cloud.GCP: "gcloud compute firewall-rules update {name} --source-ranges <your-addresses> --rules <ports>",
        Cloud.AZURE: "az network nsg rule update --nsg-name {name} --resource-group <resource-group> "
        "--name <rule> --source-address-prefixes <your-addresses> --destination-port-ranges <ports>",
    },
    references=("https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html",),
)
def all_ports_open_to_internet(firewall: Firewall, firewalls: Firewalls) -> Problems:
    """Firewall lets the internet in on every port.

    Then the firewall protects nothing: whatever is started on the machine is on the internet the moment that it
    listens, a database, a debugger and an admin page as well as the service that was meant. Such a rule is mostly left
    over from a search for an error. Open the ports that are served, one by one, to those who use them.

    Every port means 1 to 65535 of TCP or of UDP, by one rule or by several together. A firewall behind which
    nothing has a public address fails too, at a low severity, for the next machine may get it.
    """
    yield from each(
        ("tcp", "udp"),
        lambda protocol: opened(firewall, firewalls, protocol, EVERY_PORT),
    )
