"""Sets of packets against sets of single packets, and address translation."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.exposure import (
    ANYWHERE,
    EVERYTHING,
    NOTHING,
    NOWHERE,
    V4,
    V6,
    Action,
    AddressSet,
    Layer,
    Packet,
    PacketSet,
    Rule,
    Translation,
    block,
    in_front,
)
from scanner.exposure.notation import Family
from scanner.exposure.services import places, protocol_name, protocol_number
from scanner.exposure.translation import packets_in_front

# A tiny universe: a few addresses and ports of each family, of two protocols with ports and one without.
ADDRESSES = range(4)
PORTS = (0, 1, 2, 3, 65535)
UNIVERSE = [
    Packet(place, source)
    for family in (V4, V6)
    for protocol, ports in (("tcp", PORTS), ("udp", PORTS), ("gre", (None,)))
    for port in ports
    for place in (places(family, protocol, None if port is None else (port, port))[0],)
    for source in ADDRESSES
]

port_ranges = st.tuples(st.sampled_from(PORTS), st.sampled_from(PORTS)).map(
    lambda ends: (min(ends), max(ends))
)


@st.composite
def boxes(draw: st.DrawFn) -> PacketSet:
    """One rule's packets: some addresses, one protocol or all, some ports or all."""
    family: Family = draw(st.sampled_from((V4, V6)))
    first, last = sorted(draw(st.tuples(st.sampled_from(ADDRESSES), st.sampled_from(ADDRESSES))))
    sources = draw(st.sampled_from((ANYWHERE[family], AddressSet(family, (first, last + 1)))))
    protocol = draw(st.sampled_from(("TCP", "17", "gre", "-1")))
    with_ports = protocol in {"TCP", "17"} and draw(st.booleans())
    return PacketSet.of(
        sources, protocol, draw(st.lists(port_ranges, min_size=1, max_size=3)) if with_ports else None
    )


def _union(parts: list[PacketSet]) -> PacketSet:
    whole = NOTHING
    for part in parts:
        whole |= part
    return whole


packet_sets = st.lists(boxes(), max_size=4).map(_union)


def members(packets: PacketSet) -> set[Packet]:
    return {packet for packet in UNIVERSE if packet in packets}


@given(packet_sets, packet_sets)
def test_algebra_is_that_of_sets(a: PacketSet, b: PacketSet) -> None:
    assert members(a | b) == members(a) | members(b)
    assert members(a & b) == members(a) & members(b)
    assert members(a - b) == members(a) - members(b)
    assert members(EVERYTHING - a) == set(UNIVERSE) - members(a)
    assert (a <= b) == (not a - b)
    assert bool(a) == (a != NOTHING)


@given(packet_sets, packet_sets, packet_sets)
def test_equal_sets_are_equal_however_they_were_made(a: PacketSet, b: PacketSet, c: PacketSet) -> None:
    assert a | b == b | a
    assert (a - b) | (a & b) == a
    assert a - (b | c) == (a - b) - c
    assert a & (b | c) == (a & b) | (a & c)
    assert EVERYTHING - (EVERYTHING - a) == a
    assert hash(a | b) == hash(b | a)


@given(packet_sets)
def test_bands_are_canonical(packets: PacketSet) -> None:
    for start, stop, sources in packets.bands:
        assert start < stop
        assert sources
    for (_, stop, before), (start, _, after) in zip(packets.bands, packets.bands[1:], strict=False):
        assert stop < start or (stop == start and before != after)


@given(packet_sets, st.sampled_from((V4, V6)), st.sampled_from(("tcp", "udp", "gre", "all")))
def test_sources_are_those_of_some_packet(packets: PacketSet, family: Family, protocol: str) -> None:
    start, stop = places(family, protocol, None)
    assert {source for source in ADDRESSES if source in packets.sources(family, protocol)} == {
        packet.source for packet in members(packets) if start <= packet.place < stop
    }


