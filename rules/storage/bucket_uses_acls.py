"""Buckets whose objects each say for themselves who may have them."""

from scanner import CIS_GCP_5, NOTHING_TO_FIX, Bucket, Cloud, Problems, Severity, rule


@rule(
    "bucket-uses-acls",
    severity=Severity.LOW,
    controls=[CIS_GCP_5["5.2"]],
    passes={"policies alone decide": Bucket(acls_disabled=True)},
    fails={"each object has a list of its own": Bucket(acls_disabled=False)},
    fix={
        Cloud.AWS: "aws s3api put-bucket-ownership-controls --bucket {name} "
        "--ownership-controls 'Rules=[{ObjectOwnership=BucketOwnerEnforced}]'",
        Cloud.GCP: "gcloud storage buckets update gs://{name} --uniform-bucket-level-access",
        Cloud.AZURE: NOTHING_TO_FIX,
    },
    references=(
        "https://cloud.google.com/storage/docs/uniform-bucket-level-access",
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html",
    ),
)
def bucket_uses_acls(bucket: Bucket) -> Problems:
    """Bucket lets each object say who may have it.

    With access lists on objects nobody can say who reads a bucket without looking at every object in it. One upload
    with the wrong flag is public, and the bucket's own policy looks as closed as ever. Where policies alone decide,
    one page tells everything.

    Before lists are switched off, see who still relies on them: what a list allowed, and no policy does, ends there.
    """
    if not bucket.acls_disabled:
        yield "access lists of single objects have an effect"
