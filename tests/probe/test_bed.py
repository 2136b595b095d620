"""Servers with every defect on loopback, and what the whole run says of each."""

import threading
from collections.abc import Mapping

import pytest
from bed import HOST, Bed, Ran

from scanner.engine import Outcome
from scanner.inventory import Gap

WHOLE = {"tls-certificate-expiring", "tls-certificate-wrong-name", "tls-certificate-untrusted", "tls-certificate-weak",
         "tls-version-old", "tls-missing", "port-not-as-expected"}  # fmt: skip

#: Server → the scheme by which it is asked, and the rules that find something.
EXPECTED: Mapping[str, tuple[str, set[str]]] = {
    "valid": ("tls", set()),
    "wildcard": ("tls", set()),
    "apex wildcard": ("tls", {"tls-certificate-wrong-name"}),
    "without key identifiers": ("tls", set()),
    "expired": ("tls", {"tls-certificate-expiring"}),
    "soon": ("tls", {"tls-certificate-expiring"}),
    "not yet": ("tls", {"tls-certificate-expiring"}),
    "wrong host": ("tls", {"tls-certificate-wrong-name"}),
    "common name only": ("tls", {"tls-certificate-wrong-name"}),
    "self-signed": ("tls", {"tls-certificate-untrusted"}),
    "unknown root": ("tls", {"tls-certificate-untrusted"}),
    "missing intermediate": ("tls", {"tls-certificate-untrusted"}),
    "expired intermediate": ("tls", {"tls-certificate-expiring"}),
    "forged": ("tls", {"tls-certificate-expiring", "tls-certificate-untrusted"}),
    "weak key": ("tls", {"tls-certificate-weak"}),
    "sha-1": ("tls", {"tls-certificate-weak"}),
    "expired and wrong host": ("tls", {"tls-certificate-expiring", "tls-certificate-wrong-name"}),
    "everything": (
        "tls",
        {
            "tls-certificate-expiring",
            "tls-certificate-wrong-name",
            "tls-certificate-untrusted",
            "tls-certificate-weak",
        },
    ),
    "tls 1.0 only": ("tls", {"tls-version-old"}),
    "tls 1.1 only": ("tls", {"tls-version-old"}),
    "tls 1.2 only": ("tls", set()),
    "tls 1.3 only": ("tls", set()),
    "mutual 1.2": ("tls", set()),
    "mutual 1.3": ("tls", set()),
    "smtp": ("smtp", set()),
    "postgres": ("postgres", set()),
    "mysql": ("mysql", set()),
    "smtp without tls": ("smtp", {"tls-missing"}),
    "postgres without tls": ("postgres", {"tls-missing"}),
    "mysql without tls": ("mysql", {"tls-missing"}),
    "plain": ("tls", {"tls-missing"}),
    "dropped": ("tls", {"port-not-as-expected"}),
    "closed": ("tls", {"port-not-as-expected"}),
}


@pytest.fixture(scope="module")
def ran(bed: Bed) -> Ran:
    words = {name: f"{scheme}://{HOST}:{bed.ports[name]}" for name, (scheme, _) in EXPECTED.items()}
    return Ran(bed, words)


@pytest.mark.parametrize("name", EXPECTED)
def test_every_verdict(name: str, ran: Ran) -> None:
    _, expected = EXPECTED[name]
    assert ran.outcomes(name, Outcome.FAIL) == expected
    assert ran.outcomes(name, Outcome.UNKNOWN) == set()
    assert ran.outcomes(name, Outcome.ERROR) == set()
    judged = ran.outcomes(name, Outcome.PASS) | expected
    if "port-not-as-expected" in expected:
        assert judged == {"port-not-as-expected"}
    elif "tls-missing" in expected:
        assert judged == {"tls-missing", "port-not-as-expected"}
    else:
        assert judged == WHOLE


def test_nothing_is_left_out(ran: Ran) -> None:
    assert ran.report.gaps == []
    assert not ran.report.incomplete


@pytest.mark.parametrize(
    ("name", "rule", "said"),
    [
        ("common name only", "tls-certificate-wrong-name", f"{HOST} is its common name"),
        ("missing intermediate", "tls-certificate-untrusted", "CN=Test Intermediate is neither sent"),
        ("unknown root", "tls-certificate-untrusted", "CN=Unknown Root, which is in no trust store"),
        ("self-signed", "tls-certificate-untrusted", "signed by itself"),
        ("forged", "tls-certificate-untrusted", "does not hold"),
        (
            "expired intermediate",
            "tls-certificate-expiring",
            "its issuer CN=Ended Intermediate ended 2 days ago",
        ),
        ("weak key", "tls-certificate-weak", "1024 bits"),
        ("sha-1", "tls-certificate-weak", "under SHA1"),
        ("tls 1.0 only", "tls-version-old", "it accepts TLSv1.0, and nothing newer"),
        ("dropped", "port-not-as-expected", "nobody answers"),
        ("closed", "port-not-as-expected", "it refuses connections"),
        ("postgres without tls", "tls-missing", "postgres"),
    ],
)
def test_messages(name: str, rule: str, said: str, ran: Ran) -> None:
    assert said in ran.message(name, rule)


def test_it_says_beforehand_what_is_contacted(ran: Ran) -> None:
    [line] = ran.said
    assert f"{len(EXPECTED)} ports of 1 host" in line
    assert HOST in line


def test_a_server_that_says_nothing_is_unknown_and_not_good(bed: Bed) -> None:
    ran = Ran(bed, {"it": f"tls://{HOST}:{bed.ports['silent after connecting']}"}, timeout=0.4)
    assert ran.outcomes("it", Outcome.PASS) == {"port-not-as-expected"}
    assert ran.outcomes("it", Outcome.UNKNOWN) == WHOLE - {"port-not-as-expected"}
    assert ran.report.incomplete


def test_an_address_is_compared_with_addresses(bed: Bed) -> None:
    good = Ran(bed, {"it": f"tls://127.0.0.1:{bed.ports['address']}"}, connect=())
    assert good.outcomes("it", Outcome.FAIL) == set()
    bad = Ran(bed, {"it": f"tls://127.0.0.1:{bed.ports['valid']}"}, connect=())
    assert bad.outcomes("it", Outcome.FAIL) == {"tls-certificate-wrong-name"}


def test_without_the_private_authority_nothing_is_trusted(bed: Bed) -> None:
    ran = Ran(bed, {"it": f"tls://{HOST}:{bed.ports['valid']}"}, trust=())
    assert ran.outcomes("it", Outcome.FAIL) == {"tls-certificate-untrusted"}


def test_a_run_that_was_stopped_contacts_nobody(bed: Bed) -> None:
    from scanner.config import ProbeTable
    from scanner.vantage import Vantage, named_in, settings_of

    table = ProbeTable(targets=(f"tls://127.0.0.1:{bed.ports['valid']}",))
    said: list[str] = []
    stop = threading.Event()
    stop.set()
    events = list(Vantage(settings_of(table), named_in(table), joins=False, say=said.append).events({}, stop))
    assert said == []
    assert {event.kind for event in events if isinstance(event, Gap)} == {
        "HttpEndpoint",
        "PortState",
        "TlsEndpoint",
    }
    assert len(events) == 3
