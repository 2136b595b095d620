"""Defender for Key Vault."""

from scanner import CIS_AZURE_6, Cloud, Problems, Severity, SubscriptionSettings, rule


@rule(
    "key-vaults-undefended",
    severity=Severity.INFO,
    controls=[CIS_AZURE_6["8.1.8.1"]],
    passes={
        "the plan is on": SubscriptionSettings(defended=("keyvaults",)),
    },
    fails={
        "the plan is off": SubscriptionSettings(defended=()),
    },
    fix={
        Cloud.AZURE: "az security pricing create --name KeyVaults --tier standard",
    },
    references=("https://learn.microsoft.com/azure/defender-for-cloud/defender-for-cloud-introduction",),
)
def key_vaults_undefended(settings: SubscriptionSettings) -> Problems:
    """Defender for Key Vault is off.

    It notices when a vault is read by whom it never was, from where it never was, or all at once.

    The plan costs money for each thing that it looks at. Where the subscription has none of them, or another
    product looks, waive it.
    """
    if "keyvaults" not in settings.defended:
        yield "the plan KeyVaults of Microsoft Defender for Cloud is not on"
