"""Accounts in which nobody writes down who did what."""

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
    "audit-trail-missing",
    severity=Severity.HIGH,
    controls=[CIS_AWS_7["4.1"]],
    applies=lambda account: account.needs_trail,
    passes={
        "every region is recorded": Case(
            Account(needs_trail=True),
            others=[Trail(id="t", every_region=True, recording=True, management_events="all")],
        ),
    },
    fails={
        "no trail": Account(needs_trail=True),
        "the trail is switched off": Case(
            Account(needs_trail=True),
            others=[Trail(id="t", every_region=True, recording=False, management_events="all")],
        ),
        "one region alone": Case(
            Account(needs_trail=True),
            others=[Trail(id="t", every_region=False, recording=True, management_events="all")],
        ),
        "changes alone": Case(
            Account(needs_trail=True),
            others=[Trail(id="t", every_region=True, recording=True, management_events="writes")],
        ),
    },
    fix={
        Cloud.AWS: "aws cloudtrail create-trail --name <name> --s3-bucket-name <bucket> --is-multi-region-trail "
        "--enable-log-file-validation, then aws cloudtrail start-logging --name <name>",
        Cloud.GCP: NOTHING_TO_FIX,
        Cloud.AZURE: NOTHING_TO_FIX,
    },
    references=(
        "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-management-events-with-cloudtrail.html",
    ),
)
def audit_trail_missing(_account: Account, trails: InAccount[Trail]) -> Problems:
    """Account has no record of who did what in every region.

    After a break-in the first question is what they did, and without a trail nobody can say. Intruders start machines
    in the region that nobody looks at, so every region has to be recorded, and reading as well as changing: reading is
    how a theft begins. The history that CloudTrail keeps by itself ends after 90 days and lacks most of it.

    One trail has to do it all: record now, in every region, all management events. A trail of the organization counts.
    """
    yield from some_trail(
        trails, "management_events", ("all",), "nothing records all management events of every region"
    )
