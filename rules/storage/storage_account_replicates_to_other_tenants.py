"""Storage accounts and tenants of others."""

from scanner import CIS_AZURE_6, Cloud, Problems, Severity, StorageAccount, rule


@rule(
    "storage-account-replicates-to-other-tenants",
    severity=Severity.MEDIUM,
    controls=[CIS_AZURE_6["9.3.7"]],
    passes={
        "within the tenant": StorageAccount(other_tenants=False),
    },
    fails={
        "to every tenant": StorageAccount(other_tenants=True),
    },
    fix={
        Cloud.AZURE: "az storage account update --name {name} --resource-group <resource-group> "
        "--allow-cross-tenant-replication false",
    },
    references=(
        "https://learn.microsoft.com/azure/storage/blobs/object-replication-prevent-cross-tenant-policies",
    ),
)
def storage_account_replicates_to_other_tenants(account: StorageAccount) -> Problems:
    """Storage account may be replicated to other tenants.

    Whoever may write a replication policy on the account can have every new object copied to an account in a tenant
    of their own, quietly and for good. Nothing is downloaded, no firewall is asked, and nobody sees the copies
    being read.

    Policies to other tenants that exist stop working with it: look for them before you switch it off.
    """
    if account.other_tenants:
        yield "objects may be replicated to accounts of other tenants"
