"""Hides account ids and addresses in what leaves the house; fingerprints stay what they are.

An account has the same stand-in in every run, which does not lead back to it: sixteen bits of a hash, which a hundred
thousand ids share. Addresses of the whole internet say nothing of anybody and stay.
"""

import hashlib
import ipaddress
import re
from collections.abc import Callable, Iterable
from typing import Final

from scanner.report import Report

#: Formats that are meant for others' eyes: for these `--redact` is done.
REDACTED: Final = frozenset({"sarif", "markdown", "codequality", "junit", "table"})

_BLOCK: Final = re.compile(
    rb"(?<![\w.:-])(?:\d{1,3}(?:\.\d{1,3}){3}|(?=[0-9a-fA-F:]*:[0-9a-fA-F:]*:)[0-9a-fA-F:]{2,39})(?:/\d{1,3})?(?![\w:-])"
)
#: Where ids name an account: an ARN, a project by its name or number, a subscription.
_NAMED: Final = re.compile(
    r"\barn:[\w-]*:[\w-]*:[\w-]*:(\d{12})\b|\bprojects/([a-z0-9][\w.:-]+[a-z0-9])|\bsubscriptions/([0-9a-f-]{36})\b",
    re.IGNORECASE,
)
_NARROW: Final = 8
"""Blocks wider than that are no secret: the whole internet, its halves, whole classes."""


def redactor(report: Report) -> Callable[[bytes], bytes]:
    """Return what hides every account of a report, and every address, in text."""
    accounts = {scope.account for scope in report.checked}
    for verdict in (*report.verdicts, *(seen.verdict for seen, _ in report.carried)):
        for text in (verdict.resource, *verdict.messages):
            accounts.update(account for found in _NAMED.findall(text) for account in found if account)
    stand_ins = _stand_ins(accounts)
    pattern = re.compile(
        b"|".join(_bounded(account) for account in sorted(stand_ins, key=len, reverse=True)) or b"(?!)"
    )

    def redact(text: bytes) -> bytes:
        hidden = pattern.sub(lambda found: stand_ins[found[0].decode()].encode(), text)
        return _BLOCK.sub(_hidden, hidden)

    return redact


def _stand_ins(accounts: Iterable[str]) -> dict[str, str]:
    """Return account → stand-in. Where two would be the same, the later one in order gets a number."""
    found: dict[str, str] = {}
    for account in sorted(accounts):
        short = f"account-{hashlib.sha256(f'surefoot account {account}'.encode()).hexdigest()[:4]}"
        taken = sum(one == short or one.startswith(f"{short}-") for one in found.values())
        found[account] = f"{short}-{taken + 1}" if taken else short
    return found


def _bounded(account: str) -> bytes:
    """Return the pattern of an account as a word of its own; digits stand for themselves beside any letter.

    What is percent-encoded before it ends with a letter or digit, and is none.
    """
    edge = rb"\d" if account.isdigit() else rb"[\w-]"
    begins = rb"(?:(?<!" + edge + rb")|(?<=%[0-9A-F]{2}))"
    return begins + re.escape(account.encode()) + rb"(?!" + edge + rb")"


def _hidden(found: re.Match[bytes]) -> bytes:
    text = found[0].decode()
    try:
        block = ipaddress.ip_network(text, strict=False)
    except ValueError:
        return found[0]
    if block.prefixlen <= _NARROW:
        return found[0]
    return b"[address]" if "/" not in text else f"[address]/{block.prefixlen}".encode()
