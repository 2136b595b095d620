"""Storage accounts and blobs that were deleted by mistake."""

from typing import Annotated

from scanner import CIS_AZURE_6, Cloud, Option, Problems, Severity, StorageAccount, rule


@rule(
    "storage-account-without-soft-delete",
    severity=Severity.MEDIUM,
    controls=[CIS_AZURE_6["9.2.1"]],
    passes={
        "for a month": StorageAccount(soft_delete_days=30),
    },
    fails={
        "not at all": StorageAccount(soft_delete_days=None),
        "for two days": StorageAccount(soft_delete_days=2),
    },
    fix={
        Cloud.AZURE: "az storage account blob-service-properties update --account-name {name} --resource-group "
        "<resource-group> --enable-delete-retention true --delete-retention-days 30",
    },
    references=("https://learn.microsoft.com/azure/storage/blobs/soft-delete-blob-overview",),
)
def storage_account_without_soft_delete(
    account: StorageAccount,
    *,
    days: Annotated[float, Option("days for which a deleted blob has to be kept", at_least=1)] = 7,
) -> Problems:
    """Storage account cannot bring back a deleted blob.

    A blob that is deleted by a script with a wrong prefix, a clean-up, or somebody who wants to hurt you is gone at
    once, and so are its versions and snapshots.

    With soft delete the blob can be brought back for as many days as are set. A week is what it takes to notice
    over a holiday.
    """
    kept = account.soft_delete_days
    if kept is None:
        yield "soft delete of blobs is off"
    elif kept < days:
        yield f"deleted blobs are kept for {kept:g} days, fewer than {days:g}"
