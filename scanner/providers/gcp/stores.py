"""Memorystore, Filestore, BigQuery, Bigtable."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from scanner.models.backup import FileSystemBackup, TableBackup
from scanner.models.file_system import FileSystem
from scanner.models.resource import GLOBAL
from scanner.models.storage import (
    MAY_ADMIN,
    MAY_LIST,
    MAY_OTHER,
    MAY_READ,
    MAY_WRITE,
    PublicGrant,
)
from scanner.models.stores import TLS_OFF, TLS_REQUIRED, Cache, Table, Warehouse
from scanner.providers.gcp.calls import GcpCall, anywhere
from scanner.providers.gcp.holders import holders
from scanner.providers.gcp.names import full_name
from scanner.providers.gcp.pages import region_in
from scanner.providers.gcp.places import named_by, region_of_name
from scanner.providers.gcp.policies import PUBLIC
from scanner.providers.gcp.storage import labels
from scanner.providers.spec import Detail, Raw, Read, Source
from scanner.providers.values import known

# -- Memorystore ------------------------------------------------------------------------------------------------------

_TLS: Final = {"SERVER_AUTHENTICATION": TLS_REQUIRED, "DISABLED": TLS_OFF, None: TLS_OFF}

CACHE: Final[Mapping[str, Read]] = {
    "tls": lambda instance: known(_TLS, instance.get("transitEncryptionMode")),
    "tags": labels,
}
"""From `redis.projects.locations.instances.list`; without a mode there is no TLS."""

#: What Memorystore writes is always encrypted.
CACHE_LACKS: Final = ("backup_days", "encrypted")

REDIS: Final = Source(
    kind=Cache,
    listing=anywhere("redis", "instances", asset="Instance"),
    level="account",
    id=named_by("redis"),
    name="{name}",
    region=region_of_name,
    fields=CACHE,
    lacking=CACHE_LACKS,
)


# -- Filestore --------------------------------------------------------------------------------------------------------


def backed_up(backup: Raw) -> str:
    """Return the instance that a backup is of, in its own project: there it may stand by the project's number."""
    _, project, *_ = backup["name"].split("/")
    _, _, *place = backup["sourceInstance"].split("/")
    return full_name("/".join(["projects", project, *place]), "file")


def ready(raw: Raw) -> bool:
    """Tell whether a backup is whole."""
    return bool(raw["state"] == "READY")


FILE_SYSTEM: Final[Mapping[str, Read]] = {
    "created_at": "createTime",
    # Backups are made by hand, or by somebody's own clock: there is no switch for them.
    "backed_up": lambda _: False,
    "tags": labels,
}
"""From `file.projects.locations.instances.list`."""

#: Every instance is encrypted.
FILE_SYSTEM_LACKS: Final = ("encrypted", "soft_delete_days", "smb_versions", "smb_ciphers")

FILESTORE: Final = Source(
    kind=FileSystem,
    listing=anywhere("file", "instances", asset="Instance"),
    level="account",
    id=named_by("file"),
    name="{name}",
    region=region_of_name,
    fields=FILE_SYSTEM,
    lacking=FILE_SYSTEM_LACKS,
)

FILE_BACKUP: Final[Mapping[str, Read]] = {
    "of": backed_up,
    "taken_at": "createTime",
    "restorable": ready,
    "tags": labels,
}
"""From `file.projects.locations.backups.list`."""

FILESTORE_BACKUPS: Final = Source(
    kind=FileSystemBackup,
    listing=anywhere("file", "backups", asset="Backup"),
    level="account",
    id=named_by("file"),
    name="{name}",
    region=region_of_name,
    fields=FILE_BACKUP,
)


# -- BigQuery ---------------------------------------------------------------------------------------------------------

#: The three basic roles of a dataset, and the names under which IAM has them.
_ROLES: Final = {
    "READER": (MAY_READ, MAY_LIST),
    "WRITER": (MAY_READ, MAY_LIST, MAY_WRITE),
    "OWNER": (MAY_READ, MAY_LIST, MAY_WRITE, MAY_ADMIN),
    "roles/bigquery.dataViewer": (MAY_READ, MAY_LIST),
    "roles/bigquery.metadataViewer": (MAY_LIST,),
    "roles/bigquery.dataEditor": (MAY_READ, MAY_LIST, MAY_WRITE),
    "roles/bigquery.dataOwner": (MAY_READ, MAY_LIST, MAY_WRITE, MAY_ADMIN),
}


def _grants(dataset: Raw) -> Iterator[PublicGrant]:
    for entry in dataset["access"]:
        # Everyone is a member as IAM has them, everyone with an account a special group as well.
        who = PUBLIC.get(entry.get("specialGroup") or entry.get("iamMember") or "")
        if who is not None:
            # Entries for views and routines have no role; none of them is for the public.
            yield PublicGrant(who=who, may=_ROLES.get(entry["role"], (MAY_OTHER,)), said=entry["role"])


