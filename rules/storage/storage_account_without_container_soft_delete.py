"""Storage accounts and containers that were deleted by mistake."""

from typing import Annotated

from scanner import CIS_AZURE_6, Cloud, Option, Problems, Severity, StorageAccount, rule


@rule(
    "storage-account-without-container-soft-delete",
    severity=Severity.MEDIUM,
    controls=[CIS_AZURE_6["9.2.2"]],
    passes={
        "for a month": StorageAccount(container_days=30),
    },
    fails={
        "not at all": StorageAccount(container_days=None),
        "for two days": StorageAccount(container_days=2),
    },
    fix={
        Cloud.AZURE: "az storage account blob-service-properties update --account-name {name} --resource-group "
        "<resource-group> --enable-container-delete-retention true "
        "--container-delete-retention-days 30",
    },
    references=("https://learn.microsoft.com/azure/storage/blobs/soft-delete-container-overview",),
)
def storage_account_without_container_soft_delete(
    account: StorageAccount,
    *,
    days: Annotated[float, Option("days for which a deleted container has to be kept", at_least=1)] = 7,
) -> Problems:
    """Storage account cannot bring back a deleted container.

    A container that is deleted takes every blob in it along, with all versions and snapshots: soft delete of blobs
    does not help, for it went with the container.

    With soft delete the container can be brought back for as many days as are set. A week is what it takes to
    notice over a holiday.
    """
    kept = account.container_days
    if kept is None:
        yield "soft delete of containers is off"
    elif kept < days:
        yield f"deleted containers are kept for {kept:g} days, fewer than {days:g}"
