"""Filestore, Memorystore, Bigtable and BigQuery, from raw JSON to facts."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from scanner.models.storage import (
    ANY_ACCOUNT,
    EVERYONE,
    MAY_ADMIN,
    MAY_LIST,
    MAY_OTHER,
    MAY_READ,
    MAY_WRITE,
    PublicGrant,
)
from scanner.models.stores import TLS_OFF, TLS_REQUIRED
from scanner.providers.gcp.storage import labels
from scanner.providers.spec import Raw, Read
from scanner.providers.values import known

_TLS: Final = {"SERVER_AUTHENTICATION": TLS_REQUIRED, "DISABLED": TLS_OFF, None: TLS_OFF}
#: Members of a dataset's access list that are the public; the second is written in two ways.
_PUBLIC: Final = {"allUsers": EVERYONE, "allAuthenticatedUsers": ANY_ACCOUNT}
#: The three basic roles of a dataset, and the names under which IAM has them.
_ROLES: Final = {
    "READER": (MAY_READ, MAY_LIST),
    "WRITER": (MAY_READ, MAY_LIST, MAY_WRITE),
    "OWNER": (MAY_READ, MAY_LIST, MAY_WRITE, MAY_ADMIN),
    "roles/bigquery.dataViewer": (MAY_READ, MAY_LIST),
    "roles/bigquery.dataEditor": (MAY_READ, MAY_LIST, MAY_WRITE),
    "roles/bigquery.dataOwner": (MAY_READ, MAY_LIST, MAY_WRITE, MAY_ADMIN),
}


def ready(raw: Raw) -> bool:
    """Tell whether a backup is whole."""
    return bool(raw["state"] == "READY")


def _grants(dataset: Raw) -> Iterator[PublicGrant]:
    for entry in dataset["access"]:
        who = _PUBLIC.get(entry.get("specialGroup") or entry.get("iamMember") or "")
        if who:
            role = entry["role"]
            yield PublicGrant(who=who, may=_ROLES.get(role, (MAY_OTHER,)), said=role)


def dataset_grants(dataset: Raw) -> tuple[PublicGrant, ...]:
    """Return what the access list of a dataset gives to the public."""
    return tuple(_grants(dataset))


def _never(_raw: Any) -> bool:
    return False


FILE_SYSTEM: Final[Mapping[str, Read]] = {"created_at": "createTime", "backed_up": _never, "tags": labels}
"""From `file.projects.locations.instances.list`. Filestore has no switch for automatic backups."""

#: Every instance is encrypted.
FILE_SYSTEM_LACKS: Final = ("encrypted",)

FILE_BACKUP: Final[Mapping[str, Read]] = {
    "of": lambda backup: f"//file.googleapis.com/{backup['sourceInstance']}",
    "taken_at": "createTime",
    "restorable": ready,
    "tags": labels,
}
"""From `file.projects.locations.backups.list`, which names the project of the instance by its number."""

TABLE_BACKUP: Final[Mapping[str, Read]] = {
    "of": lambda backup: f"//bigtableadmin.googleapis.com/{backup['sourceTable']}",
    "taken_at": "startTime",
    "restorable": ready,
}
"""From `bigtableadmin.projects.instances.clusters.backups.list`."""

#: Every backup is encrypted.
BACKUP_LACKS: Final = ("encrypted",)

TABLE: Final[Mapping[str, Read]] = {
    "deletion_protected": lambda table: bool(table.get("deletionProtection")),
}
"""From `bigtableadmin.projects.instances.tables.get` with `view=FULL`; tables have no labels."""

#: Bigtable makes a backup a day, and nothing in between can be brought back.
TABLE_LACKS: Final = ("point_in_time", "tags")

CACHE: Final[Mapping[str, Read]] = {
    "tls": lambda instance: known(_TLS, instance.get("transitEncryptionMode")),
    "tags": labels,
}
"""From `redis.projects.locations.instances.list`; without a mode there is no TLS."""

#: What Memorystore writes is always encrypted.
CACHE_LACKS: Final = ("encrypted",)

WAREHOUSE: Final[Mapping[str, Read]] = {"public": _never, "grants": dataset_grants, "tags": labels}
"""From `bigquery.datasets.get`. A dataset has no address of its own."""
