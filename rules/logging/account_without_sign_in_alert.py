"""Passwords alone, and who is told."""

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
    "console sign-ins without a second factor": sign_in(
        additionalEventData__MFAUsed="No",
        userIdentity__type="IAMUser",
        responseElements__ConsoleLogin="Success",
        errorMessage=None,
    ),
}
PATTERN = '{ ($.eventName = "ConsoleLogin") && ($.additionalEventData.MFAUsed != "Yes") }'


@rule(
    "account-without-sign-in-alert",
    severity=Severity.LOW,
    controls=[CIS_AWS_7["5.2"]],
    applies=lambda account: account.needs_trail,
    passes=alarmed(PATTERN),
    fails=not_alarmed(PATTERN),
    fix={
        Cloud.AWS: fix(PATTERN, "sign-in-without-mfa"),
        Cloud.GCP: NOTHING_TO_FIX,
        Cloud.AZURE: NOTHING_TO_FIX,
    },
    references=REFERENCES,
)
def account_without_sign_in_alert(
    account: Account,
    trails: InAccount[Trail],
    groups: InAccount[LogGroup],
    metrics: InAccount[LogMetric],
    alerts: InAccount[AlertPolicy],
) -> Problems:
    """Nobody is told when somebody signs in without a second factor.

    A password alone can be guessed, or be given away on a page that looks like the console's. The sign-in that it opens
    is the moment in which it can still be stopped. With single sign-on the second factor is asked elsewhere: ask in the
    filter for users of IAM alone, as in `$.userIdentity.type = "IAMUser"`.

    An alarm counts that is on, tells somebody who has confirmed it, and watches a metric whose filter, on the log group
    of a trail of every region, lets all of these events through; it is compared by what it means. A composite
    alarm that it sets off alone may tell in its place. EventBridge rules and other systems that read the trail are not
    looked at: waive it where one of them tells you.
    """
    yield from no_alarm(
        account, Kept(trails, groups, metrics, alerts), EVENTS, "console sign-ins without a second factor"
    )
