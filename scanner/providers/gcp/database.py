"""Cloud SQL instances and their backup runs, from raw JSON to facts."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from scanner.models.database import Backup
from scanner.models.database_settings import MYSQL, POSTGRES, SQLSERVER
from scanner.models.resource import GLOBAL
from scanner.providers.gcp.calls import GcpCall
from scanner.providers.gcp.pages import region_in
from scanner.providers.spec import Raw, Read
from scanner.providers.values import known

INSTANCES: Final = GcpCall(
    "sqladmin",
    "instances.list",
    "items",
    path="v1/projects/{project}/instances",
    params={"maxResults": 1000},
    asset="sqladmin.googleapis.com/Instance",
)

_BY_COUNT: Final = {"COUNT": True}
_MODES: Final = {
    "ALLOW_UNENCRYPTED_AND_ENCRYPTED": False,
    "ENCRYPTED_ONLY": True,
    "TRUSTED_CLIENT_CERTIFICATE_REQUIRED": True,
}
_ZONES: Final = {"REGIONAL": True, "ZONAL": False}


def backup(instance: Raw) -> Backup | None:
    """Return the automatic backups, one of which is made a day.

    Raises ValueError where another service makes them, whatever the instance's own switch says.
    """
    said = instance["settings"].get("backupConfiguration", {})
    if said.get("backupTier") in ("ENHANCED", "ADVANCED"):
        raise ValueError("leaves backups to the Backup and DR Service, whose plan was not read")
    if not said.get("enabled"):
        return None
    retention = said["backupRetentionSettings"]
    known(_BY_COUNT, retention["retentionUnit"])
    return Backup(retention_days=retention["retainedBackups"])


def labels(instance: Raw) -> dict[str, str]:
    """Return the labels."""
    return dict(instance["settings"].get("userLabels") or {})


def tls_required(instance: Raw) -> bool:
    """Tell whether connections without TLS are refused: `sslMode` says it, over the older `requireSsl`."""
    said = instance["settings"]["ipConfiguration"]
    mode = said.get("sslMode", "SSL_MODE_UNSPECIFIED")
    return bool(said.get("requireSsl")) if mode == "SSL_MODE_UNSPECIFIED" else known(_MODES, mode)


def name_of(project: str, instance: str) -> str:
    """Return the id of an instance, by which its backups know it too."""
    return f"//cloudsql.googleapis.com/projects/{project}/instances/{instance}"


def id_of(instance: Raw) -> str:
    """Return the id of an instance."""
    return name_of(instance["project"], instance["name"])


def is_here(instance: Raw) -> bool:
    """Tell an instance from what stands for a server elsewhere, of which replicas are made."""
    return bool(instance.get("instanceType") != "ON_PREMISES_INSTANCE")


def stopped(instance: Raw) -> bool:
    """Tell whether the owner switched it off."""
    return bool(instance["settings"]["activationPolicy"] == "NEVER")


def restorable_until(runs: Sequence[Raw]) -> str | None:
    """Return when the newest backup that succeeded was whole, as RFC 3339 has it."""
    ends = [run["endTime"] for run in runs if run["status"] == "SUCCESSFUL"]
    return max(ends, default=None)


def instance_of(run: Raw) -> str:
    """Return the id of the instance that a backup is of; the project stands in the backup's address alone."""
    project, _, _ = run["selfLink"].partition("/projects/")[2].partition("/")
    return name_of(project, run["instance"])


def run_id(run: Raw) -> str:
    """Return the id of a backup run, which is unique for its instance only."""
    return f"{instance_of(run)}/backupRuns/{run['id']}"


def run_region(run: Raw) -> str:
    """Return where a backup lies; what is kept in several regions is global."""
    location = str(run["location"])
    return location if region_in(f"locations/{location}") else GLOBAL


INSTANCE: Final[Mapping[str, Read]] = {
    "backup": backup,
    "replica_of": "masterInstanceName?",
    "public": "settings.ipConfiguration.ipv4Enabled",
    "members": lambda _: (),
    "tls_required": tls_required,
    "deletion_protected": lambda instance: bool(instance["settings"].get("deletionProtectionEnabled")),
    "zones": lambda instance: known(_ZONES, instance["settings"]["availabilityType"]),
    "known_as": id_of,
    "created_at": "createTime",
    "stopped": stopped,
    "certificate_ends": "serverCaCert.expirationTime?",
    "tags": labels,
}
"""From `sqladmin.instances.list`."""

INSTANCE_RUNS: Final[Mapping[str, Callable[..., object]]] = {"restorable_until": restorable_until}
"""Of an instance, from those of `sqladmin.backupRuns.list` that are its own."""

RUN: Final[Mapping[str, Read]] = {
    "of": instance_of,
    "taken_at": "endTime?",
    "restorable": lambda run: run["status"] == "SUCCESSFUL",
}
"""From `sqladmin.backupRuns.list`."""

#: Names of engines as `databaseVersion` begins with them: `POSTGRES_16`.
_ENGINES: Final = {"MYSQL": MYSQL, "POSTGRES": POSTGRES, "SQLSERVER": SQLSERVER}


def engine(instance: Raw) -> str:
    """Return which engine an instance runs."""
    return known(_ENGINES, instance["databaseVersion"].partition("_")[0])


def chosen(instance: Raw) -> dict[str, str]:
    """Return the flags that somebody set; an instance without any has no list of them."""
    flags = instance["settings"].get("databaseFlags") or ()
    return {flag["name"].lower(): str(flag.get("value", "")).lower() for flag in flags}


SETTINGS: Final[Mapping[str, Read]] = {"engine": engine, "chosen": chosen, "tags": labels}
"""Of the engine of an instance, from `sqladmin.instances.list`."""

#: Every backup is encrypted, can be shared with nobody, and has no labels.
RUN_LACKS: Final = ("encrypted", "public", "tags")

#: Every instance is encrypted, and none can be opened to all of Google Cloud by one rule.
INSTANCE_LACKS: Final = ("encrypted", "minor_upgrades", "open_to_cloud")
