"""Buckets and the key that encrypts them."""

from scanner import Bucket, Cloud, Problems, Severity, rule


@rule(
    "bucket-without-own-key",
    severity=Severity.INFO,
    passes={"a key of one's own": Bucket(key="arn:aws:kms:eu-west-1:111122223333:key/1234abcd")},
    fails={"the cloud's key": Bucket(key=None)},
    fix={
        Cloud.AWS: "aws s3api put-bucket-encryption --bucket {name} --server-side-encryption-configuration "
        "'Rules=[{ApplyServerSideEncryptionByDefault={SSEAlgorithm=aws:kms,KMSMasterKeyID=<key-arn>},"
        "BucketKeyEnabled=true}]'",
        Cloud.GCP: "gcloud storage buckets update gs://{name} --default-encryption-key <key>",
        Cloud.AZURE: "az storage account update --name {name} --resource-group <resource-group> "
        "--encryption-key-source Microsoft.Keyvault --encryption-key-vault <vault-uri> --encryption-key-name <key>",
    },
    references=("https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html",),
)
def bucket_without_own_key(bucket: Bucket) -> Problems:
    """Bucket encrypts new objects with a key that the cloud provides.

    Every object is encrypted at rest on every cloud, so this is a matter of control and not a hole. A key of your own
    is a second lock: whoever gets at the bucket still needs leave to use the key, each use is logged, and taking the
    key away makes the data unreadable at once. Some standards ask for it; if yours does not, ignore this rule.
    """
    if bucket.key is None:
        yield "new objects are encrypted with a key that the cloud provides"
