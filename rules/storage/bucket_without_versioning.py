"""Buckets and the versions of their objects."""

from scanner import (
    CIS_AZURE_6,
    VERSIONING_OFF,
    VERSIONING_ON,
    VERSIONING_SUSPENDED,
    Bucket,
    Cloud,
    Problem,
    Problems,
    Severity,
    rule,
    unknown_value,
)


@rule(
    "bucket-without-versioning",
    severity=Severity.MEDIUM,
    controls=[CIS_AZURE_6["9.2.3"]],
    passes={"versions are kept": Bucket(versioning=VERSIONING_ON)},
    fails={
        "never switched on": Bucket(versioning=VERSIONING_OFF, soft_delete_days=None),
        "switched off again": Bucket(versioning=VERSIONING_SUSPENDED, soft_delete_days=None),
        "deleted objects come back for a week": Bucket(versioning=VERSIONING_OFF, soft_delete_days=7),
    },
    fix={
        Cloud.AWS: "aws s3api put-bucket-versioning --bucket {name} --versioning-configuration Status=Enabled",
        Cloud.GCP: "gcloud storage buckets update gs://{name} --versioning",
        Cloud.AZURE: "az storage account blob-service-properties update --account-name {name} "
        "--resource-group <resource-group> --enable-versioning true",
    },
    references=("https://docs.aws.amazon.com/AmazonS3/latest/userguide/Versioning.html",),
)
def bucket_without_versioning(bucket: Bucket) -> Problems:
    """Bucket keeps no earlier versions of its objects.

    A script with a wrong prefix, a faulty release or an attacker overwrites or deletes objects, and what was there is
    gone at that moment, in every replica too. With versions the day before can be brought back. Let a lifecycle rule
    delete old versions after some weeks, so that they do not cost for ever.

    Soft delete brings objects back as well, for as many days as it is set to: there the finding is a mild one. Copies
    that a backup service makes are not looked at here.
    """
    if bucket.versioning == VERSIONING_ON:
        return
    if bucket.versioning not in (VERSIONING_OFF, VERSIONING_SUSPENDED):
        raise unknown_value(bucket, "versioning", bucket.versioning)
    days = bucket.soft_delete_days
    if days:
        yield Problem(
            f"versioning is {bucket.versioning}; objects can be brought back for {days:g} days",
            severity=Severity.LOW,
        )
    else:
        yield f"versioning is {bucket.versioning}: what is overwritten or deleted is lost at once"
