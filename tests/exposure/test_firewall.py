"""What one firewall lets in: what is unresolved is neither open nor closed, and never hides what is open."""

from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.exposure.firewall import RulesInForce, open_to_internet
from scanner.models.network import AddressList, Firewall, NetworkRule, Reference
from scanner.models.resource import Code, UnreadError, Why
from scanner.rule import InRegion

EVERYONE = "0.0.0.0/0"
DENIED = Why(code=Code.DENIED, permission="ec2:GetManagedPrefixListEntries")


def rule(**fields: Any) -> NetworkRule:
    facts: dict[str, Any] = {
        "ref": "a rule",
        "direction": "ingress",
        "action": "allow",
        "priority": None,
        "enabled": True,
        "protocol": "tcp",
        "ports": ((22, 22),),
        "sources": (),
        "source_references": (),
        "unresolvable_sources": (),
        "from_internet": None,
        "destinations": (),
        "targets": (),
    }
    return NetworkRule(**{**facts, **fields})


def ask(
    *rules: NetworkRule, lists: InRegion[AddressList] | None = None, ports: tuple[int, int] = (22, 22)
) -> list[str]:
    return list(open_to_internet(Firewall(rules=rules), lists or InRegion[AddressList](), "tcp", ports))


def test_says_by_which_rules() -> None:
    rules = [rule(ref=f"rule {n}", sources=(f"{n * 32}.0.0.0/3",)) for n in range(8)]
    assert ask(*rules) == ["tcp 22 is open to the whole internet (IPv4) by rule 0, rule 1, rule 2 and 4 more"]
    assert ask(*rules[:4]) == [
        "tcp 22 is open to a large part of the internet (IPv4) by rule 0, rule 1, rule 2 and 1 more"
    ]


def test_the_last_rule_is_for_addresses_that_are_not_public() -> None:
    """224.0.0.0/3 holds none, so `4 more` above is no mistake."""
    assert ask(rule(sources=("224.0.0.0/3",))) == []


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"source_references": (Reference("address_list", "pl-1"),)}, "GetManagedPrefixListEntries"),
        ({"source_references": (Reference("address_list", "pl-2"),)}, "the address list pl-2"),
        ({"source_references": (Reference("service_tag", "AzureCloud"),)}, "service tag AzureCloud"),
        ({"unresolvable_sources": ("region US",)}, "region US"),
        ({"sources": ("10.0.0.0/33",)}, "10.0.0.0/33"),
        ({"sources": (EVERYONE,), "protocol": "carrier pigeon"}, "carrier pigeon"),
        ({"sources": (EVERYONE,), "ports": ((22, 99999),)}, "99999"),
        ({"sources": (EVERYONE, "::/0"), "action": "mirror"}, "mirror"),
    ],
)
def test_unresolved_is_unread_and_never_closed(fields: dict[str, Any], said: str) -> None:
    lists = InRegion([AddressList(id="list-1", reference="pl-1", unread={"addresses": DENIED})])
    with pytest.raises(UnreadError, match=said):
        ask(rule(**fields), lists=lists)
    with pytest.raises(UnreadError, match=said):
        ask(rule(**fields), rule(ref="an office", sources=("198.35.26.96/32",)), lists=lists)
    # Open over IPv4 for certain: that is said before the rest is called unknown.
    found = open_to_internet(
        Firewall(rules=(rule(**fields), rule(ref="open", sources=(EVERYONE,)))), lists, "tcp", (22, 22)
    )
    assert next(found) == "tcp 22 is open to the whole internet (IPv4) by open"
    with pytest.raises(UnreadError, match=said):
        next(found)


def test_what_is_open_over_both_families_needs_no_list() -> None:
    unknown = rule(unresolvable_sources=("region US",))
    assert len(ask(unknown, rule(sources=(EVERYONE, "::/0")))) == 2


def test_an_unresolved_rule_for_other_ports_is_no_matter() -> None:
    assert ask(rule(unresolvable_sources=("region US",), ports=((443, 443),))) == []


def test_a_listing_that_was_cut_short_leaves_its_lists_unread() -> None:
    missing = UnreadError("the list of kind AddressList", DENIED)
    with pytest.raises(UnreadError, match="the list of kind AddressList"):
        ask(rule(source_references=(Reference("address_list", "pl-1"),)), lists=InRegion([], missing))


def test_members_of_the_network_are_not_the_internet() -> None:
    kinds = ("group", "tag", "service_account", "network")
    assert ask(rule(source_references=tuple(Reference(kind, "x") for kind in kinds))) == []
    assert ask(rule(source_references=(Reference("service_tag", "VIRTUALNETWORK"),))) == []
    assert len(ask(rule(source_references=(Reference("service_tag", "internet"),)))) == 2


def test_where_packets_come_from() -> None:
    assert ask(rule(sources=(EVERYONE,), from_internet=False)) == []
    assert ask(rule(unresolvable_sources=("region US",), from_internet=False)) == []
    assert len(ask(rule(sources=(EVERYONE,), from_internet=True))) == 1


def test_off_and_outgoing_rules_do_not_count() -> None:
    assert ask(rule(sources=(EVERYONE,), enabled=False), rule(sources=(EVERYONE,), direction="egress")) == []


