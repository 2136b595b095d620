"""Storage accounts and the end of a region."""

from scanner import CIS_AZURE_6, Cloud, Problems, Severity, StorageAccount, rule


@rule(
    "storage-account-in-one-region",
    severity=Severity.LOW,
    controls=[CIS_AZURE_6["9.3.11"].partly()],
    passes={
        "a copy in another region": StorageAccount(elsewhere=True),
    },
    fails={
        "one region": StorageAccount(elsewhere=False),
    },
    fix={
        Cloud.AZURE: "az storage account update --name {name} --resource-group <resource-group> --sku "
        "Standard_GRS",
    },
    references=("https://learn.microsoft.com/azure/storage/common/storage-redundancy",),
)
def storage_account_in_one_region(account: StorageAccount) -> Problems:
    """Storage account has no copy in another region.

    A flood, a fire or a long failure of one region takes all of its data centers together. Copies within the
    region, in several zones too, go with it.

    Which data are critical no scanner knows: waive those that can be made again, or that another copy stands for.
    """
    if not account.elsewhere:
        yield "all copies are in one region"
