"""What is written down, and who is told of changes."""

from scanner import (
    CIS_GCP_5,
    AlertPolicy,
    Cloud,
    InAccount,
    LogMetric,
    Problems,
    ProjectSettings,
    Severity,
    rule,
)

from ._alerts import no_alert, told, untold

WORDS = (
    "SetIamPolicy",
    "auditConfigDeltas",
)


@rule(
    "project-without-audit-config-alert",
    severity=Severity.LOW,
    controls=[CIS_GCP_5["2.6"].partly()],
    passes=told(WORDS),
    fails=untold(WORDS),
    fix={
        Cloud.GCP: "gcloud logging metrics create audit-config-changes --project {name} --description 'CIS "
        "2.6' --log-filter 'protoPayload.methodName=\"SetIamPolicy\" AND "
        "protoPayload.serviceData.policyDelta.auditConfigDeltas:*'\n"
        "# then an alert policy with a notification channel, whose filter is "
        'metric.type="logging.googleapis.com/user/audit-config-changes":\n'
        "gcloud monitoring policies create --project {name} --policy-from-file <file>",
    },
    references=("https://cloud.google.com/logging/docs/alerting/log-based-alerts",),
)
def project_without_audit_config_alert(
    _project: ProjectSettings, metrics: InAccount[LogMetric], alerts: InAccount[AlertPolicy]
) -> Problems:
    """Nobody is told when the audit logs are changed.

    Switching off audit logs, or leaving one's own calls out of them, is how traces are avoided. The change itself is
    still written: the last entry before the silence, and worth a message.

    An alert counts that is on, has somebody to tell, and waits for such log entries: by a filter of its own, or by a
    log metric with one. The filter is taken for right when it holds all the words that CIS names; whether it is right
    in every detail, and whether an alert of another project does it, a person has to see.
    """
    yield from no_alert(metrics, alerts, WORDS, "changes of what is audited")
