"""What is written down, and who is told of changes."""

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
    "SetIamPolicy",
    "auditConfigDeltas",
)

EVENTS = calls("cloudtrail", "CreateTrail", "UpdateTrail", "DeleteTrail", "StartLogging", "StopLogging")
PATTERN = any_of_names(EVENTS)


@rule(
    "project-without-audit-config-alert",
    severity=Severity.LOW,
    controls=[CIS_AWS_7["5.5"], CIS_GCP_5["2.6"].partly()],
    applies=lambda one: isinstance(one, ProjectSettings) or one.needs_trail,
    passes={**told(WORDS), **alarmed(PATTERN)},
    fails={**untold(WORDS), **not_alarmed(PATTERN)},
    fix={
        Cloud.AWS: fix(PATTERN, "trail-changes"),
        Cloud.GCP: "gcloud logging metrics create audit-config-changes --project {name} --description 'CIS "
        "2.6' --log-filter 'protoPayload.methodName=\"SetIamPolicy\" AND "
        "protoPayload.serviceData.policyDelta.auditConfigDeltas:*'\n"
        "# then an alert policy with a notification channel, whose filter is "
        'metric.type="logging.googleapis.com/user/audit-config-changes":\n'
        "gcloud monitoring policies create --project {name} --policy-from-file <file>",
        Cloud.AZURE: NOTHING_TO_FIX,
    },
    references=("https://cloud.google.com/logging/docs/alerting/log-based-alerts", *REFERENCES),
)
def project_without_audit_config_alert(
    subject: ProjectSettings | Account,
    trails: InAccount[Trail],
    groups: InAccount[LogGroup],
    metrics: InAccount[LogMetric],
    alerts: InAccount[AlertPolicy],
) -> Problems:
    """Nobody is told when the audit logs are changed.

    Switching off audit logs, or leaving one's own calls out of them, is how traces are avoided. The change itself is
    still written: the last entry before the silence, and worth a message.

    On Google Cloud an alert counts that is on, has somebody to tell, and waits for such log entries: by a filter of its
    own, or by a log metric with one. The filter is taken for right when it holds all the words that CIS names; whether
    it is right in every detail, and whether an alert of another project does it, a person has to see.

    On AWS an alarm counts that is on, tells somebody who has confirmed it, and watches a metric whose filter, on the
    log group of a trail of every region, lets all of these events through; it is compared by what it means. A composite
    alarm that it sets off alone may tell in its place. EventBridge rules and other systems that read the trail are not
    looked at: waive it where one tells you.
    """
    if isinstance(subject, Account):
        yield from no_alarm(subject, Kept(trails, groups, metrics, alerts), EVENTS, "changes of CloudTrail")
    else:
        yield from no_alert(metrics, alerts, WORDS, "changes of what is audited")
