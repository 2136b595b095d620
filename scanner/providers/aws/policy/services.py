"""What the public means differs by service in words alone: condition keys, and what actions let one do."""

from collections.abc import Mapping
from dataclasses import dataclass

FIXING = frozenset(
    {
        # "An AWS principal, user, role, or service principal": the page's example, and its kin.
        "aws:principalorgid",
        "aws:principalorgpaths",
        "aws:principalaccount",
        "aws:principalarn",
        "aws:principalservicename",
        # Whose resource a service of AWS acts for, and whose endpoint a request comes through.
        "aws:sourceorgid",
        "aws:sourceorgpaths",
        "aws:sourcevpcarn",
        "aws:vpceaccount",
        "aws:vpceorgid",
        "aws:vpceorgpaths",
        # Named one by one.
        "aws:sourceip",
        "aws:sourcearn",
        "aws:sourcevpc",
        "aws:sourcevpce",
        "aws:sourceowner",
        "aws:sourceaccount",
        "aws:userid",
    },
)
"""The condition keys, in lower case, of which a fixed value makes a grant of any service not public."""


OWNED = frozenset(
    {
        *("aws:principalarn", "aws:sourcearn", "aws:sourcevpcarn"),
        *("aws:principalorgpaths", "aws:sourceorgpaths", "aws:vpceorgpaths"),
        *("aws:principalaccount", "aws:sourceaccount", "aws:vpceaccount"),
        *("aws:principalorgid", "aws:sourceorgid", "aws:vpceorgid"),
    },
)
"""The condition keys, in lower case, whose values tell of one account or one organization beside a wildcard.

Nobody else can meet such a value. S3 calls it public all the same, and says so for its buckets alone.
"""


@dataclass(frozen=True, slots=True)
class Service:
    """What differs by service: its prefix, its own fixing keys, and what its actions let one do.

    `fixed_by_account` are the keys whose value may have wildcards beside its account or its organization.
    `may` names kinds of access, with actions of each; an action that is in none of them is "other".
    """

    prefix: str
    fixing: frozenset[str]
    may: Mapping[str, tuple[str, ...]]
    fixed_by_account: frozenset[str] = frozenset()


S3 = Service(
    prefix="s3",
    fixing=FIXING
    | {
        "s3:x-amz-server-side-encryption-aws-kms-key-id",
        "s3:dataaccesspointarn",
        "s3:dataaccesspointaccount",
    },
    fixed_by_account=frozenset({"s3:dataaccesspointarn"}),
    may={
        "read": ("s3:GetObject", "s3:GetObjectVersion"),
        "list": ("s3:ListBucket", "s3:ListBucketVersions", "s3:ListBucketMultipartUploads"),
        "write": (
            "s3:PutObject",
            "s3:DeleteObject",
            "s3:DeleteObjectVersion",
            "s3:RestoreObject",
            "s3:AbortMultipartUpload",
            "s3:PutObjectTagging",
            "s3:PutObjectRetention",
        ),
        "admin": (
            "s3:PutBucketPolicy",
            "s3:DeleteBucketPolicy",
            "s3:PutBucketAcl",
            "s3:PutObjectAcl",
            "s3:PutObjectVersionAcl",
            "s3:PutBucketPublicAccessBlock",
            "s3:PutBucketOwnershipControls",
            "s3:PutEncryptionConfiguration",
            "s3:PutLifecycleConfiguration",
            "s3:PutReplicationConfiguration",
            "s3:PutBucketVersioning",
            "s3:PutBucketLogging",
            "s3:PutBucketNotification",
            "s3:PutBucketWebsite",
            "s3:PutBucketCORS",
            "s3:BypassGovernanceRetention",
            "s3:DeleteBucket",
        ),
    },
)
"""S3, with actions of the Service Authorization Reference."""


OPENSEARCH = Service(
    prefix="es",
    fixing=FIXING,
    may={
        "read": ("es:ESHttpGet", "es:ESHttpHead", "es:ESHttpPost"),
        "write": ("es:ESHttpPut", "es:ESHttpPatch", "es:ESHttpDelete"),
        "admin": ("es:UpdateDomainConfig", "es:DeleteDomain"),
    },
    fixed_by_account=OWNED,
)
"""OpenSearch, with actions of the Service Authorization Reference; a search is a GET or a POST."""
