"""By which rules, routes and defaults packets get through on Google Cloud and Azure, or are stopped."""

from collections.abc import Sequence

import pytest
import test_cases_azure as azure
import test_cases_gcp as gcp
from cases import ExposureCase, cases

from scanner.exposure import Packet, openings, trace
from scanner.exposure.exposures import Exposures
from scanner.models.endpoint import Endpoint

ROWS = {
    one.id: one for cloud in ("gcp", "azure") for one in [*cases(cloud), *cases(cloud, f"cases_{cloud}.tsv")]
}


def read(case: ExposureCase) -> Exposures:
    return gcp.read(case) if case.cloud == "gcp" else azure.read(case)


@pytest.mark.parametrize(
    ("row", "via"),
    [
        ("GC001", [("route default-route-1", "rule-0")]),
        # Each policy is named with the rule that handed on.
        ("GC025", [("route default-route-1", "hier-0 priority 100", "rule-0")]),
        (
            "GC033",
            [("route default-route-1", "rnp priority 10"), ("route default-route-1", "gnp priority 10")],
        ),
        ("AZ023", [("no security group",), ("no security group",)]),
        ("AZ035", [("rule-0",)]),
        ("AX018", [("subnet_nsg rule-0", "nic_nsg rule-0")]),
        ("AX065", [("nic_nsg rule-0",)]),
    ],
)
def test_via(row: str, via: Sequence[tuple[str, ...]]) -> None:
    exposures = read(ROWS[row])
    found = [
        opening.via
        for one in exposures.estate.all(Endpoint)
        if one.name != "any"
        for opening in openings(exposures.of(one))
    ]
    assert found == list(via)


def test_doubts_name_what_may_close() -> None:
    exposures = read(next(one for one in ROWS.values() if one.title == "deny of regions above an allow"))
    [endpoint] = [one for one in exposures.estate.all(Endpoint) if one.name == "vm"]
    [opening] = openings(exposures.of(endpoint))
    assert opening.doubts == ("gnp priority 10",)


@pytest.mark.parametrize(
    ("row", "name", "port", "stopped"),
    [
        ("GC013", "vm", 22, ("address", "it is not running")),
        ("GC027", "vm", 22, ("hier-1", "hier-1 priority 5")),
        ("GC031", "vm", 22, ("VPC firewall rules", "rule-0")),
        ("GC001", "vm", 80, ("", "implied deny")),
        ("AZ021", "nic1", 22, ("address", "no public IPv4 address")),
        ("AZ015", "nic1", 22, ("security group", "nic_nsg DenyAllInBound")),
        ("AZ039", "lb fe", 50001, ("security group", "nic_nsg DenyAllInBound")),
        ("AX020", "nic1", 22, ("security group", "none is attached, and the public address is not Basic")),
    ],
)
def test_where_a_packet_is_stopped(row: str, name: str, port: int, stopped: tuple[str, str]) -> None:
    exposures = read(ROWS[row])
    [endpoint] = [one for one in exposures.estate.all(Endpoint) if one.name == name]
    [way] = exposures.ways(endpoint)
    last = trace(way, Packet.of("8.8.8.8", "tcp", port))[-1]
    assert (last.layer, last.ref, last.action.value) == (*stopped, "drop")
