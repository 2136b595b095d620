"""Queues and the public."""

from scanner import (
    CIS_AWS_7,
    EVERYONE,
    MAY_OTHER,
    MAY_READ,
    MAY_WRITE,
    NOTHING_TO_FIX,
    Cloud,
    Problems,
    PublicGrant,
    Queue,
    Severity,
    each,
    rule,
)

from ._public import problem

WORDS = {MAY_READ: "take messages", MAY_WRITE: "send or delete messages"}


@rule(
    "queue-public",
    severity=Severity.HIGH,
    controls=[CIS_AWS_7["2.21"].partly()],
    passes={"nobody else": Queue(policy_grants=())},
    fails={
        "everyone sends": Queue(
            policy_grants=(PublicGrant(who=EVERYONE, may=(MAY_WRITE,), said="sqs:SendMessage"),)
        ),
        "everyone looks at its settings": Queue(
            policy_grants=(PublicGrant(who=EVERYONE, may=(MAY_OTHER,), said="sqs:GetQueueAttributes"),)
        ),
    },
    fix={
        Cloud.AWS: "aws sqs set-queue-attributes --queue-url <queue-url> --attributes Policy=<policy that names "
        "accounts, "
        "or has the condition aws:SourceArn>",
        Cloud.GCP: "gcloud pubsub subscriptions remove-iam-policy-binding {name} --member allUsers --role <role>",
        Cloud.AZURE: NOTHING_TO_FIX,
    },
    references=(
        "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-security-best-practices.html",
    ),
)
def queue_public(queue: Queue) -> Problems:
    """Queue is open to everyone.

    Whoever may take messages reads them, and takes them away from who was meant to work on them. Whoever may send feeds
    your programs what they trust, or so much that the real work waits behind it.

    Grants to everyone count unless a condition limits them to fixed accounts, organizations, networks or sources, as in
    the policy that lets one bucket or one topic send to the queue.
    """
    yield from each(queue.policy_grants, lambda grant: (problem(grant, WORDS),))
