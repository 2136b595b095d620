"""Sets of addresses against sets of numbers, and the classes of the worked cases."""

import ipaddress
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.exposure import (
    ANYWHERE,
    NOWHERE,
    PUBLIC,
    V4,
    V6,
    AddressSet,
    Breadth,
    block,
    breadth,
    by_family,
    share,
    union,
)
from scanner.exposure.notation import WIDTH, Family
from scanner.exposure.special import SPECIAL

RFC1918 = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")
# Places around which sets are made, so that the ends of the address space are met too.
FAMILY: st.SearchStrategy[Family] = st.sampled_from(tuple(WIDTH))
SMALL = 12


def places(family: Family) -> list[int]:
    """The first and the last addresses of the family, as many as the brute force looks at."""
    top = 1 << WIDTH[family]
    return [*range(SMALL), *range(top - SMALL, top)]


@st.composite
def sets(draw: st.DrawFn, family: Family) -> AddressSet:
    """A set of spans between those places."""
    edges = sorted({*places(family), 1 << WIDTH[family]})
    spans = draw(st.lists(st.tuples(st.sampled_from(edges), st.sampled_from(edges)), max_size=5))
    return union(family, [AddressSet(family, (min(a, b), max(a, b))) for a, b in spans if a != b])


@st.composite
def pairs(draw: st.DrawFn) -> tuple[AddressSet, AddressSet]:
    family = draw(FAMILY)
    return draw(sets(family)), draw(sets(family))


def members(each: AddressSet) -> set[int]:
    return {place for place in places(each.family) if place in each}


@given(pairs())
def test_algebra_is_that_of_sets(pair: tuple[AddressSet, AddressSet]) -> None:
    a, b = pair
    assert members(a | b) == members(a) | members(b)
    assert members(a & b) == members(a) & members(b)
    assert members(a - b) == members(a) - members(b)
    assert members(~a) == set(places(a.family)) - members(a)
    assert (a <= b) == (members(a) <= members(b))


@given(pairs())
def test_results_are_canonical_so_equal_sets_are_equal(pair: tuple[AddressSet, AddressSet]) -> None:
    a, b = pair
    for each in (a | b, a & b, a - b, ~a):
        assert list(each.edges) == sorted(set(each.edges))
        assert len(each.edges) % 2 == 0
    assert (a | b) == (b | a) == ~(~a & ~b)
    assert (a - b) | (a & b) == a
    assert hash(~~a) == hash(a)
    assert ~~a == a


@given(pairs())
def test_sizes_add_up(pair: tuple[AddressSet, AddressSet]) -> None:
    a, b = pair
    assert (a | b).size + (a & b).size == a.size + b.size
    assert a.size + (~a).size == 1 << WIDTH[a.family]


@given(FAMILY.flatmap(sets))
def test_blocks_are_exact_and_the_fewest(each: AddressSet) -> None:
    blocks = each.cidrs()
    assert AddressSet.of(each.family, blocks) == each
    fours = [ipaddress.IPv4Network(text) for text in blocks if each.family == V4]
    sixes = [ipaddress.IPv6Network(text) for text in blocks if each.family == V6]
    fewest = [*ipaddress.collapse_addresses(fours), *ipaddress.collapse_addresses(sixes)]
    assert [str(net) for net in fewest] == list(blocks)


@given(st.ip_addresses(), st.integers(0, 128))
def test_blocks_are_read_as_the_standard_library_reads_them(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address, length: int
) -> None:
    text = f"{address}/{min(length, address.max_prefixlen)}"
    expected = ipaddress.ip_network(text, strict=False)
    assert block(text).cidrs() == (str(expected),)
    assert block(str(address)).size == 1
    assert str(address) in block(text)


@pytest.mark.parametrize(
    ("text", "cidrs"),
    [
        ("1.2.3.4/0", ("0.0.0.0/0",)),
        ("100.68.0.18/18", ("100.68.0.0/18",)),
        ("10.0.0.5", ("10.0.0.5/32",)),
        ("10.0.0.5-10.0.0.8", ("10.0.0.5/32", "10.0.0.6/31", "10.0.0.8/32")),
        ("0.0.0.0-255.255.255.255", ("0.0.0.0/0",)),
        ("2001:DB8::1/32", ("2001:db8::/32",)),
        ("2001:db8::-2001:db8::1", ("2001:db8::/127",)),
        ("::ffff:10.0.0.1/104", ("::ffff:10.0.0.0/104",)),
    ],
)
def test_texts_of_every_form(text: str, cidrs: tuple[str, ...]) -> None:
    # Python 3.13 writes mapped addresses with a dotted tail, older ones without.
    assert block(text) == AddressSet.of(block(text).family, cidrs)
    assert [ipaddress.ip_network(each) for each in block(text).cidrs()] == [
        ipaddress.ip_network(each) for each in cidrs
    ]


