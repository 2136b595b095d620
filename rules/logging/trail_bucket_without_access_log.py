"""Audit trails, and who looks into the files that they write."""

from scanner import (
    CIS_AWS_7,
    Bucket,
    Case,
    Cloud,
    Code,
    InAccount,
    Problems,
    Severity,
    Trail,
    UnreadError,
    Why,
    rule,
)

TRAIL = Trail(id="t", bucket="logs")


@rule(
    "trail-bucket-without-access-log",
    severity=Severity.LOW,
    controls=[CIS_AWS_7["4.4"]],
    passes={"requests are logged": Case(TRAIL, others=[Bucket(id="logs", access_log="logs-of-logs")])},
    fails={"nothing is logged": Case(TRAIL, others=[Bucket(id="logs", access_log=None)])},
    fix={
        Cloud.AWS: "aws s3api put-bucket-logging --bucket <bucket-of-the-trail> "
        "--bucket-logging-status 'LoggingEnabled={TargetBucket=<another-bucket>,TargetPrefix=<prefix>}'",
    },
    references=("https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerLogs.html",),
)
def trail_bucket_without_access_log(trail: Trail, buckets: InAccount[Bucket]) -> Problems:
    """Nobody writes down who reads or deletes the files of the audit trail.

    The trail is the map of the account to whoever wants in, and the evidence to whoever wants to be gone. Requests to
    its bucket show who fetched it, and who tried to take files away.

    A bucket of another account is judged there, and one in a region that is not looked at not at all.
    """
    bucket = buckets.get(trail.bucket)
    if bucket is None:
        text = "the bucket is another account's, or in a region that was not looked at"
        raise UnreadError("Trail.bucket", Why(code=Code.NOT_APPLICABLE, text=text))
    if bucket.access_log is None:
        yield f"requests to its bucket {bucket.name} are not logged"
