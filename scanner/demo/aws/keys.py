"""The demo's keys, certificates and secrets: what rotates, and what is about to end."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from scanner.demo.aws.account import HOME, SECOND, Account, named

ROTATION: Final = "key-without-rotation"
OPEN: Final = "key-open-to-everyone"
EXPIRING: Final = "certificate-expiring"
SECRET: Final = "secret-without-rotation"  # noqa: S105 - the id of a rule

#: Meant for partners, and written for everyone who has an account.
FOR_ANYONE: Final = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"AWS": "*"},
            "Action": ["kms:Encrypt", "kms:Decrypt"],
            "Resource": "*",
        },
    ],
}


def furnish(account: Account) -> None:
    """Create keys, import certificates, and store secrets. Runs last: others have created some of them."""
    _keys(account)
    _certificates(account)
    _secrets(account)
    _key_for_anyone(account)


def _keys(account: Account) -> None:
    for region in (HOME, SECOND):
        # Those of buckets, volumes and trails, which nobody rotates.
        for key in account.client("kms", region).list_keys()["Keys"]:
            account.expect(key["KeyArn"], good=[OPEN], bad=[ROTATION])
    kms = account.client("kms")
    made = kms.create_key(Description="Demo: payments")["KeyMetadata"]
    kms.enable_key_rotation(KeyId=made["KeyId"], RotationPeriodInDays=365)
    account.expect(made["Arn"], good=[ROTATION, OPEN])
    # KMS cannot rotate a key that signs, nor one that is switched off.
    signs = kms.create_key(Description="Demo: releases", KeySpec="RSA_2048", KeyUsage="SIGN_VERIFY")[
        "KeyMetadata"
    ]
    unused = kms.create_key(Description="Demo: unused")["KeyMetadata"]
    kms.disable_key(KeyId=unused["KeyId"])
    for key in (signs, unused):
        account.expect(key["Arn"], good=[OPEN])


def _certificates(account: Account) -> None:
    acm = account.client("acm")
    for certificate in acm.list_certificates()["CertificateSummaryList"]:
        account.expect(certificate["CertificateArn"], good=[EXPIRING])
    for name, days, verdict in (("partner-api", 200, "good"), ("old-shop", 12, "bad")):
        key, certificate = _self_signed(f"{name}.example.com", days)
        made = acm.import_certificate(Certificate=certificate, PrivateKey=key, Tags=named(name))
        account.expect(made["CertificateArn"], **{verdict: [EXPIRING]})
    key, certificate = _self_signed("legacy.example.com", -30)
    made = account.client("iam").upload_server_certificate(
        ServerCertificateName="legacy", CertificateBody=certificate.decode(), PrivateKey=key.decode()
    )
    account.expect(made["ServerCertificateMetadata"]["Arn"], bad=[EXPIRING])


def _self_signed(name: str, days: int) -> tuple[bytes, bytes]:
    """Return a private key and a certificate that ends in so many days, as PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - timedelta(days=300))
        .not_valid_after(today + timedelta(days=days))
        .sign(key, hashes.SHA256())
    )
    plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    pem = serialization.Encoding.PEM
    return key.private_bytes(pem, *plain), certificate.public_bytes(pem)


def _secrets(account: Account) -> None:
    secrets = account.client("secretsmanager")
    for name in ("shop/orders-db", "shop/partner-token"):
        made: dict[str, Any] = secrets.create_secret(
            Name=name, SecretString="made up for the demo", Tags=named(name, team="shop")
        )
        rotates = name == "shop/orders-db"
        if rotates:
            secrets.rotate_secret(SecretId=made["ARN"], RotationRules={"AutomaticallyAfterDays": 30})
        account.expect(made["ARN"], **{"good" if rotates else "bad": [SECRET]})


def _key_for_anyone(account: Account) -> None:
    """Create a key pair, with which partners were to encrypt what they send."""
    made = account.client("kms").create_key(
        Description="Demo: imports of partners",
        KeySpec="RSA_2048",
        KeyUsage="ENCRYPT_DECRYPT",
        Policy=json.dumps(FOR_ANYONE),
    )
    account.expect(made["KeyMetadata"]["Arn"], bad=[OPEN])
