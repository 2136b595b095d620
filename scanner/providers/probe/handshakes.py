"""TLS handshakes: what a server presents, whether it leads to a trusted root, which versions it accepts.

Each asks one question by a connection of its own. What Python sets by itself differs between its versions, so every
flag is set here: the same server gets the same verdict.
"""

import socket
import ssl
import time
import warnings
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from scanner.errors import UserError
from scanner.models.live import INCOMPLETE, INVALID, SELF_SIGNED, TRUSTED, UNKNOWN_ROOT
from scanner.models.resource import Code
from scanner.providers.probe.connecting import Turnstile
from scanner.providers.probe.starttls import UPGRADES, RefusedError
from scanner.providers.spec import CallError

#: At OpenSSL's usual level a server that has only old versions, or short keys, would seem to speak no TLS at all.
#: Ciphers without a certificate are left out: a server that prefers them would present none.
_CIPHERS: Final = "ALL:!aNULL:@SECLEVEL=0"

VERSIONS: Final[Mapping[str, ssl.TLSVersion]] = {
    "TLSv1.0": ssl.TLSVersion.TLSv1,
    "TLSv1.1": ssl.TLSVersion.TLSv1_1,
    "TLSv1.2": ssl.TLSVersion.TLSv1_2,
    "TLSv1.3": ssl.TLSVersion.TLSv1_3,
}
#: As OpenSSL names the version of a connection.
_NEGOTIATED: Final = {"TLSv1": "TLSv1.0"}

#: OpenSSL's X509_V_ERR_* (openssl/x509_vfy.h). Dates are looked at last: with one of these the chain itself is whole.
_DATES: Final = frozenset({9, 10})
_TRUST: Final[Mapping[int, str]] = {
    0: TRUSTED,
    2: INCOMPLETE,
    18: SELF_SIGNED,
    19: UNKNOWN_ROOT,
    20: INCOMPLETE,
    21: INCOMPLETE,
}

#: What OpenSSL says of an answer that is no TLS.
_NOT_TLS: Final = frozenset({"WRONG_VERSION_NUMBER", "HTTP_REQUEST", "HTTPS_PROXY_REQUEST", "PACKET_LENGTH_TOO_LONG",
                             "RECORD_LAYER_FAILURE", "UNEXPECTED_MESSAGE", "UNKNOWN_PROTOCOL"})  # fmt: skip
#: What it says when it cannot ask by itself: nothing is known of the server.
_OURS: Final = frozenset({"NO_PROTOCOLS_AVAILABLE", "NO_CIPHERS_AVAILABLE"})

#: Verifies against roots only, and whatever else the user trusts: none of what Python adds by itself in some versions.
_FLAGS: Final = ssl.VerifyFlags.VERIFY_X509_TRUSTED_FIRST | ssl.VerifyFlags.VERIFY_X509_PARTIAL_CHAIN


@dataclass(frozen=True, slots=True)
class Place:
    """Where to connect, the name to ask for (None: no name is sent), how TLS is asked for, and how long to wait."""

    address: str
    port: int
    server_name: str | None
    starttls: str
    timeout: float
    turnstile: Turnstile


@dataclass(frozen=True, slots=True)
class Hello:
    """What a server presented: its certificates in DER, its own first, and the version that was agreed on.

    `why` when there is no TLS.
    """

    tls: bool
    chain: tuple[bytes, ...] = ()
    version: str = ""
    why: str = ""


class Contexts:
    """The settings of OpenSSL for each question, made once. Safe to share between threads."""

    def __init__(self, trust: Iterable[Path] = ()) -> None:
        self._trust = tuple(trust)
        self.plain = _context()
        self.of_version = {name: _context(version) for name, version in VERSIONS.items()}

    @cached_property
    def verifying(self) -> ssl.SSLContext:
        """Looks at signatures and dates, by the system's trust store and the user's files. Raises UserError."""
        context = _context()
        context.verify_mode = ssl.CERT_REQUIRED
        context.verify_flags = _FLAGS
        context.load_default_certs(ssl.Purpose.SERVER_AUTH)
        for path in self._trust:
            try:
                context.load_verify_locations(cafile=path)
            except (OSError, ssl.SSLError) as error:
                raise UserError(f"--ca {path}: {getattr(error, 'strerror', None) or error}") from None
        return context

    @cached_property
    def has_roots(self) -> bool:
        """Whether there is any trust store: without one nothing is known of trust."""
        paths = ssl.get_default_verify_paths()
        return bool(self.verifying.cert_store_stats()["x509"] or paths.cafile or paths.capath)


def _context(only: ssl.TLSVersion | None = None) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.set_ciphers(_CIPHERS)
    context.options |= getattr(ssl, "OP_LEGACY_SERVER_CONNECT", 0x4)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # old versions are what is asked about
        context.minimum_version = only or ssl.TLSVersion.TLSv1
        context.maximum_version = only or ssl.TLSVersion.MAXIMUM_SUPPORTED
    return context


