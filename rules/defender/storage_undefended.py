"""Defender for Storage."""

from scanner import CIS_AZURE_6, Cloud, Problems, Severity, SubscriptionSettings, rule


@rule(
    "storage-undefended",
    severity=Severity.INFO,
    controls=[CIS_AZURE_6["8.1.5.1"]],
    passes={
        "the plan is on": SubscriptionSettings(defended=("storageaccounts",)),
    },
    fails={
        "the plan is off": SubscriptionSettings(defended=()),
    },
    fix={
        Cloud.AZURE: "az security pricing create --name StorageAccounts --tier standard",
    },
    references=("https://learn.microsoft.com/azure/defender-for-cloud/defender-for-cloud-introduction",),
)
def storage_undefended(settings: SubscriptionSettings) -> Problems:
    """Defender for Storage is off.

    It notices reading from odd places and in odd amounts, and malware among what others upload to you.

    The plan costs money for each thing that it looks at. Where the subscription has none of them, or another
    product looks, waive it.
    """
    if "storageaccounts" not in settings.defended:
        yield "the plan StorageAccounts of Microsoft Defender for Cloud is not on"
