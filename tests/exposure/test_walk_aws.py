"""Random networks of AWS: what the chains say of a packet is what a plain walk of that packet says."""

import itertools
from collections.abc import Iterator
from typing import Any

import pytest
from aws_cases import answers
from aws_walk import Sent, arrives
from cases import ExposureCase
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st
from mapped import SCOPE, mapped

from scanner import mapping
from scanner.exposure import Packet
from scanner.exposure.exposures import Exposures
from scanner.models.resource import Code, Resource, Why
from scanner.providers.aws import endpoints, load_balancer, network, routing
from scanner.providers.spec import PARENT, Call, Source, Within

#: Blocks that hold, halve and miss each other; and addresses of the internet at their edges.
BLOCKS = (
    "0.0.0.0/0", "0.0.0.0/1", "128.0.0.0/1", "8.0.0.0/6", "8.0.0.0/8", "8.8.8.0/24", "8.8.8.8/32", "9.9.9.9/32",
    "10.0.0.0/8", "::/0", "::/1", "2000::/3", "2600::/16", "2600::1/128",
)  # fmt: skip
SOURCES = (
    "8.8.8.8", "8.8.8.9", "8.9.0.0", "9.9.9.9", "11.255.255.255", "12.0.0.0", "126.0.0.1", "128.0.0.1", "200.1.1.1",
    "2600::1", "2600::2", "2a00::1", "2001:4860::8888",
)  # fmt: skip
EDGES = (0, 21, 22, 23, 80, 443, 1023, 1024, 1025, 40000, 65535)
TARGETS = ("igw-1", "igw-1", "nat-1", "tgw-1", "eigw-1", "vgw-1", "igw-2")
LISTS = ("pl-1", "pl-2", "pl-unread")

mostly = st.sampled_from((True, True, True, True, True, True, True, False))
rarely = mostly.map(lambda value: not value)
blocks = st.sampled_from(BLOCKS)
spans = st.tuples(st.sampled_from(EDGES), st.sampled_from(EDGES)).map(sorted)
some_lists = st.fixed_dictionaries({name: st.lists(blocks, min_size=1, max_size=3) for name in LISTS[:2]})


@st.composite
def group_rules(draw: st.DrawFn) -> dict[str, Any]:
    protocol = draw(st.sampled_from(("tcp", "tcp", "6", "udp", "-1", "icmp", "47")))
    sources = st.one_of(blocks, blocks, blocks, st.sampled_from((*LISTS, "sg-9")))
    rule: dict[str, Any] = {"p": protocol, "src": draw(st.lists(sources, min_size=1, max_size=3))}
    if protocol in ("tcp", "6", "udp"):
        rule["from"], rule["to"] = draw(spans)
    elif protocol == "icmp":
        rule["from"], rule["to"] = draw(st.sampled_from(((-1, -1), (8, 0), (8, 22))))
    return rule


@st.composite
def entries(draw: st.DrawFn) -> list[list[Any]]:
    numbers = draw(st.lists(st.integers(1, 32766), max_size=5, unique=True))
    made: list[list[Any]] = []
    for number in numbers:
        protocol = draw(st.sampled_from(("-1", "-1", "6", "17", "1", "47")))
        ports = draw(st.none() | spans) if protocol in ("6", "17", "-1") else None
        action = draw(st.sampled_from(("allow", "allow", "deny")))
        made.append([number, action, protocol, ports, draw(blocks)])
    for block in draw(st.sampled_from((("0.0.0.0/0", "::/0"), ("0.0.0.0/0",), ("::/0",), ()))):
        made.append([32760 + len(made), "allow", "-1", None, block])
    return made


@st.composite
def routes(draw: st.DrawFn) -> list[list[str]]:
    destinations = draw(st.lists(st.one_of(blocks, st.sampled_from(LISTS)), max_size=5, unique=True))
    made = [[destination, draw(st.sampled_from(TARGETS))] for destination in destinations]
    default = draw(st.sampled_from((("0.0.0.0/0", "::/0"), ("0.0.0.0/0",), ("::/0",), ())))
    return made + [[one, "igw-1"] for one in default if one not in destinations]


