"""Topics, queues and trails: from AWS's answers, and through the real SDK against moto."""

import json
from typing import Any

import boto3
import pytest
from collecting import collected
from mapped import mapped, unfilled
from scripted import Scripted, collect

from scanner.models.messaging import Queue, Topic
from scanner.models.resource import GLOBAL, Code
from scanner.models.storage import EVERYONE, MAY_READ, MAY_WRITE
from scanner.models.trail import ALL_EVENTS, NO_EVENTS, READS, SOME_EVENTS, WRITES, Trail
from scanner.providers.aws import messaging, trail
from scanner.providers.aws.messaging import QUEUES, TOPICS, queue_of, topic_of
from scanner.providers.aws.trail import TRAILS, management_events, object_events

TOPIC = topic_of({"TopicArn": "arn:aws:sns:eu-west-1:123456789012:alarms"})
QUEUE = queue_of("https://sqs.eu-west-1.amazonaws.com/123456789012/orders")


def test_every_field_is_filled() -> None:
    assert [unfilled(source) for source in (*messaging.SOURCES, *trail.SOURCES)] == [set()] * 3


def policy(action: str | list[str], condition: dict[str, Any] | None = None) -> str:
    said = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": action, "Resource": "*"}
    return json.dumps(
        {"Version": "2012-10-17", "Statement": [{**said, "Condition": condition} if condition else said]}
    )


@pytest.mark.parametrize(
    ("document", "grants"),
    [
        (policy(["SNS:Publish", "SNS:Subscribe"]), [(EVERYONE, (MAY_READ, MAY_WRITE))]),
        # The policy that every topic is born with.
        (policy("SNS:Subscribe", {"StringEquals": {"AWS:SourceOwner": "123456789012"}}), []),
    ],
)
def test_topics(document: str, grants: list[Any]) -> None:
    made = mapped(
        TOPICS, TOPIC, GetTopicAttributes={"Attributes": {"Policy": document}}, ListTagsForResource=[]
    )
    assert isinstance(made, Topic)
    assert made.name == "alarms"
    assert [(grant.who, grant.may) for grant in made.policy_grants] == grants
    assert made.tags == {}


@pytest.mark.parametrize(
    ("attributes", "encrypted"),
    [
        ({"SqsManagedSseEnabled": "true"}, True),
        ({"SqsManagedSseEnabled": "false"}, False),
        ({"SqsManagedSseEnabled": "false", "KmsMasterKeyId": "alias/aws/sqs"}, True),
        ({"KmsMasterKeyId": "alias/mine"}, True),
        ({}, Code.MALFORMED),
    ],
)
def test_encryption_of_queues(attributes: dict[str, str], encrypted: object) -> None:
    made = mapped(QUEUES, QUEUE, GetQueueAttributes={"Attributes": attributes})
    assert isinstance(made, Queue)
    assert made.id == "arn:aws:sqs:eu-west-1:123456789012:orders"
    assert (made.encrypted if made.known("encrypted") else made.why("encrypted").code) == encrypted
    assert made.policy_grants == ()


def test_policies_of_queues() -> None:
    made = mapped(QUEUES, QUEUE, GetQueueAttributes={"Attributes": {"Policy": policy("sqs:SendMessage")}})
    assert isinstance(made, Queue)
    assert [(grant.who, grant.may) for grant in made.policy_grants] == [(EVERYONE, (MAY_WRITE,))]
    from_a_bucket = policy("sqs:SendMessage", {"ArnEquals": {"aws:SourceArn": "arn:aws:s3:::b"}})
    other = mapped(QUEUES, QUEUE, GetQueueAttributes={"Attributes": {"Policy": from_a_bucket}})
    assert isinstance(other, Queue)
    assert other.policy_grants == ()


def basic(kind: str, *objects: str, management: bool = True) -> dict[str, Any]:
    data = [{"Type": "AWS::S3::Object", "Values": list(objects)}] if objects else []
    return {"ReadWriteType": kind, "IncludeManagementEvents": management, "DataResources": data}


def advanced(category: str, **fields: dict[str, list[str]]) -> dict[str, Any]:
    said = [{"Field": name.replace("__", "."), **tests} for name, tests in fields.items()]
    return {"Name": "x", "FieldSelectors": [{"Field": "eventCategory", "Equals": [category]}, *said]}


OBJECTS = {"Equals": ["AWS::S3::Object"]}


