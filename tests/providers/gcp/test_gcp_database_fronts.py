"""Databases as endpoints: from the JSON of Cloud SQL and AlloyDB to addresses, ports and who may come."""

from datetime import UTC, datetime
from typing import Any

import pytest
from mapped import mapped
from shipped import RULES

from scanner.engine import Outcome, run_case
from scanner.models.endpoint import Endpoint
from scanner.models.resource import Cloud, Scope, UnreadError
from scanner.providers.gcp import database_fronts
from scanner.rule import Case

SCOPE = Scope(Cloud.GCP, "demo-project", "us-central1")
CLOUD_SQL, ALLOYDB = database_fronts.SOURCES
EVERYONE = {"kind": "sql#aclEntry", "name": "everyone", "value": "0.0.0.0/0"}
OFFICE = {"kind": "sql#aclEntry", "name": "office", "value": "198.51.100.7"}


def sql(
    networks: tuple[Any, ...] = (), *, version: str = "MYSQL_8_0", policy: str = "ALWAYS", **settings: Any
) -> dict[str, Any]:
    return {
        "project": "demo-project",
        "name": "till",
        "region": "us-central1",
        "databaseVersion": version,
        "ipAddresses": [
            {"type": "PRIMARY", "ipAddress": "34.77.201.15"},
            {"type": "OUTGOING", "ipAddress": "35.187.90.2"},
            {"type": "PRIVATE", "ipAddress": "10.30.0.3"},
        ],
        "settings": {
            "activationPolicy": policy,
            "ipConfiguration": {"ipv4Enabled": True, "authorizedNetworks": list(networks)},
            **settings,
        },
    }


def alloydb(**more: Any) -> dict[str, Any]:
    return {
        "name": "projects/demo-project/locations/us-central1/clusters/c/instances/one",
        "state": "READY",
        "ipAddress": "10.33.0.2",
        **more,
    }


def of(raw: dict[str, Any], source: Any = CLOUD_SQL) -> Endpoint:
    endpoint = mapped(source, raw, scope=SCOPE)
    assert isinstance(endpoint, Endpoint)
    return endpoint


def test_a_network_that_has_expired_lets_nobody_in() -> None:
    ends = {"expirationTime": "2026-11-15T16:19:00.094Z"}
    entries = [{**OFFICE, **ends}, EVERYONE]
    before, after = datetime(2026, 11, 15, tzinfo=UTC), datetime(2026, 11, 16, tzinfo=UTC)
    assert database_fronts.in_force(entries, before) == ("198.51.100.7", "0.0.0.0/0")
    assert database_fronts.in_force(entries, after) == ("0.0.0.0/0",)
    assert of(sql(({**EVERYONE, "expirationTime": "2012-11-15T16:19:00.094Z"}, OFFICE))).sources == (
        "198.51.100.7",
    )
    with pytest.raises(UnreadError):
        _ = of(sql(({**EVERYONE, "expirationTime": "soon"},))).sources


def ports(endpoint: Endpoint) -> list[tuple[int, int] | None]:
    return [service.ports for service in endpoint.services or ()]


def outcome(endpoint: Endpoint) -> Outcome:
    verdict = run_case(RULES["database-port-reachable-from-internet"], Case(endpoint))
    assert verdict is not None
    return verdict.outcome


def test_addresses_of_cloud_sql_are_those_that_take_packets() -> None:
    assert [(one.public, one.private) for one in of(sql()).addresses] == [
        ("34.77.201.15", None),
        (None, "10.30.0.3"),
    ]


@pytest.mark.parametrize(
    ("version", "port"), [("MYSQL_8_4", 3306), ("POSTGRES_17", 5432), ("SQLSERVER_2022_WEB", 1433)]
)
def test_each_engine_has_its_port(version: str, port: int) -> None:
    assert ports(of(sql(version=version))) == [(port, port)]


def test_a_pool_has_a_port_of_its_own() -> None:
    pooled = sql(version="POSTGRES_17", connectionPoolConfig={"connectionPoolingEnabled": True})
    assert ports(of(pooled)) == [(5432, 5432), (6432, 6432)]
    assert ports(of(alloydb(connectionPoolConfig={"enabled": True}), ALLOYDB)) == [(5432, 5432), (6432, 6432)]


def test_only_what_is_authorized_comes_in() -> None:
    assert outcome(of(sql((OFFICE, EVERYONE)))) is Outcome.FAIL
    assert outcome(of(sql((OFFICE,)))) is Outcome.PASS
    assert outcome(of(sql())) is Outcome.PASS


def test_halves_of_the_internet_are_the_internet() -> None:
    halves = tuple({**EVERYONE, "value": block} for block in ("0.0.0.0/1", "128.0.0.0/1"))
    assert outcome(of(sql(halves))) is Outcome.FAIL


def test_what_is_switched_off_or_opens_to_connectors_alone_is_no_way_in() -> None:
    assert outcome(of(sql((EVERYONE,), policy="NEVER"))) is Outcome.PASS
    assert outcome(of(sql((EVERYONE,), connectorEnforcement="REQUIRED"))) is Outcome.PASS
    public = {"publicIpAddress": "34.42.9.71", "networkConfig": {"authorizedExternalNetworks": []}}
    assert ports(of(alloydb(clientConnectionConfig={"requireConnectors": True}, **public), ALLOYDB)) == []


def test_alloydb_lets_in_what_it_is_told_to() -> None:
    everyone = {"authorizedExternalNetworks": [{"cidrRange": "0.0.0.0/0"}]}
    assert outcome(of(alloydb(publicIpAddress="34.42.9.71", networkConfig=everyone), ALLOYDB)) is Outcome.FAIL
    office = {"authorizedExternalNetworks": [{"cidrRange": "198.51.100.0/28"}]}
    assert outcome(of(alloydb(publicIpAddress="34.42.9.71", networkConfig=office), ALLOYDB)) is Outcome.PASS
    assert [one.public for one in of(alloydb(), ALLOYDB).addresses] == [None]


def test_an_engine_that_nobody_knows_leaves_the_ports_unread() -> None:
    with pytest.raises(UnreadError):
        _ = of(sql(version="ORACLE_23")).services


def test_what_stands_for_a_server_elsewhere_is_left_out() -> None:
    assert CLOUD_SQL.keep is not None
    assert not CLOUD_SQL.keep({"instanceType": "ON_PREMISES_INSTANCE"})
    assert CLOUD_SQL.keep(sql())
