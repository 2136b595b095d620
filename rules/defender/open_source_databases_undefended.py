"""Defender for open-source databases."""

from scanner import CIS_AZURE_6, Cloud, Problems, Severity, SubscriptionSettings, rule


@rule(
    "open-source-databases-undefended",
    severity=Severity.INFO,
    controls=[CIS_AZURE_6["8.1.7.2"]],
    passes={
        "the plan is on": SubscriptionSettings(defended=("opensourcerelationaldatabases",)),
    },
    fails={
        "the plan is off": SubscriptionSettings(defended=()),
    },
    fix={
        Cloud.AZURE: "az security pricing create --name OpenSourceRelationalDatabases --tier standard",
    },
    references=("https://learn.microsoft.com/azure/defender-for-cloud/defender-for-cloud-introduction",),
)
def open_source_databases_undefended(settings: SubscriptionSettings) -> Problems:
    """Defender for open-source databases is off.

    It notices passwords being tried, and logins from odd places, on PostgreSQL and MySQL.

    The plan costs money for each thing that it looks at. Where the subscription has none of them, or another
    product looks, waive it.
    """
    if "opensourcerelationaldatabases" not in settings.defended:
        yield "the plan OpenSourceRelationalDatabases of Microsoft Defender for Cloud is not on"
