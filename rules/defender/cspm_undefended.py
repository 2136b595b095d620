"""Defender CSPM."""

from scanner import CIS_AZURE_6, Cloud, Problems, Severity, SubscriptionSettings, rule


@rule(
    "cspm-undefended",
    severity=Severity.INFO,
    controls=[CIS_AZURE_6["8.1.1.1"]],
    passes={
        "the plan is on": SubscriptionSettings(defended=("cloudposture",)),
    },
    fails={
        "the plan is off": SubscriptionSettings(defended=()),
    },
    fix={
        Cloud.AZURE: "az security pricing create --name CloudPosture --tier standard",
    },
    references=("https://learn.microsoft.com/azure/defender-for-cloud/defender-for-cloud-introduction",),
)
def cspm_undefended(settings: SubscriptionSettings) -> Problems:
    """Defender CSPM is off.

    Most break-ins come through several small mistakes in a row: a machine with a hole, an identity with too many
    rights, a store that it may read. This plan looks at all of them together, without agents, and says which rows
    lead to something valuable.

    The plan costs money for each thing that it looks at. Where the subscription has none of them, or another
    product looks, waive it.
    """
    if "cloudposture" not in settings.defended:
        yield "the plan CloudPosture of Microsoft Defender for Cloud is not on"
