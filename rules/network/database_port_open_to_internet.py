"""Ports of databases and the internet."""

from typing import Annotated

from scanner import (
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

#: Ports that the Internet Assigned Numbers Authority, or the maker's manual, gives to each database.
PORTS = {
    1433: "SQL Server",
    1434: "SQL Server, for administrators",
    1521: "Oracle",
    2483: "Oracle",
    2484: "Oracle",
    3306: "MySQL",
    5432: "PostgreSQL",
    5439: "Redshift",
    5984: "CouchDB",
    6379: "Redis",
    7000: "Cassandra",
    7199: "Cassandra, for administrators",
    8086: "InfluxDB",
    8123: "ClickHouse",
    9042: "Cassandra",
    9160: "Cassandra",
    9200: "Elasticsearch, OpenSearch",
    9300: "Elasticsearch, OpenSearch",
    11211: "Memcached",
    27017: "MongoDB",
    27018: "MongoDB",
    27019: "MongoDB",
    50000: "Db2",
}


@rule(
    "database-port-open-to-internet",
    severity=Severity.HIGH,
    passes={
        "PostgreSQL from private networks": Firewall(rules=(incoming("tcp", 5432, "10.0.0.0/8"),)),
        "the web from everywhere": Firewall(rules=(incoming("tcp", 443, "0.0.0.0/0", "::/0"),)),
    },
    fails={
        "a machine with a public address behind it": Case(
            Firewall(rules=(incoming("tcp", 5432, "0.0.0.0/0"),)), others=[carrier()]
        ),
        "PostgreSQL from everywhere": Firewall(rules=(incoming("tcp", 5432, "0.0.0.0/0"),)),
        "a part of a MongoDB cluster from everywhere": Firewall(rules=(incoming("tcp", 27018, "0.0.0.0/0"),)),
        "Redis from everywhere over IPv6": Firewall(rules=(incoming("tcp", 6379, "::/0"),)),
        "an address list that holds everyone": Case(
            Firewall(rules=(incoming("tcp", 27017, "pl-everyone"),)),
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
def database_port_open_to_internet(
    firewall: Firewall,
    firewalls: Firewalls,
    *,
    ports: Annotated[tuple[int, ...], Option("TCP ports on which databases listen")] = tuple(PORTS),
) -> Problems:
    """Firewall lets the internet in on the port of a database.

    Databases are looked for on the whole internet all the time. Those without a password (Redis, Memcached,
    Elasticsearch and MongoDB were long installed that way) are copied and wiped within hours of their first sight, and
    the others have one password between everybody and all of the data. Let in the programs that use the database, by
    their own firewall or private addresses, and people through a VPN or a tunnel.

    Each port that is open is one message. Sources are added up as sets of addresses, over all rules of the
    firewall. A firewall behind which nothing has a public address fails too, at a low severity, for the next
    database may get it.
    """
    yield from each(ports, lambda port: opened(firewall, firewalls, "tcp", (port, port), PORTS.get(port, "")))
