"""Where the chain of what a server presents leads."""

from scanner import Cloud, Presented, Problem, Problems, Severity, TlsEndpoint, rule, unknown_value

OWN = Presented(issuer="CN=Example Issuing CA")
DATABASES = ("postgres", "mysql")


def _example(trust: str, text: str = "", starttls: str = "") -> TlsEndpoint:
    return TlsEndpoint(speaks_tls=True, starttls=starttls, trust=trust, verify_text=text, chain=(OWN,))


@rule(
    "tls-certificate-untrusted",
    severity=Severity.HIGH,
    applies=lambda endpoint: endpoint.speaks_tls,
    passes={"to a trusted root": _example("trusted", "ok")},
    fails={
        "signed by itself": _example("self-signed", "self-signed certificate"),
        "to a root that nobody knows": _example(
            "unknown-root", "self-signed certificate in certificate chain"
        ),
        "the intermediate is missing": _example("incomplete", "unable to get local issuer certificate"),
        "a signature does not fit": _example("invalid", "certificate signature failure"),
        "a database with a certificate of its own": _example(
            "self-signed", "self-signed certificate", "postgres"
        ),
    },
    fix={
        Cloud.PROBE: "Install the chain that came with the certificate (fullchain.pem and not cert.pem), or give a "
        "private authority to clients and to surefoot alike: surefoot probe {name} --ca <ca.pem>"
    },
    references=("https://www.rfc-editor.org/rfc/rfc5280#section-6",),
)
def tls_certificate_untrusted(endpoint: TlsEndpoint) -> Problems:
    """Certificate does not lead to a trusted root.

    Clients refuse it, or were told to accept anything, and then talk to whoever stands between. A missing intermediate
    is the treacherous case: browsers that met it elsewhere fill it in, while programs, phones and other servers fail.

    Trusted is what this machine's store holds, and the files given by `--ca`. Databases are of low severity: their
    authorities are private as a rule, and clients carry them. Dates are of another rule.
    """
    if endpoint.trust == "trusted":
        return
    issuer = endpoint.chain[-1].issuer
    words = {
        "self-signed": "its certificate is signed by itself",
        "unknown-root": f"its chain leads to {issuer}, which is in no trust store",
        "incomplete": f"its chain ends before a root: the certificate of {issuer} is neither sent nor in a trust store",
        "invalid": f"its chain does not hold: {endpoint.verify_text}",
    }
    if endpoint.trust not in words:
        raise unknown_value(endpoint, "trust", endpoint.trust)
    yield Problem(words[endpoint.trust], Severity.LOW if endpoint.starttls in DATABASES else None)
