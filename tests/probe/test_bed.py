"""Servers with every defect on loopback, and what the whole run says of each."""

import ssl
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from certificates import Signed, rsa_key, sign, under_sha1
from servers import Server, Silent, closed_port, context, mysql, postgres, smtp

from scanner import packs
from scanner.config import Config, ProbeTable
from scanner.engine import Outcome, Tuned
from scanner.run import Choice, Scan
from scanner.vantage import Vantage, kinds_of_probes, named_in, settings_of

HOST = "shop.example.org"
V = ssl.TLSVersion

RULES = [Tuned(rule) for rule in packs.load().rules.values() if rule.subject in kinds_of_probes()]


@pytest.fixture(scope="module")
def authority() -> Signed:
    return sign("Test Root", authority=True, ends=3000)


@pytest.fixture(scope="module")
def bed(authority: Signed, tmp_path_factory: pytest.TempPathFactory) -> "Iterator[Bed]":
    made = Bed(authority, tmp_path_factory.mktemp("bed"))
    yield made
    made.close()


class Bed:
    """Every server by its name."""

    def __init__(self, root: Signed, folder: Path) -> None:
        self.root = root.files(folder, "root")
        self.ports: dict[str, int] = {}
        self.open: list[Any] = []
        middle = sign("Test Intermediate", root, authority=True, ends=1000)
        ended = sign("Ended Intermediate", root, authority=True, ends=-2)
        stranger = sign("Unknown Root", authority=True, ends=1000)
        by_rsa = sign("RSA Intermediate", root, authority=True, key=rsa_key(2048))
        good = sign(HOST, middle, hosts=[HOST], sent=[middle])
        old = sign(HOST, middle, hosts=[HOST], sent=[middle], key=rsa_key(2048))
        signed = {
            "valid": good,
            "wildcard": sign("*.example.org", middle, hosts=["*.example.org"], sent=[middle]),
            "apex wildcard": sign("x", middle, hosts=[f"*.{HOST}", "*.*.org", "*"], sent=[middle]),
            "address": sign("x", middle, hosts=["127.0.0.1"], sent=[middle]),
            "without key identifiers": sign(HOST, middle, hosts=[HOST], sent=[middle], identified=False),
            "expired": sign(HOST, middle, hosts=[HOST], ends=-1, sent=[middle]),
            "soon": sign(HOST, middle, hosts=[HOST], ends=5, sent=[middle]),
            "not yet": sign(HOST, middle, hosts=[HOST], starts=2, sent=[middle]),
            "wrong host": sign("other.example.org", middle, hosts=["other.example.org"], sent=[middle]),
            "common name only": sign(HOST, middle, sent=[middle]),
            "self-signed": sign(HOST, hosts=[HOST]),
            "unknown root": sign(HOST, stranger, hosts=[HOST], sent=[stranger]),
            "missing intermediate": sign(HOST, middle, hosts=[HOST]),
            "expired intermediate": sign(HOST, ended, hosts=[HOST], sent=[ended]),
            "weak key": sign(HOST, middle, hosts=[HOST], sent=[middle], key=rsa_key(1024)),
            "sha-1": under_sha1(sign(HOST, by_rsa, hosts=[HOST], sent=[by_rsa]), by_rsa),
            "expired and wrong host": sign("o", middle, hosts=["o.example.org"], ends=-3, sent=[middle]),
            "everything": sign("o", hosts=["o.example.org"], ends=-3, key=rsa_key(1024)),
        }
        for name, one in signed.items():
            self.serve(name, context(one.files(folder, name)))
        self.forge(folder, root, ended)
        pem, old_pem = good.files(folder, "good"), old.files(folder, "old")
        self.serve("tls 1.0 only", context(old_pem, only=V.TLSv1))
        self.serve("tls 1.1 only", context(old_pem, only=V.TLSv1_1))
        self.serve("tls 1.2 only", context(pem, only=V.TLSv1_2))
        self.serve("tls 1.3 only", context(pem, only=V.TLSv1_3))
        self.serve("mutual 1.2", context(pem, only=V.TLSv1_2, client_ca=self.root))
        self.serve("mutual 1.3", context(pem, only=V.TLSv1_3, client_ca=self.root))
        for word, before in {"smtp": smtp, "postgres": postgres, "mysql": mysql}.items():
            self.serve(word, context(pem), before=before())
            self.serve(f"{word} without tls", None, before=before(offers=False))
        self.serve("plain", None)
        self.serve("silent after connecting", None, before=lambda one: not one.recv(1) and False)
        self.open.append(silent := Silent())
        self.ports["dropped"] = silent.port
        self.ports["closed"] = closed_port()

    def forge(self, folder: Path, root: Signed, ended: Signed) -> None:
        """A leaf that names the expired intermediate its issuer, and was signed by somebody else."""
        impostor = sign("Ended Intermediate", root, authority=True)
        leaf = sign(HOST, impostor, hosts=[HOST], sent=[ended], identified=False)
        self.serve("forged", context(leaf.files(folder, "forged")))

    def serve(self, name: str, secure: ssl.SSLContext | None, **how: Any) -> None:
        server = Server(secure, **how)
        self.open.append(server)
        self.ports[name] = server.port

    def close(self) -> None:
        for one in self.open:
            one.close()


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


class Ran:
    """One run of probes: what each rule said of each server."""

    def __init__(self, bed: Bed, words: Mapping[str, str], **table: Any) -> None:
        settings = {"trust": (bed.root,), "connect": ("*:*=127.0.0.1:*",), "timeout": 1.0, **table}
        config = Config(probe=ProbeTable(targets=tuple(words.values()), **settings))
        self.said: list[str] = []
        scan = Scan(config, Choice(), RULES)
        scan.vantage = Vantage(
            settings_of(config.probe), named_in(config.probe), joins=False, say=self.said.append
        )
        self.report = scan.live()
        self._of: dict[str, dict[str, Any]] = {}
        by_place = {word.partition("://")[2] or word: name for name, word in words.items()}
        for verdict in self.report.verdicts:
            self._of.setdefault(by_place[verdict.name], {})[verdict.rule] = verdict

    def outcomes(self, name: str, outcome: Outcome) -> set[str]:
        return {rule for rule, verdict in self._of.get(name, {}).items() if verdict.outcome is outcome}

    def message(self, name: str, rule: str) -> str:
        return "; ".join(self._of[name][rule].messages)


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
    assert f"{len(EXPECTED)} ports of 1 hosts" in line
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


@pytest.fixture
def serve() -> "Iterator[Callable[..., Server]]":
    made: list[Server] = []

    def start(*given: Any, **how: Any) -> Server:
        made.append(Server(*given, **how))
        return made[-1]

    yield start
    for one in made:
        one.close()
