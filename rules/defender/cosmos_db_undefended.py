"""Defender for Cosmos DB."""

from scanner import CIS_AZURE_6, Cloud, Problems, Severity, SubscriptionSettings, rule


@rule(
    "cosmos-db-undefended",
    severity=Severity.INFO,
    controls=[CIS_AZURE_6["8.1.7.1"]],
    passes={
        "the plan is on": SubscriptionSettings(defended=("cosmosdbs",)),
    },
    fails={
        "the plan is off": SubscriptionSettings(defended=()),
    },
    fix={
        Cloud.AZURE: "az security pricing create --name CosmosDbs --tier standard",
    },
    references=("https://learn.microsoft.com/azure/defender-for-cloud/defender-for-cloud-introduction",),
)
def cosmos_db_undefended(settings: SubscriptionSettings) -> Problems:
    """Defender for Cosmos DB is off.

    It notices injections into queries, access from odd places, and keys that are listed in a hurry.

    The plan costs money for each thing that it looks at. Where the subscription has none of them, or another
    product looks, waive it.
    """
    if "cosmosdbs" not in settings.defended:
        yield "the plan CosmosDbs of Microsoft Defender for Cloud is not on"
