"""Buckets and keys that a request brings along."""

from scanner import Bucket, Cloud, Problems, Severity, rule


@rule(
    "bucket-allows-customer-provided-keys",
    severity=Severity.LOW,
    passes={"requests with a key of their own are refused": Bucket(customer_keys_refused=True)},
    fails={"any key is taken": Bucket(customer_keys_refused=False)},
    fix={
        Cloud.AWS: "aws s3api get-bucket-encryption --bucket {name}\n"
        "# write back what it says, with SSE-C blocked:\n"
        "aws s3api put-bucket-encryption --bucket {name} --server-side-encryption-configuration "
        "'Rules=[{ApplyServerSideEncryptionByDefault={SSEAlgorithm=AES256},"
        "BlockedEncryptionTypes={EncryptionType=[SSE-C]}}]'",
        Cloud.GCP: "curl -X PATCH -H 'Content-Type: application/json' "
        '-H "Authorization: Bearer $(gcloud auth print-access-token)" '
        '-d \'{"encryption":{"customerSuppliedEncryptionEnforcementConfig":{"restrictionMode":"FullyRestricted"}}}\' '
        "'https://storage.googleapis.com/storage/v1/b/{name}?fields=encryption'",
        Cloud.AZURE: "az role assignment list --scope {id}\n# nothing refuses such keys: see who may write",
    },
    references=(
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/blocking-unblocking-s3-c-encryption-gpb.html",
    ),
)
def bucket_allows_customer_provided_keys(bucket: Bucket) -> Problems:
    """Bucket accepts objects encrypted with a key that the request brings.

    The cloud forgets such a key at once. Whoever steals the credentials of an application can copy every object over
    itself with a key that only they have, and ask for money: no backup of the key exists anywhere, not even with the
    cloud. Hardly any application needs this; those that do are better served by a key of a key service.

    On AWS buckets made since April 2026 refuse such keys unless somebody allowed them again; older ones say nothing,
    and take them. Versions, or a backup, bring the objects back: see to these first.
    """
    if not bucket.customer_keys_refused:
        yield "objects encrypted with a key that the request brings are accepted"
