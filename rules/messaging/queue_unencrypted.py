"""Queues that keep messages in plain text."""

from scanner import NOTHING_TO_FIX, Cloud, Problems, Queue, Severity, rule


@rule(
    "queue-unencrypted",
    severity=Severity.LOW,
    passes={"messages are encrypted": Queue(encrypted=True)},
    fails={"messages are not encrypted": Queue(encrypted=False)},
    fix={
        Cloud.AWS: "aws sqs set-queue-attributes --queue-url <queue-url> --attributes SqsManagedSseEnabled=true",
        Cloud.GCP: NOTHING_TO_FIX,
        Cloud.AZURE: NOTHING_TO_FIX,
    },
    references=(
        "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-server-side-encryption.html",
    ),
)
def queue_unencrypted(queue: Queue) -> Problems:
    """Queue does not encrypt its messages.

    Messages wait for up to two weeks, with whatever was put in them: names, addresses, tokens. New queues are encrypted
    with a key of the service since 2022, free of charge and unnoticed by who sends and takes; one that is not was made
    before, or somebody switched it off.
    """
    if not queue.encrypted:
        yield "messages are not encrypted"
