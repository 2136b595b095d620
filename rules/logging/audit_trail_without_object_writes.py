"""Objects of buckets, and who writes them."""

from scanner import (
    CIS_AWS_7,
    NOTHING_TO_FIX,
    Account,
    Case,
    Cloud,
    InAccount,
    Problems,
    Severity,
    Trail,
    rule,
)

from ._trails import some_trail


@rule(
    "audit-trail-without-object-writes",
    severity=Severity.LOW,
    controls=[CIS_AWS_7["4.8"]],
    applies=lambda account: account.needs_trail,
    passes={
        "both are recorded": Case(
            Account(needs_trail=True),
            others=[Trail(id="t", every_region=True, recording=True, object_events="all")],
        ),
        "these are recorded": Case(
            Account(needs_trail=True),
            others=[Trail(id="t", every_region=True, recording=True, object_events="writes")],
        ),
    },
    fails={
        "no trail": Account(needs_trail=True),
        "none are recorded": Case(
            Account(needs_trail=True),
            others=[Trail(id="t", every_region=True, recording=True, object_events="none")],
        ),
        "the others are recorded": Case(
            Account(needs_trail=True),
            others=[Trail(id="t", every_region=True, recording=True, object_events="reads")],
        ),
        "those of some buckets": Case(
            Account(needs_trail=True),
            others=[Trail(id="t", every_region=True, recording=True, object_events="some")],
        ),
    },
    fix={
        Cloud.AWS: "aws cloudtrail put-event-selectors --trail-name <name> --advanced-event-selectors <selectors with "
        "eventCategory Management, and eventCategory Data for resources.type AWS::S3::Object>",
        Cloud.GCP: NOTHING_TO_FIX,
        Cloud.AZURE: NOTHING_TO_FIX,
    },
    references=(
        "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-data-events-with-cloudtrail.html",
    ),
)
def audit_trail_without_object_writes(_account: Account, trails: InAccount[Trail]) -> Problems:
    """Nobody records who writes objects of buckets.

    Writing and deleting objects is what a theft, or a blackmail, of data is made of, and a trail leaves it out unless
    it is asked for. Afterwards nobody can say whether all customers have to be told, or twelve of them. It costs by
    the number of requests: where that is too much, waive it, and record the buckets that matter.

    One trail has to record it now, in every region, for every bucket.
    """
    yield from some_trail(
        trails, "object_events", ("all", "writes"), "nothing records who writes objects of every bucket"
    )
