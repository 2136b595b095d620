"""Chains of layers against a walk packet by packet, in every world that an unresolved rule leaves possible."""

import json
from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.exposure import (
    ANYWHERE,
    EVERYTHING,
    NOTHING,
    PUBLIC,
    V4,
    V6,
    Action,
    AddressSet,
    Chain,
    Decision,
    Exposure,
    Fate,
    Layer,
    Opening,
    Packet,
    PacketSet,
    Rule,
    Translation,
    block,
    by_family,
    fate,
    in_front,
    in_short,
    openings,
    trace,
    walk,
)
from scanner.exposure.ending import openings_of
from scanner.exposure.services import places
from scanner.exposure.walking import Cell
from scanner.reporters.rows import dumps

# Public addresses on the left, private ones on the right, and one edge between blocks of each.
ADDRESSES = tuple(
    AddressSet.of(V4, [text]).edges[0] for text in ("8.0.0.0", "9.0.0.0", "9.255.255.255", "10.0.0.0")
)
SOURCES = tuple(
    AddressSet.of(V4, texts)
    for texts in (
        ["0.0.0.0/0"],
        ["8.0.0.0/8"],
        ["9.0.0.0/8"],
        ["8.0.0.0/7"],
        ["10.0.0.0/8"],
        ["8.0.0.0", "10.0.0.0/7"],
    )
)
PORTS = (21, 22, 23)
RANGES = ((22, 22), (21, 22), (22, 23), (0, 65535))
UNIVERSE = [
    Packet(places(V4, protocol, (port, port))[0], source)
    for protocol, port, source in product(("tcp", "udp"), PORTS, ADDRESSES)
]


@st.composite
def boxes(draw: st.DrawFn) -> PacketSet:
    protocol = draw(st.sampled_from(("tcp", "udp", "all")))
    ports = None if protocol == "all" else [draw(st.sampled_from(RANGES))]
    return PacketSet.of(draw(st.sampled_from(SOURCES)), protocol, ports)


@st.composite
def layers(draw: st.DrawFn, name: str) -> Layer:
    rules = []
    for number in range(draw(st.integers(0, 4))):
        kind = draw(st.sampled_from(("sure", "sure", "maybe", "both")))
        packets = draw(boxes()) if kind != "maybe" else NOTHING
        maybe = draw(boxes()) if kind != "sure" else NOTHING
        action = draw(st.sampled_from(tuple(Action)))
        rules.append(
            Rule(f"{name}.{number}", action, packets, maybe, f"why {name}.{number}" if maybe else "")
        )
    return Layer(name, tuple(rules), draw(st.sampled_from(tuple(Action))), f"{name}.default")


chains = st.builds(
    lambda stack, default: Chain(tuple(stack), default, "end"),
    st.integers(0, 3).flatmap(lambda depth: st.tuples(*(layers(name) for name in "abc"[:depth]))),
    st.sampled_from((Action.ACCEPT, Action.DROP)),
)


def first_match(layer: Layer, packet: Packet, world: frozenset[str]) -> tuple[str, Action]:
    """What the layer does when exactly the unresolved rules of this world match whatever they may match."""
    for rule in layer.rules:
        if packet in rule.packets or (rule.ref in world and packet in rule.maybe):
            return rule.ref, rule.action
    return layer.default_ref, layer.default


def way(chain: Chain, packet: Packet, world: frozenset[str] = frozenset()) -> list[tuple[str, Action]]:
    taken = []
    for layer in chain.layers:
        taken.append(first_match(layer, packet, world))
        if taken[-1][1] is not Action.NEXT:
            return taken
    return [*taken, (chain.default_ref, chain.default)]


def accepted(chain: Chain, packet: Packet, world: frozenset[str] = frozenset()) -> bool:
    return way(chain, packet, world)[-1][1] is Action.ACCEPT


def worlds(chain: Chain, packet: Packet) -> Iterator[frozenset[str]]:
    refs = [rule.ref for layer in chain.layers for rule in layer.rules if packet in rule.maybe]
    for chosen in product((True, False), repeat=len(refs)):
        yield frozenset(ref for ref, yes in zip(refs, chosen, strict=True) if yes)


