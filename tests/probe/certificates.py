"""Certificates with chosen defects, and a private authority that signs them."""

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

NOW = datetime.now(UTC)


@cache
def rsa_key(bits: int) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


@dataclass(frozen=True)
class Signed:
    """A certificate, its key, and the certificates between it and the root that are to be sent along."""

    certificate: x509.Certificate
    key: Any
    sent: Sequence[x509.Certificate] = field(default=())

    def files(self, folder: Path, name: str) -> Path:
        """Write key and chain into one file, as servers take it."""
        path = folder / f"{name}.pem"
        key = self.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        chain = [one.public_bytes(serialization.Encoding.PEM) for one in (self.certificate, *self.sent)]
        path.write_bytes(key + b"".join(chain))
        return path


def sign(
    name: str,
    issuer: Signed | None = None,
    *,
    hosts: Sequence[str] = (),
    starts: float = -30,
    ends: float = 60,
    key: Any = None,
    authority: bool = False,
    sent: Sequence[Signed] = (),
    identified: bool = True,
) -> Signed:
    """Sign a certificate (by itself without an issuer); times are days from now. `identified`: with key identifiers."""
    own = key or ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    by = issuer.certificate.subject if issuer else subject
    built = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(by)
        .public_key(own.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW + timedelta(days=starts))
        .not_valid_after(NOW + timedelta(days=ends))
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
    )
    if hosts:
        names = [_name(host) for host in hosts]
        built = built.add_extension(x509.SubjectAlternativeName(names), critical=False)
    if not authority:
        built = built.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
    signer = issuer.key if issuer else own
    if identified:
        built = built.add_extension(
            x509.SubjectKeyIdentifier.from_public_key(own.public_key()), critical=False
        ).add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False
        )
    made = built.sign(signer, hashes.SHA256())
    return Signed(made, own, [one.certificate for one in sent])


SHA256_WITH_RSA, SHA1_WITH_RSA = bytes.fromhex("2a864886f70d01010b"), bytes.fromhex("2a864886f70d010105")


def under_sha1(signed: Signed, issuer: Signed) -> Signed:
    """The same certificate with a signature under SHA-1, which the library signs no more certificates with."""
    made = signed.certificate
    body = made.tbs_certificate_bytes.replace(SHA256_WITH_RSA, SHA1_WITH_RSA)
    signature = issuer.key.sign(body, padding.PKCS1v15(), hashes.SHA1())  # noqa: S303 - the defect
    der = made.public_bytes(serialization.Encoding.DER).replace(SHA256_WITH_RSA, SHA1_WITH_RSA)
    der = der[: -len(signature)] + signature
    return Signed(x509.load_der_x509_certificate(der), signed.key, signed.sent)


def _name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)
