"""S3 buckets: who may have what is in them, how it travels, and what is left when it is lost."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, Final

from scanner.models.resource import GLOBAL
from scanner.models.storage import (
    ANY_ACCOUNT,
    EVERYONE,
    HTTP_PARTLY_REFUSED,
    MAY_ADMIN,
    MAY_LIST,
    MAY_OTHER,
    MAY_WRITE,
    VERSIONING_OFF,
    VERSIONING_ON,
    VERSIONING_SUSPENDED,
    Bucket,
    PlainHttp,
    PublicGrant,
)
from scanner.providers.aws import policy
from scanner.providers.aws.account import public_block
from scanner.providers.aws.calls import AwsCall
from scanner.providers.aws.reading import MOST, grants
from scanner.providers.spec import Detail, Raw, Source
from scanner.providers.values import known, optional

# Keys of the whole public in an ACL. LogDelivery, the third group that S3 knows, is the service itself.
_GROUPS: Final = {
    "http://acs.amazonaws.com/groups/global/AllUsers": EVERYONE,
    "http://acs.amazonaws.com/groups/global/AuthenticatedUsers": ANY_ACCOUNT,
}
# What a permission on the bucket itself gives; its objects have ACLs of their own.
_PERMISSIONS: Final = {
    "READ": (MAY_LIST,),
    "WRITE": (MAY_WRITE,),
    "READ_ACP": (MAY_OTHER,),
    "WRITE_ACP": (MAY_ADMIN,),
    "FULL_CONTROL": (MAY_LIST, MAY_WRITE, MAY_ADMIN),
}
_STATES: Final = {"partly": HTTP_PARTLY_REFUSED}
_VERSIONING: Final = {"Enabled": VERSIONING_ON, "Suspended": VERSIONING_SUSPENDED, None: VERSIONING_OFF}
#: Where the answer about versioning stands for the calls to which it leads.
_VERSIONED: Final = "versioned"
_MFA_DELETE: Final = {"Enabled": True, "Disabled": False, None: False}
_RULE: Final = {"Enabled": True, "Disabled": False}
_ACLS_DISABLED: Final = {"BucketOwnerEnforced": True, "BucketOwnerPreferred": False, "ObjectWriter": False}
# Algorithms, and whether a KMS key stands behind them; S3's own key for it has an alias that only AWS can give.
_KMS: Final = {"AES256": False, "aws:fsx": False, "aws:backup": False, "aws:kms": True, "aws:kms:dsse": True}
_CUSTOMER_KEYS: Final = {"SSE-C": True, "NONE": False}
_AWS_MANAGED: Final = "alias/aws/s3"


def region(bucket: Raw) -> str:
    """Return the bucket's region. S3 always says it when asked with a parameter; what imitates S3 may not."""
    said: str = bucket.get("BucketRegion") or GLOBAL
    return said


def plain_http(answer: Raw | None, bucket: Raw) -> PlainHttp:
    """Return what the bucket policy does with plain HTTP."""
    found = policy.plain_http(answer["Policy"] if answer else None, _arn(bucket))
    return PlainHttp(state=_STATES.get(found.state, found.state), reasons=found.reasons[:MOST])


def policy_grants(answer: Raw | None, bucket: Raw) -> tuple[PublicGrant, ...]:
    """Return the bucket policy's grants to the public."""
    return grants(answer["Policy"] if answer else None, arn=_arn(bucket))


def _arn(bucket: Raw) -> str:
    """Return an ARN for the bucket. Its partition is no matter: a policy can only name resources of its own."""
    return f"arn:aws:s3:::{bucket['Name']}"


def acl_grants(answer: Raw) -> Iterator[PublicGrant]:
    """Yield the ACL's grants to the public."""
    for grant in answer["Grants"]:
        who = _GROUPS.get(grant["Grantee"].get("URI", ""))
        if who:
            permission = grant["Permission"]
            yield PublicGrant(who=who, may=known(_PERMISSIONS, permission), said=permission)


def acls_disabled(answer: Raw | None) -> bool:
    """Tell whether ACLs are off. A bucket without ownership controls is as old as S3: its ACLs count."""
    if answer is None:
        return False
    [rule] = answer["OwnershipControls"]["Rules"]
    return known(_ACLS_DISABLED, rule["ObjectOwnership"])


def versioning(answer: Raw) -> str:
    """Return the state of versioning; a bucket that never had it says nothing."""
    return known(_VERSIONING, optional(answer, "Status", "MFADelete"))


def mfa_delete(answer: Raw) -> bool:
    """Tell whether deleting for good takes a second factor; a bucket that never had it says nothing."""
    return known(_MFA_DELETE, optional(answer, "MFADelete", "Status"))


def _keeps_versions(bucket: Raw) -> bool:
    """Tell whether versioning is on: S3 neither copies nor locks objects without it. An empty answer stands as None."""
    return versioning(bucket[_VERSIONED] or {}) == VERSIONING_ON