def cells(exposure: Exposure, packet: Packet, *, sure: bool) -> list[Cell]:
    return [
        cell
        for start, stop, each in exposure.bands
        if start <= packet.place < stop
        for cell in each
        if cell.sure is sure and packet.source in cell.sources
    ]


def written(opening: Opening) -> Any:
    """What programs read."""
    return json.loads(dumps(opening.as_json()))


def differs(chain: Chain) -> None:
    """Compare every packet of the universe with the walk packet by packet."""
    exposure = walk(chain)
    sure, maybe = exposure.accepted, exposure.maybe
    assert not sure & maybe
    for packet in UNIVERSE:
        expected = Fate.ACCEPTED if accepted(chain, packet) else Fate.DROPPED
        if expected is Fate.DROPPED and any(
            accepted(chain, packet, world) for world in worlds(chain, packet)
        ):
            expected = Fate.UNRESOLVED
        found = Fate.ACCEPTED if packet in sure else Fate.UNRESOLVED if packet in maybe else Fate.DROPPED
        assert found == expected == fate(trace(chain, packet))
        evidence_holds(chain, packet, exposure)


def evidence_holds(chain: Chain, packet: Packet, exposure: Exposure) -> None:
    taken = way(chain, packet)
    decided = [(each.ref, each.action) for each in trace(chain, packet) if each.sure]
    assert decided == taken
    through = cells(exposure, packet, sure=True)
    assert len(through) == accepted(chain, packet)
    for cell in through:
        assert [(step.layer, step.action) for step in cell.path] == [
            (layer.name if layer else "", action)
            for layer, (_, action) in zip([*chain.layers, None][: len(taken)], taken, strict=True)
        ]
        for step, (ref, _) in zip(cell.path, taken, strict=True):
            # The rule that decides is named, and whoever is named has to do with some of the step.
            assert ref in {turn.ref for turn in step.turns}
            assert all(turn.sources & step.sources for turn in (*step.turns, *step.doubts))
        # A rule that would close this way on its own, if it matched, is named as a doubt.
        alone = [world for world in worlds(chain, packet) if len(world) == 1]
        closing = {ref for world in alone if not accepted(chain, packet, world) for ref in world}
        assert closing <= {turn.ref for step in cell.path for turn in step.doubts}


def names_hold(chain: Chain) -> None:
    """Each rule that an opening names matches some public packet of it."""
    exposure = walk(chain)
    rules = {each.ref: each.packets | each.maybe for layer in chain.layers for each in layer.rules}
    through = exposure.accepted | exposure.maybe
    for opening in openings(exposure):
        public = PacketSet.of(PUBLIC[opening.family], opening.protocol, [opening.ports]) & through
        assert public
        assert all(rules[ref] & public for ref in (*opening.via, *opening.doubts) if ref in rules)


@given(chains)
@settings(max_examples=60)
def test_openings_name_the_rules_that_let_public_packets_in(chain: Chain) -> None:
    names_hold(chain)


@given(chains)
@settings(max_examples=50)
def test_walk_is_the_walk_of_every_packet(chain: Chain) -> None:
    differs(chain)


@pytest.mark.slow
@given(chains)
@settings(max_examples=10_000, deadline=None)
def test_ten_thousand_walks(chain: Chain) -> None:
    differs(chain)
    names_hold(chain)


@given(layers("a"))
@settings(max_examples=40)
def test_without_unresolved_rules_a_layer_is_union_minus_earlier(layer: Layer) -> None:
    exposure = walk(Chain((layer,)))
    rest, expected = EVERYTHING, NOTHING
    for rule in layer.rules:
        if rule.action is Action.ACCEPT:
            expected |= rule.packets & rest
        rest -= rule.packets
    if layer.default is Action.ACCEPT:
        expected |= rest
    assert exposure.accepted == expected


def rule(ref: str, action: str, sources: str, protocol: str = "tcp", port: int | None = 22) -> Rule:
    packets = NOTHING
    for family in by_family(sources.split()):
        packets |= PacketSet.of(family, protocol, None if port is None else [(port, port)])
    return Rule(ref, Action(action), packets)


