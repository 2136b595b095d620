"""Versions of TLS that servers accept."""

from scanner import Cloud, Problems, Severity, TlsEndpoint, rule, unknown_value

OLD = ("TLSv1.0", "TLSv1.1")
CURRENT = ("TLSv1.2", "TLSv1.3")


@rule(
    "tls-version-old",
    severity=Severity.MEDIUM,
    applies=lambda endpoint: endpoint.speaks_tls,
    passes={"1.2 and 1.3": TlsEndpoint(speaks_tls=True, protocols=CURRENT)},
    fails={
        "1.0 beside newer ones": TlsEndpoint(speaks_tls=True, protocols=("TLSv1.0", *CURRENT)),
        "1.0 only": TlsEndpoint(speaks_tls=True, protocols=("TLSv1.0",)),
    },
    fix={
        Cloud.PROBE: "nginx: ssl_protocols TLSv1.2 TLSv1.3; Apache: SSLProtocol -all +TLSv1.2 +TLSv1.3; "
        "PostgreSQL: ssl_min_protocol_version = 'TLSv1.2'; of a load balancer, its TLS policy"
    },
    references=("https://www.rfc-editor.org/rfc/rfc8996",),
)
def tls_version_old(endpoint: TlsEndpoint) -> Problems:
    """Server accepts TLS 1.0 or 1.1.

    Both were withdrawn in 2021 (RFC 8996): browsers have dropped them, and what still asks for them is mostly somebody
    who wants the weakest that is offered. A server with nothing newer is out of reach for up-to-date clients.

    Each version was asked for by a handshake of its own. Versions before TLS 1.0 are not tested.
    """
    for version in endpoint.protocols:
        if version not in (*OLD, *CURRENT):
            raise unknown_value(endpoint, "protocols", version)
    old = [version for version in OLD if version in endpoint.protocols]
    if not old:
        return
    only = "" if any(version in endpoint.protocols for version in CURRENT) else ", and nothing newer"
    yield f"it accepts {' and '.join(old)}{only}"
