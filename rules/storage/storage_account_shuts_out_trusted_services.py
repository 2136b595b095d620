"""Storage accounts and services of the cloud."""

from scanner import CIS_AZURE_6, Cloud, Problems, Severity, StorageAccount, rule


@rule(
    "storage-account-shuts-out-trusted-services",
    severity=Severity.INFO,
    controls=[CIS_AZURE_6["9.3.5"]],
    passes={
        "trusted services come in": StorageAccount(lets_services_in=True),
    },
    fails={
        "nobody but the list": StorageAccount(lets_services_in=False),
    },
    fix={
        Cloud.AZURE: "az storage account update --name {name} --resource-group <resource-group> --bypass "
        "AzureServices",
    },
    references=(
        "https://learn.microsoft.com/azure/storage/common/storage-network-security-trusted-azure-services",
    ),
)
def storage_account_shuts_out_trusted_services(account: StorageAccount) -> Problems:
    """Storage account shuts out the services that Azure trusts.

    Backup, Monitor, Site Recovery and the like come from addresses that no list of yours holds. Where they are shut
    out, backups fail and logs stop the day that the list is switched on, and often nobody notices for weeks.

    Judged are accounts that take requests from chosen networks. Where you know that no such service is meant to
    come, waive it.
    """
    if not account.lets_services_in:
        yield "services that Azure trusts do not come past its list of networks"
