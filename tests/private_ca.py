"""A private certificate authority, for tests of proxies and CA bundles."""

import ipaddress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass(frozen=True, slots=True)
class Authority:
    """A certificate file that clients trust, and the key that signs."""

    certificate: Path
    key: ec.EllipticCurvePrivateKey
    name: x509.Name


def make_ca(folder: Path, name: str = "test authority") -> Authority:
    """Make an authority; its certificate lies in `folder`."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    built = (
        _builder(subject, subject, key)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / f"{name.replace(' ', '-')}.pem"
    file.write_bytes(built.public_bytes(serialization.Encoding.PEM))
    return Authority(file, key, subject)


def make_certificate(authority: Authority, *hosts: str) -> tuple[Path, Path]:
    """Make a server's certificate for hosts or addresses; the values are its file and the file of its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    names = [_name(host) for host in hosts]
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, hosts[0])])
    built = (
        _builder(subject, authority.name, key)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .sign(authority.key, hashes.SHA256())
    )
    stem = hosts[0].replace("*", "_")
    certificate = authority.certificate.with_name(f"{stem}.pem")
    certificate.write_bytes(built.public_bytes(serialization.Encoding.PEM))
    file = authority.certificate.with_name(f"{stem}.key")
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return certificate, file


def _name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
    )
