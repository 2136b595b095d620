"""Spanner: databases, which stand in instances, and their backups."""

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from scanner.models.database import Backup, Database, DatabaseSnapshot
from scanner.models.resource import GLOBAL
from scanner.providers.gcp.calls import GcpCall
from scanner.providers.gcp.holders import holders
from scanner.providers.gcp.names import full_name
from scanner.providers.gcp.places import named_by
from scanner.providers.gcp.storage import labels
from scanner.providers.spec import PARENT, Detail, Raw, Read, Source

_SERVICE: Final = "spanner"
_SECONDS_A_DAY: Final = 86_400
#: Of an instance that stands in one region; the others have names such as `nam3`, and stand in several.
_REGIONAL: Final = "regional-"


def _listed(operation: str, items: str, path: str, given: Mapping[str, str]) -> GcpCall:
    return GcpCall(
        _SERVICE,
        f"projects.instances.{operation}",
        items,
        path=path,
        given=given,
        params={"pageSize": 1000},
    )


def region(instance: Raw) -> str:
    """Return the region of an instance."""
    *_, config = instance["config"].split("/")
    return config.removeprefix(_REGIONAL) if config.startswith(_REGIONAL) else GLOBAL


def backup(schedules: Iterable[Raw]) -> Backup | None:
    """Return the longest retention among the backup schedules of a database."""
    days = [float(one["retentionDuration"].removesuffix("s")) // _SECONDS_A_DAY for one in schedules]
    return Backup(retention_days=int(max(days))) if days else None


def restorable_until(backups: Iterable[Raw], database: Raw) -> str | None:
    """Return the state that the newest whole backup of a database holds."""
    own = (one for one in backups if one["database"] == database["name"])
    return max((one["versionTime"] for one in own if whole(one)), default=None)


def whole(backup: Raw) -> bool:
    """Tell whether a backup is whole."""
    return bool(backup["state"] == "READY")


def _of_instance(raw: Raw) -> dict[str, str]:
    return labels(raw[PARENT])


DATABASE: Final[Mapping[str, Read]] = {
    "replica_of": lambda _: None,
    # It is reached by the API alone.
    "public": lambda _: False,
    "members": lambda _: (),
    "deletion_protected": lambda database: bool(database.get("enableDropProtection")),
    # Every configuration has copies in three zones or more.
    "zones": lambda _: True,
    "known_as": lambda database: full_name(database["name"], _SERVICE),
    "created_at": "createTime",
    "stopped": lambda _: False,
    "tags": _of_instance,
}
"""From `spanner.projects.instances.databases.list`, and the instance."""

SCHEDULES: Final[Mapping[str, Callable[..., object]]] = {"backup": backup}
"""From `spanner.projects.instances.databases.backupSchedules.list`."""

BACKUPS: Final[Mapping[str, Callable[..., object]]] = {"restorable_until": restorable_until}
"""From `spanner.projects.instances.backups.list`, and the database."""

#: Every database is encrypted and refuses connections without TLS, and none can be opened to all of Google Cloud.
DATABASE_LACKS: Final = (
    "certificate_ends",
    "encrypted",
    "minor_upgrades",
    "open_to_cloud",
    "tls_required",
)

SNAPSHOT: Final[Mapping[str, Read]] = {
    "of": lambda backup: full_name(backup["database"], _SERVICE),
    "taken_at": "versionTime?",
    "restorable": whole,
    "tags": _of_instance,
}
"""From `spanner.projects.instances.backups.list`, and the instance."""

#: Every backup is encrypted. Its IAM policy names people of the project, and was not read.
SNAPSHOT_LACKS: Final = ("encrypted", "public")


INSTANCES: Final = holders(
    GcpCall(
        _SERVICE,
        "projects.instances.list",
        "instances",
        path="v1/{+parent}/instances",
        given={"parent": "projects/{account}"},
        params={"pageSize": 1000},
        asset="spanner.googleapis.com/Instance",
    ),
    region,
)

DATABASES: Final = Source(
    kind=Database,
    listing=_listed("databases.list", "databases", "v1/{+parent}/databases", {"parent": "{name}"}),
    under=INSTANCES,
    level="account",
    id=named_by(_SERVICE),
    name="{name}",
    region=lambda database: region(database[PARENT]),
    fields=DATABASE,
    details=[
        Detail(
            call=_listed(
                "databases.backupSchedules.list",
                "backupSchedules",
                "v1/{+parent}/backupSchedules",
                {"parent": "{name}"},
            ),
            fills=SCHEDULES,
        ),
        Detail(
            call=_listed("backups.list", "backups", "v1/{+parent}/backups", {"parent": f"{{{PARENT}.name}}"}),
            per="shared",
            with_item=True,
            fills=BACKUPS,
        ),
    ],
    lacking=DATABASE_LACKS,
)

SNAPSHOTS: Final = Source(
    kind=DatabaseSnapshot,
    listing=_listed("backups.list", "backups", "v1/{+parent}/backups", {"parent": "{name}"}),
    under=INSTANCES,
    level="account",
    id=named_by(_SERVICE),
    name="{name}",
    region=lambda backup: region(backup[PARENT]),
    fields=SNAPSHOT,
    lacking=SNAPSHOT_LACKS,
)

SOURCES: Final = (INSTANCES, DATABASES, SNAPSHOTS)
