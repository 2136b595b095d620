"""Defender for Containers."""

from scanner import CIS_AZURE_6, Cloud, Problems, Severity, SubscriptionSettings, rule


@rule(
    "containers-undefended",
    severity=Severity.INFO,
    controls=[CIS_AZURE_6["8.1.4.1"]],
    passes={
        "the plan is on": SubscriptionSettings(defended=("containers",)),
    },
    fails={
        "the plan is off": SubscriptionSettings(defended=()),
    },
    fix={
        Cloud.AZURE: "az security pricing create --name Containers --tier standard",
    },
    references=("https://learn.microsoft.com/azure/defender-for-cloud/defender-for-cloud-introduction",),
)
def containers_undefended(settings: SubscriptionSettings) -> Problems:
    """Defender for Containers is off.

    It looks for holes in images, and for what does not belong in a running cluster: a miner, a shell in a
    container, a role that grew.

    The plan costs money for each thing that it looks at. Where the subscription has none of them, or another
    product looks, waive it.
    """
    if "containers" not in settings.defended:
        yield "the plan Containers of Microsoft Defender for Cloud is not on"
