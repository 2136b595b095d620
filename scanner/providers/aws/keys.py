"""KMS keys, certificates of ACM and of IAM, and secrets. No key, certificate or secret is ever fetched itself."""

from dataclasses import replace
from datetime import datetime
from typing import Final

from scanner.models.credentials import KeyAccess
from scanner.models.keys import Certificate, Key, Secret
from scanner.models.storage import MAY_ADMIN, MAY_READ, MAY_WRITE, PublicGrant
from scanner.providers.aws import policy
from scanner.providers.aws.calls import AwsCall
from scanner.providers.aws.reading import granted, tags
from scanner.providers.spec import Detail, Raw, Source
from scanner.providers.values import known

_OWN: Final = {"CUSTOMER": True, "AWS": False}
#: Where the DescribeKey answer stands for the calls to which it leads.
_DESCRIBED: Final = "described"

#: ListCertificates lists RSA keys of 1024 and 2048 bits alone unless it is told which to list.
_ALL_KEYS: Final = (
    "RSA_1024",
    "RSA_2048",
    "RSA_3072",
    "RSA_4096",
    "EC_prime256v1",
    "EC_secp384r1",
    "EC_secp521r1",
)


KMS: Final = policy.Service(
    prefix="kms",
    fixing=policy.FIXING | {"kms:calleraccount"},
    fixed_by_account=policy.OWNED,
    may={
        MAY_READ: ("kms:Decrypt", "kms:ReEncryptFrom"),
        MAY_WRITE: (
            "kms:Encrypt",
            "kms:ReEncryptTo",
            "kms:GenerateDataKey",
            "kms:GenerateDataKeyPair",
            "kms:GenerateDataKeyWithoutPlaintext",
            "kms:GenerateMac",
            "kms:Sign",
        ),
        MAY_ADMIN: ("kms:PutKeyPolicy", "kms:CreateGrant", "kms:DisableKey", "kms:ScheduleKeyDeletion"),
    },
)
"""KMS, with actions of the Service Authorization Reference."""


def own(answer: Raw) -> bool:
    """Tell whether the account looks after the key."""
    return known(_OWN, answer["KeyMetadata"]["KeyManager"])


def enabled(answer: Raw) -> bool:
    """Tell whether the key can be used."""
    return bool(answer["KeyMetadata"]["KeyState"] == "Enabled")


def rotatable(answer: Raw) -> bool:
    """Tell whether KMS can rotate the key by itself: what EnableKeyRotation says of each kind of key."""
    key = answer["KeyMetadata"]
    replica = key.get("MultiRegionConfiguration", {}).get("MultiRegionKeyType") == "REPLICA"
    return key["KeySpec"] == "SYMMETRIC_DEFAULT" and key["Origin"] == "AWS_KMS" and not replica


def _may_rotate(key: Raw) -> bool:
    answer = key[_DESCRIBED]
    return own(answer) and enabled(answer) and rotatable(answer)


def rotation_days(answer: Raw) -> float | None:
    """Return the period of rotation; a key from before there was a choice is rotated every year."""
    return answer.get("RotationPeriodInDays", 365) if answer["KeyRotationEnabled"] else None


def key_grants(answer: Raw) -> tuple[PublicGrant, ...]:
    """Return the key policy's grants to the public. KMS takes signed requests alone, from whatever account."""
    found = policy.public_grants(answer["Policy"], KMS)
    return tuple(granted(replace(grant, principal="any-account"), grant.may) for grant in found)


def renews(certificate: Raw) -> bool:
    """Tell whether ACM renews the certificate: its own, and of private authorities those that are eligible."""
    return certificate["Type"] == "AMAZON_ISSUED" or certificate.get("RenewalEligibility") == "ELIGIBLE"


def changed(secret: Raw) -> datetime:
    """Return when a secret last got a value."""
    when: datetime = secret.get("LastChangedDate") or secret["CreatedDate"]
    return when


def at_home(secret: Raw) -> bool:
    """Tell whether a secret is no replica: those are changed in their primary region, and judged there."""
    primary = secret.get("PrimaryRegion")
    return not primary or f":{primary}:" in secret["ARN"]


def _kms_tags(rows: list[Raw]) -> dict[str, str]:
    return {row["TagKey"]: row["TagValue"] for row in rows}


def _listed_tags(rows: list[Raw]) -> dict[str, str]:
    return tags({"Tags": rows})


#: Asked once for a key and for who may use it.
_TAGS: Final = Detail(
    call=AwsCall("kms", "ListResourceTags", "Tags", given={"KeyId": "{KeyId}"}),
    per="shared",
    fills={"tags": _kms_tags},
)

KEYS: Final = Source(
    kind=Key,
    listing=AwsCall("kms", "ListKeys", "Keys", params={"Limit": 1000}),
    id="{KeyArn}",
    name="{KeyId}",
    details=[
        Detail(
            call=AwsCall("kms", "DescribeKey", given={"KeyId": "{KeyId}"}),
            fills={"own": own, "enabled": enabled, "rotatable": rotatable},
            brings=_DESCRIBED,
            leads=[
                Detail(
                    call=AwsCall("kms", "GetKeyRotationStatus", given={"KeyId": "{KeyId}"}),
                    when=_may_rotate,
                    fills={"rotation_days": rotation_days},
                )
            ],
        ),
        _TAGS,
    ],
    lacking=("expires",),
)

ACCESS: Final = Source(
    kind=KeyAccess,
    listing=KEYS.listing,
    id="{KeyArn}",
    name="{KeyId}",
    details=[
        Detail(
            # A key has one policy, and this is its name.
            call=AwsCall("kms", "GetKeyPolicy", given={"KeyId": "{KeyId}", "PolicyName": "default"}),
            fills={"grants": key_grants},
        ),
        _TAGS,
    ],
)

CERTIFICATES: Final = Source(
    kind=Certificate,
    listing=AwsCall(
        "acm",
        "ListCertificates",
        "CertificateSummaryList",
        params={"Includes": {"keyTypes": list(_ALL_KEYS)}, "MaxItems": 1000},
    ),
    id="{CertificateArn}",
    name="{DomainName}",
    fields={"expires": "NotAfter?", "in_use": "InUse", "renews": renews},
    details=[
        Detail(
            call=AwsCall(
                "acm", "ListTagsForCertificate", "Tags", given={"CertificateArn": "{CertificateArn}"}
            ),
            fills={"tags": _listed_tags},
        )
    ],
)

SERVER_CERTIFICATES: Final = Source(
    kind=Certificate,
    listing=AwsCall(
        "iam", "ListServerCertificates", "ServerCertificateMetadataList", params={"MaxItems": 1000}
    ),
    level="account",
    id="{Arn}",
    name="{ServerCertificateName}",
    fields={"expires": "Expiration", "in_use": lambda _: None, "renews": lambda _: False},
    details=[
        Detail(
            call=AwsCall(
                "iam",
                "ListServerCertificateTags",
                "Tags",
                given={"ServerCertificateName": "{ServerCertificateName}"},
            ),
            fills={"tags": _listed_tags},
        )
    ],
)

SECRETS: Final = Source(
    kind=Secret,
    listing=AwsCall("secretsmanager", "ListSecrets", "SecretList", params={"MaxResults": 100}),
    keep=at_home,
    id="{ARN}",
    name="{Name}",
    fields={
        # Absent where rotation was never configured.
        "rotates": lambda secret: bool(secret.get("RotationEnabled")),
        "changed": changed,
        "tags": tags,
    },
    lacking=("expires",),
)

SOURCES: Final = (KEYS, ACCESS, CERTIFICATES, SERVER_CERTIFICATES, SECRETS)
