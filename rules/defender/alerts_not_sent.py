"""Alerts that are shown and not sent."""

from scanner import CIS_AZURE_6, Cloud, Problems, Severity, SubscriptionSettings, rule, unknown_value

SEVERITIES = ("low", "medium", "high")


@rule(
    "alerts-not-sent",
    severity=Severity.LOW,
    controls=[CIS_AZURE_6["8.1.14"]],
    passes={
        "high ones are sent": SubscriptionSettings(alert_severity="high"),
        "all are sent": SubscriptionSettings(alert_severity="low"),
    },
    fails={
        "none is sent": SubscriptionSettings(alert_severity=None),
    },
    fix={
        Cloud.AZURE: "az security contact create --name default --emails <addresses> --alert-notifications "
        '\'{"state":"On","minimalSeverity":"Medium"}\' --notifications-by-role '
        '\'{"state":"On","roles":["Owner"]}\'',
    },
    references=("https://learn.microsoft.com/azure/defender-for-cloud/configure-email-notifications",),
)
def alerts_not_sent(settings: SubscriptionSettings) -> Problems:
    """Defender's alerts are not sent by e-mail.

    Then they stand in the portal until somebody looks, which on the night of a break-in is nobody. Send those of
    high severity at least.
    """
    if settings.alert_severity is None:
        yield "alerts of no severity are sent"
    elif settings.alert_severity not in SEVERITIES:
        raise unknown_value(settings, "alert_severity", settings.alert_severity)
