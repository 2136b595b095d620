"""What is probed: hosts that a user names, as words of the command line and of surefoot.toml."""

import ipaddress
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

from scanner.errors import UserError
from scanner.models.live import CLOSED, MYSQL, OPEN, POSTGRES, SMTP


class Talk(NamedTuple):
    """What is spoken on a port: TLS, by which protocol it is asked for, and HTTP."""

    port: int | None = None
    tls: bool = False
    starttls: str = ""
    http: bool = False


#: Words before `://`, and the port that each has when none is given.
TALKS: Final[Mapping[str, Talk]] = {
    "tcp": Talk(),
    "tls": Talk(tls=True),
    "https": Talk(443, tls=True, http=True),
    "http": Talk(80, http=True),
    "smtp": Talk(25, tls=True, starttls=SMTP),
    "postgres": Talk(5432, tls=True, starttls=POSTGRES),
    "mysql": Talk(3306, tls=True, starttls=MYSQL),
}

#: What is spoken on well-known ports (IANA's registry of service names, and custom for 8080 and 8443).
USUAL_TALKS: Final[Mapping[int, Talk]] = {
    **dict.fromkeys((443, 8443), TALKS["https"]),
    **dict.fromkeys((80, 8080), TALKS["http"]),
    **dict.fromkeys((25, 587), TALKS["smtp"]),
    5432: TALKS["postgres"],
    3306: TALKS["mysql"],
    **dict.fromkeys((465, 563, 636, 853, 989, 990, 992, 993, 995, 5671, 6380, 8883), TALKS["tls"]),
}

_LABEL: Final = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
_LONGEST_NAME: Final = 253


@dataclass(frozen=True, slots=True)
class Target:
    """One TCP port to connect to. `named` is the host name that clients use, or the address that the user named.

    `expected` is what the user expects of it; `endpoint` the id of what has the address, of an inventory. `tries`: how
    often a connection without an answer is tried.
    """

    host: str
    port: int
    talk: Talk
    named: str | None = None
    expected: str = OPEN
    endpoint: str | None = None
    tries: int = 2

    @property
    def place(self) -> str:
        """Host and port as people write them."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    def raw(self, vantage: str) -> dict[str, Any]:
        """The row from which resources are made."""
        return {
            "vantage": vantage,
            "host": self.host,
            "port": self.port,
            "place": self.place,
            "named": self.named,
            "expected": self.expected,
            "endpoint": self.endpoint,
            "talk": self.talk,
        }


def named(words: Iterable[str], *, expected: str = OPEN) -> tuple[Target, ...]:
    """Return the targets that words name. Raises UserError for a word that names none."""
    found: dict[str, Target] = {}
    for word in words:
        for target in _targets(word, expected):
            found.setdefault(target.place, target)
    return tuple(found.values())


def _targets(word: str, expected: str) -> Iterable[Target]:
    """One word: `example.org:443`, `[2001:db8::1]:443`, `https://example.org`, `smtp://mail.example.org:587`.

    A host alone is asked as a web server: on 443, and on 80 for where it sends people on to.
    """
    scheme, split, rest = word.partition("://")
    if split and scheme.lower() not in TALKS:
        raise UserError(f"{word}: {scheme}:// is not probed; it is one of {', '.join(TALKS)}")
    try:
        parts = urlsplit(f"//{rest if split else word}")
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise UserError(f"{word}: {error}") from None
    beyond = parts.path not in ("", "/") or parts.query or parts.fragment or parts.username is not None
    if not host or beyond:
        raise UserError(f"{word}: a target reads HOST:PORT or SCHEME://HOST[:PORT], and nothing behind it")
    host = host_name(host, word)
    if port == 0:
        raise UserError(f"{word}: ports are 1 to 65535")
    if split:
        talk = TALKS[scheme.lower()]
        if port is None and talk.port is None:
            raise UserError(f"{word}: say which port: {scheme}://{host}:PORT")
        return [_target(host, port or talk.port or 0, talk, expected)]
    if port is not None:
        return [_target(host, port, USUAL_TALKS.get(port, TALKS["tcp"]), expected)]
    if expected == CLOSED:
        raise UserError(f"{word}: say which port is expected to be closed: {host}:PORT")
    return [_target(host, TALKS[name].port or 0, TALKS[name], expected) for name in ("https", "http")]


def _target(host: str, port: int, talk: Talk, expected: str) -> Target:
    return Target(host, port, talk if expected == OPEN else TALKS["tcp"], named=host, expected=expected)


def host_name(host: str, word: str) -> str:
    """Return an address in its shortest form, or a name in ASCII and lower case (RFC 5891). Raises UserError."""
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        pass
    name = host.rstrip(".").lower()
    if not name.isascii():
        name = _ascii(name, word)
    labels = name.split(".")
    if len(name) > _LONGEST_NAME or not all(_LABEL.fullmatch(label) for label in labels):
        raise UserError(f"{word}: {host} is neither a host name nor an address")
    if labels[-1].isdecimal():
        raise UserError(f"{word}: {host} is not an address")
    return name


def _ascii(name: str, word: str) -> str:
    try:
        import idna
    except ImportError:
        raise UserError(
            f"{word}: a name beyond ASCII needs the extra `probe`: pip install 'surefoot[probe]'"
        ) from None
    try:
        return idna.encode(name, uts46=True).decode("ascii")
    except idna.IDNAError as error:
        raise UserError(f"{word}: not a host name: {error}") from None
