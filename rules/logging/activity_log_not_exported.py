"""Subscriptions whose record of who did what ends after 90 days."""

from scanner import CIS_AZURE_6, Cloud, Problems, Severity, SubscriptionSettings, rule


@rule(
    "activity-log-not-exported",
    severity=Severity.MEDIUM,
    controls=[CIS_AZURE_6["6.1.1.1"]],
    passes={
        "it is exported": SubscriptionSettings(activity_log=("administrative",)),
    },
    fails={
        "it is not": SubscriptionSettings(activity_log=()),
    },
    fix={
        Cloud.AZURE: "az monitor diagnostic-settings subscription create --name <name> --location <location> "
        "--workspace <workspace-id> --logs "
        '\'[{"category":"Administrative","enabled":true},'
        '{"category":"Security","enabled":true},'
        '{"category":"Alert","enabled":true},'
        '{"category":"Policy","enabled":true}]\'',
    },
    references=("https://learn.microsoft.com/azure/azure-monitor/platform/activity-log",),
)
def activity_log_not_exported(settings: SubscriptionSettings) -> Problems:
    """Subscription does not keep its activity log.

    Azure keeps the record of who made, changed and deleted what for 90 days, and then it is gone. Break-ins are
    found later than that. A diagnostic setting of the subscription sends it on to where it is kept, and where
    whoever broke in cannot reach it.
    """
    if not settings.activity_log:
        yield "no diagnostic setting takes the activity log"
