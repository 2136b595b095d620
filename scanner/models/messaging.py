"""Topics and queues: what carries messages between programs, and who may send or read them."""

from typing import ClassVar

from scanner.models.resource import UNREAD, Resource
from scanner.models.storage import PublicGrant


class Topic(Resource):
    """What is published to is sent to all who subscribe. Azure's (Service Bus, Event Grid) cannot be public."""

    title: ClassVar[str] = "topic"

    policy_grants: tuple[PublicGrant, ...] = UNREAD
    """Grants to the public by its policy: to subscribe (`read`), to publish (`write`), `admin` or `other`. AWS: the
    attribute `Policy`; GCP: the topic's IAM policy."""


class Queue(Resource):
    """Messages that wait until somebody takes them. GCP: a subscription. Azure: a queue."""

    title: ClassVar[str] = "queue"

    encrypted: bool = UNREAD
    """Whether messages are encrypted where they wait. AWS: `SqsManagedSseEnabled`, or a `KmsMasterKeyId`. GCP and Azure
    lack it: theirs always are."""
    policy_grants: tuple[PublicGrant, ...] = UNREAD
    """Grants to the public by its policy: to take messages (`read`), to send them (`write`), `admin` or `other`. AWS:
    the attribute `Policy`; GCP: the subscription's IAM policy. Azure lacks it: its queues always ask who you are."""
