"""Copies of buckets elsewhere."""

from scanner import Bucket, Cloud, Problems, Severity, rule


@rule(
    "bucket-without-copy",
    severity=Severity.INFO,
    passes={"copied": Bucket(copied=True)},
    fails={"one bucket holds all": Bucket(copied=False)},
    fix={
        Cloud.AWS: "# both buckets need versioning\n"
        "aws s3api put-bucket-replication --bucket {name} --replication-configuration "
        '\'{"Role":"<role-arn>","Rules":[{"Status":"Enabled","Priority":1,"Filter":{},'
        '"DeleteMarkerReplication":{"Status":"Disabled"},"Destination":{"Bucket":"<arn-of-the-other-bucket>"}}]}\'',
        Cloud.GCP: "not judged: a bucket of Google Cloud lies in one region, in two or in many, by its "
        "location",
        Cloud.AZURE: "not judged: copies elsewhere are a matter of the storage account's redundancy: az "
        "storage account update --name <account> --sku Standard_GZRS",
    },
    references=("https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication.html",),
)
def bucket_without_copy(bucket: Bucket) -> Problems:
    """Bucket is not copied to another one.

    S3 holds objects in several zones of one region, but one region, one account and one policy stand over all of them.
    A copy in an account of its own outlives a mistake in all three.

    A bucket that keeps no versions cannot be copied, and is not judged: that is another rule's finding. This is for
    your information: raise its severity for the buckets whose loss you could not bear.
    """
    if not bucket.copied:
        yield "no rule of replication is on"