def test_a_box_is_what_it_says() -> None:
    ssh = PacketSet.of(block("0.0.0.0/0"), "tcp", [(22, 22)])
    assert Packet.of("198.51.100.7", "6", 22) in ssh
    assert Packet.of("198.51.100.7", "tcp", 23) not in ssh
    assert Packet.of("198.51.100.7", "udp", 22) not in ssh
    assert Packet.of("2001:db8::1", "tcp", 22) not in ssh
    assert PacketSet.of(block("0.0.0.0/0"), "tcp", [(22, 30), (25, 40), (41, 50)]) == PacketSet.of(
        block("0.0.0.0/0"), "tcp", [(22, 50)]
    )
    assert PacketSet.of(NOWHERE[V4], "tcp", [(22, 22)]) == PacketSet.of(block("::/0"), "tcp", []) == NOTHING
    assert ssh.sources(V4, "tcp", (20, 30)) == block("0.0.0.0/0")
    assert ssh.sources(V4, "tcp", (23, 30)) == NOWHERE[V4]


def test_protocols_by_name_and_number() -> None:
    assert [protocol_number(text) for text in ("TCP", "6", "Udp", "icmpv6", "0", "255")] == [
        6,
        6,
        17,
        58,
        0,
        255,
    ]
    assert [protocol_number(text) for text in ("-1", "*", "Any", "all")] == [None] * 4
    assert [protocol_name(number) for number in (6, 58, 200)] == ["tcp", "icmpv6", "200"]


@pytest.mark.parametrize(
    ("protocol", "ports", "message"),
    [
        ("tpc", None, "unknown protocol 'tpc'.*icmpv6.*tcp"),
        ("256", None, "unknown protocol"),
        ("06", None, "unknown protocol"),
        ("icmp", (8, 22), "'icmp' has no ports, so 8-22"),
        ("all", (22, 22), "'all' has no ports"),
        ("tcp", (22, 21), "ports 22-21 are not a range"),
        ("tcp", (-1, -1), "ports -1--1 are not a range"),
        ("tcp", (0, 65536), "within 0 to 65535"),
    ],
)
def test_what_is_no_service_is_refused(protocol: str, ports: tuple[int, int] | None, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        PacketSet.of(ANYWHERE[V4], protocol, ports and [ports])


def test_a_packet_is_one_packet() -> None:
    for protocol, port in (("all", None), ("tcp", None), ("icmp", 8)):
        with pytest.raises(ValueError, match="protocol"):
            Packet.of("198.51.100.7", protocol, port)
    assert Packet.of("::2", "icmpv6").source == 2


@given(packet_sets)
def test_translation_asks_the_rule_about_the_port_behind(packets: PacketSet) -> None:
    ways = (
        Translation("tcp", (50001, 50001), (1, 1)),
        Translation("tcp", (600, 602), (1, 3)),
        Translation("udp", (700, 709), (2, 2)),
    )
    behind = {("tcp", 50001): 1, ("tcp", 600): 1, ("tcp", 602): 3, ("udp", 700): 2, ("udp", 709): 2}
    front = packets_in_front(packets, ways)
    for source in ("0.0.0.1", "0.0.0.3", "::2"):
        for (protocol, port), back in behind.items():
            assert (Packet.of(source, protocol, port) in front) == (
                Packet.of(source, protocol, back) in packets
            )
        for protocol, port in (("tcp", 1), ("tcp", 603), ("udp", 600), ("udp", 710)):
            assert Packet.of(source, protocol, port) not in front


def test_a_layer_behind_a_translator() -> None:
    ssh = PacketSet.of(ANYWHERE[V6], "tcp", [(22, 22)])
    layer = Layer("nsg", (Rule("a", Action.ACCEPT, ssh, PacketSet.of(ANYWHERE[V4]), "tag"),), default_ref="d")
    moved = in_front(layer, [Translation("tcp", (50001, 50001), (22, 22))])
    assert moved.rules[0].packets == PacketSet.of(ANYWHERE[V6], "tcp", [(50001, 50001)])
    assert moved.rules[0].maybe == PacketSet.of(ANYWHERE[V4], "tcp", [(50001, 50001)])
    assert (moved.name, moved.default_ref, moved.rules[0].why) == ("nsg", "d", "tag")


def test_translations_that_make_no_sense() -> None:
    with pytest.raises(ValueError, match="cannot be translated"):
        Translation("tcp", (1, 10), (1, 5))
    with pytest.raises(ValueError, match="no ports"):
        Translation("icmp", (1, 1), (1, 1))
    with pytest.raises(ValueError, match="share a front port"):
        packets_in_front(
            EVERYTHING, [Translation("tcp", (1, 5), (1, 5)), Translation("tcp", (5, 5), (22, 22))]
        )
