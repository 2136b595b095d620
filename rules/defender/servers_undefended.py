"""Defender for Servers."""

from scanner import CIS_AZURE_6, Cloud, Problems, Severity, SubscriptionSettings, rule


@rule(
    "servers-undefended",
    severity=Severity.INFO,
    controls=[CIS_AZURE_6["8.1.3.1"]],
    passes={
        "the plan is on": SubscriptionSettings(defended=("virtualmachines",)),
    },
    fails={
        "the plan is off": SubscriptionSettings(defended=()),
    },
    fix={
        Cloud.AZURE: "az security pricing create --name VirtualMachines --tier standard",
    },
    references=("https://learn.microsoft.com/azure/defender-for-cloud/defender-for-cloud-introduction",),
)
def servers_undefended(settings: SubscriptionSettings) -> Problems:
    """Defender for Servers is off.

    It puts a sensor into machines that notices what an intruder does there, looks for holes, and can keep
    management ports shut until somebody asks.

    The plan costs money for each thing that it looks at. Where the subscription has none of them, or another
    product looks, waive it.
    """
    if "virtualmachines" not in settings.defended:
        yield "the plan VirtualMachines of Microsoft Defender for Cloud is not on"
