"""The demo's topics and queues: who may send, and what is encrypted."""

import json
from typing import Any, Final

from scanner.demo.aws.account import HOME, NUMBER, Account, named

TOPIC: Final = "topic-public"
QUEUE: Final = "queue-public"
PLAIN: Final = "queue-unencrypted"


def furnish(account: Account) -> None:
    """Create topics and queues, with policies as people write them."""
    _topic(account, "alarms", good=[TOPIC])
    _topic(account, "partner-events", "999999999999", good=[TOPIC])
    _topic(account, "price-updates", "*", bad=[TOPIC])
    _queue(account, "orders", {"SqsManagedSseEnabled": "true"}, good=[QUEUE, PLAIN])
    _queue(account, "invoices", {"KmsMasterKeyId": "alias/aws/sqs"}, good=[QUEUE, PLAIN])
    _queue(account, "old-imports", {"SqsManagedSseEnabled": "false"}, good=[QUEUE], bad=[PLAIN])
    _queue(
        account,
        "uploads",
        {"Policy": _policy(f"arn:aws:sqs:{HOME}:{NUMBER}:uploads", "sqs:SendMessage", "*")},
        good=[PLAIN],
        bad=[QUEUE],
    )


def _policy(arn: str, action: str, who: str) -> str:
    statement = {"Effect": "Allow", "Principal": {"AWS": who}, "Action": action, "Resource": arn}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def _topic(account: Account, name: str, who: str = "", **verdicts: Any) -> None:
    sns = account.client("sns")
    arn = sns.create_topic(Name=name, Tags=named(name, team="shop"))["TopicArn"]
    if who:
        sns.set_topic_attributes(
            TopicArn=arn, AttributeName="Policy", AttributeValue=_policy(arn, "SNS:Publish", who)
        )
    account.expect(arn, **verdicts)


def _queue(account: Account, name: str, attributes: dict[str, str], **verdicts: Any) -> None:
    tags = {tag["Key"]: tag["Value"] for tag in named(name, team="shop")}
    account.client("sqs").create_queue(QueueName=name, Attributes=attributes, tags=tags)
    account.expect(f"arn:aws:sqs:{HOME}:{NUMBER}:{name}", **verdicts)
