"""Deleting versions for good."""

from scanner import CIS_AWS_7, Bucket, Cloud, Problems, Severity, rule


@rule(
    "bucket-without-mfa-delete",
    severity=Severity.INFO,
    controls=[CIS_AWS_7["3.1.2"]],
    passes={"a second factor": Bucket(mfa_delete=True)},
    fails={"without": Bucket(mfa_delete=False)},
    fix={
        Cloud.AWS: "# as root, with its own second factor; nobody else may\n"
        "aws s3api put-bucket-versioning --bucket {name} --versioning-configuration "
        "Status=Enabled,MFADelete=Enabled --mfa '<serial-of-the-device> <code>'",
        Cloud.GCP: "not judged: there is no second factor for deleting; a locked retention period keeps "
        "objects from everybody",
        Cloud.AZURE: "not judged: there is no second factor for deleting; an immutability policy keeps blobs "
        "from everybody",
    },
    references=(
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/MultiFactorAuthenticationDelete.html",
    ),
)
def bucket_without_mfa_delete(bucket: Bucket) -> Problems:
    """Bucket lets versions be deleted for good without a second factor.

    Who steals the keys of an administrator can empty a bucket with all of its earlier versions in one run. With MFA
    delete they need a device too.

    Few need it: a lifecycle rule cannot stand beside it, and root has to switch it on. Object lock keeps as well, and
    from everybody. So this is for your information; raise its severity for the buckets that hold your only backups.
    """
    if not bucket.mfa_delete:
        yield "versions are deleted for good without a second factor"