def test_priorities_and_ties() -> None:
    allow = rule(ref="allow", sources=(EVERYONE,), priority=1000)
    deny = rule(ref="deny", sources=(EVERYONE,), action="deny", protocol="all", ports=())
    assert ask(allow, deny.model_copy(update={"priority": 1000})) == []
    assert ask(allow, deny.model_copy(update={"priority": 999})) == []
    assert len(ask(allow, deny.model_copy(update={"priority": 1001}))) == 1
    assert ask(deny.model_copy(update={"action": "next", "priority": 1}), allow) == []
    assert len(ask(deny.model_copy(update={"action": "always_allow", "priority": 1}), allow)) == 1


def test_a_deny_for_another_target_closes_nothing() -> None:
    web, db = Reference("tag", "web"), Reference("tag", "db")
    deny = rule(ref="deny", sources=(EVERYONE,), action="deny", priority=1, targets=(db,))
    everyone = rule(sources=(EVERYONE,), priority=2)
    assert len(ask(deny, everyone)) == 1
    assert len(ask(deny, rule(sources=(EVERYONE,), priority=2, targets=(web,)))) == 1
    assert ask(deny, rule(sources=(EVERYONE,), priority=2, targets=(db,))) == []


def test_an_unresolved_deny_is_named_as_a_doubt() -> None:
    deny = rule(ref="deny-geo", action="deny", priority=1, unresolvable_sources=("region US",))
    assert ask(deny, rule(ref="open", sources=(EVERYONE,), priority=2)) == [
        "tcp 22 is open to the whole internet (IPv4) by open, unless deny-geo closes it"
    ]


def test_ports_of_every_protocol() -> None:
    """Azure writes port 22 of all protocols: TCP and UDP have it, ICMP has none."""
    assert len(ask(rule(sources=(EVERYONE,), protocol="all"))) == 1
    assert ask(rule(sources=(EVERYONE,), protocol="all", ports=((23, 24),))) == []


def test_a_range_is_open_when_every_port_of_it_is() -> None:
    low, high = (
        rule(sources=(EVERYONE,), ports=((0, 1023),)),
        rule(sources=("0.0.0.0/1",), ports=((1024, 65535),)),
    )
    assert ask(low, high, ports=(1, 65535)) == [
        "tcp 1-65535 is open to a large part of the internet (IPv4) by a rule"
    ]
    assert ask(low, ports=(1, 65535)) == []
    assert ask(low, rule(sources=("198.35.26.0/24",), ports=((1024, 65535),)), ports=(1, 65535)) == []
    assert ask(low, rule(sources=("::/0",), ports=((1024, 65535),)), ports=(1, 65535)) == []


def test_one_unresolved_port_leaves_the_range_unread() -> None:
    open_ = rule(sources=(EVERYONE,), ports=((0, 21), (23, 65535)))
    with pytest.raises(UnreadError):
        ask(open_, rule(unresolvable_sources=("region US",)), ports=(1, 65535))


def test_unread_rules_are_unread() -> None:
    with pytest.raises(UnreadError, match=r"Firewall\.rules"):
        list(open_to_internet(Firewall(), InRegion[AddressList](), "tcp", (22, 22)))


class Counted(Iterable[AddressList]):
    """A list of everybody's addresses, and how often it was looked for."""

    asked = 0

    def __iter__(self) -> Iterator[AddressList]:
        self.asked += 1
        yield AddressList(id="list-1", reference="pl-1", addresses=(EVERYONE,))


def test_a_rule_is_resolved_once_however_many_ports_are_asked_for() -> None:
    lists = Counted()
    for_all = rule(source_references=(Reference("address_list", "pl-1"),), ports=((1, 100),))
    in_force = RulesInForce(Firewall(rules=(for_all, rule(sources=("10.0.0.0/8",)))), lists)
    assert all(list(in_force.open_to_internet("tcp", (port, port))) for port in range(1, 101))
    assert not list(in_force.open_to_internet("tcp", (101, 101)))
    assert lists.asked == 1


rules = st.builds(
    rule,
    ref=st.sampled_from(("one", "two", "three")),
    action=st.sampled_from(("allow", "allow", "deny", "mirror")),
    priority=st.sampled_from((100, 200)),
    protocol=st.sampled_from(("tcp", "udp", "all", "carrier pigeon")),
    ports=st.sampled_from(((), ((22, 22),), ((20, 23),), ((80, 80), (443, 443)))),
    sources=st.sampled_from(((), (EVERYONE,), ("0.0.0.0/1", "::/0"), ("10.0.0.0/8",))),
    source_references=st.sampled_from(
        ((), (Reference("service_tag", "Internet"),), (Reference("address_list", "no"),))
    ),
    from_internet=st.sampled_from((None, None, True, False)),
    targets=st.sampled_from(((), (Reference("tag", "web"),))),
)
asked = st.tuples(
    st.sampled_from(("tcp", "udp")), st.sampled_from(((22, 22), (21, 22), (80, 80), (443, 443), (0, 65535)))
)


def answered(in_force: RulesInForce, protocol: str, ports: tuple[int, int]) -> list[str]:
    said: list[str] = []
    try:
        said.extend(in_force.open_to_internet(protocol, ports))
    except UnreadError as error:
        said.append(f"unread: {error}")
    return said


@given(st.lists(rules, max_size=5), st.lists(asked, min_size=2))
def test_ports_asked_for_one_after_the_other_are_answered_as_each_alone(
    given_: list[NetworkRule], all_asked: list[tuple[str, tuple[int, int]]]
) -> None:
    firewall = Firewall(rules=tuple(given_))
    in_force = RulesInForce(firewall, ())
    for protocol, ports in all_asked:
        assert answered(in_force, protocol, ports) == answered(RulesInForce(firewall, ()), protocol, ports)
