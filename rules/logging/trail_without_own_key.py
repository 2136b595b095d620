"""Audit trails and the key that they are encrypted with."""

from scanner import CIS_AWS_7, Cloud, Problems, Severity, Trail, rule


@rule(
    "trail-without-own-key",
    severity=Severity.LOW,
    controls=[CIS_AWS_7["4.5"]],
    passes={"a key of its own": Trail(key="arn:aws:kms:example-1:000000000000:key/1")},
    fails={"the key of the bucket": Trail(key=None)},
    fix={Cloud.AWS: "aws cloudtrail update-trail --name {id} --kms-key-id <key-arn>"},
    references=(
        "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/encrypting-cloudtrail-log-files-with-aws-kms.html",
    ),
)
def trail_without_own_key(trail: Trail) -> Problems:
    """Audit trail is not encrypted with a key of its own.

    Then everybody who may read the bucket reads who does what in the account, which is the best map that an intruder
    can wish for. With a KMS key of its own, the record is for those alone who may use the key, too.
    """
    if trail.key is None:
        yield "its files are encrypted with a key that S3 provides"
