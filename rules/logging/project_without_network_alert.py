"""Networks, and who is told of changes."""

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
    "gce_network",
    "compute.networks.insert",
    "compute.networks.patch",
    "compute.networks.delete",
    "compute.networks.removePeering",
    "compute.networks.addPeering",
)


@rule(
    "project-without-network-alert",
    severity=Severity.LOW,
    controls=[CIS_GCP_5["2.10"].partly()],
    passes=told(WORDS),
    fails=untold(WORDS),
    fix={
        Cloud.GCP: "gcloud logging metrics create network-changes --project {name} --description 'CIS 2.10' "
        '--log-filter \'resource.type="gce_network" AND '
        '(protoPayload.methodName:"compute.networks.insert" OR '
        'protoPayload.methodName:"compute.networks.patch" OR '
        'protoPayload.methodName:"compute.networks.delete" OR '
        'protoPayload.methodName:"compute.networks.removePeering" OR '
        'protoPayload.methodName:"compute.networks.addPeering")\'\n'
        "# then an alert policy with a notification channel, whose filter is "
        'metric.type="logging.googleapis.com/user/network-changes":\n'
        "gcloud monitoring policies create --project {name} --policy-from-file <file>",
    },
    references=("https://cloud.google.com/logging/docs/alerting/log-based-alerts",),
)
def project_without_network_alert(
    _project: ProjectSettings, metrics: InAccount[LogMetric], alerts: InAccount[AlertPolicy]
) -> Problems:
    """Nobody is told when networks are made, changed or joined.

    Joining two networks lets the machines of one reach those of the other, whoever owns it. It is two calls, and shows
    in no firewall rule.

    An alert counts that is on, has somebody to tell, and waits for such log entries: by a filter of its own, or by a
    log metric with one. The filter is taken for right when it holds all the words that CIS names; whether it is right
    in every detail, and whether an alert of another project does it, a person has to see.
    """
    yield from no_alert(metrics, alerts, WORDS, "changes of networks")
