"""Defender for App Service."""

from scanner import CIS_AZURE_6, Cloud, Problems, Severity, SubscriptionSettings, rule


@rule(
    "app-services-undefended",
    severity=Severity.INFO,
    controls=[CIS_AZURE_6["8.1.6.1"]],
    passes={
        "the plan is on": SubscriptionSettings(defended=("appservices",)),
    },
    fails={
        "the plan is off": SubscriptionSettings(defended=()),
    },
    fix={
        Cloud.AZURE: "az security pricing create --name AppServices --tier standard",
    },
    references=("https://learn.microsoft.com/azure/defender-for-cloud/defender-for-cloud-introduction",),
)
def app_services_undefended(settings: SubscriptionSettings) -> Problems:
    """Defender for App Service is off.

    It notices what goes wrong inside of web apps: commands that are run in them, and names that still point to an
    app which is gone, so that anybody can take it.

    The plan costs money for each thing that it looks at. Where the subscription has none of them, or another
    product looks, waive it.
    """
    if "appservices" not in settings.defended:
        yield "the plan AppServices of Microsoft Defender for Cloud is not on"
