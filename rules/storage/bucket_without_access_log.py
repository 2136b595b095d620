"""Buckets and who used them."""

from scanner import Bucket, Cloud, Problems, Severity, rule


@rule(
    "bucket-without-access-log",
    severity=Severity.LOW,
    passes={"requests are logged": Bucket(access_log="logs")},
    fails={"nothing is logged": Bucket(access_log=None)},
    fix={
        Cloud.AWS: "aws s3api put-bucket-logging --bucket {name} "
        "--bucket-logging-status 'LoggingEnabled={TargetBucket=<log-bucket>,TargetPrefix=<prefix>}'",
        Cloud.GCP: "gcloud storage buckets update gs://{name} --log-bucket gs://<log-bucket>",
        Cloud.AZURE: "az monitor diagnostic-settings create --name <name> --resource {id}/blobServices/default "
        '--storage-account <log-account> --logs \'[{"category":"StorageRead","enabled":true}]\'',
    },
    references=("https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerLogs.html",),
)
def bucket_without_access_log(bucket: Bucket) -> Problems:
    """Bucket does not log who reads and writes it.

    After a leak the first question is which objects were fetched, by whom and since when. Without a log of requests the
    only safe answer is "all of them", and that is what customers and authorities must then be told.

    Data events of an audit trail answer the question as well, at a higher price; they are not looked at here. Waive
    buckets that hold nothing but logs themselves.
    """
    if bucket.access_log is None:
        yield "requests are not logged"