balancers = st.fixed_dictionaries(
    {
        "type": st.sampled_from(("application", "network")),
        "scheme": st.sampled_from(("internet-facing", "internet-facing", "internal")),
        "ip": st.sampled_from(("ipv4", "dualstack", "dualstack-without-public-ipv4")),
        "listeners": st.lists(
            st.sampled_from((["HTTP", 80], ["TLS", 443], ["TCP_UDP", 22], ["UDP", 23], ["QUIC", 443])),
            min_size=1,
            max_size=3,
            unique_by=str,
        ),
    }
)
cases = st.fixed_dictionaries(
    {
        "sg": st.none() | st.lists(st.lists(group_rules(), max_size=4), min_size=1, max_size=2),
        "pl": some_lists,
        "eni": st.fixed_dictionaries(dict.fromkeys(("pub4", "pub6"), mostly), optional={"deny_igw": rarely}),
    },
    optional={
        "nacl_in": entries(),
        "nacl_out": entries(),
        "routes": routes(),
        "igw": mostly,
        "bpa": st.sampled_from(("off", "off", "off", "off", "block-ingress", "block-bidirectional")),
        "excl": st.sampled_from(("allow-egress", "allow-bidirectional")),
        "lb": balancers,
        "attached": mostly,
    },
)


def resources(case: dict[str, Any]) -> Iterator[Resource]:
    """Map the raw answers, without the threads of a collection."""
    told = answers(ExposureCase("", "aws", "", case, "", "", ""))
    balancers_ = told["elbv2:DescribeLoadBalancers"]["LoadBalancers"]
    parents = {
        network.SECURITY_GROUPS: told["ec2:DescribeSecurityGroups"]["SecurityGroups"],
        routing.ROUTE_TABLES: told["ec2:DescribeRouteTables"]["RouteTables"],
        load_balancer.LOAD_BALANCERS: balancers_,
    }
    for source in (*network.SOURCES, *routing.SOURCES, endpoints.INTERFACES, endpoints.BALANCERS):
        if isinstance(source.listing, Within):
            assert source.under is not None
            rows = [(row, raw) for raw in parents[source.under] for row in source.listing.items(raw)]
        else:
            assert isinstance(source.listing, Call)
            rows = [(row, None) for row in told[source.listing.name][source.listing.items]]
        for row, parent in rows:
            yield (
                _entries(row, source, told)
                if source.kind.__name__ == "AddressList"
                else mapped(source, row, parent=parent, **_details(source, told))
            )
    for row in told["elbv2:DescribeListeners"]["Listeners"] if balancers_ else ():
        yield mapped(load_balancer.LISTENERS, row, parent=balancers_[0])


def _details(source: Source, told: dict[str, Any]) -> dict[str, Any]:
    calls = [detail.call for detail in source.details if detail.call.name in told]
    return {call.operation: told[call.name][call.items] for call in calls}


def _entries(row: Any, source: Source, told: dict[str, Any]) -> Resource:
    item = mapping.start_item(source, {**row, PARENT: {}}, SCOPE, "aws")
    detail = source.details[0]
    answer = told[detail.call.name]({"PrefixListId": row["PrefixListId"]})
    if answer is None:
        mapping.take_failure(item, Why(code=Code.DENIED, permission=detail.call.permission), detail.fills)
    else:
        mapping.take_answer(item, detail, answer["Entries"], detail.fills)
    return mapping.finish_item(item)


def packets() -> Iterator[Sent]:
    for source in SOURCES:
        for protocol, port in itertools.product((6, 17), EDGES):
            yield Sent(source, protocol, port)
        for protocol in (1, 47, 50):
            yield Sent(source, protocol, None)


PACKETS = tuple((sent, Packet.of(sent.source, str(sent.protocol), sent.port)) for sent in packets())


def check(case: dict[str, Any]) -> None:
    exposures = Exposures()
    for resource in resources(case):
        exposures.add(resource)
    found = [exposures.of(endpoint) for endpoint in exposures.endpoints()]
    for sent, packet in PACKETS:
        sure = any(packet in one.accepted for one in found)
        may = sure or any(packet in one.maybe for one in found)
        expected = arrives(case, sent, generous=False), arrives(case, sent, generous=True)
        if (sure, may) != expected:
            note(f"{sent}: {(sure, may)}, and by the walk {expected}")
        assert (sure, may) == expected


_SETTINGS: dict[str, Any] = {
    "deadline": None,
    "derandomize": True,
    "suppress_health_check": list(HealthCheck),
    "database": None,
}


@given(cases)
@settings(max_examples=100, **_SETTINGS)
def test_some(case: dict[str, Any]) -> None:
    check(case)


@pytest.mark.slow
@given(cases)
@settings(max_examples=10_000, **_SETTINGS)
def test_many(case: dict[str, Any]) -> None:
    check(case)
