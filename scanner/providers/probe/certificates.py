"""From the certificates that a server sent to plain facts. Pure; certificates are untrusted text."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, rsa
from cryptography.x509.oid import NameOID

_LONGEST: Final = 500

_KEYS: Final[Mapping[type, str]] = {
    rsa.RSAPublicKey: "RSA",
    ec.EllipticCurvePublicKey: "EC",
    ed25519.Ed25519PublicKey: "Ed25519",
    ed448.Ed448PublicKey: "Ed448",
    dsa.DSAPublicKey: "DSA",
}
_FIXED_BITS: Final = {"Ed25519": 256, "Ed448": 456}


def read(chain: Iterable[bytes]) -> list[x509.Certificate]:
    """Parse certificates in DER. Raises ValueError for one that cannot be read."""
    return [x509.load_der_x509_certificate(der) for der in chain]


def facts(certificate: x509.Certificate) -> dict[str, object]:
    """Return the fields of `Presented`."""
    key, bits = _key(certificate)
    return {
        "subject": _text(certificate.subject),
        "issuer": _text(certificate.issuer),
        "starts": certificate.not_valid_before_utc,
        "ends": certificate.not_valid_after_utc,
        "key": key,
        "bits": bits,
        "digest": _digest(certificate),
        "self_signed": certificate.subject == certificate.issuer,
    }


def names(certificate: x509.Certificate) -> tuple[str, ...]:
    """Return the names and addresses of the subject alternative names. Raises ValueError for a broken extension."""
    try:
        given = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return ()
    hosts = given.get_values_for_type(x509.DNSName)
    addresses = given.get_values_for_type(x509.IPAddress)
    return (*hosts, *map(str, addresses))


def common_name(certificate: x509.Certificate) -> str | None:
    """Return the last common name of the subject; None without one."""
    found = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(found[-1].value)[:_LONGEST] if found else None


def signatures_fit(chain: Sequence[x509.Certificate]) -> bool:
    """Tell whether each certificate was signed by the key of that which names itself its issuer, where one was sent.

    A signature by an algorithm that cannot be checked here is taken to fit.
    """
    return all(
        _signed_by(one, other)
        for one in chain
        for other in chain
        if other is not one and other.subject == one.issuer and one.subject != one.issuer
    )


def _signed_by(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer)
    except InvalidSignature:
        return False
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return True
    return True


def _text(name: x509.Name) -> str:
    return name.rfc4514_string()[:_LONGEST]


def _key(certificate: x509.Certificate) -> tuple[str, int]:
    try:
        key = certificate.public_key()
    except (UnsupportedAlgorithm, ValueError) as error:
        raise ValueError(f"its key cannot be read: {error}") from None
    name = next((name for class_, name in _KEYS.items() if isinstance(key, class_)), type(key).__name__)
    return name, _FIXED_BITS.get(name) or int(getattr(key, "key_size", 0))


def _digest(certificate: x509.Certificate) -> str:
    try:
        algorithm = certificate.signature_hash_algorithm
    except UnsupportedAlgorithm:
        # Named by its dotted number: what no library knows any more (MD2) must not pass for a digest of its own.
        return certificate.signature_algorithm_oid.dotted_string
    return algorithm.name if algorithm is not None else ""
