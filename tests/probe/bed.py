"""The test bed: every server by its name, and one run of probes against some of them."""

import ssl
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from certificates import Signed, rsa_key, sign, under_sha1
from servers import Server, Silent, closed_port, context, mysql, postgres, smtp
from shipped import RULES

from scanner.config import Config, ProbeTable
from scanner.engine import Outcome, Tuned
from scanner.run import Choice, Scan
from scanner.vantage import Vantage, kinds_of_probes, named_in, settings_of

HOST = "shop.example.org"
V = ssl.TLSVersion

TUNED = [Tuned(rule) for rule in RULES.values() if rule.subject in kinds_of_probes()]


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


class Ran:
    """One run of probes: what each rule said of each server."""

    def __init__(self, bed: Bed, words: Mapping[str, str], **table: Any) -> None:
        settings = {"trust": (bed.root,), "connect": ("*:*=127.0.0.1:*",), "timeout": 1.0, **table}
        config = Config(probe=ProbeTable(targets=tuple(words.values()), **settings))
        self.said: list[str] = []
        scan = Scan(config, Choice(), TUNED)
        at = Vantage(settings_of(config.probe), named_in(config.probe), joins=False, say=self.said.append)
        scan.beside = (at,)
        self.report = scan.live()
        self._of: dict[str, dict[str, Any]] = {}
        by_place = {word.partition("://")[2] or word: name for name, word in words.items()}
        for verdict in self.report.verdicts:
            self._of.setdefault(by_place[verdict.name], {})[verdict.rule] = verdict

    def outcomes(self, name: str, outcome: Outcome) -> set[str]:
        return {rule for rule, verdict in self._of.get(name, {}).items() if verdict.outcome is outcome}

    def message(self, name: str, rule: str) -> str:
        return "; ".join(self._of[name][rule].messages)
