"""Keys and signatures of what servers present."""

from collections.abc import Iterator
from typing import Annotated

from scanner import Cloud, Option, Presented, Problems, Severity, TlsEndpoint, each, rule

#: Hashes under which somebody can make a second certificate with the same signature (RFC 6194, RFC 6151).
BROKEN = frozenset({"sha1", "md5", "md4", "md2"})
LEAST_CURVE = 224


def _example(**facts: object) -> TlsEndpoint:
    given = {
        "subject": "CN=shop.example.org",
        "key": "RSA",
        "bits": 2048,
        "digest": "sha256",
        "self_signed": False,
    }
    return TlsEndpoint(speaks_tls=True, chain=(Presented.model_validate({**given, **facts}),))


@rule(
    "tls-certificate-weak",
    severity=Severity.MEDIUM,
    applies=lambda endpoint: endpoint.speaks_tls,
    passes={
        "RSA with 2048 bits, SHA-256": _example(),
        "a curve of 256 bits": _example(key="EC", bits=256, digest="sha384"),
        "Ed25519": _example(key="Ed25519", bits=256, digest=""),
    },
    fails={
        "RSA with 1024 bits": _example(bits=1024),
        "signed with SHA-1": _example(digest="sha1"),
        "a curve of 192 bits": _example(key="EC", bits=192),
        "DSA": _example(key="DSA", bits=2048),
    },
    fix={
        Cloud.PROBE: "Order a new certificate for a new key: openssl req -new -newkey ec -pkeyopt "
        "ec_paramgen_curve:prime256v1 -keyout <key> -out <request>"
    },
    references=("https://doi.org/10.6028/NIST.SP.800-131Ar2", "https://www.rfc-editor.org/rfc/rfc6194"),
)
def tls_certificate_weak(
    endpoint: TlsEndpoint,
    *,
    bits: Annotated[int, Option("bits that an RSA key must have", at_least=1024)] = 2048,
) -> Problems:
    """Certificate has a weak key or signature.

    A key that is too short can be worked out by somebody with money, and a signature under SHA-1 can be moved to
    another certificate; whoever does either is the server for all who connect. Browsers refuse both, older programs do
    not.

    Every certificate that is sent is judged, the issuers' too. The signature of a root is left alone: nobody checks it.
    """
    yield from each(endpoint.chain, lambda one: _weak(one, bits))


def _weak(certificate: Presented, bits: int) -> Iterator[str]:
    least = {"RSA": bits, "EC": LEAST_CURVE}.get(certificate.key, 0)
    if certificate.bits < least:
        yield f"the {certificate.key} key of {certificate.subject} has {certificate.bits} bits"
    if certificate.key == "DSA":
        yield f"the key of {certificate.subject} is of DSA, which clients have given up"
    if certificate.digest in BROKEN and not certificate.self_signed:
        yield f"the signature of {certificate.subject} is under {certificate.digest.upper()}"
