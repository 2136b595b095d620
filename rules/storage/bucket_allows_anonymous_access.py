"""Buckets in which something could be opened to everyone."""

from scanner import CIS_AZURE_6, NOTHING_TO_FIX, Bucket, Cloud, Problems, Severity, rule


@rule(
    "bucket-allows-anonymous-access",
    severity=Severity.LOW,
    controls=[CIS_AZURE_6["9.3.8"]],
    passes={"nothing can be opened": Bucket(anonymous_access=False)},
    fails={"containers may be opened": Bucket(anonymous_access=True)},
    fix={
        Cloud.AWS: NOTHING_TO_FIX,
        Cloud.GCP: NOTHING_TO_FIX,
        Cloud.AZURE: "az storage account update --name {name} --resource-group <resource-group> "
        "--allow-blob-public-access false",
    },
    references=("https://learn.microsoft.com/azure/storage/blobs/anonymous-read-access-prevent",),
)
def bucket_allows_anonymous_access(bucket: Bucket) -> Problems:
    """Bucket lets what is in it be opened to everyone.

    Nothing need be open yet. But whoever may change a container can open it to the whole internet with one setting,
    for a test or by mistake, and nobody else is asked. With the switch of the account off, that setting does nothing.

    Containers that are open now are findings of their own, and worse ones.
    """
    if bucket.anonymous_access:
        yield "anonymous access may be given to what is in it"
