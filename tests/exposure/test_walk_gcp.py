"""Random networks of Google Cloud: what the chains say of a packet is what a plain walk of that packet says."""

import itertools
from typing import Any

import pytest
from aws_walk import Sent
from cases import ExposureCase
from gcp_cases import ACCOUNT, answers, networks
from gcp_walk import OWN_SIX, arrives, doubtful, let_in, stages, worlds
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st
from told import exposures_of

from scanner.exposure import Packet
from scanner.models.endpoint import Endpoint
from scanner.models.network import Firewall
from scanner.models.resource import Cloud
from scanner.providers.gcp.sources import SOURCES as ALL_SOURCES

BLOCKS = (
    "0.0.0.0/0", "0.0.0.0/0", "0.0.0.0/1", "128.0.0.0/1", "8.0.0.0/6", "8.8.8.0/24", "8.8.8.8/32", "10.0.0.0/8",
    "::/0", "::/0", "2000::/3", "2600::/16", "2600::1/128",
)  # fmt: skip
SOURCES = (
    "8.8.8.8", "8.8.8.9", "9.9.9.9", "12.0.0.0", "126.0.0.1", "128.0.0.1", "10.1.2.3", "2600::1", "2600::2", "2a00::1",
)  # fmt: skip
EDGES = (21, 22, 23, 80, 443)
PORTS = ("22", "21-22", "22-80", "80", "443")
TAGS, ACCOUNTS, NETWORKS = ("web", "db"), ("a@p", "b@p"), ("default", "prod")
SECURE_TAGS = ("tagValues/1", "tagValues/2")
DESTINATIONS = ("10.128.0.0/20", "10.128.0.3/32", "34.120.1.1/32", "2600:1900:4000::/44", "35.206.75.120/32")

mostly = st.sampled_from((True, True, True, True, True, True, False))
rarely = mostly.map(lambda value: not value)
blocks = st.lists(st.sampled_from(BLOCKS), min_size=1, max_size=3)
some_tags = st.lists(st.sampled_from(TAGS), max_size=2, unique=True)
protocols = st.lists(
    st.tuples(
        st.sampled_from(("tcp", "tcp", "6", "udp", "all", "icmp")),
        st.lists(st.sampled_from(PORTS), max_size=2),
    ).map(lambda one: [one[0], one[1] if one[0] in ("tcp", "6", "udp") else []]),
    min_size=1,
    max_size=2,
)
#: Few priorities, so that there are ties; and every other key seldom enough that packets still get somewhere.
vpc_rules = st.fixed_dictionaries(
    {"prio": st.sampled_from((100, 200, 1000))},
    optional={
        "src": blocks,
        "stags": rarely.map(lambda some: ["lb"] if some else []),
        "ttags": some_tags,
        "dst": st.lists(st.sampled_from(DESTINATIONS), max_size=1),
        "disabled": rarely,
        "dir": mostly.map(lambda some: "INGRESS" if some else "EGRESS"),
        "net": st.sampled_from(NETWORKS),
    },
)
firewall_rules = st.tuples(vpc_rules, st.sampled_from(("allow", "allow", "deny")), protocols).map(
    lambda one: {**one[0], one[1]: one[2]}
)
policy_rules = st.fixed_dictionaries(
    {
        "action": st.sampled_from(("allow", "deny", "goto_next", "apply_security_profile_group")),
        "l4": protocols,
        "src": blocks,
    },
    optional={
        "srcNetType": st.sampled_from(("INTERNET", "NON_INTERNET")),
        "targetNets": st.lists(st.sampled_from(NETWORKS), max_size=2, unique=True),
        "targetType": st.sampled_from(("INSTANCES", "INTERNAL_MANAGED_LB")),
        "tsa": st.lists(st.sampled_from(ACCOUNTS), max_size=1),
        "dst": st.lists(st.sampled_from(DESTINATIONS), max_size=1),
        "disabled": rarely,
    },
)
#: What makes one rule of a case hard to resolve.
HARD: tuple[dict[str, Any], ...] = (
    {"geo": ["US"], "src": []},
    {"geo": ["US"]},
    {"fqdn": ["example.com"], "src": []},
    {"groups": ["unread"], "src": []},
    {"ttags": ["tagValues/1"]},
    {"ttags": ["tagValues/2", "tagValues/1"]},
    {"groups": ["office"], "src": []},
    {"stags": ["tagValues/2"], "src": []},
    {"src": []},
)


@st.composite
def policies(draw: st.DrawFn) -> list[dict[str, Any]]:
    rules = draw(st.lists(policy_rules, max_size=4))
    priorities = draw(st.permutations(range(len(rules))))
    made = [{**rule, "prio": priority} for rule, priority in zip(rules, priorities, strict=True)]
    if draw(st.booleans()) and made:
        made[draw(st.integers(0, len(made) - 1))].update(draw(st.sampled_from(HARD)))
    return made


