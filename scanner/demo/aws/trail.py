"""The demo's audit trails, one for all and one that was forgotten; its flow log, and its configuration recorder."""

from typing import Any, Final

from scanner.demo.aws.account import HOME, NUMBER, SECOND, Account, named
from scanner.demo.aws.network import Home

AUDIT: Final = "account-audit"
VALIDATION: Final = "trail-without-validation"
KEY: Final = "trail-without-own-key"
BUCKET: Final = "trail-bucket-without-access-log"

#: Buckets that the demo has anyway.
_LOGS: Final = "demo-shop-access-logs"
_KEPT: Final = "demo-shop-orders-archive"


def furnish(account: Account, home: Home) -> None:
    """Create the trails, a flow log and a recorder. Runs after the buckets that they write to."""
    account.client("ec2").create_flow_logs(
        ResourceIds=[home.vpc],
        ResourceType="VPC",
        TrafficType="ALL",
        LogDestinationType="s3",
        LogDestination=f"arn:aws:s3:::{_LOGS}",
    )
    recorder = account.client("config")
    recorder.put_configuration_recorder(
        ConfigurationRecorder={
            "name": "default",
            "roleARN": f"arn:aws:iam::{NUMBER}:role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig",
            "recordingGroup": {"allSupported": True, "includeGlobalResourceTypes": True},
        }
    )
    recorder.put_delivery_channel(DeliveryChannel={"name": "default", "s3BucketName": _LOGS})
    recorder.start_configuration_recorder(ConfigurationRecorderName="default")
    account.network(home.vpc, good=["network-without-flow-log"])
    key = account.client("kms").create_key(Description="Demo: audit")["KeyMetadata"]["Arn"]
    trail = _trail(
        account,
        AUDIT,
        _LOGS,
        HOME,
        IsMultiRegionTrail=True,
        EnableLogFileValidation=True,
        KmsKeyId=key,
        good=[VALIDATION, KEY],
        bad=[BUCKET],
    )
    writes = {
        "ReadWriteType": "WriteOnly",
        "IncludeManagementEvents": True,
        "DataResources": [{"Type": "AWS::S3::Object", "Values": ["arn:aws:s3"]}],
    }
    reads = {"ReadWriteType": "ReadOnly", "IncludeManagementEvents": True, "DataResources": []}
    account.client("cloudtrail").put_event_selectors(TrailName=trail, EventSelectors=[writes, reads])
    _trail(account, "games-test", _KEPT, SECOND, good=[BUCKET], bad=[VALIDATION, KEY])
    account.expect(
        f"arn:aws:iam::{NUMBER}:root",
        good=["audit-trail-missing", "audit-trail-without-object-writes"],
        bad=["audit-trail-without-object-reads"],
    )


def _trail(
    account: Account, name: str, bucket: str, region: str, *, good: Any = (), bad: Any = (), **settings: Any
) -> str:
    trails = account.client("cloudtrail", region)
    trails.create_trail(Name=name, S3BucketName=bucket, TagsList=named(name), **settings)
    trails.start_logging(Name=name)
    account.expect(f"arn:aws:cloudtrail:{region}:{NUMBER}:trail/{name}", good=good, bad=bad)
    return name
