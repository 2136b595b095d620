"""Owners of projects, and who is told of changes."""

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
    "cloudresourcemanager.googleapis.com",
    "ProjectOwnership",
    "projectOwnerInvitee",
    "REMOVE",
    "ADD",
    "roles/owner",
)


@rule(
    "project-without-owner-alert",
    severity=Severity.LOW,
    controls=[CIS_GCP_5["2.5"].partly()],
    passes=told(WORDS),
    fails=untold(WORDS),
    fix={
        Cloud.GCP: "gcloud logging metrics create owner-changes --project {name} --description 'CIS 2.5' "
        '--log-filter \'(protoPayload.serviceName="cloudresourcemanager.googleapis.com") AND '
        "(ProjectOwnership OR projectOwnerInvitee) OR "
        '(protoPayload.serviceData.policyDelta.bindingDeltas.action="REMOVE" AND '
        'protoPayload.serviceData.policyDelta.bindingDeltas.role="roles/owner") OR '
        '(protoPayload.serviceData.policyDelta.bindingDeltas.action="ADD" AND '
        'protoPayload.serviceData.policyDelta.bindingDeltas.role="roles/owner")\'\n'
        "# then an alert policy with a notification channel, whose filter is "
        'metric.type="logging.googleapis.com/user/owner-changes":\n'
        "gcloud monitoring policies create --project {name} --policy-from-file <file>",
    },
    references=("https://cloud.google.com/logging/docs/alerting/log-based-alerts",),
)
def project_without_owner_alert(
    _project: ProjectSettings, metrics: InAccount[LogMetric], alerts: InAccount[AlertPolicy]
) -> Problems:
    """Nobody is told when the project gets or loses an owner.

    Whoever owns a project may do everything in it, and give it to others. Making themselves an owner is the first thing
    that an intruder does to stay, and it happens rarely enough otherwise that every case is worth a look.

    An alert counts that is on, has somebody to tell, and waits for such log entries: by a filter of its own, or by a
    log metric with one. The filter is taken for right when it holds all the words that CIS names; whether it is right
    in every detail, and whether an alert of another project does it, a person has to see.
    """
    yield from no_alert(metrics, alerts, WORDS, "changes of the project's owners")
