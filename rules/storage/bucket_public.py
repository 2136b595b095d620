"""Buckets and everyone."""

from scanner import (
    ANY_ACCOUNT,
    CIS_AWS_7,
    CIS_AZURE_6,
    CIS_GCP_5,
    EVERYONE,
    MAY_ADMIN,
    MAY_LIST,
    MAY_OTHER,
    MAY_READ,
    MAY_WRITE,
    Account,
    Bucket,
    Case,
    Cloud,
    InAccount,
    Problem,
    Problems,
    PublicBlock,
    PublicGrant,
    Severity,
    all_of,
    any_of,
    each,
    rule,
    unknown_value,
)

#: What a grant lets one do, in words, and how bad it is when everyone may.
WORDS = {
    MAY_ADMIN: ("change the bucket and its permissions", Severity.CRITICAL),
    MAY_WRITE: ("write or delete objects", Severity.CRITICAL),
    MAY_READ: ("read objects", Severity.HIGH),
    MAY_LIST: ("list objects", Severity.HIGH),
    MAY_OTHER: ("use the bucket in another way", Severity.MEDIUM),
}

OPEN = PublicBlock(policies=False, acls=False)
CLOSED = PublicBlock(policies=True, acls=True)
READERS = PublicGrant(who=EVERYONE, may=(MAY_READ,), said="s3:GetObject")
WRITERS = PublicGrant(who=ANY_ACCOUNT, may=(MAY_LIST, MAY_WRITE), said="FULL_CONTROL")


@rule(
    "bucket-public",
    severity=Severity.CRITICAL,
    controls=[
        CIS_AWS_7["2.21"].partly(),
        CIS_AWS_7["3.1.4"].partly(),
        CIS_GCP_5["5.1"],
        CIS_AZURE_6["9.3.8"].partly(),
    ],
    passes={
        "no grants to the public": Bucket(policy_grants=(), acl_grants=()),
        "the bucket blocks public access": Bucket(
            policy_grants=(READERS,), acl_grants=(WRITERS,), acls_disabled=False, public_block=CLOSED
        ),
        "the account blocks public access": Case(
            Bucket(policy_grants=(READERS,), acl_grants=(WRITERS,), acls_disabled=False, public_block=OPEN),
            others=[Account(public_block=CLOSED)],
        ),
        "ACLs are off": Bucket(policy_grants=(), acl_grants=(WRITERS,), acls_disabled=True),
    },
    fails={
        "everyone reads": Case(
            Bucket(policy_grants=(READERS,), acl_grants=(), public_block=None),
            others=[Account(public_block=None)],
        ),
        "anyone with an account writes": Case(
            Bucket(policy_grants=(), acl_grants=(WRITERS,), acls_disabled=False, public_block=OPEN),
            others=[Account(public_block=OPEN)],
        ),
        "the block is for ACLs alone": Case(
            Bucket(
                policy_grants=(READERS,), acl_grants=(), public_block=PublicBlock(policies=False, acls=True)
            ),
            others=[Account(public_block=PublicBlock(policies=False, acls=True))],
        ),
    },
    fix={
        Cloud.AWS: "aws s3api put-public-access-block --bucket {name} --public-access-block-configuration "
        "BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true",
        Cloud.GCP: "gcloud storage buckets update gs://{name} --public-access-prevention",
        Cloud.AZURE: "az storage account update --name <storage-account> --resource-group <resource-group> "
        "--allow-blob-public-access false",
    },
    references=(
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html",
    ),
)
def bucket_public(bucket: Bucket, accounts: InAccount[Account]) -> Problems:
    """Bucket is open to everyone.

    Names of buckets are guessed and tried by the million, so what everyone may read is found and copied, mostly by
    people who search for backups, logs with tokens, and personal data. What everyone may write is used to host malware
    under your name, or is deleted and held to ransom.

    Grants by policy and by ACL count where nothing takes the effect from them: the bucket's or the account's block of
    public access (the stricter of the two wins), or ACLs that are off. "Any account" is as public as everyone: anybody
    can open an account. A grant by policy counts where a stranger is let in: not where a condition names fixed
    accounts, organizations, networks or sources, and not where a Deny shuts out all but those. A grant that a block
    holds back passes. If the public is meant to read, put a content delivery network in front of the bucket and keep
    the bucket closed.
    """

    def by_policy() -> Problems:
        if all_of(
            lambda: bool(bucket.policy_grants),
            lambda: (
                not any_of(
                    lambda: bucket.public_block is not None and bucket.public_block.policies,
                    lambda: any(
                        one.public_block is not None and one.public_block.policies for one in accounts
                    ),
                )
            ),
        ):
            yield from (_problem(grant, "policy") for grant in bucket.policy_grants)

    def by_acl() -> Problems:
        if all_of(
            lambda: bool(bucket.acl_grants),
            lambda: (
                not any_of(
                    lambda: bucket.acls_disabled,
                    lambda: bucket.public_block is not None and bucket.public_block.acls,
                    lambda: any(one.public_block is not None and one.public_block.acls for one in accounts),
                )
            ),
        ):
            yield from (_problem(grant, "ACL") for grant in bucket.acl_grants)

    yield from each((by_policy, by_acl), lambda check: check())


def _problem(grant: PublicGrant, by: str) -> Problem:
    unknown = [may for may in grant.may if may not in WORDS]
    if unknown:
        raise unknown_value(grant, "may", unknown[0])
    words, severities = zip(*(WORDS[may] for may in grant.may), strict=True)
    worst = max(severities, key=lambda severity: severity.rank)
    return Problem(f"{grant.who} may {' and '.join(words)} ({by}: {grant.said})", severity=worst)