def _failed(error: BaseException, what: str = "") -> CallError:
    """Return what a connection that told nothing is called."""
    again = isinstance(error, TimeoutError | ConnectionError)
    name = getattr(error, "reason", None) or type(error).__name__
    said = what or getattr(error, "strerror", None) or str(error)
    return CallError(Code.UNAVAILABLE, str(name), str(said)[:300], again=again)


@contextmanager
def connected(place: Place) -> Iterator[socket.socket]:
    """Connect and ask for TLS in the place's protocol. Raises CallError, RefusedError."""
    time.sleep(max(0.0, place.turnstile.wait()))
    try:
        with socket.create_connection((place.address, place.port), timeout=place.timeout) as connection:
            if place.starttls:
                UPGRADES[place.starttls](connection, place.timeout)
            connection.settimeout(place.timeout)
            yield connection
    except (ssl.SSLError, CallError, RefusedError):
        raise
    except OSError as error:
        raise _failed(error) from None


def _wrapped(connection: socket.socket, context: ssl.SSLContext, place: Place) -> ssl.SSLSocket:
    return context.wrap_socket(connection, server_hostname=place.server_name, do_handshake_on_connect=False)


def _chain(secured: ssl.SSLSocket) -> tuple[bytes, ...]:
    """Return what the server sent so far, in DER: also of a handshake that the server broke off afterwards."""
    public = getattr(secured, "get_unverified_chain", None)  # from Python 3.13 on
    if public is not None:
        return tuple(bytes(der) for der in public() or ())
    inner: Any = getattr(secured, "_sslobj", None)
    sent = inner.get_unverified_chain() if inner is not None else None
    return tuple(certificate.public_bytes(_DER) for certificate in sent or ())


_DER: Final = 2
"""`ENCODING_DER` of CPython's `_ssl`: X509_FILETYPE_ASN1 of OpenSSL."""


def hello(place: Place, contexts: Contexts) -> Hello:
    """Shake hands with any version and any certificate. Raises CallError."""
    try:
        with connected(place) as connection, _wrapped(connection, contexts.plain, place) as secured:
            try:
                secured.do_handshake()
            except (ssl.SSLError, OSError) as error:
                chain = _chain(secured)
                if chain:  # it wants a certificate of its client: what it presents is there all the same
                    return Hello(tls=True, chain=chain, version=secured.version() or "")
                if getattr(error, "reason", None) in _NOT_TLS:
                    return Hello(tls=False, why="it answers, and not in TLS")
                raise _failed(error, _refusal(error, place)) from None
            version = secured.version() or ""
            return Hello(tls=True, chain=_chain(secured), version=_NEGOTIATED.get(version, version))
    except RefusedError as error:
        return Hello(tls=False, why=str(error))


def _refusal(error: BaseException, place: Place) -> str:
    if isinstance(error, ssl.SSLError) and place.server_name is None:
        return f"{error.reason or error}; it may answer only who names a host: name it as a target"
    return ""


def verify(place: Place, contexts: Contexts, *, fits: bool) -> tuple[str, int, str]:
    """Return where the chain leads, OpenSSL's code and its words. Raises CallError.

    `fits`: each signature is by the key of the issuer that was sent.
    """
    if not contexts.has_roots:
        raise CallError(Code.UNAVAILABLE, "no trust store", "this machine has none: --ca FILE names one")
    try:
        with connected(place) as connection, _wrapped(connection, contexts.verifying, place) as secured:
            try:
                secured.do_handshake()
            except ssl.SSLCertVerificationError as error:
                trust = TRUSTED if error.verify_code in _DATES else _TRUST.get(error.verify_code, INVALID)
                # A date ends OpenSSL's work before it has looked at the signatures below.
                trust = INVALID if trust == TRUSTED and not fits else trust
                return trust, error.verify_code, error.verify_message
            except (ssl.SSLError, OSError) as error:
                if not _chain(secured):
                    raise _failed(error) from None
            return TRUSTED, 0, "ok"
    except RefusedError as error:
        raise _failed(error) from None


def versions(place: Place, contexts: Contexts, known: str) -> tuple[str, ...]:
    """Return the versions that are accepted; `known` was seen to be. Raises CallError when one is left open."""
    return tuple(name for name in VERSIONS if name == known or _accepts(place, contexts.of_version[name]))


def _accepts(place: Place, context: ssl.SSLContext) -> bool:
    try:
        with connected(place) as connection, _wrapped(connection, context, place) as secured:
            try:
                secured.do_handshake()
            except (ssl.SSLEOFError, ConnectionError):
                return bool(
                    _chain(secured)
                )  # a server that speaks TLS hangs up on a version that it does not
            except ssl.SSLError as error:
                if error.reason in _OURS:
                    raise CallError(Code.UNAVAILABLE, str(error.reason), "OpenSSL here lacks it") from None
                return bool(_chain(secured))
            except OSError as error:
                raise _failed(error) from None
            return True
    except RefusedError as error:
        raise _failed(error) from None
