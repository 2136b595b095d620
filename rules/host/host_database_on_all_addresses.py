"""Databases of hosts that listen for everybody."""

from typing import Annotated

from scanner import Cloud, HostListener, Option, Problems, Severity, rule

#: Stores by their registered or customary ports.
STORES = {
    1433: "SQL Server",
    1521: "Oracle",
    2379: "etcd",
    3306: "MySQL",
    5432: "PostgreSQL",
    5984: "CouchDB",
    6379: "Redis",
    9200: "Elasticsearch",
    11211: "Memcached",
    27017: "MongoDB",
}


@rule(
    "host-database-on-all-addresses",
    severity=Severity.LOW,
    applies=lambda listener: listener.protocol == "tcp" and listener.port in STORES,
    passes={"on loopback": HostListener(protocol="tcp", port=6379, everywhere=False)},
    fails={"on all addresses": HostListener(protocol="tcp", port=6379, everywhere=True)},
    fix={
        Cloud.HOST: "Redis: bind 127.0.0.1; PostgreSQL: listen_addresses = 'localhost'; MySQL: bind-address; "
        "to 127.0.0.1, or the address of the network from which it is used"
    },
)
def host_database_on_all_addresses(
    listener: HostListener,
    *,
    ports: Annotated[tuple[int, ...], Option("TCP ports on which stores listen")] = tuple(STORES),
) -> Problems:
    """Database listens on all addresses of its host.

    Whatever network the host is put into next can reach it: a second interface, a peered network, a firewall that is
    off for an hour. What only programs on the host use has no need of it.
    """
    if listener.port in ports and listener.everywhere:
        yield f"the port of {STORES.get(listener.port, listener.port)} is bound to all addresses"
