"""Storage accounts and private endpoints."""

from scanner import CIS_AZURE_6, Cloud, Problems, Severity, StorageAccount, rule


@rule(
    "storage-account-without-private-endpoint",
    severity=Severity.LOW,
    controls=[CIS_AZURE_6["9.3.2.1"]],
    passes={
        "a private endpoint": StorageAccount(private_endpoint=True),
    },
    fails={
        "none": StorageAccount(private_endpoint=False),
    },
    fix={
        Cloud.AZURE: "az network private-endpoint create --name <name> --resource-group <resource-group> "
        "--subnet <subnet-id> --private-connection-resource-id {id} --group-id blob "
        "--connection-name <name>",
    },
    references=("https://learn.microsoft.com/azure/storage/common/storage-private-endpoints",),
)
def storage_account_without_private_endpoint(account: StorageAccount) -> Problems:
    """Storage account has no private endpoint.

    Without one, your own machines reach the account by its public address, so the account has to keep one: with a
    list of networks at best. With a private endpoint the way to it is inside your network, and the public one can
    be closed.

    Counted are endpoints that were let in. Whether public networks are still served is a finding of its own.
    """
    if not account.private_endpoint:
        yield "no private endpoint leads to it"