def dataset_grants(dataset: Raw) -> tuple[PublicGrant, ...]:
    """Return what the access list of a dataset gives to the public.

    Raises KeyError for a dataset without one: BigQuery fills it in where nobody wrote it.
    """
    return tuple(_grants(dataset))


def _dataset_region(dataset: Raw) -> str:
    location = str(dataset["location"]).lower()
    return location if region_in(f"locations/{location}") else GLOBAL


WAREHOUSE: Final[Mapping[str, Read]] = {
    # It is reached by the API alone.
    "public": lambda _: False,
    "tags": labels,
}
"""From `bigquery.datasets.list`."""


def dataset_key(dataset: Raw) -> str | None:
    """Return the key of Cloud KMS that encrypts new tables of a dataset. Raises KeyError for what is no dataset."""
    dataset["datasetReference"]
    return (dataset.get("defaultEncryptionConfiguration") or {}).get("kmsKeyName")


WAREHOUSE_ACCESS: Final[Mapping[str, Callable[..., object]]] = {
    "grants": dataset_grants,
    "key": dataset_key,
}
"""From `bigquery.datasets.get`."""

DATASETS: Final = Source(
    kind=Warehouse,
    listing=GcpCall(
        "bigquery",
        "datasets.list",
        "datasets",
        path="bigquery/v2/projects/{project}/datasets",
        params={"maxResults": 1000, "all": False},
        # Those are listed that one may get: there is no permission for the list.
        permission="bigquery.datasets.get",
    ),
    level="account",
    id="//bigquery.googleapis.com/projects/{datasetReference.projectId}/datasets/{datasetReference.datasetId}",
    name="{datasetReference.datasetId}",
    region=_dataset_region,
    fields=WAREHOUSE,
    lacking=("encrypted",),
    details=[
        Detail(
            call=GcpCall(
                "bigquery",
                "datasets.get",
                path="bigquery/v2/projects/{project}/datasets/{dataset}",
                given={"project": "{datasetReference.projectId}", "dataset": "{datasetReference.datasetId}"},
                # Of the two that it takes to see who has access, this is the one that the list does not take.
                permission="bigquery.datasets.getIamPolicy",
            ),
            fills=WAREHOUSE_ACCESS,
        )
    ],
)


# -- Bigtable ---------------------------------------------------------------------------------------------------------

BIGTABLE: Final = holders(
    GcpCall(
        "bigtableadmin",
        "projects.instances.list",
        "instances",
        path="v2/{+parent}/instances",
        given={"parent": "projects/{account}"},
        asset="bigtableadmin.googleapis.com/Instance",
    )
)


def deletion_protected(table: Raw) -> bool:
    """Tell whether a table is kept from being deleted; the API leaves out what is false, but never the name."""
    table["name"]
    return bool(table.get("deletionProtection"))


TABLE: Final[Mapping[str, Callable[..., object]]] = {
    "deletion_protected": deletion_protected,
}
"""From `bigtableadmin.projects.instances.tables.get` with `view=FULL`; the list tells names alone."""

#: Tables have no labels.
TABLE_LACKS: Final = ("tags",)

TABLES: Final = Source(
    kind=Table,
    listing=GcpCall(
        "bigtableadmin",
        "projects.instances.tables.list",
        "tables",
        path="v2/{+parent}/tables",
        given={"parent": "{name}"},
        params={"pageSize": 1000},
    ),
    under=BIGTABLE,
    level="account",
    id=named_by("bigtableadmin"),
    name="{name}",
    # A table stands in every cluster of its instance.
    region=lambda _: GLOBAL,
    details=[
        Detail(
            call=GcpCall(
                "bigtableadmin",
                "projects.instances.tables.get",
                path="v2/{+name}",
                given={"name": "{name}"},
                params={"view": "FULL"},
            ),
            fills=TABLE,
        )
    ],
    # Backups bring back what they hold, and nothing in between.
    fields={"point_in_time": lambda _: False},
    lacking=TABLE_LACKS,
)

TABLE_BACKUP: Final[Mapping[str, Read]] = {
    "of": lambda backup: full_name(backup["sourceTable"], "bigtableadmin"),
    # What it holds is no older than this.
    "taken_at": "startTime",
    "restorable": ready,
}
"""From `bigtableadmin.projects.instances.clusters.backups.list`, of all clusters of an instance."""

TABLE_BACKUPS: Final = Source(
    kind=TableBackup,
    listing=GcpCall(
        "bigtableadmin",
        "projects.instances.clusters.backups.list",
        "backups",
        path="v2/{+parent}/backups",
        given={"parent": "{name}/clusters/-"},
        params={"pageSize": 1000},
    ),
    under=BIGTABLE,
    level="account",
    id=named_by("bigtableadmin"),
    name="{name}",
    region=lambda _: GLOBAL,
    fields=TABLE_BACKUP,
    # A backup has no labels.
    lacking=("tags",),
)

SOURCES: Final = (REDIS, FILESTORE, FILESTORE_BACKUPS, DATASETS, BIGTABLE, TABLES, TABLE_BACKUPS)
