"""Firewall rules, and who is told of changes."""

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
    "gce_firewall_rule",
    "compute.firewalls.patch",
    "compute.firewalls.insert",
    "compute.firewalls.delete",
)


@rule(
    "project-without-firewall-alert",
    severity=Severity.LOW,
    controls=[CIS_GCP_5["2.8"].partly()],
    passes=told(WORDS),
    fails=untold(WORDS),
    fix={
        Cloud.GCP: "gcloud logging metrics create firewall-changes --project {name} --description 'CIS 2.8' "
        '--log-filter \'resource.type="gce_firewall_rule" AND '
        '(protoPayload.methodName:"compute.firewalls.patch" OR '
        'protoPayload.methodName:"compute.firewalls.insert" OR '
        'protoPayload.methodName:"compute.firewalls.delete")\'\n'
        "# then an alert policy with a notification channel, whose filter is "
        'metric.type="logging.googleapis.com/user/firewall-changes":\n'
        "gcloud monitoring policies create --project {name} --policy-from-file <file>",
    },
    references=("https://cloud.google.com/logging/docs/alerting/log-based-alerts",),
)
def project_without_firewall_alert(
    _project: ProjectSettings, metrics: InAccount[LogMetric], alerts: InAccount[AlertPolicy]
) -> Problems:
    """Nobody is told when firewall rules are changed.

    A port that is opened for an hour tends to stay open. A message at the moment of the change reaches somebody who
    still knows why; the nightly scan finds it when everybody is asleep.

    An alert counts that is on, has somebody to tell, and waits for such log entries: by a filter of its own, or by a
    log metric with one. The filter is taken for right when it holds all the words that CIS names; whether it is right
    in every detail, and whether an alert of another project does it, a person has to see.
    """
    yield from no_alert(metrics, alerts, WORDS, "changes of VPC firewall rules")
