"""What the examples of the network rules cannot show: UNKNOWN, options, and what a refusal names."""

from rules.network._examples import carrier, incoming
from rules.network.all_ports_open_to_internet import all_ports_open_to_internet
from rules.network.ssh_open_to_internet import ssh_open_to_internet
from scanner import AddressList, Case, Code, Endpoint, Firewall, Severity, Why
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
    mildly = "; nothing that it is on has a public address"
    assert verdict.messages == (
        f"tcp 22 is open to the whole internet (IPv6) by tcp from ::/0{mildly}",
        f"tcp 2222 is open to the whole internet (IPv4) by tcp from 0.0.0.0/0{mildly}",
    )


def test_how_bad_it_is_hangs_on_what_stands_behind_it() -> None:
    firewall = Firewall(rules=(incoming("tcp", 22, "0.0.0.0/0"),))
    unread = Endpoint(id="machine", unread={"firewalls": DENIED})
    severities = {}
    for name, others in {
        "nothing": [],
        "a private machine": [carrier(None)],
        "a public machine": [carrier(None), carrier().model_copy(update={"id": "other"})],
        "not known": [unread],
    }.items():
        verdict = run_case(ssh_open_to_internet, Case(firewall, others))
        assert verdict is not None
        severities[name] = verdict.severity
    assert severities == {
        "nothing": Severity.LOW,
        "a private machine": Severity.LOW,
        "a public machine": Severity.HIGH,
        "not known": Severity.HIGH,
    }
