"""One GET of `/`, and the head of its answer: status, where it sends on to, HSTS. Nothing behind the head is read."""

import http.client
import re
import selectors
import ssl
import time
from typing import Any, Final, NamedTuple

from scanner import __version__
from scanner.models.resource import Code
from scanner.providers.probe.handshakes import Contexts, Place, connected
from scanner.providers.spec import CallError

_AGENT: Final = f"surefoot/{__version__} probe"
_LONGEST: Final = 500
_MOMENT: Final = 0.2
_MAX_AGE: Final = re.compile(r"(?:^|;)\s*max-age\s*=\s*\"?(\d{1,12})\"?\s*(?:;|$)", re.IGNORECASE)


class Answer(NamedTuple):
    """The head of an answer; no status where there is no HTTP."""

    status: int | None = None
    location: str | None = None
    hsts_seconds: int | None = None


def get(place: Place, contexts: Contexts, host: str, *, secure: bool) -> Answer:
    """Ask for `/` of a host (as its `Host` header is to read). Raises CallError when no answer came."""
    try:
        with connected(place) as connection:
            if not secure:
                return _ask(connection, host)
            with contexts.plain.wrap_socket(connection, server_hostname=place.server_name) as secured:
                if secured.version() == "TLSv1.3":
                    _hear(secured)
                    secured.settimeout(place.timeout)
                return _ask(secured, host)
    except ssl.SSLError as error:
        if "CERTIFICATE_REQUIRED" in (error.reason or "") or "HANDSHAKE_FAILURE" in (error.reason or ""):
            return Answer()  # it talks only to clients that have a certificate
        raise CallError(Code.UNAVAILABLE, str(error.reason or "SSLError"), str(error)[:300]) from None


def _hear(secured: ssl.SSLSocket) -> None:
    """Wait a moment for what the server has against us: in TLS 1.3 it says so after the handshake.

    Who sends a request at once may get a reset instead, and never hear it. Raises ssl.SSLError.
    """
    until = time.monotonic() + _MOMENT
    secured.setblocking(False)  # noqa: FBT003
    with selectors.DefaultSelector() as selector:
        selector.register(secured, selectors.EVENT_READ)
        while (left := until - time.monotonic()) > 0 and selector.select(left):
            try:
                secured.recv(1)
            except ssl.SSLWantReadError:
                continue  # tickets for a later session
            return


def _ask(connection: Any, host: str) -> Answer:
    client = http.client.HTTPConnection("unused")
    client.sock = connection
    try:
        client.putrequest("GET", "/", skip_host=True, skip_accept_encoding=True)
        for name, value in (
            ("Host", host),
            ("User-Agent", _AGENT),
            ("Accept", "*/*"),
            ("Connection", "close"),
        ):
            client.putheader(name, value)
        client.endheaders()
        answer = client.getresponse()
    except ConnectionError as error:
        return _cut(error)
    except http.client.HTTPException:
        return Answer()
    location = answer.getheader("Location")
    return Answer(
        answer.status,
        location[:_LONGEST] if location else None,
        _max_age(answer.getheader("Strict-Transport-Security")),
    )


def _cut(error: ConnectionError) -> Answer:
    """Return that there is no HTTP where the server hung up on it; a connection that broke says nothing."""
    if isinstance(error, http.client.RemoteDisconnected):
        return Answer()
    raise error


def _max_age(header: str | None) -> int | None:
    """Return the seconds of the directive `max-age`; None without the header, or when it has none (it is ignored)."""
    found = _MAX_AGE.search(header or "")
    return int(found[1]) if found else None
