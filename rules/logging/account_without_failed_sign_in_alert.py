"""Passwords that were wrong, and who is told."""

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

from ._events import REFERENCES, alarmed, fix, not_alarmed, sign_in
from ._watched import Kept, no_alarm

EVENTS = {
    "console sign-ins that failed": sign_in(
        errorMessage="Failed authentication",
        userIdentity__type="IAMUser",
        responseElements__ConsoleLogin="Failure",
    ),
}
PATTERN = '{ ($.eventName = "ConsoleLogin") && ($.errorMessage = "Failed authentication") }'


@rule(
    "account-without-failed-sign-in-alert",
    severity=Severity.LOW,
    controls=[CIS_AWS_7["5.6"]],
    applies=lambda account: account.needs_trail,
    passes=alarmed(PATTERN),
    fails=not_alarmed(PATTERN),
    fix={
        Cloud.AWS: fix(PATTERN, "failed-sign-ins"),
        Cloud.GCP: NOTHING_TO_FIX,
        Cloud.AZURE: NOTHING_TO_FIX,
    },
    references=REFERENCES,
)
def account_without_failed_sign_in_alert(
    account: Account,
    trails: InAccount[Trail],
    groups: InAccount[LogGroup],
    metrics: InAccount[LogMetric],
    alerts: InAccount[AlertPolicy],
) -> Problems:
    """Nobody is told when sign-ins to the console fail.

    Guessing passwords takes many attempts, and each is written down. Whoever is told while it goes on can lock the user
    out or ask for a second factor; afterwards it is one line among millions.

    An alarm counts that is on, tells somebody who has confirmed it, and watches a metric whose filter, on the log group
    of a trail of every region, lets all of these events through; it is compared by what it means. A composite
    alarm that it sets off alone may tell in its place. EventBridge rules and other systems that read the trail are not
    looked at: waive it where one of them tells you.
    """
    yield from no_alarm(
        account, Kept(trails, groups, metrics, alerts), EVENTS, "console sign-ins that failed"
    )
