"""Ports of administration and the internet."""

from typing import Annotated

from scanner import (
    CIS_AWS_7,
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

#: Ports that the Internet Assigned Numbers Authority, or the maker's manual, gives to each service.
PORTS = {
    23: "Telnet",
    111: "rpcbind",
    135: "Windows RPC",
    445: "SMB, CIFS",
    873: "rsync",
    2049: "NFS",
    2375: "Docker without TLS",
    2376: "Docker",
    2379: "etcd",
    5900: "VNC",
    5985: "WinRM",
    5986: "WinRM over TLS",
    8500: "Consul",
    10250: "kubelet",
}


@rule(
    "admin-port-open-to-internet",
    severity=Severity.HIGH,
    controls=[CIS_AWS_7["6.1.2"].partly()],
    passes={
        "Docker from private networks": Firewall(rules=(incoming("tcp", 2376, "10.0.0.0/8"),)),
        "the web from everywhere": Firewall(rules=(incoming("tcp", 443, "0.0.0.0/0", "::/0"),)),
    },
    fails={
        "a machine with a public address behind it": Case(
            Firewall(rules=(incoming("tcp", 2375, "0.0.0.0/0"),)), others=[carrier()]
        ),
        "Docker from everywhere": Firewall(rules=(incoming("tcp", 2375, "0.0.0.0/0"),)),
        "Windows file shares from everywhere over IPv6": Firewall(rules=(incoming("tcp", 445, "::/0"),)),
        "an address list that holds everyone": Case(
            Firewall(rules=(incoming("tcp", 5900, "pl-everyone"),)),
            others=[AddressList(reference="pl-everyone", addresses=("0.0.0.0/0",))],
        ),
    },
    fix={
        Cloud.AWS: "aws ec2 revoke-security-group-ingress --group-id <group-id> --protocol tcp --port <port> "
        "--cidr 0.0.0.0/0",
        Cloud.GCP: "gcloud compute firewall-rules update {name} --source-ranges <your-addresses>",
        Cloud.AZURE: "az network nsg rule update --nsg-name {name} --resource-group <resource-group> "
        "--name <rule> --source-address-prefixes <your-addresses>",
    },
    references=("https://www.iana.org/assignments/service-names-port-numbers/",),
)
def admin_port_open_to_internet(
    firewall: Firewall,
    firewalls: Firewalls,
    *,
    ports: Annotated[tuple[int, ...], Option("TCP ports by which machines are administered")] = tuple(PORTS),
) -> Problems:
    """Firewall lets the internet in on a port that machines are administered by.

    Who talks to Docker, etcd or a kubelet commands the machine, often without a password; Telnet and VNC send the
    password in the clear; file shares and Windows RPC are what worms spread by. None of these was made to face the
    internet. Let in your VPN only. SSH and Remote Desktop have rules of their own.

    Each port that is open is one message. Sources are added up as sets of addresses, over all rules of the
    firewall. A firewall behind which nothing has a public address fails too, at a low severity, for the next
    machine may get it.
    """
    yield from each(ports, lambda port: opened(firewall, firewalls, "tcp", (port, port), PORTS.get(port, "")))
