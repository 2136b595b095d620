"""Network ACLs, and who is told of changes."""

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

EVENTS = calls(
    "ec2",
    "CreateNetworkAcl",
    "CreateNetworkAclEntry",
    "DeleteNetworkAcl",
    "DeleteNetworkAclEntry",
    "ReplaceNetworkAclEntry",
    "ReplaceNetworkAclAssociation",
)
PATTERN = any_of_names(EVENTS)


@rule(
    "account-without-access-list-alert",
    severity=Severity.LOW,
    controls=[CIS_AWS_7["5.11"]],
    applies=lambda account: account.needs_trail,
    passes=alarmed(PATTERN),
    fails=not_alarmed(PATTERN),
    fix={
        Cloud.AWS: fix(PATTERN, "access-list-changes"),
        Cloud.GCP: NOTHING_TO_FIX,
        Cloud.AZURE: NOTHING_TO_FIX,
    },
    references=REFERENCES,
)
def account_without_access_list_alert(
    account: Account,
    trails: InAccount[Trail],
    groups: InAccount[LogGroup],
    metrics: InAccount[LogMetric],
    alerts: InAccount[AlertPolicy],
) -> Problems:
    """Nobody is told when network ACLs are changed.

    One entry opens or closes whole subnets at once, whatever the security groups in them say. A wrong one shows as an
    outage, and an open one does not show at all.

    An alarm counts that is on, tells somebody who has confirmed it, and watches a metric whose filter, on the log group
    of a trail of every region, lets all of these events through; it is compared by what it means. A composite
    alarm that it sets off alone may tell in its place. EventBridge rules and other systems that read the trail are not
    looked at: waive it where one of them tells you.
    """
    yield from no_alarm(account, Kept(trails, groups, metrics, alerts), EVENTS, "changes of network ACLs")
