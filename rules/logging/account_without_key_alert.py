"""Keys that go, and who is told."""

from scanner import (
    CIS_AWS_7,
    NOTHING_TO_FIX,
    Account,
    AlertPolicy,
    Cloud,
    InAccount,
    LogGroup,
    LogMetric,
    Problems,
    Severity,
    Trail,
    rule,
)

from ._events import REFERENCES, alarmed, any_of_names, calls, fix, not_alarmed
from ._watched import Kept, no_alarm

EVENTS = calls("kms", "DisableKey", "ScheduleKeyDeletion")
PATTERN = any_of_names(EVENTS, "kms")


@rule(
    "account-without-key-alert",
    severity=Severity.LOW,
    controls=[CIS_AWS_7["5.7"]],
    applies=lambda account: account.needs_trail,
    passes=alarmed(PATTERN),
    fails=not_alarmed(PATTERN),
    fix={
        Cloud.AWS: fix(PATTERN, "key-removal"),
        Cloud.GCP: NOTHING_TO_FIX,
        Cloud.AZURE: NOTHING_TO_FIX,
    },
    references=REFERENCES,
)
def account_without_key_alert(
    account: Account,
    trails: InAccount[Trail],
    groups: InAccount[LogGroup],
    metrics: InAccount[LogMetric],
    alerts: InAccount[AlertPolicy],
) -> Problems:
    """Nobody is told when keys are disabled or are to be deleted.

    What was encrypted with a key is lost with it, backups included. Between the order to delete a key and its end there
    are at least seven days: they are of use to those who are told.

    An alarm counts that is on, tells somebody who has confirmed it, and watches a metric whose filter, on the log group
    of a trail of every region, lets all of these events through; it is compared by what it means. A composite
    alarm that it sets off alone may tell in its place. EventBridge rules and other systems that read the trail are not
    looked at: waive it where one of them tells you.
    """
    yield from no_alarm(
        account, Kept(trails, groups, metrics, alerts), EVENTS, "keys that are disabled or to be deleted"
    )
