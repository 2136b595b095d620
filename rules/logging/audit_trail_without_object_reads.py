"""Objects of buckets, and who reads them."""

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
    "audit-trail-without-object-reads",
    severity=Severity.LOW,
    controls=[CIS_AWS_7["4.9"]],
    applies=lambda account: account.needs_trail,
    passes={
        "both are recorded": Case(
            Account(needs_trail=True),
            others=[Trail(id="t", every_region=True, recording=True, object_events="all")],
        ),
        "these are recorded": Case(
            Account(needs_trail=True),
            others=[Trail(id="t", every_region=True, recording=True, object_events="reads")],
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
            others=[Trail(id="t", every_region=True, recording=True, object_events="writes")],
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
def audit_trail_without_object_reads(_account: Account, trails: InAccount[Trail]) -> Problems:
    """Nobody records who reads objects of buckets.

    Reading objects is what a theft, or a blackmail, of data is made of, and a trail leaves it out unless it is asked
    for. Afterwards nobody can say whether all customers have to be told, or twelve of them. It costs by the number of
    requests: where that is too much, waive it, and record the buckets that matter.

    One trail has to record it now, in every region, for every bucket.
    """
    yield from some_trail(
        trails, "object_events", ("all", "reads"), "nothing records who reads objects of every bucket"
    )
