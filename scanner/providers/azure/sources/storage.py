"""What is asked about storage accounts and what stands in them, about disks and their snapshots."""

from typing import Final

from scanner.models.storage import Bucket, Snapshot, Volume
from scanner.providers.azure import storage
from scanner.providers.azure.calls import AzureCall, listed, within
from scanner.providers.azure.reading import region
from scanner.providers.spec import PARENT, Detail, Source

STORAGE: Final = "Microsoft.Storage"
VERSION: Final = "2026-09-01"
COMPUTE: Final = "Microsoft.Compute"
DISK_VERSION: Final = "2026-03-02"

ACCOUNTS: Final = Source(
    kind=Bucket,
    listing=listed(STORAGE, "StorageAccounts_List", "storageAccounts", VERSION),
    level="account",
    id="{id}",
    name="{name}",
    region=region,
    fields=storage.ACCOUNT,
    details=[
        Detail(
            call=within(
                STORAGE,
                "BlobServices_GetServiceProperties",
                "blobServices/default",
                "storageAccounts/blobServices",
                VERSION,
                items="",
            ),
            when=storage.has_blobs,
            fills=storage.BLOB_SERVICE,
        ),
        Detail(
            call=AzureCall(
                "Microsoft.Insights",
                "DiagnosticSettings_List",
                path="{id}/blobServices/default/providers/Microsoft.Insights/diagnosticSettings",
                # There is no version of it that is no preview.
                version="2021-05-01-preview",
                permission="Microsoft.Insights/diagnosticSettings/read",
            ),
            when=storage.has_blobs,
            fills=storage.DIAGNOSTIC_SETTINGS,
        ),
    ],
    lacking=storage.ACCOUNT_LACKS,
    not_applicable=storage.without_versions,
)

CONTAINERS: Final = Source(
    kind=Bucket,
    listing=within(
        STORAGE,
        "BlobContainers_List",
        "blobServices/default/containers",
        "storageAccounts/blobServices/containers",
        VERSION,
    ),
    level="account",
    under=ACCOUNTS,
    id="{id}",
    name=f"{{{PARENT}.name}}/{{name}}",
    fields=storage.CONTAINER,
    lacking=storage.CONTAINER_LACKS,
)

DISKS: Final = Source(
    kind=Volume,
    listing=listed(COMPUTE, "Disks_List", "disks", DISK_VERSION),
    level="account",
    id="{id}",
    name="{name}",
    region=region,
    fields=storage.DISK,
    lacking=storage.DISK_LACKS,
)

SNAPSHOTS: Final = Source(
    kind=Snapshot,
    listing=listed(COMPUTE, "Snapshots_List", "snapshots", DISK_VERSION),
    level="account",
    id="{id}",
    name="{name}",
    region=region,
    fields=storage.SNAPSHOT,
    lacking=storage.SNAPSHOT_LACKS,
)

SOURCES: Final = (ACCOUNTS, CONTAINERS, DISKS, SNAPSHOTS)
