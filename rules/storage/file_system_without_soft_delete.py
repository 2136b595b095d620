"""File shares that were deleted by mistake."""

from typing import Annotated

from scanner import CIS_AZURE_6, NOTHING_TO_FIX, Cloud, FileSystem, Option, Problems, Severity, rule


@rule(
    "file-system-without-soft-delete",
    severity=Severity.MEDIUM,
    controls=[CIS_AZURE_6["9.1.1"]],
    passes={
        "for a month": FileSystem(soft_delete_days=30),
    },
    fails={
        "not at all": FileSystem(soft_delete_days=None),
        "for a day": FileSystem(soft_delete_days=1),
    },
    fix={
        Cloud.AWS: NOTHING_TO_FIX,
        Cloud.GCP: NOTHING_TO_FIX,
        Cloud.AZURE: "az storage account file-service-properties update --account-name <storage-account> "
        "--resource-group <resource-group> --enable-delete-retention true --delete-retention-days "
        "14",
    },
    references=("https://learn.microsoft.com/azure/storage/files/storage-files-prevent-file-share-deletion",),
)
def file_system_without_soft_delete(
    share: FileSystem,
    *,
    days: Annotated[float, Option("days for which a deleted share has to be kept", at_least=1)] = 7,
) -> Problems:
    """File share cannot be brought back when it was deleted.

    A share is one click away from being gone, with its snapshots. Soft delete keeps it for as many days as are set,
    and it is back in a minute; a backup takes hours.
    """
    kept = share.soft_delete_days
    if kept is None:
        yield "soft delete of shares is off"
    elif kept < days:
        yield f"deleted shares are kept for {kept:g} days, fewer than {days:g}"