def found(*stack: Layer, default: Action = Action.DROP) -> tuple[Opening, ...]:
    return openings(walk(Chain(stack, default, "no group")))


def short(*stack: Layer, default: Action = Action.DROP) -> str:
    return in_short(found(*stack, default=default))


def test_groups_are_united_and_every_rule_that_opens_is_named() -> None:
    group = Layer(
        "groups",
        (
            rule("low", "accept", "0.0.0.0/1"),
            rule("high", "accept", "128.0.0.0/1"),
            rule("again", "accept", "0.0.0.0/0"),
            rule("office", "accept", "10.0.0.0/8"),
            rule("everywhere", "accept", "::/1"),
        ),
    )
    four, six = (written(each) for each in found(group))
    assert four == {
        "family": 4,
        "protocol": "tcp",
        "ports": [22, 22],
        "class": "W",
        "sources": ["0.0.0.0/0"],
        "via": ["low", "high", "again"],
    }
    assert six == four | {"family": 6, "sources": ["::/1"], "via": ["everywhere"]}


def test_every_protocol_is_reported_as_tcp_and_udp() -> None:
    every, web = rule("all", "accept", "0.0.0.0/0", "-1", None), rule("web", "accept", "0.0.0.0/0", "tcp", 80)
    layer = Layer("group", (every, web))
    assert short(layer) == "tcp4:0-65535=W udp4:0-65535=W"
    tcp = openings(walk(Chain((layer,))), ("tcp",))
    assert [(opening.ports, opening.via) for opening in tcp] == [((0, 65535), ("all", "web"))]
    assert in_short(openings(walk(Chain((layer,))), ("icmp",))) == "icmp4:0-65535=W"
    with pytest.raises(ValueError, match="is not one"):
        openings(walk(Chain((layer,))), ("all",))


def test_protocols_without_ports_open_no_port() -> None:
    assert short(Layer("group", (rule("gre", "accept", "0.0.0.0/0", "47", None),))) == "none"


def test_first_match_decides() -> None:
    deny, allow = rule("deny", "drop", "0.0.0.0/0 ::/0", "all", None), rule("allow", "accept", "0.0.0.0/0")
    assert short(Layer("vpc", (deny, allow))) == "none"
    assert short(Layer("vpc", (allow, deny))) == "tcp4:22=W"
    assert short(Layer("vpc", (rule("deny one", "drop", "52.0.0.0/8"), allow))) == "tcp4:22=P"


def test_layers_whose_allow_is_next_intersect() -> None:
    subnet = Layer("subnet", (rule("low", "next", "0.0.0.0/1"),))
    assert short(subnet, Layer("nic", (rule("high", "accept", "128.0.0.0/1"),))) == "none"
    assert short(subnet, Layer("nic", (rule("ssh", "accept", "0.0.0.0/0"),))) == "tcp4:22=P"
    assert found(subnet, default=Action.ACCEPT)[0].via == ("low", "no group")


def test_an_early_accept_skips_what_follows_and_the_rest_goes_on() -> None:
    admin = Layer(
        "admin", (rule("always", "accept", "8.0.0.0/7"), rule("pass", "next", "0.0.0.0/0")), Action.NEXT
    )
    group = Layer("nsg", (rule("closed", "drop", "8.0.0.0/6"), rule("ssh", "accept", "0.0.0.0/0")))
    accepted = walk(Chain((admin, group))).accepted
    assert accepted.sources(V4, "tcp", (22, 22)) == ANYWHERE[V4] - block("10.0.0.0/7")
    assert found(admin, group)[0].via == ("always", "pass", "ssh")


def test_a_chain_without_layers_is_its_default() -> None:
    assert walk(Chain((), Action.ACCEPT)).accepted == EVERYTHING
    assert walk(Chain(())).accepted == NOTHING
    with pytest.raises(ValueError, match="no next layer"):
        Chain((), Action.NEXT)


def unresolved(action: str, sources: str = "0.0.0.0/0") -> Rule:
    return Rule(
        "list", Action(action), maybe=PacketSet.of(block(sources), "tcp", [(22, 22)]), why="pl-x was not read"
    )


