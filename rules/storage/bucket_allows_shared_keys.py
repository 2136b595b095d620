"""Buckets and keys that belong to nobody in particular."""

from scanner import CIS_AZURE_6, NOTHING_TO_FIX, Bucket, Cloud, Problems, Severity, rule


@rule(
    "bucket-allows-shared-keys",
    severity=Severity.MEDIUM,
    controls=[CIS_AZURE_6["9.3.1.3"]],
    passes={"identities alone": Bucket(shared_keys=False)},
    fails={"keys of the account": Bucket(shared_keys=True)},
    fix={
        Cloud.AWS: NOTHING_TO_FIX,
        Cloud.GCP: NOTHING_TO_FIX,
        Cloud.AZURE: "az storage account update --name {name} --resource-group <resource-group> "
        "--allow-shared-key-access false",
    },
    references=("https://learn.microsoft.com/azure/storage/common/shared-key-authorization-prevent",),
)
def bucket_allows_shared_keys(bucket: Bucket) -> Problems:
    """Bucket takes requests that are signed with the account's own keys.

    Such a key may do everything with everything in the account, never expires, and says nothing about who used it. It
    stands in connection strings, pipelines and old scripts; whoever has read one of them once has the data for good,
    and the log shows only that "the key" was there. Identities of people and services can be limited and taken away.

    Links that are signed with an account key stop working with it: see who uses them before you switch it off.
    """
    if bucket.shared_keys:
        yield "requests signed with a key of the account are taken"
