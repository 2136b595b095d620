"""Whether what a server presents is for the name by which people come."""

from scanner import Cloud, Problems, Severity, TlsEndpoint, rule

SHOWN = 5


@rule(
    "tls-certificate-wrong-name",
    severity=Severity.HIGH,
    applies=lambda endpoint: endpoint.speaks_tls,
    passes={
        "its name is in it": TlsEndpoint(
            speaks_tls=True, name_matches=True, names=("shop.example.org",), common_name=None
        )
    },
    fails={
        "for another host": TlsEndpoint(
            speaks_tls=True, name_matches=False, names=("blog.example.org",), common_name="blog.example.org"
        ),
        "its name is a common name only": TlsEndpoint(
            speaks_tls=True, name_matches=False, names=(), common_name="shop.example.org"
        ),
    },
    fix={
        Cloud.PROBE: "Order a certificate with every name by which people come as a subject alternative name "
        "(openssl req -addext 'subjectAltName=DNS:<name>'), or send them to a name that is in it"
    },
    references=("https://www.rfc-editor.org/rfc/rfc9525#section-6",),
)
def tls_certificate_wrong_name(endpoint: TlsEndpoint) -> Problems:
    """Certificate is not for the host that presents it.

    Browsers and programs refuse it, as they refuse one of a stranger. Mostly a server answers for a name that was added
    later, or a default certificate stands where a rule for the host is missing.

    Names count that stand in the subject alternative names; a wildcard stands for one label. A common name counts for
    nobody since 2017. Where only an address is known, as for what an inventory lists, there is no verdict: name the
    host as a target.
    """
    if endpoint.name_matches:
        return
    if endpoint.names:
        more = f" and {len(endpoint.names) - SHOWN} more" if len(endpoint.names) > SHOWN else ""
        yield f"its certificate is for {', '.join(endpoint.names[:SHOWN])}{more}"
    else:
        name = f" ({endpoint.common_name} is its common name, which clients do not look at)"
        yield f"its certificate names no host{name if endpoint.common_name else ''}"
