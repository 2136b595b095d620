"""Topics and the public."""

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
    Severity,
    Topic,
    each,
    rule,
)

from ._public import problem

WORDS = {MAY_READ: "subscribe", MAY_WRITE: "publish"}


@rule(
    "topic-public",
    severity=Severity.HIGH,
    controls=[CIS_AWS_7["2.21"].partly()],
    passes={"nobody else": Topic(policy_grants=())},
    fails={
        "everyone publishes": Topic(
            policy_grants=(PublicGrant(who=EVERYONE, may=(MAY_WRITE,), said="SNS:Publish"),)
        ),
        "everyone lists tags": Topic(
            policy_grants=(PublicGrant(who=EVERYONE, may=(MAY_OTHER,), said="SNS:ListTagsForResource"),)
        ),
    },
    fix={
        Cloud.AWS: "aws sns set-topic-attributes --topic-arn {id} --attribute-name Policy --attribute-value <policy "
        "that names accounts, or has the condition aws:SourceAccount>",
        Cloud.GCP: "gcloud pubsub topics remove-iam-policy-binding {name} --member allUsers --role <role>",
        Cloud.AZURE: NOTHING_TO_FIX,
    },
    references=("https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html",),
)
def topic_public(topic: Topic) -> Problems:
    """Topic is open to everyone.

    Whoever may subscribe reads every message from then on, quietly. Whoever may publish speaks to all your programs in
    your name: alarms that are not, orders that nobody placed, or so many that the bill is the attack.

    Grants to everyone count unless a condition limits them to fixed accounts, organizations, networks or sources.
    """
    yield from each(topic.policy_grants, lambda grant: (problem(grant, WORDS),))
