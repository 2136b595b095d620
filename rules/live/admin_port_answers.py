"""Ports of administration and of databases that are open on the internet, and answer."""

from typing import Annotated

from scanner import Cloud, Option, PortState, Problems, Severity, rule

from .port_open_against_configuration import is_open
from .port_open_without_listener import WORDS

#: Services by their registered or customary ports, none of which is meant for strangers.
PORTS = {
    22: "SSH",
    23: "Telnet",
    445: "SMB",
    1433: "SQL Server",
    1521: "Oracle",
    2375: "Docker",
    3306: "MySQL",
    3389: "RDP",
    5432: "PostgreSQL",
    5900: "VNC",
    5984: "CouchDB",
    5985: "WinRM",
    6379: "Redis",
    9200: "Elasticsearch",
    11211: "Memcached",
    27017: "MongoDB",
}


@rule(
    "admin-port-answers",
    severity=Severity.CRITICAL,
    applies=lambda port: port.endpoint is not None and port.port in PORTS,
    passes={
        "open to everybody, and nothing listens": PortState(
            endpoint="eni-1", port=22, state="closed", open_to="all", via=()
        ),
        "open to the office": PortState(endpoint="eni-1", port=22, state="open", open_to="some", via=()),
    },
    fails={
        "open to everybody, and it answers": PortState(
            endpoint="eni-1", port=5432, state="open", open_to="all", via=("sg-1 rule sgr-9",)
        ),
    },
    fix={
        Cloud.PROBE: "Narrow the rule that the message names to your own addresses, or close it: surefoot rules show "
        "ssh-reachable-from-internet has the command for each cloud"
    },
)
def admin_port_answers(
    port: PortState,
    *,
    ports: Annotated[tuple[int, ...], Option("TCP ports that are not for strangers")] = tuple(PORTS),
) -> Problems:
    """Port of administration or of a database is open to the internet, and answers.

    What the configuration allows is confirmed: a connection came about, and what stands behind it is what everybody
    gets. Passwords and known holes are tried there by now.

    Judged is what is open to a large part of the internet. What is open and silent is of another rule.
    """
    if port.port in ports and is_open(port) and port.open_to in {"all", "many"}:
        name = PORTS.get(port.port, f"number {port.port}")
        yield f"the port of {name} answers, and is open to {WORDS[port.open_to]} by {', '.join(port.via)}"
