"""Calls that were refused, and who is told."""

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

from ._events import REFERENCES, alarmed, call, fix, not_alarmed
from ._watched import Kept, no_alarm

REFUSED = call("ec2", "DescribeInstances") | {"sourceIPAddress": "198.51.100.7", "readOnly": "true"}
EVENTS = {
    "calls refused with UnauthorizedOperation": REFUSED | {"errorCode": "Client.UnauthorizedOperation"},
    "calls refused with AccessDenied": REFUSED | {"errorCode": "AccessDenied"},
    "calls refused with AccessDeniedException": REFUSED | {"errorCode": "AccessDeniedException"},
}
PATTERN = '{ ($.errorCode = "*UnauthorizedOperation") || ($.errorCode = "AccessDenied*") }'


@rule(
    "account-without-refused-call-alert",
    severity=Severity.LOW,
    controls=[CIS_AWS_7["5.1"]],
    applies=lambda account: account.needs_trail,
    passes=alarmed(PATTERN),
    fails=not_alarmed(PATTERN),
    fix={
        Cloud.AWS: fix(PATTERN, "refused-calls"),
        Cloud.GCP: NOTHING_TO_FIX,
        Cloud.AZURE: NOTHING_TO_FIX,
    },
    references=REFERENCES,
)
def account_without_refused_call_alert(
    account: Account,
    trails: InAccount[Trail],
    groups: InAccount[LogGroup],
    metrics: InAccount[LogMetric],
    alerts: InAccount[AlertPolicy],
) -> Problems:
    """Nobody is told when calls are refused.

    Whoever holds a stolen key tries what it may do, and most of it is refused: a burst of refusals is often the first
    sign that somebody is inside. It also shows the program that lost a permission, before its users do.

    An alarm counts that is on, tells somebody who has confirmed it, and watches a metric whose filter, on the log group
    of a trail of every region, lets all of these events through; it is compared by what it means. A composite
    alarm that it sets off alone may tell in its place. EventBridge rules and other systems that read the trail are not
    looked at: waive it where one of them tells you.
    """
    yield from no_alarm(account, Kept(trails, groups, metrics, alerts), EVENTS, "calls that were refused")
