"""Defender for SQL servers on machines."""

from scanner import CIS_AZURE_6, Cloud, Problems, Severity, SubscriptionSettings, rule


@rule(
    "sql-on-machines-undefended",
    severity=Severity.INFO,
    controls=[CIS_AZURE_6["8.1.7.4"]],
    passes={
        "the plan is on": SubscriptionSettings(defended=("sqlservervirtualmachines",)),
    },
    fails={
        "the plan is off": SubscriptionSettings(defended=()),
    },
    fix={
        Cloud.AZURE: "az security pricing create --name SqlServerVirtualMachines --tier standard",
    },
    references=("https://learn.microsoft.com/azure/defender-for-cloud/defender-for-cloud-introduction",),
)
def sql_on_machines_undefended(settings: SubscriptionSettings) -> Problems:
    """Defender for SQL servers on machines is off.

    A SQL server that somebody runs on a machine has the same enemies as a managed one, and nobody looks at it: this
    plan does.

    The plan costs money for each thing that it looks at. Where the subscription has none of them, or another
    product looks, waive it.
    """
    if "sqlservervirtualmachines" not in settings.defended:
        yield "the plan SqlServerVirtualMachines of Microsoft Defender for Cloud is not on"
