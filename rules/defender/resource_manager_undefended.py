"""Defender for Resource Manager."""

from scanner import CIS_AZURE_6, Cloud, Problems, Severity, SubscriptionSettings, rule


@rule(
    "resource-manager-undefended",
    severity=Severity.INFO,
    controls=[CIS_AZURE_6["8.1.9.1"]],
    passes={
        "the plan is on": SubscriptionSettings(defended=("arm",)),
    },
    fails={
        "the plan is off": SubscriptionSettings(defended=()),
    },
    fix={
        Cloud.AZURE: "az security pricing create --name Arm --tier standard",
    },
    references=("https://learn.microsoft.com/azure/defender-for-cloud/defender-for-cloud-introduction",),
)
def resource_manager_undefended(settings: SubscriptionSettings) -> Problems:
    """Defender for Resource Manager is off.

    It watches the operations of the subscription itself: tools of intruders that list everything, roles that are
    given at odd hours, extensions that run commands on machines.

    The plan costs money for each thing that it looks at. Where the subscription has none of them, or another
    product looks, waive it.
    """
    if "arm" not in settings.defended:
        yield "the plan Arm of Microsoft Defender for Cloud is not on"
