"""Routes, and who is told of changes."""

from scanner import (
    CIS_AWS_7,
    CIS_GCP_5,
    NOTHING_TO_FIX,
    Account,
    AlertPolicy,
    Cloud,
    InAccount,
    LogGroup,
    LogMetric,
    Problems,
    ProjectSettings,
    Severity,
    Trail,
    rule,
)

from ._alerts import no_alert, told, untold
from ._events import REFERENCES, alarmed, any_of_names, calls, fix, not_alarmed
from ._watched import Kept, no_alarm

WORDS = (
    "gce_route",
    "compute.routes.delete",
    "compute.routes.insert",
)

EVENTS = calls(
    "ec2",
    "CreateRoute",
    "CreateRouteTable",
    "ReplaceRoute",
    "ReplaceRouteTableAssociation",
    "DeleteRouteTable",
    "DeleteRoute",
    "DisassociateRouteTable",
)
PATTERN = any_of_names(EVENTS)


@rule(
    "project-without-route-alert",
    severity=Severity.LOW,
    controls=[CIS_AWS_7["5.13"], CIS_GCP_5["2.9"].partly()],
    applies=lambda one: isinstance(one, ProjectSettings) or one.needs_trail,
    passes={**told(WORDS), **alarmed(PATTERN)},
    fails={**untold(WORDS), **not_alarmed(PATTERN)},
    fix={
        Cloud.AWS: fix(PATTERN, "route-changes"),
        Cloud.GCP: "gcloud logging metrics create route-changes --project {name} --description 'CIS 2.9' "
        '--log-filter \'resource.type="gce_route" AND '
        '(protoPayload.methodName:"compute.routes.delete" OR '
        'protoPayload.methodName:"compute.routes.insert")\'\n'
        "# then an alert policy with a notification channel, whose filter is "
        'metric.type="logging.googleapis.com/user/route-changes":\n'
        "gcloud monitoring policies create --project {name} --policy-from-file <file>",
        Cloud.AZURE: NOTHING_TO_FIX,
    },
    references=("https://cloud.google.com/logging/docs/alerting/log-based-alerts", *REFERENCES),
)
def project_without_route_alert(
    subject: ProjectSettings | Account,
    trails: InAccount[Trail],
    groups: InAccount[LogGroup],
    metrics: InAccount[LogMetric],
    alerts: InAccount[AlertPolicy],
) -> Problems:
    """Nobody is told when routes are changed.

    A route says which way packets take. A new one can lead them past the firewall that looks into them, or to a machine
    that reads along, and a missing one cuts off whole sites.

    On Google Cloud an alert counts that is on, has somebody to tell, and waits for such log entries: by a filter of its
    own, or by a log metric with one. The filter is taken for right when it holds all the words that CIS names; whether
    it is right in every detail, and whether an alert of another project does it, a person has to see.

    On AWS an alarm counts that is on, tells somebody who has confirmed it, and watches a metric whose filter, on the
    log group of a trail of every region, lets all of these events through; it is compared by what it means. A composite
    alarm that it sets off alone may tell in its place. EventBridge rules and other systems that read the trail are not
    looked at: waive it where one tells you.
    """
    if isinstance(subject, Account):
        yield from no_alarm(subject, Kept(trails, groups, metrics, alerts), EVENTS, "changes of route tables")
    else:
        yield from no_alert(metrics, alerts, WORDS, "changes of routes")
