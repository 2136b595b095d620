"""SNS topics and SQS queues, each with the attributes that a list of them lacks."""

from typing import Final

from scanner.models.messaging import Queue, Topic
from scanner.models.storage import MAY_ADMIN, MAY_READ, MAY_WRITE
from scanner.providers.aws import policy
from scanner.providers.aws.calls import AwsCall
from scanner.providers.aws.reading import grants, tag_map, tags
from scanner.providers.spec import Detail, Raw, Source

SNS: Final = policy.Service(
    prefix="sns",
    fixing=policy.FIXING,
    fixed_by_account=policy.OWNED,
    may={
        MAY_READ: ("sns:Subscribe",),
        MAY_WRITE: ("sns:Publish",),
        MAY_ADMIN: ("sns:AddPermission", "sns:DeleteTopic", "sns:RemovePermission", "sns:SetTopicAttributes"),
    },
)
"""SNS, with actions of the Service Authorization Reference."""

SQS: Final = policy.Service(
    prefix="sqs",
    fixing=policy.FIXING,
    fixed_by_account=policy.OWNED,
    may={
        MAY_READ: ("sqs:ReceiveMessage",),
        MAY_WRITE: ("sqs:SendMessage", "sqs:DeleteMessage", "sqs:PurgeQueue"),
        MAY_ADMIN: ("sqs:AddPermission", "sqs:DeleteQueue", "sqs:RemovePermission", "sqs:SetQueueAttributes"),
    },
)
"""SQS, with actions of the Service Authorization Reference."""


def topic_of(topic: Raw) -> Raw:
    """Return a topic with its name, which is the last part of its ARN."""
    return {**topic, "TopicName": topic["TopicArn"].rpartition(":")[2]}


def queue_of(url: str) -> Raw:
    """Return a queue by its address, whose last part is the name."""
    return {"QueueUrl": url, "QueueName": url.rpartition("/")[2]}


def encrypted(answer: Raw) -> bool:
    """Tell whether messages are encrypted, by SQS's own key or by one of KMS.

    SQS names its own key's switch for every queue, but for one that has a key of KMS perhaps not.
    """
    attributes = answer["Attributes"]
    if attributes.get("KmsMasterKeyId"):
        return True
    return {"true": True, "false": False}[attributes["SqsManagedSseEnabled"]]


TOPICS: Final = Source(
    kind=Topic,
    listing=AwsCall("sns", "ListTopics", "Topics", row=topic_of),
    id="{TopicArn}",
    name="{TopicName}",
    details=[
        Detail(
            call=AwsCall("sns", "GetTopicAttributes", given={"TopicArn": "{TopicArn}"}),
            # Every topic has a policy, that of its owner alone when nobody set another.
            fills={"policy_grants": lambda answer: grants(answer["Attributes"]["Policy"], SNS)},
        ),
        Detail(
            call=AwsCall("sns", "ListTagsForResource", "Tags", given={"ResourceArn": "{TopicArn}"}),
            fills={"tags": lambda rows: tags({"Tags": rows})},
        ),
    ],
)

QUEUES: Final = Source(
    kind=Queue,
    listing=AwsCall("sqs", "ListQueues", "QueueUrls?", params={"MaxResults": 1000}, row=queue_of),
    id="arn:{partition}:sqs:{region}:{account}:{QueueName}",
    name="{QueueName}",
    details=[
        Detail(
            call=AwsCall(
                "sqs",
                "GetQueueAttributes",
                given={"QueueUrl": "{QueueUrl}"},
                params={"AttributeNames": ["KmsMasterKeyId", "Policy", "SqsManagedSseEnabled"]},
            ),
            fills={
                "encrypted": encrypted,
                # Absent when nobody set one.
                "policy_grants": lambda answer: grants(answer["Attributes"].get("Policy") or None, SQS),
            },
        ),
        Detail(
            call=AwsCall("sqs", "ListQueueTags", given={"QueueUrl": "{QueueUrl}"}),
            fills={"tags": lambda answer: tag_map(answer.get("Tags"))},
        ),
    ],
)

SOURCES: Final = (TOPICS, QUEUES)
