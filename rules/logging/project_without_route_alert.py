"""Routes, and who is told of changes."""

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
    "gce_route",
    "compute.routes.delete",
    "compute.routes.insert",
)


@rule(
    "project-without-route-alert",
    severity=Severity.LOW,
    controls=[CIS_GCP_5["2.9"].partly()],
    passes=told(WORDS),
    fails=untold(WORDS),
    fix={
        Cloud.GCP: "gcloud logging metrics create route-changes --project {name} --description 'CIS 2.9' "
        '--log-filter \'resource.type="gce_route" AND '
        '(protoPayload.methodName:"compute.routes.delete" OR '
        'protoPayload.methodName:"compute.routes.insert")\'\n'
        "# then an alert policy with a notification channel, whose filter is "
        'metric.type="logging.googleapis.com/user/route-changes":\n'
        "gcloud monitoring policies create --project {name} --policy-from-file <file>",
    },
    references=("https://cloud.google.com/logging/docs/alerting/log-based-alerts",),
)
def project_without_route_alert(
    _project: ProjectSettings, metrics: InAccount[LogMetric], alerts: InAccount[AlertPolicy]
) -> Problems:
    """Nobody is told when routes are changed.

    A route says which way packets take. A new one can lead them past the firewall that looks into them, or to a machine
    that reads along, and a missing one cuts off whole sites.

    An alert counts that is on, has somebody to tell, and waits for such log entries: by a filter of its own, or by a
    log metric with one. The filter is taken for right when it holds all the words that CIS names; whether it is right
    in every detail, and whether an alert of another project does it, a person has to see.
    """
    yield from no_alert(metrics, alerts, WORDS, "changes of routes")
