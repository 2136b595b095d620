"""Asking for TLS within another protocol: SMTP (RFC 3207), PostgreSQL, MySQL. Nothing else is ever sent in them."""

import socket
import time
from collections.abc import Callable, Mapping
from typing import Final

from scanner.models.live import MYSQL, POSTGRES, SMTP

#: The longest reply that is read, in bytes; the longest that is real is an SMTP greeting of some lines.
_LONGEST: Final = 64 * 1024

#: PostgreSQL's SSLRequest: its length, and the number 80877103 (protocol documentation, "Message Formats").
_SSL_REQUEST: Final = b"\x00\x00\x00\x08\x04\xd2\x16\x2f"

#: MySQL's capability flags (protocol documentation, "Capabilities Flags").
_CLIENT_SSL: Final = 0x800
_CLIENT_PROTOCOL_41: Final = 0x200
_CLIENT_SECURE_CONNECTION: Final = 0x8000


class RefusedError(Exception):
    """The server speaks the protocol, or another, and does not offer TLS in it. The text says what it said."""


class _Reader:
    """Reads replies of a server until a deadline, however slowly it sends."""

    def __init__(self, connection: socket.socket, timeout: float) -> None:
        self._connection = connection
        self._deadline = time.monotonic() + timeout
        self._rest = b""

    def exactly(self, count: int) -> bytes:
        """Return so many bytes. Raises RefusedError when the server ends before."""
        while len(self._rest) < count:
            self._more()
        taken, self._rest = self._rest[:count], self._rest[count:]
        return taken

    def line(self) -> bytes:
        """Return a line without its end. Raises RefusedError."""
        while b"\n" not in self._rest:
            if len(self._rest) > _LONGEST:
                raise RefusedError("a line without an end")
            self._more()
        line, _, self._rest = self._rest.partition(b"\n")
        return line.rstrip(b"\r")

    def _more(self) -> None:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("no whole reply in time")
        self._connection.settimeout(left)
        got = self._connection.recv(4096)
        if not got:
            raise RefusedError(f"the connection was closed after {self._rest[:60]!r}")
        self._rest += got


def _smtp(connection: socket.socket, timeout: float) -> None:
    reader = _Reader(connection, timeout)
    _reply(reader, "220")
    connection.sendall(b"EHLO surefoot.invalid\r\n")
    offered = _reply(reader, "250")
    if b"STARTTLS" not in {line[4:].strip().upper() for line in offered}:
        raise RefusedError("it does not offer STARTTLS")
    connection.sendall(b"STARTTLS\r\n")
    _reply(reader, "220")


def _reply(reader: _Reader, code: str) -> list[bytes]:
    """Read one reply of several lines (RFC 5321, 4.2). Raises RefusedError unless it has this code."""
    lines: list[bytes] = []
    while len(lines) < _LONGEST // 512:
        line = reader.line()
        lines.append(line)
        if line[:3] != code.encode():
            raise RefusedError(f"it said {line[:100]!r}, and not {code}")
        if line[3:4] != b"-":
            return lines
    raise RefusedError("a reply without an end")


def _postgres(connection: socket.socket, timeout: float) -> None:
    connection.sendall(_SSL_REQUEST)
    answer = _Reader(connection, timeout).exactly(1)
    if answer != b"S":
        raise RefusedError("it refuses TLS" if answer == b"N" else f"it said {answer!r}")


def _mysql(connection: socket.socket, timeout: float) -> None:
    reader = _Reader(connection, timeout)
    head = reader.exactly(4)
    length = int.from_bytes(head[:3], "little")
    if not 0 < length < _LONGEST:
        raise RefusedError(f"it said {head!r}")
    greeting = reader.exactly(length)
    if greeting[0] == 0xFF:  # noqa: PLR2004 - an error packet
        raise RefusedError(f"it refused: {greeting[3:103]!r}")
    version, end, rest = greeting[1:].partition(b"\x00")
    # After the version: thread id (4), the scramble's first part (8), a filler (1), the lower capability flags (2).
    if greeting[0] != 10 or not end or len(rest) < 15:  # noqa: PLR2004 - protocol version 10
        raise RefusedError(f"it said {greeting[:60]!r}")
    if not int.from_bytes(rest[13:15], "little") & _CLIENT_SSL:
        raise RefusedError(f"it does not offer TLS (version {version[:40]!r})")
    flags = _CLIENT_SSL | _CLIENT_PROTOCOL_41 | _CLIENT_SECURE_CONNECTION
    body = flags.to_bytes(4, "little") + (1 << 24).to_bytes(4, "little") + b"\x21" + bytes(23)
    connection.sendall(len(body).to_bytes(3, "little") + b"\x01" + body)


UPGRADES: Final[Mapping[str, Callable[[socket.socket, float], None]]] = {
    SMTP: _smtp,
    POSTGRES: _postgres,
    MYSQL: _mysql,
}
"""Protocol → what asks for TLS in it on a connection, within a timeout in seconds. Raises RefusedError, OSError."""
