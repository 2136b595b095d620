"""Storage accounts and how people look into them."""

from scanner import CIS_AZURE_6, Cloud, Problems, Severity, StorageAccount, rule


@rule(
    "storage-account-portal-uses-keys",
    severity=Severity.LOW,
    controls=[CIS_AZURE_6["9.3.3.1"]],
    passes={
        "as who is signed in": StorageAccount(by_identity=True),
    },
    fails={
        "with a key": StorageAccount(by_identity=False),
    },
    fix={
        Cloud.AZURE: "az storage account update --name {name} --resource-group <resource-group> --set "
        "defaultToOAuthAuthentication=true",
    },
    references=("https://learn.microsoft.com/azure/storage/blobs/authorize-data-operations-portal",),
)
def storage_account_portal_uses_keys(account: StorageAccount) -> Problems:
    """Storage account is opened with its keys in the portal.

    Who looks into the account in the portal then does so with the key of the whole account, if their role lets them
    have it: with more rights than they need, and in the log the key reads, and not they. As who they are, their own
    roles decide, and the log has a name.
    """
    if not account.by_identity:
        yield "the portal opens it with a key of the account unless somebody chooses otherwise"