@pytest.mark.parametrize(
    "text",
    [
        "", " 10.0.0.0/8", "10.0.0/8", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "10.0.0.0/8/8", "010.0.0.1",
        "10.0.0.256", "10.0.0.0/255.0.0.0", "٣.0.0.1", "10.0.0.0/٨", "::/129", "fe80::1%eth0", "fe80::1%eth0/64",
        "sg-0abc", "Internet", "*", "10.0.0.9-10.0.0.1", "10.0.0.1-::1", "10.0.0.1-", "-", "10.0.0.0/8-11.0.0.0/8",
        "1::2::3", "10.0.0.0/" + "9" * 5000,
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused_by_its_text(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not an IPv4 or IPv6 address|prefix length|range") as caught:
        block(text)
    assert repr(text) in str(caught.value)


def test_families_do_not_mix() -> None:
    four, six = by_family(["10.0.0.0/8", "::/1", "11.0.0.0/8"])
    assert (str(four), str(six)) == ("10.0.0.0/7", "::/1")
    assert by_family(["::1"]) == (NOWHERE[V4], block("::1"))
    assert ~NOWHERE[V6] == ANYWHERE[V6] != ANYWHERE[V4]
    assert "::1" not in four
    assert str(NOWHERE[V6]) == "no IPv6 address"
    with pytest.raises(ValueError, match=r"IPv4 and IPv6"):
        four & six
    with pytest.raises(ValueError, match="other family"):
        four | six
    with pytest.raises(ValueError, match="other family"):
        union(V6, [four])
    with pytest.raises(ValueError, match=r"'::1' is IPv6 where IPv4 is expected"):
        AddressSet.of(V4, ["10.0.0.1", "::1"])


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["0.0.0.0/0"], "W"),
        (["0.0.0.0/1", "128.0.0.0/1"], "W"),
        (["0.0.0.0/1"], "P"),
        (["8.0.0.0/8"], "P"),
        (["8.0.0.0/9"], "N"),
        (["10.0.0.0/7"], "P"),  # leaks 11.0.0.0/8, exactly a /8
        (["172.0.0.0/8"], "N"),  # a typo of 172.16.0.0/12: 15/16 of a /8
        (["198.35.26.96/32"], "N"),
        (RFC1918, None),
        (["100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/3", "0.0.0.0/8"], None),
        (["192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "198.18.0.0/15"], None),
        (["192.0.0.0/24"], "N"),  # two anycast addresses in it are reachable
        ([], None),
        (["::/0"], "W"),
        (["::/1"], "W"),
        (["2000::/3"], "W"),
        (["2000::/4"], "P"),
        (["2600::/24"], "P"),
        (["2600::/25"], "N"),
        (["2001:470::/32"], "N"),
        (["fc00::/7", "fe80::/10", "ff00::/8", "8000::/1", "::/8", "2002::/16", "2001:db8::/32", "3fff::/20"], None),
    ],
)  # fmt: skip
def test_breadth_counts_public_addresses_only(texts: list[str], expected: str | None) -> None:
    four, six = by_family(texts)
    assert breadth(six or four) == expected


def test_everything_but_private_networks_is_the_world_and_a_lost_eighth_is_not() -> None:
    world = ANYWHERE[V4]
    private = AddressSet.of(V4, RFC1918)
    assert breadth(world - private) is Breadth.WORLD
    assert breadth(AddressSet.of(V4, (world - private).cidrs())) is Breadth.WORLD
    assert breadth(world - block("52.0.0.0/8")) is Breadth.PART
    assert breadth(world - block("52.0.0.0/10")) is Breadth.PART
    assert breadth(world - block("52.0.0.0/11")) is Breadth.WORLD


def test_public_space_follows_the_registries() -> None:
    # 2^32 less every row that is not reachable, and the two reachable addresses in 192.0.0.0/24.
    lost = sum(block(row.block).size for row in SPECIAL if ":" not in row.block and not row.reachable)
    assert PUBLIC[V4].size == (1 << 32) - lost + 2
    for address in ("192.0.0.9", "192.31.196.1", "8.8.8.8", "172.32.0.0", "223.255.255.255"):
        assert address in PUBLIC[V4]
    for address in ("192.0.0.11", "172.31.255.255", "100.64.0.0", "224.0.0.1", "255.255.255.255", "0.1.2.3"):
        assert address not in PUBLIC[V4]
    for address in ("2001:20::1", "2001:4:112::1", "2600::1", "3ffe::1"):
        assert address in PUBLIC[V6]
    for address in (
        "::1",
        "64:ff9b::1",
        "2001::1",
        "2001:db8::1",
        "2002::1",
        "3fff::1",
        "4000::1",
        "fd00::1",
    ):
        assert address not in PUBLIC[V6]
    assert share(ANYWHERE[V6]) == 1
    assert share(block("::/1") - PUBLIC[V6]) == 0
    assert share(PUBLIC[V4]) == Fraction(1)
