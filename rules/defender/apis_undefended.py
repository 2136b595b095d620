"""Defender for APIs."""

from scanner import CIS_AZURE_6, Cloud, Problems, Severity, SubscriptionSettings, rule


@rule(
    "apis-undefended",
    severity=Severity.INFO,
    controls=[CIS_AZURE_6["8.1.2.1"]],
    passes={
        "the plan is on": SubscriptionSettings(defended=("api",)),
    },
    fails={
        "the plan is off": SubscriptionSettings(defended=()),
    },
    fix={
        Cloud.AZURE: "az security pricing create --name Api --tier standard",
    },
    references=("https://learn.microsoft.com/azure/defender-for-cloud/defender-for-cloud-introduction",),
)
def apis_undefended(settings: SubscriptionSettings) -> Problems:
    """Defender for APIs is off.

    APIs that nobody remembers answer without a login, or give out more than they ought to. This plan finds those
    behind API Management, and notices when somebody pulls data out through one.

    The plan costs money for each thing that it looks at. Where the subscription has none of them, or another
    product looks, waive it.
    """
    if "api" not in settings.defended:
        yield "the plan Api of Microsoft Defender for Cloud is not on"
