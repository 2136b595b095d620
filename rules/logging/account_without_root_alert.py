"""Root, and who is told."""

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

from ._events import REFERENCES, alarmed, call, fix, not_alarmed, sign_in
from ._watched import Kept, no_alarm

ROOT = {"userIdentity.type": "Root", "readOnly": "false"}
EVENTS = {
    "calls by root": call("iam", "CreateUser") | ROOT,
    "sign-ins of root": sign_in(
        userIdentity__type="Root", responseElements__ConsoleLogin="Success", errorMessage=None
    ),
}
PATTERN = (
    '{ ($.userIdentity.type = "Root") && ($.userIdentity.invokedBy NOT EXISTS) && '
    '($.eventType != "AwsServiceEvent") }'
)


@rule(
    "account-without-root-alert",
    severity=Severity.MEDIUM,
    controls=[CIS_AWS_7["5.3"]],
    applies=lambda account: account.needs_trail,
    passes=alarmed(PATTERN),
    fails=not_alarmed(PATTERN),
    fix={
        Cloud.AWS: fix(PATTERN, "root-use"),
        Cloud.GCP: NOTHING_TO_FIX,
        Cloud.AZURE: NOTHING_TO_FIX,
    },
    references=REFERENCES,
)
def account_without_root_alert(
    account: Account,
    trails: InAccount[Trail],
    groups: InAccount[LogGroup],
    metrics: InAccount[LogMetric],
    alerts: InAccount[AlertPolicy],
) -> Problems:
    """Nobody is told when root is used.

    Root may do everything, no policy holds it back, and a handful of tasks a year need it. Every other use is a
    break-in or a bad habit, and somebody ought to know of either within minutes.

    An alarm counts that is on, tells somebody who has confirmed it, and watches a metric whose filter, on the log group
    of a trail of every region, lets all of these events through; it is compared by what it means. A composite
    alarm that it sets off alone may tell in its place. EventBridge rules and other systems that read the trail are not
    looked at: waive it where one of them tells you.
    """
    yield from no_alarm(account, Kept(trails, groups, metrics, alerts), EVENTS, "the use of root")
