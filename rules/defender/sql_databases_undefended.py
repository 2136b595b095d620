"""Defender for Azure SQL."""

from scanner import CIS_AZURE_6, Cloud, Problems, Severity, SubscriptionSettings, rule


@rule(
    "sql-databases-undefended",
    severity=Severity.INFO,
    controls=[CIS_AZURE_6["8.1.7.3"]],
    passes={
        "the plan is on": SubscriptionSettings(defended=("sqlservers",)),
    },
    fails={
        "the plan is off": SubscriptionSettings(defended=()),
    },
    fix={
        Cloud.AZURE: "az security pricing create --name SqlServers --tier standard",
    },
    references=("https://learn.microsoft.com/azure/defender-for-cloud/defender-for-cloud-introduction",),
)
def sql_databases_undefended(settings: SubscriptionSettings) -> Problems:
    """Defender for Azure SQL is off.

    It notices injections, passwords being tried, and logins from odd places, and looks for settings that are too
    wide.

    The plan costs money for each thing that it looks at. Where the subscription has none of them, or another
    product looks, waive it.
    """
    if "sqlservers" not in settings.defended:
        yield "the plan SqlServers of Microsoft Defender for Cloud is not on"