def test_what_an_unresolved_rule_may_open_is_unresolved() -> None:
    (opening,) = found(Layer("group", (unresolved("accept"),)))
    assert written(opening) == {
        "family": 4,
        "protocol": "tcp",
        "ports": [22, 22],
        "class": "U",
        "sources": [],
        "via": ["list"],
        "unresolved": ["pl-x was not read"],
    }


@pytest.mark.parametrize(
    ("known", "expected", "reasons"),
    [
        ("0.0.0.0/0", "W", ()),
        ("0.0.0.0/1", "P", ("pl-x was not read",)),
        ("8.8.8.8", "U", ("pl-x was not read",)),
        ("10.0.0.0/8", "U", ("pl-x was not read",)),
        (
            "0.0.0.0-51.255.255.255 52.16.0.0-255.255.255.255",
            "W",
            (),
        ),  # what is missing is too little to matter
    ],
)
def test_what_is_surely_open_wins_over_what_may_be(
    known: str, expected: str, reasons: tuple[str, ...]
) -> None:
    (opening,) = found(Layer("group", (unresolved("accept"), rule("known", "accept", known))))
    sources = AddressSet.of(V4, known.split())
    assert (opening.breadth, opening.sources, opening.unresolved) == (expected, sources, reasons)


def test_what_an_unresolved_rule_may_open_besides_counts_not_what_is_open_anyway() -> None:
    office = rule("office", "accept", "8.8.8.0/24")
    (opening,) = found(Layer("group", (unresolved("accept", "8.8.8.8"), office)))
    assert (opening.breadth, opening.via, opening.unresolved) == ("N", ("office",), ())


def test_an_unresolved_rule_for_private_addresses_opens_nothing() -> None:
    assert short(Layer("group", (unresolved("accept", "10.0.0.0/8"),))) == "none"


def test_a_deny_that_is_not_resolved_is_ignored_and_named_as_a_doubt() -> None:
    ssh, web = rule("ssh", "accept", "0.0.0.0/0"), rule("web", "accept", "0.0.0.0/0", port=80)
    doubted, sure = found(Layer("policy", (unresolved("drop"), ssh, web)))
    assert (doubted.breadth, doubted.doubts, written(doubted)["doubts"]) == ("W", ("list",), ["list"])
    assert (sure.breadth, sure.doubts) == ("W", ())
    assert "doubts" not in written(sure)


def test_an_unresolved_hand_over_may_open_but_not_close() -> None:
    ssh = rule("ssh", "accept", "0.0.0.0/0")
    assert short(Layer("policy", (unresolved("next"),)), Layer("later", (ssh,))) == "tcp4:22=U"
    (opening,) = found(Layer("policy", (unresolved("next"), ssh)), Layer("later"))
    assert (opening.breadth, opening.doubts) == ("W", ("list",))


@pytest.mark.parametrize("action", ["accept", "next"])
def test_an_unresolved_rule_is_no_doubt_where_what_follows_is_no_more_open(action: str) -> None:
    ssh = rule("ssh", action, "0.0.0.0/0")
    (opening,) = found(Layer("policy", (unresolved(action), ssh)), default=Action.ACCEPT)
    assert (opening.breadth, opening.unresolved, opening.doubts) == ("W", (), ())


def test_an_unresolved_rule_is_no_doubt_about_addresses_that_it_cannot_match() -> None:
    (opening,) = found(Layer("policy", (unresolved("drop", "9.0.0.0/8"), rule("ssh", "accept", "8.0.0.0/8"))))
    assert opening.doubts == ()


def test_an_unresolved_rule_says_why() -> None:
    with pytest.raises(ValueError, match="'list' may match packets, but says not why"):
        Rule("list", Action.DROP, maybe=EVERYTHING)


