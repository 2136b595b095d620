"""Permissions of buckets, and who is told of changes."""

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
    "gcs_bucket",
    "storage.setIamPermissions",
)


@rule(
    "project-without-bucket-permission-alert",
    severity=Severity.LOW,
    controls=[CIS_GCP_5["2.11"].partly()],
    passes=told(WORDS),
    fails=untold(WORDS),
    fix={
        Cloud.GCP: "gcloud logging metrics create bucket-permission-changes --project {name} --description "
        "'CIS 2.11' --log-filter 'resource.type=\"gcs_bucket\" AND "
        'protoPayload.methodName="storage.setIamPermissions"\'\n'
        "# then an alert policy with a notification channel, whose filter is "
        'metric.type="logging.googleapis.com/user/bucket-permission-changes":\n'
        "gcloud monitoring policies create --project {name} --policy-from-file <file>",
    },
    references=("https://cloud.google.com/logging/docs/alerting/log-based-alerts",),
)
def project_without_bucket_permission_alert(
    _project: ProjectSettings, metrics: InAccount[LogMetric], alerts: InAccount[AlertPolicy]
) -> Problems:
    """Nobody is told when the permissions of buckets are changed.

    Most data that leak from clouds leak from a bucket that was opened for everyone by mistake. Crawlers find it within
    hours: a message at the moment of the change is the only one that comes in time.

    An alert counts that is on, has somebody to tell, and waits for such log entries: by a filter of its own, or by a
    log metric with one. The filter is taken for right when it holds all the words that CIS names; whether it is right
    in every detail, and whether an alert of another project does it, a person has to see.
    """
    yield from no_alert(metrics, alerts, WORDS, "changes of who may use a bucket")
