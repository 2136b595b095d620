"""Subscriptions that keep a part of the record of who did what."""

from scanner import CIS_AZURE_6, Cloud, Problems, Severity, SubscriptionSettings, rule

NEEDED = ("administrative", "alert", "policy", "security")


@rule(
    "activity-log-incomplete",
    severity=Severity.LOW,
    controls=[CIS_AZURE_6["6.1.1.2"]],
    applies=lambda settings: bool(settings.activity_log),
    passes={
        "what matters": SubscriptionSettings(activity_log=("administrative", "alert", "policy", "security")),
    },
    fails={
        "changes alone": SubscriptionSettings(activity_log=("administrative",)),
    },
    fix={
        Cloud.AZURE: "az monitor diagnostic-settings subscription create --name <name> --location <location> "
        "--workspace <workspace-id> --logs "
        '\'[{"category":"Administrative","enabled":true},'
        '{"category":"Security","enabled":true},'
        '{"category":"Alert","enabled":true},'
        '{"category":"Policy","enabled":true}]\'',
    },
    references=("https://learn.microsoft.com/azure/azure-monitor/platform/activity-log-schema",),
)
def activity_log_incomplete(settings: SubscriptionSettings) -> Problems:
    """Subscription keeps a part of its activity log only.

    Administrative events say who changed what; Security and Alert what the cloud itself noticed; Policy what was
    refused or let through. After a break-in each of them is missed.

    Settings add up: each category has to be taken by some setting. A subscription that exports nothing has a
    finding of its own.
    """
    missing = [category for category in NEEDED if category not in settings.activity_log]
    if missing:
        yield f"no diagnostic setting takes {', '.join(missing)}"