routes = st.lists(
    st.tuples(
        st.sampled_from(("0.0.0.0/0", "0.0.0.0/0", "0.0.0.0/1", "128.0.0.0/1", "8.8.8.0/24", "::/0")),
        st.sampled_from(("internet", "internet", "10.128.0.9")),
        st.sampled_from((100, 1000)),
        some_tags,
    ).map(list),
    max_size=4,
)
fronts = st.one_of(
    st.fixed_dictionaries(
        {"target": st.sampled_from(("http", "tcp")), "ports": st.sampled_from(("22", "80-443"))},
    ),
    st.fixed_dictionaries(
        {
            "target": st.sampled_from(("pool", "instance", "service")),
            "proto": st.sampled_from(("TCP", "UDP", "L3_DEFAULT")),
        },
        optional={
            "ports": st.sampled_from(("22", "80-443")),
            "src": st.lists(st.sampled_from(("8.0.0.0/6", "128.0.0.0/1")), max_size=1),
        },
    ),
).filter(lambda front: front.get("proto") != "L3_DEFAULT" or "ports" not in front)
cases = st.fixed_dictionaries(
    {
        "vpc": st.lists(firewall_rules, max_size=5),
        "vm": st.fixed_dictionaries(
            {"ext4": mostly, "ext6": mostly},
            optional={
                "tags": some_tags,
                "sa": st.sampled_from(ACCOUNTS),
                "net": st.sampled_from(NETWORKS),
                "stags": st.lists(st.sampled_from(SECURE_TAGS), max_size=2, unique=True),
                "status": mostly.map(lambda some: "RUNNING" if some else "TERMINATED"),
            },
        ),
        "groups": st.just({"office": ["8.8.8.0/24", "2600::/16"]}),
    },
    optional={
        "hier": st.lists(policies(), max_size=2),
        "system": policies(),
        "rsystem": st.lists(policies(), max_size=2),
        "gnp": policies(),
        "rnp": policies(),
        "order": st.sampled_from(("BEFORE", "AFTER")),
        "routes": routes,
        "route0": mostly,
        "lb": fronts,
    },
)


def packets() -> list[tuple[Sent, Packet]]:
    sent = [Sent(source, *where) for source in SOURCES for where in itertools.product((6, 17), EDGES)]
    sent += [Sent(source, 1, None) for source in SOURCES]
    return [(one, Packet.of(one.source, str(one.protocol), one.port)) for one in sent]


PACKETS = packets()


def check(case: dict[str, Any]) -> None:
    told = answers(ExposureCase("", "gcp", "", case, "", "", ""))
    exposures = exposures_of(Cloud.GCP, ACCOUNT, told, ALL_SOURCES)
    found = [exposures.of(one) for one in exposures.estate.all(Endpoint) if one.name != "any"]
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


# -- one firewall by itself -----------------------------------------------------------------------------------


#: Every machine that rules of these cases tell apart.
MACHINES = [
    {"tags": list(tags), **({"sa": account} if account else {}), "net": name, "stags": list(secure)}
    for tags in ((), ("web",), ("db",), TAGS)
    for secure in ((), SECURE_TAGS[:1], SECURE_TAGS[1:], SECURE_TAGS)
    for account in (None, *ACCOUNTS)
    for name in NETWORKS
]
ADDRESSES = {
    4: ("192.168.0.1", "10.128.0.2", "10.128.0.3", "34.120.1.1", "35.206.75.120"),
    6: ("fd00::1", OWN_SIX),
}


def without_others(case: dict[str, Any], stage: str, number: int) -> dict[str, Any]:
    """The case with no rule left that lets in, but those of one firewall: a VPC rule, or a whole policy."""
    left: dict[str, Any] = {key: case[key] for key in ("order", "groups") if key in case}
    for name, rules in stages(case):
        own = [
            rule
            for place, rule in enumerate(rules)
            if (name == stage and (name != "vpc" or place == number))
            or "deny" in rule
            or rule.get("action") in ("deny", "goto_next")
        ]
        several, _, _ = name.partition("-")
        if several in ("hier", "rsystem"):
            left.setdefault(several, []).append(own)
        else:
            left[name] = own
    # A machine in another region knows no regional policy.
    return left if stage == "rnp" or stage.startswith("rsystem") else {**left, "rnp": [], "rsystem": []}


def check_firewalls(case: dict[str, Any]) -> None:
    case = {key: value for key, value in case.items() if key not in ("lb", "routes")}
    row = ExposureCase("", "gcp", "", case, "", "", "")
    exposures = exposures_of(Cloud.GCP, ACCOUNT, answers(row), ALL_SOURCES)
    machines = [one for one in MACHINES if one["net"] in networks(row)]
    firewalls = {one.id.rpartition("/")[2]: one for one in exposures.estate.all(Firewall)}
    names = {f"rule-{number}": ("vpc", number) for number in range(len(case["vpc"]))}
    names |= {str(1000 + number): (f"hier-{number}", 0) for number in range(len(case.get("hier") or ()))}
    names |= {
        f"rsystem-{number}": (f"rsystem-{number}", 0) for number in range(len(case.get("rsystem") or ()))
    }
    names |= {name: (name, 0) for name in ("system", "gnp", "rnp")}
    for name, (stage, number) in names.items():
        if name not in firewalls:
            continue
        found = exposures.of_firewall(firewalls[name]).exposures
        left = without_others(case, stage, number)
        # Google's policies of a region are asked for only where a machine stands.
        asked = case["vm"].get("net", "default") if stage.startswith("rsystem") else ""
        for sent, packet in PACKETS[::13]:
            expected = any(
                let_in(left, machine, sent, to, frozenset())
                for machine in machines
                if asked in ("", machine["net"])
                for to in ADDRESSES[sent.family]
            )
            if any(packet in one.accepted for one in found) != expected:
                note(f"{name}: {sent}: by the walk {expected}")
            assert any(packet in one.accepted for one in found) == expected


plain = cases.filter(lambda case: not list(doubtful(case)))


@given(plain)
@settings(max_examples=12, **_SETTINGS)
def test_some_firewalls(case: dict[str, Any]) -> None:
    check_firewalls(case)


@pytest.mark.slow
@given(plain)
@settings(max_examples=2_000, **_SETTINGS)
def test_many_firewalls(case: dict[str, Any]) -> None:
    check_firewalls(case)
