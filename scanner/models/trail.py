"""Records of who did what in the account."""

from typing import ClassVar, Final

from scanner.models.resource import UNREAD, Resource

#: Which events a trail keeps.
ALL_EVENTS: Final = "all"
READS: Final = "reads"
WRITES: Final = "writes"
SOME_EVENTS: Final = "some"
"""Chosen by more than whether they read or write."""
NO_EVENTS: Final = "none"


class Trail(Resource):
    """A record of API calls. AWS: a CloudTrail trail. GCP and Azure keep theirs without being asked."""

    title: ClassVar[str] = "audit trail"

    every_region: bool = UNREAD
    """Whether it records every region of the account. AWS `IsMultiRegionTrail`."""
    recording: bool = UNREAD
    """Whether it records now. AWS `IsLogging`."""
    management_events: str = UNREAD
    """Which calls that manage resources are recorded: `all`, `reads`, `writes`, `some` or `none`. AWS: "
    "GetEventSelectors."""
    object_events: str = UNREAD
    """Which calls on the objects of every bucket are recorded, in the same words. AWS: GetEventSelectors."""
    validated: bool = UNREAD
    """Whether it can be proved that nobody changed its files. AWS `LogFileValidationEnabled`."""
    key: str | None = UNREAD
    """The owner's own key that its files are encrypted with; None: a key that the cloud provides. AWS `KmsKeyId`."""
    log_group: str | None = UNREAD
    """Canonical id of the log group of CloudWatch Logs that it writes to as well; None: to none. AWS
    `CloudWatchLogsLogGroupArn`."""
    bucket: str = UNREAD
    """Canonical id of the bucket that its files are written to, which may be another account's. AWS `S3BucketName`."""
