"""What is asked about storage accounts, what stands in them and their keys, about disks and their snapshots."""

from typing import Final

from scanner.models.file_system import FileSystem
from scanner.models.identity import AccessKey
from scanner.models.storage import Bucket, Snapshot, Volume
from scanner.providers.azure import diagnostics, storage
from scanner.providers.azure.calls import diagnostic_settings, listed, within
from scanner.providers.azure.reading import region
from scanner.providers.azure.sources.compute import COMPUTE
from scanner.providers.spec import PARENT, Detail, Source, Within

STORAGE: Final = "Microsoft.Storage"
VERSION: Final = "2026-09-01"
DISK_VERSION: Final = "2026-03-02"

#: Said of accounts of another kind: one for files alone has no blobs.
NO_SUCH_SERVICE: Final = ("FeatureNotSupportedForAccount",)

#: What its replication and immutability come to is not read.
_OF_AWS: Final = ("copied", "mfa_delete", "write_once")

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
            call=diagnostic_settings("/blobServices/default"),
            when=storage.has_blobs,
            fills=diagnostics.BLOB_LOG,
        ),
    ],
    lacking=(*storage.ACCOUNT_LACKS, *_OF_AWS),
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
        absent=NO_SUCH_SERVICE,
    ),
    level="account",
    under=ACCOUNTS,
    id="{id}",
    name=f"{{{PARENT}.name}}/{{name}}",
    fields=storage.CONTAINER,
    lacking=(*storage.CONTAINER_LACKS, *_OF_AWS),
)

SHARES: Final = Source(
    kind=FileSystem,
    listing=within(
        STORAGE,
        "FileShares_List",
        "fileServices/default/shares",
        "storageAccounts/fileServices/shares",
        VERSION,
        absent=NO_SUCH_SERVICE,
    ),
    level="account",
    under=ACCOUNTS,
    id="{id}",
    name=f"{{{PARENT}.name}}/{{name}}",
    fields=storage.SHARE,
    lacking=storage.SHARE_LACKS,
)

KEYS: Final = Source(
    kind=AccessKey,
    listing=Within(storage.keys),
    level="account",
    under=ACCOUNTS,
    id=f"{{{PARENT}.id}}/keys/{{name}}",
    name=f"{{{PARENT}.name}} {{name}}",
    fields=storage.KEY,
    lacking=storage.KEY_LACKS,
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

SOURCES: Final = (ACCOUNTS, CONTAINERS, SHARES, KEYS, DISKS, SNAPSHOTS)
