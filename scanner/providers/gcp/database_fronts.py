"""Databases as endpoints: their addresses are the service's own, and their own lists decide who comes."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Final

from scanner.models.endpoint import Address, Endpoint, Service
from scanner.providers.gcp import alloydb, database
from scanner.providers.gcp.calls import GcpCall
from scanner.providers.gcp.names import full_name
from scanner.providers.spec import Raw, Read, Source
from scanner.providers.values import known

_V4, _V6 = 4, 6
_PORTS: Final = {"MYSQL": 3306, "POSTGRES": 5432, "SQLSERVER": 1433}
_POOLER: Final = 6432
#: What a type of address takes: packets from the internet, from the network, or none.
_OUTSIDE: Final = {"PRIMARY": True, "MIGRATED_1ST_GEN": True, "PRIVATE": False, "OUTGOING": None}


def _address(text: str, *, outside: bool) -> Address:
    return Address(
        family=_V6 if ":" in text else _V4,
        public=text if outside else None,
        private=None if outside else text,
        blocked=False,
        open_without_firewall=True,
    )


def _on(ports: Iterable[int]) -> tuple[Service, ...]:
    return tuple(
        Service(protocol="tcp", ports=(port, port), back_ports=None, backends=None) for port in ports
    )


def sql_addresses(instance: Raw) -> tuple[Address, ...]:
    """Return the addresses that take packets."""
    said = ((one["ipAddress"], known(_OUTSIDE, one["type"])) for one in instance.get("ipAddresses") or ())
    return tuple(_address(text, outside=outside) for text, outside in said if outside is not None)


def sql_services(instance: Raw) -> tuple[Service, ...]:
    """Return the ports of the engine and its pool.

    None where connectors alone are let in: their own port opens to nobody without a certificate of this instance, and
    is not counted.
    """
    settings = instance["settings"]
    if settings.get("connectorEnforcement") == "REQUIRED":
        return ()
    pool = (settings.get("connectionPoolConfig") or {}).get("connectionPoolingEnabled")
    engine = known(_PORTS, instance["databaseVersion"].partition("_")[0])
    return _on((engine, _POOLER) if pool else (engine,))


def sql_sources(instance: Raw) -> tuple[str, ...]:
    """Return the authorized networks that have not expired by now; without one, nobody comes from outside."""
    said = instance["settings"].get("ipConfiguration") or {}
    return in_force(said.get("authorizedNetworks") or (), datetime.now(UTC))


def in_force(entries: Iterable[Raw], when: datetime) -> tuple[str, ...]:
    """Return the networks of those entries of an access list that count at a time; most never expire."""
    return tuple(one["value"] for one in entries if not _expired(one.get("expirationTime"), when))


def _expired(ends: str | None, when: datetime) -> bool:
    return ends is not None and datetime.fromisoformat(ends) <= when


def alloydb_addresses(instance: Raw) -> tuple[Address, ...]:
    """Return the address in the network and the one on the internet."""

    def each() -> Iterator[Address]:
        if instance.get("ipAddress"):
            yield _address(instance["ipAddress"], outside=False)
        if instance.get("publicIpAddress"):
            yield _address(instance["publicIpAddress"], outside=True)

    return tuple(each())


def alloydb_services(instance: Raw) -> tuple[Service, ...]:
    """Return the ports of PostgreSQL and its pool; none where connectors alone are let in."""
    if (instance.get("clientConnectionConfig") or {}).get("requireConnectors"):
        return ()
    pool = (instance.get("connectionPoolConfig") or {}).get("enabled")
    engine = _PORTS["POSTGRES"]
    return _on((engine, _POOLER) if pool else (engine,))


def alloydb_sources(instance: Raw) -> tuple[str, ...]:
    """Return the authorized networks; without one, nobody comes from outside."""
    said = instance.get("networkConfig") or {}
    return tuple(one["cidrRange"] for one in said.get("authorizedExternalNetworks") or ())


def _alloydb_id(instance: Raw) -> str:
    return full_name(instance["name"], "alloydb")


_FRONT: Final[Mapping[str, Read]] = {
    "network": lambda _: None,
    "subnets": lambda _: (),
    "firewalls": lambda _: (),
    "memberships": lambda _: (),
    "policies": lambda _: (),
    "tag_sets": lambda _: (),
}

_SQL: Final[Mapping[str, Read]] = {
    "addresses": sql_addresses,
    "running": lambda instance: not database.stopped(instance),
    "services": sql_services,
    "sources": sql_sources,
    "tags": database.labels,
}

_ALLOYDB: Final[Mapping[str, Read]] = {
    "addresses": alloydb_addresses,
    "running": lambda instance: instance["state"] != "STOPPED",
    "services": alloydb_services,
    "sources": alloydb_sources,
    "tags": lambda instance: instance.get("labels") or {},
}


def _front(
    listing: GcpCall,
    id_: Callable[[Raw], str],
    region: str | Callable[[Raw], str],
    fields: Mapping[str, Read],
    keep: Callable[[Raw], bool] | None = None,
) -> Source:
    return Source(
        kind=Endpoint,
        listing=listing,
        level="account",
        id=id_,
        name="{name}",
        region=region,
        keep=keep,
        fields={**_FRONT, "owner": id_, **fields},
    )


SOURCES: Final = (
    _front(database.INSTANCES, database.id_of, "region", _SQL, database.is_here),
    _front(alloydb.INSTANCES, _alloydb_id, alloydb.region, _ALLOYDB),
)
