"""Random interfaces of Azure: what the chains say of a packet is what a plain walk of that packet says."""

import itertools
from typing import Any

import pytest
from aws_walk import Sent
from azure_cases import ACCOUNT, answers
from azure_walk import arrives, worlds
from cases import ExposureCase
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st
from told import exposures_of

from scanner.exposure import Packet
from scanner.models.endpoint import Endpoint
from scanner.models.resource import Cloud
from scanner.providers.azure.sources import SOURCES as SOME_SOURCES
from scanner.providers.azure.sources import endpoint as endpoints

SOURCES = tuple(dict.fromkeys((*SOME_SOURCES, *endpoints.SOURCES)))
BLOCKS = (
    "*", "*", "*", "Internet", "internet", "Any", "0.0.0.0/0", "0.0.0.0/1", "128.0.0.0/1", "8.0.0.0/6", "8.8.8.0/24",
    "8.8.8.8", "10.0.0.0/8", "::/0", "2000::/3", "2600::/16", "VirtualNetwork", "AzureLoadBalancer", "AzureCloud",
)  # fmt: skip
FROM = (
    "8.8.8.8", "8.8.8.9", "9.9.9.9", "12.0.0.0", "126.0.0.1", "128.0.0.1", "10.1.2.3", "2600::1", "2600::2", "2a00::1",
)  # fmt: skip
EDGES = (21, 22, 23, 80, 443, 8080)
PORTS = ("*", "*", "22", "21-22", "22-80", "80", "8080")
DESTINATIONS = (
    "*",
    "VirtualNetwork",
    "Internet",
    "10.0.0.4",
    "10.0.0.0/24",
    "10.0.0.9/32",
    "52.174.1.10",
    "fd00::/64",
)
GROUPS = ("asg-web", "asg-db")

mostly = st.sampled_from((True, True, True, True, True, True, False))
rarely = mostly.map(lambda value: not value)
sources = st.one_of(st.sampled_from(BLOCKS), st.lists(st.sampled_from(BLOCKS), min_size=1, max_size=3))
ports = st.one_of(
    st.sampled_from(PORTS),
    st.lists(st.sampled_from(PORTS), min_size=1, max_size=2),
)
words = st.sampled_from(("Tcp", "Tcp", "tcp", "Udp", "*", "Icmp", "Esp"))
extras: dict[str, st.SearchStrategy[Any]] = {
    "dst": st.sampled_from(DESTINATIONS),
    "dir": mostly.map(lambda some: "Inbound" if some else "Outbound"),
}
group_rules = st.fixed_dictionaries(
    {"acc": st.sampled_from(("Allow", "Allow", "Deny")), "p": words, "src": sources, "dport": ports},
    optional={**extras, "sport": st.sampled_from(("*", "22"))},
)
admin_rules = st.fixed_dictionaries(
    {"acc": st.sampled_from(("Allow", "Deny", "AlwaysAllow")), "p": words, "src": sources, "dport": ports},
    optional=extras,
)
MEMBERS: tuple[dict[str, Any], ...] = (
    {"dasg": ["asg-web"]},
    {"dasg": ["asg-db"]},
    {"sasg": ["asg-web"], "src": ""},
)


@st.composite
def ordered(draw: st.DrawFn, rule: st.SearchStrategy[dict[str, Any]], most: int) -> list[dict[str, Any]]:
    rules = draw(st.lists(rule, max_size=most))
    priorities = draw(st.permutations(range(100, 100 + len(rules))))
    return [{**one, "prio": priority} for one, priority in zip(rules, priorities, strict=True)]


@st.composite
def groups(draw: st.DrawFn) -> list[dict[str, Any]]:
    rules = draw(ordered(group_rules, 4))
    if draw(rarely) and rules:
        rules[0].pop("dst", None)
        rules[0].update(draw(st.sampled_from(MEMBERS)))
    return rules


fronts = st.fixed_dictionaries(
    {"public": mostly},
    optional={
        "sku": st.sampled_from(("Standard", "Basic")),
        "rules": st.lists(
            st.sampled_from(([80, "tcp", 8080], [443, "tcp", 443], [21, "udp", 22])),
            max_size=2,
            unique_by=str,
        ),
        "nat": st.lists(st.sampled_from(([8080, "tcp", 22], [23, "tcp", 80])), max_size=2, unique_by=str),
    },
)
skus = st.sampled_from(("Standard", "Standard", "StandardV2", "Basic", None))
cases = st.fixed_dictionaries(
    {"pip": skus},
    optional={
        "subnet_nsg": groups(),
        "nic_nsg": groups(),
        "avnm": ordered(admin_rules, 3),
        "avnm2": ordered(admin_rules, 2),
        "pip6": skus,
        "asgs": st.lists(st.sampled_from(GROUPS), max_size=2, unique=True),
        "stopped": rarely,
        "lb": fronts,
    },
)


def packets() -> list[tuple[Sent, Packet]]:
    sent = [Sent(source, *where) for source in FROM for where in itertools.product((6, 17), EDGES)]
    sent += [Sent(source, protocol, None) for source in FROM for protocol in (1, 50)]
    return [(one, Packet.of(one.source, str(one.protocol), one.port)) for one in sent]


PACKETS = packets()


def check(case: dict[str, Any]) -> None:
    told = answers(ExposureCase("", "azure", "", case, "", "", ""))
    exposures = exposures_of(Cloud.AZURE, ACCOUNT, told, SOURCES)
    found = [exposures.of(one) for one in exposures.estate.all(Endpoint)]
    possible = worlds(case)
    for sent, packet in PACKETS:
        sure = any(packet in one.accepted for one in found)
        may = sure or any(packet in one.maybe for one in found)
        ends = [arrives(case, sent, world) for world in possible]
        if (sure, may) != (ends[0], any(ends)):
            note(f"{sent}: {(sure, may)}, and by the walk {(ends[0], any(ends))}")
        assert (sure, may) == (ends[0], any(ends))


_SETTINGS: dict[str, Any] = {
    "deadline": None,
    "derandomize": True,
    "suppress_health_check": list(HealthCheck),
    "database": None,
}


@given(cases)
@settings(max_examples=40, **_SETTINGS)
def test_some(case: dict[str, Any]) -> None:
    check(case)


@pytest.mark.slow
@given(cases)
@settings(max_examples=10_000, **_SETTINGS)
def test_many(case: dict[str, Any]) -> None:
    check(case)
