"""Keys, certificates and secrets: from AWS's answers, and through the real SDK against moto."""

import json
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from collecting import collected
from mapped import mapped, unfilled

from scanner.models.credentials import KeyAccess
from scanner.models.keys import Certificate, Key, Secret
from scanner.models.resource import Code
from scanner.providers.aws.keys import ACCESS, CERTIFICATES, KEYS, SECRETS, SERVER_CERTIFICATES, SOURCES

WHEN = datetime(2026, 3, 1, tzinfo=UTC)
ID = "11111111-2222-3333-4444-555555555555"
KEY_ARN = f"arn:aws:kms:eu-west-1:123456789012:key/{ID}"
KEY = {"KeyId": ID, "KeyArn": KEY_ARN}
METADATA: dict[str, Any] = {
    "AWSAccountId": "123456789012",
    "KeyId": ID,
    "Arn": KEY_ARN,
    "Enabled": True,
    "KeyUsage": "ENCRYPT_DECRYPT",
    "KeyState": "Enabled",
    "Origin": "AWS_KMS",
    "KeyManager": "CUSTOMER",
    "KeySpec": "SYMMETRIC_DEFAULT",
    "MultiRegion": False,
}


def test_every_field_is_filled() -> None:
    [key, *others] = [unfilled(source) for source in SOURCES]
    assert key == set()
    assert others == [set()] * 4


@pytest.mark.parametrize(
    ("change", "facts"),
    [
        ({}, (True, True, True)),
        ({"KeyManager": "AWS"}, (False, True, True)),
        ({"KeyState": "PendingDeletion"}, (True, False, True)),
        ({"KeySpec": "RSA_2048"}, (True, True, False)),
        ({"Origin": "EXTERNAL"}, (True, True, False)),
        ({"MultiRegionConfiguration": {"MultiRegionKeyType": "REPLICA"}}, (True, True, False)),
        ({"MultiRegionConfiguration": {"MultiRegionKeyType": "PRIMARY"}}, (True, True, True)),
    ],
)
def test_descriptions_of_keys(change: dict[str, Any], facts: tuple[bool, ...]) -> None:
    made = mapped(KEYS, KEY, DescribeKey={"KeyMetadata": {**METADATA, **change}})
    assert isinstance(made, Key)
    assert (made.own, made.enabled, made.rotatable) == facts


