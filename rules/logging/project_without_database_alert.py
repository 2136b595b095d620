"""Settings of databases, and who is told of changes."""

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

WORDS = ("cloudsql.instances.update",)


@rule(
    "project-without-database-alert",
    severity=Severity.LOW,
    controls=[CIS_GCP_5["2.12"].partly()],
    passes=told(WORDS),
    fails=untold(WORDS),
    fix={
        Cloud.GCP: "gcloud logging metrics create database-changes --project {name} --description 'CIS 2.12' "
        "--log-filter 'protoPayload.methodName=\"cloudsql.instances.update\"'\n"
        "# then an alert policy with a notification channel, whose filter is "
        'metric.type="logging.googleapis.com/user/database-changes":\n'
        "gcloud monitoring policies create --project {name} --policy-from-file <file>",
    },
    references=("https://cloud.google.com/logging/docs/alerting/log-based-alerts",),
)
def project_without_database_alert(
    _project: ProjectSettings, metrics: InAccount[LogMetric], alerts: InAccount[AlertPolicy]
) -> Problems:
    """Nobody is told when Cloud SQL instances are changed.

    Backups switched off, a public address, a password policy taken away: each is one setting of an instance, changed in
    seconds, and noticed when it is needed.

    An alert counts that is on, has somebody to tell, and waits for such log entries: by a filter of its own, or by a
    log metric with one. The filter is taken for right when it holds all the words that CIS names; whether it is right
    in every detail, and whether an alert of another project does it, a person has to see.
    """
    yield from no_alert(metrics, alerts, WORDS, "changes of Cloud SQL instances")
