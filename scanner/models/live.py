"""What a connection from outside found: ports, what is presented for TLS, and what a web server answers.

No cloud says any of this: it is what one vantage point saw, at one time, and true for that vantage point only.
"""

from datetime import datetime
from typing import ClassVar, Final

from scanner.models.resource import UNREAD, Facts, Resource

#: States of a port, as a TCP connection finds it.
OPEN: Final = "open"
CLOSED: Final = "closed"
"""Refused: the machine, or something before it, says that nothing listens."""
FILTERED: Final = "filtered"
"""No answer, twice, or an ICMP message that forbids it: a firewall on the way, or no machine at all."""

#: Whom the configuration lets in, of the internet.
TO_ALL: Final = "all"
"""At least 99.9 % of the public addresses."""
TO_MANY: Final = "many"
"""A large part: a /8 of IPv4, a /24 of IPv6, or more."""
TO_SOME: Final = "some"
TO_NOBODY: Final = "nobody"

#: Where a chain of certificates leads.
TRUSTED: Final = "trusted"
SELF_SIGNED: Final = "self-signed"
"""The server's own certificate is signed by itself."""
UNKNOWN_ROOT: Final = "unknown-root"
"""To a root that is sent, but is in no trust store."""
INCOMPLETE: Final = "incomplete"
"""To a certificate whose issuer is neither sent nor in a trust store."""
INVALID: Final = "invalid"
"""A signature does not fit, or a certificate may not be used as it is."""

#: Protocols in which TLS is asked for after a first exchange in plain text.
SMTP: Final = "smtp"
POSTGRES: Final = "postgres"
MYSQL: Final = "mysql"


class PortState(Resource):
    """One TCP port of one address or host, as a vantage point finds it."""

    title: ClassVar[str] = "port"

    port: int = UNREAD
    """1 to 65535."""
    state: str = UNREAD
    """`open`, `closed` or `filtered` (RFC 9293: an answer, a reset, silence). Unread where this machine itself has no
    way to the address, or its name has none."""
    expected: str = UNREAD
    """`open` or `closed`, as the user named it. Not applicable to what comes from an inventory."""
    configured: str = UNREAD
    """`open` or `closed` for this vantage point, by all layers of the way to the endpoint as they were just read.
    Unread where it is open to some addresses only, and nobody said whether this machine has one of them. Not applicable
    to what the user named."""
    open_to: str = UNREAD
    """Whom the layers let in: `all` of the internet, `many`, `some`, `nobody`. Not applicable as `configured`."""
    via: tuple[str, ...] = UNREAD
    """The rules that let packets in. Not applicable as `configured`."""
    endpoint: str | None = UNREAD
    """Id of the endpoint of the inventory that has the address; None: the user named it."""


class Presented(Facts):
    """One certificate that a server sent."""

    subject: str = UNREAD
    """Its subject as RFC 4514 writes it."""
    issuer: str = UNREAD
    """Its issuer as RFC 4514 writes it."""
    starts: datetime = UNREAD
    """RFC 5280 `notBefore`."""
    ends: datetime = UNREAD
    """RFC 5280 `notAfter`."""
    key: str = UNREAD
    """`RSA`, `EC`, `Ed25519`, `Ed448`, `DSA`, or the name that the library has for it."""
    bits: int = UNREAD
    """Size of the key, in bits: of the modulus, or of the curve's field."""
    digest: str = UNREAD
    """Hash under its signature, in lower case: `sha256`; empty where the algorithm has its own (Ed25519)."""
    self_signed: bool = UNREAD
    """Subject and issuer are the same: nobody vouches for its signature, so its hash does not matter."""


class TlsEndpoint(Resource):
    """One TCP port on which TLS is expected, and what it presents."""

    title: ClassVar[str] = "TLS endpoint"

    starttls: str = UNREAD
    """`smtp`, `postgres`, `mysql`: TLS is asked for in that protocol; empty: TLS from the first byte."""
    speaks_tls: bool = UNREAD
    """Whether there is TLS: false, the port is open and answers something else, or refuses STARTTLS."""
    chain: tuple[Presented, ...] = UNREAD
    """What the server sent, its own certificate first; empty without TLS."""
    names: tuple[str, ...] = UNREAD
    """Names and addresses in the subject alternative names of its certificate (RFC 5280); empty: none."""
    name_matches: bool = UNREAD
    """Whether one of `names` is that of the host (RFC 9525). Not applicable where nobody named the host: the inventory
    knows addresses, and not by which names people come."""
    common_name: str | None = UNREAD
    """The common name of its certificate, which no browser looks at; None: it has none."""
    trust: str = UNREAD
    """Where the chain leads, by the trust stores of the system and of the user: `trusted`, `self-signed`,
    `unknown-root`, `incomplete` or `invalid`. Dates and names are left out of it. Not applicable without TLS."""
    verify_code: int = UNREAD
    """What OpenSSL's verification ended with, dates included (openssl/x509_vfy.h); 0: all is well. Not applicable as
    `trust`."""
    verify_text: str = UNREAD
    """OpenSSL's own words for it. Not applicable as `trust`."""
    protocols: tuple[str, ...] = UNREAD
    """Versions that it accepts, oldest first, of TLSv1.0 to TLSv1.3: what is older, OpenSSL 3 cannot speak. Not
    applicable without TLS."""


class HttpEndpoint(Resource):
    """One TCP port on which a web server is expected, and what it answers to a GET of `/`."""

    title: ClassVar[str] = "web server"

    secure: bool = UNREAD
    """Whether it was asked over TLS."""
    status: int | None = UNREAD
    """Status of the answer (RFC 9110); None: it does not speak HTTP, or wants a certificate of its client first."""
    location: str | None = UNREAD
    """Where the answer sends on to, as the `Location` header says; None: nowhere."""
    hsts_seconds: int | None = UNREAD
    """`max-age` of the `Strict-Transport-Security` header (RFC 6797), in seconds; None: there is none."""
