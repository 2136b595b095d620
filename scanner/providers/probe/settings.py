"""How probes behave: what is known of the vantage point, how fast and how patiently, whom they trust."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from scanner.errors import UserError

#: Ports that are asked of every public address of an inventory, whatever its configuration says: where people
#: administrate (SSH, RDP, VNC, WinRM, Docker), where data lie (SQL, Redis, Elasticsearch, MongoDB ...), mail and web.
USUAL_PORTS: Final = (
    21, 22, 23, 25, 80, 443, 445, 1433, 1521, 2375, 3306, 3389, 5432, 5900, 5984, 5985, 6379, 8080, 8443, 9200,
    11211, 27017,
)  # fmt: skip

_VANTAGE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}")


@dataclass(frozen=True, slots=True)
class Settings:
    """What a user may set.

    `vantage` names the vantage point in ids. `sources` are addresses by which the internet knows it. `trust` are PEM
    files beside the system's store. `connect` says where to connect in place of an address and port, as
    `(host, port or "*") -> (host, port or "*")`. `timeout` is in seconds, for a connection and for each answer; `rate`
    is connections a second in all, `at_once` how many are open.
    """

    vantage: str = "here"
    sources: tuple[str, ...] = ()
    ports: tuple[int, ...] = USUAL_PORTS
    trust: tuple[Path, ...] = ()
    connect: Mapping[tuple[str, str], tuple[str, str]] = field(default_factory=dict)
    timeout: float = 3.0
    rate: float = 500.0
    at_once: int = 256

    @property
    def workers(self) -> int:
        """How many handshakes and requests are under way at once: a quarter of all connections."""
        return max(1, self.at_once // 4)

    def instead(self, host: str, port: int) -> tuple[str, int] | None:
        """Return where to connect in place of a host and port, where the user said so."""
        for key in ((host, str(port)), (host, "*"), ("*", str(port)), ("*", "*")):
            there = self.connect.get(key)
            if there is not None:
                return there[0], port if there[1] == "*" else int(there[1])
        return None


def vantage_of(word: str) -> str:
    """Return the name of a vantage point. Raises UserError for one that would not fit an id."""
    if not _VANTAGE.fullmatch(word):
        raise UserError(f"vantage {word!r}: up to 63 letters, digits, dots, hyphens and underscores")
    return word


def connections(words: Iterable[str]) -> Mapping[tuple[str, str], tuple[str, str]]:
    """Read `HOST:PORT=HOST:PORT`, where `*` is every host or port (behind `=` a port: the same). Raises UserError."""
    found = {}
    for word in words:
        here, equals, there = word.partition("=")
        ends = [_end(part) for part in (here, there)]
        if not equals or ends[0] is None or ends[1] is None or ends[1][0] == "*":
            raise UserError(
                f"--connect {word}: must read HOST:PORT=HOST:PORT; `*` is every host, or every port and the same one"
            )
        found[ends[0]] = ends[1]
    return found


def _end(text: str) -> tuple[str, str] | None:
    host, colon, port = text.rpartition(":")
    if not colon or not host or not (port == "*" or (port.isdecimal() and 0 < int(port) < 1 << 16)):
        return None
    return host.removeprefix("[").removesuffix("]").lower(), port
