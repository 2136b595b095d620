"""Ports on which TLS is expected, and is not there."""

from scanner import Cloud, Problems, Severity, TlsEndpoint, rule


@rule(
    "tls-missing",
    severity=Severity.HIGH,
    passes={"TLS": TlsEndpoint(speaks_tls=True, starttls="")},
    fails={
        "plain text on the port of HTTPS": TlsEndpoint(speaks_tls=False, starttls=""),
        "a database that refuses TLS": TlsEndpoint(speaks_tls=False, starttls="postgres"),
    },
    fix={
        Cloud.PROBE: "Switch TLS on: nginx `listen 443 ssl`; PostgreSQL `ssl = on`; MySQL `--ssl-cert`, `--ssl-key`; "
        "Postfix `smtpd_tls_security_level = may`"
    },
)
def tls_missing(endpoint: TlsEndpoint) -> Problems:
    """Server does not speak TLS where it is expected.

    What people send there, passwords first, can be read by everybody on the way. Clients that insist on TLS cannot
    connect at all.

    Expected is what the user named, what a listener is configured for, or what belongs to a well-known port.
    """
    if endpoint.speaks_tls:
        return
    if endpoint.starttls:
        yield f"it takes {endpoint.starttls} connections, and does not offer TLS"
    else:
        yield "it answers in plain text"