def copied(answer: Raw | None) -> bool:
    """Tell whether a rule of replication is on."""
    if answer is None:
        return False
    states = {known(_RULE, rule["Status"]) for rule in answer["ReplicationConfiguration"]["Rules"]}
    return True in states


def write_once(answer: Raw | None) -> bool:
    """Tell whether the bucket was made for object lock."""
    return answer is not None and answer["ObjectLockConfiguration"].get("ObjectLockEnabled") == "Enabled"


def key(answer: Raw | None) -> str | None:
    """Return the owner's key for new objects. Without one S3 encrypts with its own, whatever the configuration says."""
    if answer is None:
        return None
    [rule] = answer["ServerSideEncryptionConfiguration"]["Rules"]
    default = rule.get("ApplyServerSideEncryptionByDefault") or {"SSEAlgorithm": "AES256"}
    named: str = default.get("KMSMasterKeyID") or _AWS_MANAGED
    return named if known(_KMS, default["SSEAlgorithm"]) and not named.endswith(_AWS_MANAGED) else None


def customer_keys_refused(answer: Raw | None) -> bool:
    """Tell whether S3 refuses objects that come with a key of their own.

    It has done so for new buckets since April 2026, and then says so; a bucket that says nothing is an older one.
    """
    if answer is None:
        return False
    [rule] = answer["ServerSideEncryptionConfiguration"]["Rules"]
    blocked = rule.get("BlockedEncryptionTypes") or {"EncryptionType": ["NONE"]}
    return True in {known(_CUSTOMER_KEYS, one) for one in blocked["EncryptionType"]}


def access_log(answer: Raw) -> str | None:
    """Return the bucket that gets the access log; S3 leaves the element out when there is none."""
    to = optional(answer, "LoggingEnabled")
    return to["TargetBucket"] if to else None


def bucket_tags(answer: Raw | None) -> dict[str, str]:
    """Return the bucket's tags."""
    return {tag["Key"]: tag["Value"] for tag in answer["TagSet"]} if answer else {}


def _ask(operation: str, absent: str = "", *, permission: str = "", **fills: Callable[..., Any]) -> Detail:
    """Return one question about one bucket, sent to the bucket's own region."""
    call = AwsCall(
        "s3",
        operation,
        given={"Bucket": "{Name}"},
        permission=permission,
        absent=(absent,) if absent else (),
    )
    return Detail(call=call, fills=fills)


def _nothing(_bucket: Raw) -> None:
    """Return None: S3 has no such thing, so there is none."""


BUCKETS: Final = Source(
    kind=Bucket,
    # With a parameter S3 answers with each bucket's region, which spares a call per bucket.
    listing=AwsCall(
        "s3", "ListBuckets", "Buckets", params={"MaxBuckets": 10_000}, permission="s3:ListAllMyBuckets"
    ),
    level="account",
    region=region,
    id="arn:{partition}:s3:::{Name}",
    name="{Name}",
    fields={"soft_delete_days": _nothing},
    details=[
        Detail(
            call=AwsCall("s3", "GetBucketPolicy", given={"Bucket": "{Name}"}, absent=("NoSuchBucketPolicy",)),
            with_item=True,
            fills={"plain_http": plain_http, "policy_grants": policy_grants},
        ),
        _ask(
            "GetPublicAccessBlock",
            "NoSuchPublicAccessBlockConfiguration",
            permission="s3:GetBucketPublicAccessBlock",
            public_block=public_block,
        ),
        _ask("GetBucketAcl", acl_grants=lambda answer: tuple(acl_grants(answer))),
        _ask("GetBucketOwnershipControls", "OwnershipControlsNotFoundError", acls_disabled=acls_disabled),
        replace(
            _ask("GetBucketVersioning", versioning=versioning, mfa_delete=mfa_delete),
            brings=_VERSIONED,
            leads=[
                replace(
                    _ask(
                        "GetBucketReplication",
                        "ReplicationConfigurationNotFoundError",
                        permission="s3:GetReplicationConfiguration",
                        copied=copied,
                    ),
                    when=_keeps_versions,
                ),
                replace(
                    _ask(
                        "GetObjectLockConfiguration",
                        "ObjectLockConfigurationNotFoundError",
                        permission="s3:GetBucketObjectLockConfiguration",
                        write_once=write_once,
                    ),
                    when=_keeps_versions,
                ),
            ],
        ),
        _ask(
            "GetBucketEncryption",
            "ServerSideEncryptionConfigurationNotFoundError",
            permission="s3:GetEncryptionConfiguration",
            key=key,
            customer_keys_refused=customer_keys_refused,
        ),
        _ask("GetBucketLogging", access_log=access_log),
        _ask("GetBucketTagging", "NoSuchTagSet", tags=bucket_tags),
    ],
    lacking=("networks", "shared_keys", "anonymous_access"),
)