@pytest.mark.parametrize(
    ("selectors", "management", "objects"),
    [
        ([], ALL_EVENTS, NO_EVENTS),
        ([basic("All")], ALL_EVENTS, NO_EVENTS),
        ([basic("WriteOnly")], WRITES, NO_EVENTS),
        ([basic("WriteOnly"), basic("ReadOnly")], ALL_EVENTS, NO_EVENTS),
        ([basic("All", management=False)], NO_EVENTS, NO_EVENTS),
        ([basic("All", "arn:aws:s3")], ALL_EVENTS, ALL_EVENTS),
        ([basic("ReadOnly", "arn:aws:s3:::"), basic("WriteOnly")], ALL_EVENTS, READS),
        ([basic("All", "arn:aws:s3:::one-bucket/")], ALL_EVENTS, SOME_EVENTS),
        ([advanced("Management")], ALL_EVENTS, NO_EVENTS),
        ([advanced("Management", readOnly={"Equals": ["false"]})], WRITES, NO_EVENTS),
        ([advanced("Management", eventSource={"NotEquals": ["kms.amazonaws.com"]})], ALL_EVENTS, NO_EVENTS),
        ([advanced("Management", eventSource={"Equals": ["ec2.amazonaws.com"]})], SOME_EVENTS, NO_EVENTS),
        ([advanced("Data", resources__type=OBJECTS)], NO_EVENTS, ALL_EVENTS),
        ([advanced("Data", resources__type=OBJECTS, readOnly={"Equals": ["true"]})], NO_EVENTS, READS),
        (
            [advanced("Data", resources__type=OBJECTS, resources__ARN={"StartsWith": ["arn:aws:s3:::b/"]})],
            NO_EVENTS,
            SOME_EVENTS,
        ),
        ([advanced("Data", resources__type={"Equals": ["AWS::Lambda::Function"]})], NO_EVENTS, NO_EVENTS),
    ],
)
def test_event_selectors(selectors: list[dict[str, Any]], management: str, objects: str) -> None:
    kind = "AdvancedEventSelectors" if selectors and "FieldSelectors" in selectors[0] else "EventSelectors"
    answer = {"TrailARN": "x", kind: selectors}
    assert (management_events(answer), object_events(answer)) == (management, objects)


RAW: dict[str, Any] = {
    "Name": "audit",
    "S3BucketName": "logs",
    "IncludeGlobalServiceEvents": True,
    "IsMultiRegionTrail": True,
    "HomeRegion": "us-east-1",
    "TrailARN": "arn:aws:cloudtrail:us-east-1:123456789012:trail/audit",
    "LogFileValidationEnabled": True,
    "HasCustomEventSelectors": False,
    "HasInsightSelectors": False,
    "IsOrganizationTrail": False,
}


def test_a_trail_of_every_region_stands_in_none() -> None:
    made = mapped(
        TRAILS, RAW, GetTrailStatus={"IsLogging": True}, ListTags=[{"ResourceId": "x", "TagsList": []}]
    )
    assert isinstance(made, Trail)
    assert (made.scope.region, made.every_region, made.recording) == (GLOBAL, True, True)
    assert (made.validated, made.key, made.tags) == (True, None, {})
    assert (made.log_group, made.bucket) == (None, "arn:aws:s3:::logs")
    other = mapped(TRAILS, {**RAW, "IsMultiRegionTrail": False, "KmsKeyId": "arn:key"})
    assert isinstance(other, Trail)
    assert (other.scope.region, other.every_region, other.key) == ("us-east-1", False, "arn:key")


@pytest.mark.usefixtures("moto")
def test_through_the_sdk() -> None:
    boto3.client("s3", region_name="us-east-1").create_bucket(Bucket="logs")
    trails = boto3.client("cloudtrail", region_name="us-east-1")
    trails.create_trail(Name="audit", S3BucketName="logs", IsMultiRegionTrail=True)
    trails.start_logging(Name="audit")
    sqs = boto3.client("sqs", region_name="eu-west-1")
    sqs.create_queue(QueueName="orders", Attributes={"SqsManagedSseEnabled": "false"}, tags={"team": "shop"})
    topic = boto3.client("sns", region_name="eu-west-1").create_topic(Name="alarms")["TopicArn"]
    found = collected([*messaging.SOURCES, *trail.SOURCES])
    queue = found["arn:aws:sqs:eu-west-1:123456789012:orders"]
    assert (queue.encrypted, queue.policy_grants, queue.tags) == (False, (), {"team": "shop"})
    assert found[topic].policy_grants == ()
    made = found["arn:aws:cloudtrail:us-east-1:123456789012:trail/audit"]
    assert (made.recording, made.management_events, made.object_events) == (True, ALL_EVENTS, NO_EVENTS)


def test_a_trail_is_asked_about_at_home() -> None:
    row = {
        "Name": "account",
        "S3BucketName": "logs",
        "TrailARN": "arn:aws:cloudtrail:eu-north-1:123456789012:trail/account",
        "HomeRegion": "eu-north-1",
        "IsMultiRegionTrail": True,
        "LogFileValidationEnabled": True,
    }
    session = Scripted(
        {
            "cloudtrail:DescribeTrails": {"trailList": [row]},
            "cloudtrail:GetTrailStatus": {"IsLogging": True},
            "cloudtrail:GetEventSelectors": {"TrailARN": row["TrailARN"], "EventSelectors": []},
            "cloudtrail:ListTags": {"ResourceTagList": [{"ResourceId": row["TrailARN"], "TagsList": []}]},
        }
    )
    found = collect(session, trail.SOURCES, regions=("eu-north-1", "us-east-1"))
    [one] = found.resources.values()
    assert one.scope.region == "global"
    assert not {why.code for why in one.unread.values()} - {Code.LACKING}
    asked = [(name, scope.region) for name, scope, _ in session.sent if name != "cloudtrail:DescribeTrails"]
    assert sorted(asked) == [
        (f"cloudtrail:{operation}", "eu-north-1")
        for operation in ("GetEventSelectors", "GetTrailStatus", "ListTags")
    ]