def test_ports_in_front_of_a_translator() -> None:
    front = Layer("load balancer", (rule("nat", "next", "0.0.0.0/0", port=50001),))
    ways = [Translation("tcp", (50001, 50001), (22, 22))]
    for_the_back = Layer("nsg", (rule("back", "accept", "0.0.0.0/0 ::/0", port=22),))
    for_the_front = Layer("nsg", (rule("front", "accept", "0.0.0.0/0 ::/0", port=50001),))
    assert short(front, in_front(for_the_back, ways)) == "tcp4:50001=W"
    assert short(front, in_front(for_the_front, ways)) == "none"


def test_neighbouring_ports_are_one_range_where_the_class_is_the_same() -> None:
    sources = {
        80: "0.0.0.0/0",
        81: "0.0.0.0/0",
        82: "0.0.0.0/1",
        83: "128.0.0.0/1",
        85: "8.8.8.8",
        86: "10.0.0.0/8",
    }
    layer = Layer(
        "group", tuple(rule(f"{port}", "accept", source, port=port) for port, source in sources.items())
    )
    assert [opening.ports for opening in found(layer)] == [(80, 81), (82, 82), (83, 83), (85, 85)]
    assert found(layer)[0].via == ("80", "81")
    assert short(layer) == "tcp4:80-81=W tcp4:82-83=P tcp4:85=N"


@st.composite
def endings(draw: st.DrawFn) -> Layer:
    """A union of groups, or the rules of a network: all are resolved, and some are alike."""
    actions = draw(st.sampled_from(((Action.ACCEPT,), (Action.NEXT, Action.DROP), tuple(Action))))
    rules = [
        Rule(f"e.{number % 3}", draw(st.sampled_from(actions)), draw(boxes()))
        for number in range(draw(st.integers(0, 5)))
    ]
    return Layer(
        "ending", tuple(rules), draw(st.sampled_from(tuple(Action))), draw(st.sampled_from(("", "*")))
    )


@given(chains, endings(), st.sampled_from(("", "end")))
def test_what_a_last_layer_lets_in_is_summed_up_once_for_every_way_that_leads_to_it(
    chain: Chain, end: Layer, ref: str
) -> None:
    for through in (Chain((*chain.layers, end), chain.default, ref), Chain((end,), chain.default, ref)):
        assert openings_of(through) == openings(walk(through))
    assert openings_of(chain) == openings(walk(chain))


def test_a_trace_names_the_rule_of_each_layer() -> None:
    acl = Layer("acl", (rule("90", "drop", "8.0.0.0/8"), rule("100", "next", "0.0.0.0/0")), default_ref="*")
    group = Layer("group", (unresolved("accept"), rule("office", "accept", "9.9.9.9")))
    chain = Chain((acl, group))
    assert trace(chain, Packet.of("8.8.8.8", "tcp", 22)) == [Decision("acl", "90", Action.DROP)]
    assert trace(chain, Packet.of("9.9.9.9", "udp", 22)) == [Decision("acl", "*", Action.DROP)]
    decisions = trace(chain, Packet.of("9.9.9.9", "tcp", 22))
    assert decisions == [
        Decision("acl", "100", Action.NEXT),
        Decision("group", "list", Action.ACCEPT, "pl-x was not read", sure=False),
        Decision("group", "office", Action.ACCEPT),
    ]
    assert fate(decisions) is Fate.ACCEPTED
    assert fate(trace(chain, Packet.of("9.9.9.8", "tcp", 22))) is Fate.UNRESOLVED
    assert fate(trace(chain, Packet.of("8.8.8.8", "tcp", 22))) is Fate.DROPPED


def test_a_sure_accept_ends_a_trace_also_behind_an_unresolved_hand_over() -> None:
    policy = Layer("policy", (unresolved("next"), rule("ssh", "accept", "0.0.0.0/0")))
    way = trace(Chain((policy, Layer("later"))), Packet.of("8.8.8.8", "tcp", 22))
    assert [(each.layer, each.ref, each.sure) for each in way] == [
        ("policy", "list", False),
        ("policy", "ssh", True),
    ]


def test_equal_chains_of_the_same_layers_are_walked_once() -> None:
    group = Layer("group", (rule("ssh", "accept", "::/0"),))
    assert walk(Chain((group,))) is walk(Chain((group,)))
    assert found(group)[0].family == V6
