"""What the examples of the network rules cannot show: UNKNOWN, options, and what a refusal names."""

from rules.network._examples import incoming
from rules.network.all_ports_open_to_internet import all_ports_open_to_internet
from rules.network.ssh_open_to_internet import ssh_open_to_internet
from scanner import AddressList, Case, Code, Firewall, Why
from scanner.engine import Outcome, run_case

DENIED = Why(code=Code.DENIED, permission="ec2:GetManagedPrefixListEntries", text="AccessDenied")
LISTED = Firewall(rules=(incoming("all", None, "pl-1"),))
REFUSED = AddressList(reference="pl-1", unread={"addresses": DENIED})


def test_an_unread_list_makes_the_verdict_unknown_and_names_the_permission() -> None:
    for rule in (ssh_open_to_internet, all_ports_open_to_internet):
        verdict = run_case(rule, Case(LISTED, [REFUSED]))
        assert verdict is not None
        assert verdict.outcome is Outcome.UNKNOWN
        assert verdict.unread[0].why.permission == "ec2:GetManagedPrefixListEntries"


def test_an_unread_list_does_not_hide_what_is_open_besides() -> None:
    both = Firewall(rules=(incoming("tcp", 22, "pl-1"), incoming("tcp", 22, "0.0.0.0/0")))
    for rules in (both.rules, both.rules[::-1]):
        verdict = run_case(ssh_open_to_internet, Case(Firewall(rules=rules), [REFUSED]))
        assert verdict is not None
        assert verdict.outcome is Outcome.FAIL


def test_the_list_of_a_rule_for_another_port_need_not_be_read() -> None:
    web = Firewall(rules=(incoming("tcp", 443, "pl-1"),))
    verdict = run_case(ssh_open_to_internet, Case(web, [REFUSED]))
    assert verdict is not None
    assert verdict.outcome is Outcome.PASS


def test_other_ports_by_option() -> None:
    firewall = Firewall(rules=(incoming("tcp", 2222, "0.0.0.0/0"), incoming("tcp", 22, "::/0")))
    verdict = run_case(ssh_open_to_internet, Case(firewall), ports=(22, 2222))
    assert verdict is not None
    assert verdict.messages == (
        "tcp 22 is open to the whole internet (IPv6) by tcp from ::/0",
        "tcp 2222 is open to the whole internet (IPv4) by tcp from 0.0.0.0/0",
    )