def key_policy(condition: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
    owner = {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::123456789012:root"}, "Action": "kms:*"}
    more = {
        "Effect": "Allow",
        "Principal": {"AWS": "*"},
        "Action": ["kms:Decrypt", "kms:Describe*"],
        **changes,
    }
    limits = {"Condition": condition} if condition else {}
    written = [{**one, "Resource": "*"} for one in (owner, {**more, **limits})]
    return {"Policy": json.dumps({"Version": "2012-10-17", "Statement": written}), "PolicyName": "default"}


@pytest.mark.parametrize(
    ("answer", "may"),
    [
        (key_policy(), ("read",)),
        (key_policy(Action="kms:*"), ("read", "write", "admin")),
        (key_policy(Action="kms:Get*"), ("other",)),
        (key_policy({"StringEquals": {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}}), ("read",)),
        (key_policy({"StringLike": {"kms:CallerAccount": "*"}}), ("read",)),
        (key_policy({"StringEquals": {"kms:EncryptionContext:a": "b"}}), ("read",)),
        # What AWS writes for a key of its own, in the account of whoever uses it.
        (
            key_policy(
                {
                    "StringEquals": {
                        "kms:CallerAccount": "123456789012",
                        "kms:ViaService": "s3.eu-west-1.amazonaws.com",
                    }
                }
            ),
            None,
        ),
        (key_policy({"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3"}}), None),
        (key_policy({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::123456789012:role/*"}}), None),
        (key_policy(Principal={"AWS": "444455556666"}), None),
        (key_policy(Principal={"Service": "logs.eu-west-1.amazonaws.com"}), None),
        (key_policy(Effect="Deny"), None),
    ],
)
def test_who_may_use_a_key(answer: dict[str, Any], may: tuple[str, ...] | None) -> None:
    made = mapped(ACCESS, KEY, GetKeyPolicy=answer)
    assert isinstance(made, KeyAccess)
    assert [(grant.who, grant.may) for grant in made.grants] == ([("any account", may)] if may else [])


def test_a_key_policy_that_is_not_understood_is_unread() -> None:
    made = mapped(ACCESS, KEY, GetKeyPolicy={"Policy": "{}"})
    assert made.why("grants").code is Code.MALFORMED


def test_a_strange_manager_is_malformed() -> None:
    made = mapped(KEYS, KEY, DescribeKey={"KeyMetadata": {**METADATA, "KeyManager": "NOBODY"}})
    assert made.why("own").code is Code.MALFORMED


CERTIFICATE: dict[str, Any] = {
    "CertificateArn": "arn:aws:acm:eu-west-1:123456789012:certificate/1",
    "DomainName": "shop.example.com",
    "Status": "ISSUED",
    "Type": "AMAZON_ISSUED",
    "KeyAlgorithm": "EC_prime256v1",
    "InUse": True,
    "RenewalEligibility": "ELIGIBLE",
    "NotAfter": WHEN,
}


def test_certificates() -> None:
    made = mapped(CERTIFICATES, CERTIFICATE, ListTagsForCertificate=[{"Key": "a", "Value": "b"}])
    assert isinstance(made, Certificate)
    assert (made.expires, made.in_use, made.renews, made.tags) == (WHEN, True, True, {"a": "b"})
    imported = {**CERTIFICATE, "Type": "IMPORTED", "RenewalEligibility": "INELIGIBLE"}
    waiting = {name: value for name, value in imported.items() if name != "NotAfter"}
    other = mapped(CERTIFICATES, waiting)
    assert isinstance(other, Certificate)
    assert (other.expires, other.renews) == (None, False)
    kept = {
        "Path": "/",
        "ServerCertificateName": "legacy",
        "ServerCertificateId": "ASCA1",
        "Arn": "arn:aws:iam::123456789012:server-certificate/legacy",
        "Expiration": WHEN,
    }
    old = mapped(SERVER_CERTIFICATES, kept)
    assert isinstance(old, Certificate)
    assert (old.expires, old.in_use, old.renews) == (WHEN, None, False)


def test_every_type_of_key_is_asked_for() -> None:
    """The default lists RSA of 1024 and 2048 bits alone, which hides every certificate of the newer types."""
    from botocore.session import Session

    model = Session().get_service_model("acm").shape_for("KeyAlgorithm")
    call = CERTIFICATES.listing
    assert set(call.params["Includes"]["keyTypes"]) == set(model.enum)  # type: ignore[union-attr]


def test_secrets() -> None:
    raw = {
        "ARN": "arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-a1b2c3",
        "Name": "db",
        "RotationEnabled": True,
        "LastChangedDate": WHEN,
        "CreatedDate": datetime(2020, 1, 1, tzinfo=UTC),
        "Tags": [{"Key": "a", "Value": "b"}],
    }
    made = mapped(SECRETS, raw)
    assert isinstance(made, Secret)
    assert (made.rotates, made.changed, made.tags) == (True, WHEN, {"a": "b"})
    bare = {name: value for name, value in raw.items() if name in {"ARN", "Name", "CreatedDate"}}
    other = mapped(SECRETS, bare)
    assert isinstance(other, Secret)
    assert (other.rotates, other.changed) == (False, raw["CreatedDate"])
    assert SECRETS.keep is not None
    assert SECRETS.keep({**raw, "PrimaryRegion": "eu-west-1"})
    assert not SECRETS.keep({**raw, "PrimaryRegion": "us-east-1"})


@pytest.mark.usefixtures("moto")
def test_through_the_sdk() -> None:
    kms = boto3.client("kms", region_name="eu-west-1")
    rotated = kms.create_key()["KeyMetadata"]["Arn"]
    kms.enable_key_rotation(KeyId=rotated)
    fixed = kms.create_key()["KeyMetadata"]["Arn"]
    signing = kms.create_key(KeySpec="RSA_2048", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["Arn"]
    secret = boto3.client("secretsmanager", region_name="eu-west-1").create_secret(Name="s", SecretString="x")
    certificate = boto3.client("acm", region_name="eu-west-1").request_certificate(DomainName="a.example.com")
    found = collected(SOURCES)
    assert found[rotated].rotation_days == 365
    assert found[fixed].rotation_days is None
    assert found[signing].why("rotation_days").code is Code.NOT_APPLICABLE
    assert found[secret["ARN"]].rotates is False
    assert found[certificate["CertificateArn"]].in_use is False
