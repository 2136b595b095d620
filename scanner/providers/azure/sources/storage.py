"""What is asked about storage accounts, what stands in them and their keys, about disks and their snapshots."""

from dataclasses import replace
from typing import Final

from scanner.models.file_system import FileSystem
from scanner.models.identity import AccessKey
from scanner.models.storage import Bucket, Snapshot, Volume
from scanner.models.storage_account import StorageAccount
from scanner.providers.azure import diagnostics, storage, storage_accounts
from scanner.providers.azure.calls import AzureCall, diagnostic_settings, listed, within
from scanner.providers.azure.reading import region
from scanner.providers.azure.sources.compute import COMPUTE
from scanner.providers.spec import PARENT, Detail, Source, Within

STORAGE: Final = "Microsoft.Storage"
VERSION: Final = "2026-09-01"
DISK_VERSION: Final = "2026-03-02"

#: Said of accounts of another kind: one for files alone has no blobs.
NO_SUCH_SERVICE: Final = ("FeatureNotSupportedForAccount",)

BLOB_SERVICE: Final = within(
    STORAGE,
    "BlobServices_GetServiceProperties",
    "blobServices/default",
    "storageAccounts/blobServices",
    VERSION,
    items="",
)

FILE_SERVICE: Final = AzureCall(
    STORAGE,
    "FileServices_GetServiceProperties",
    "",
    path="{id}/fileServices/default",
    given={"id": f"{{{PARENT}.id}}"},
    version=VERSION,
    permission=f"{STORAGE}/storageAccounts/fileServices/read",
)

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
        Detail(call=BLOB_SERVICE, per="shared", when=storage.has_blobs, fills=storage.BLOB_SERVICE),
        Detail(
            call=diagnostic_settings("/blobServices/default"),
            when=storage.has_blobs,
            fills=diagnostics.BLOB_LOG,
        ),
    ],
    lacking=(*storage.ACCOUNT_LACKS, *_OF_AWS),
    not_applicable=storage.without_versions,
)

#: The same accounts, for what is set on each as a whole.
SETTINGS: Final = replace(
    ACCOUNTS,
    kind=StorageAccount,
    fields=storage_accounts.ACCOUNT,
    details=[Detail(call=BLOB_SERVICE, per="shared", when=storage.has_blobs, fills=storage_accounts.BLOBS)],
    lacking=(),
    not_applicable=storage_accounts.without,
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
    details=[Detail(call=FILE_SERVICE, per="shared", fills=storage.FILE_SERVICE)],
    lacking=storage.SHARE_LACKS,
    not_applicable=storage.without_smb,
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

SOURCES: Final = (ACCOUNTS, SETTINGS, CONTAINERS, SHARES, KEYS, DISKS, SNAPSHOTS)
