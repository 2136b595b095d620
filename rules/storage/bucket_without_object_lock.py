"""Objects that nobody can delete."""

from scanner import Bucket, Cloud, Problems, Severity, rule


@rule(
    "bucket-without-object-lock",
    severity=Severity.INFO,
    passes={"locked": Bucket(write_once=True)},
    fails={"not locked": Bucket(write_once=False)},
    fix={
        Cloud.AWS: "# versioning has to be on\n"
        "aws s3api put-object-lock-configuration --bucket {name} --object-lock-configuration "
        "'ObjectLockEnabled=Enabled,Rule={DefaultRetention={Mode=GOVERNANCE,Days=30}}'",
        Cloud.GCP: "not judged: gcloud storage buckets update gs://{name} --retention-period <period> keeps "
        "objects, and --lock-retention-period keeps the period",
        Cloud.AZURE: "not judged: az storage container immutability-policy create --account-name <account> "
        "--container-name <container> --period <days>",
    },
    references=("https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html",),
)
def bucket_without_object_lock(bucket: Bucket) -> Problems:
    """Bucket does not lock its objects.

    Whoever holds an administrator's keys deletes every version of every object, backups first: that is how ransom is
    asked for. A locked object cannot be deleted before its time, by nobody.

    A bucket that keeps no versions cannot lock them, and is not judged: that is another rule's finding. Most buckets
    need none of it, so this is for your information: raise its severity for those that hold backups or
    records that a law asks for.
    """
    if not bucket.write_once:
        yield "objects can be deleted for good at any time"
