"""Real servers on loopback, each with its defect: TLS of every kind, STARTTLS, plain text, a port that is silent."""

import contextlib
import socket
import ssl
import threading
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

Before = Callable[[socket.socket], bool]
"""What a server says before TLS begins; false when it does not begin."""


def context(
    pem: Path, *, only: ssl.TLSVersion | None = None, client_ca: Path | None = None
) -> ssl.SSLContext:
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        made.minimum_version = only or ssl.TLSVersion.TLSv1_2
        made.maximum_version = only or ssl.TLSVersion.MAXIMUM_SUPPORTED
    made.load_cert_chain(pem)
    if client_ca is not None:
        made.verify_mode = ssl.CERT_REQUIRED
        made.load_verify_locations(client_ca)
    return made


class Server:
    """Listens on a port of its own until it is closed; each connection has a thread."""

    def __init__(
        self,
        secure: ssl.SSLContext | None = None,
        *,
        before: Before = lambda _: True,
        answer: bytes = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
        host: str = "127.0.0.1",
    ) -> None:
        self._secure, self._before, self._answer = secure, before, answer
        self._socket = socket.create_server((host, 0), backlog=128)
        self.port: int = self._socket.getsockname()[1]
        self.heard: list[bytes] = []
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._talk, args=(connection,), daemon=True).start()

    def _talk(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError), connection:
            connection.settimeout(5)
            if not self._before(connection):
                return
            if self._secure is None:
                self._reply(connection)
                return
            with self._secure.wrap_socket(connection, server_side=True) as secured:
                self._reply(secured)

    def _reply(self, connection: Any) -> None:
        got = connection.recv(4096)
        if got:
            self.heard.append(got)
            connection.sendall(self._answer)

    def close(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)  # wakes the thread that waits for a connection
        self._socket.close()


def smtp(*, offers: bool = True) -> Before:
    def before(connection: socket.socket) -> bool:
        connection.sendall(b"220-mail.test greets\r\n220 you\r\n")
        hello = connection.recv(1024)
        if not hello:  # it only looked whether the port is open
            return False
        assert hello.startswith(b"EHLO ")
        connection.sendall(b"250-mail.test\r\n" + (b"250-STARTTLS\r\n" if offers else b"") + b"250 HELP\r\n")
        if connection.recv(1024) != b"STARTTLS\r\n":
            return False
        connection.sendall(b"220 go ahead\r\n")
        return True

    return before


def postgres(*, offers: bool = True) -> Before:
    def before(connection: socket.socket) -> bool:
        request = connection.recv(8)
        if not request:
            return False
        assert request == bytes.fromhex("0000000804d2162f")
        connection.sendall(b"S" if offers else b"N")
        return offers

    return before


def mysql(*, offers: bool = True) -> Before:
    flags = 0xF7FF | (0x800 if offers else 0)
    greeting = (
        b"\x0a8.4.3\x00" + b"\x01\x00\x00\x00" + b"12345678" + b"\x00" + flags.to_bytes(2, "little")
        + b"\xff\x02\x00" + b"\xff\xdf" + b"\x15" + bytes(10) + b"123456789012\x00caching_sha2_password\x00"
    )  # fmt: skip

    def before(connection: socket.socket) -> bool:
        connection.sendall(len(greeting).to_bytes(3, "little") + b"\x00" + greeting)
        request = connection.recv(36)
        if len(request) != 36:
            return False
        assert request[:4] == b"\x20\x00\x00\x01"
        assert int.from_bytes(request[4:8], "little") & 0x800
        return True

    return before


class Silent:
    """A port that drops packets: its queue of connections is full, and nobody takes one out of it."""

    def __init__(self) -> None:
        self._socket = socket.socket()
        self._socket.bind(("127.0.0.1", 0))
        self._socket.listen(0)
        self.port: int = self._socket.getsockname()[1]
        self._waiting = []
        for _ in range(8):
            one = socket.socket()
            one.setblocking(False)  # noqa: FBT003
            one.connect_ex(("127.0.0.1", self.port))
            self._waiting.append(one)

    def close(self) -> None:
        for one in (*self._waiting, self._socket):
            one.close()


def closed_port() -> int:
    """A port on which nothing listens."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
