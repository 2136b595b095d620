"""AlloyDB: clusters, where backups are set, and their instances, which have the addresses."""

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from scanner.models.database import Backup, Database, DatabaseMember
from scanner.models.resource import GLOBAL
from scanner.providers.gcp.calls import GcpCall
from scanner.providers.gcp.names import full_name
from scanner.providers.gcp.pages import region_in
from scanner.providers.gcp.places import named_by
from scanner.providers.spec import Detail, Raw, Source
from scanner.providers.values import known

_SERVICE: Final = "alloydb"
_SECONDS_A_DAY: Final = 86_400
#: What the API does where nothing is set: a backup a day for two weeks, and a log of two weeks.
_BY_DEFAULT: Final = 14
_MODES: Final = {
    "SSL_MODE_UNSPECIFIED": True,
    "ENCRYPTED_ONLY": True,
    "SSL_MODE_REQUIRE": True,
    "SSL_MODE_VERIFY_CA": True,
    "ALLOW_UNENCRYPTED_AND_ENCRYPTED": False,
    "SSL_MODE_ALLOW": False,
}
_ZONES: Final = {"REGIONAL": True, "ZONAL": False}

CLUSTERS: Final = GcpCall(
    _SERVICE,
    "projects.locations.clusters.list",
    "clusters",
    path="v1/projects/{project}/locations/{location}/clusters",
    given={"project": "{account}", "location": "-"},
    params={"pageSize": 1000},
    permission="alloydb.clusters.list",
    asset="alloydb.googleapis.com/Cluster",
)

INSTANCES: Final = GcpCall(
    _SERVICE,
    "projects.locations.clusters.instances.list",
    "instances",
    path="v1/projects/{project}/locations/{location}/clusters/{cluster}/instances",
    given={"project": "{account}", "location": "-", "cluster": "-"},
    params={"pageSize": 1000},
    permission="alloydb.instances.list",
    asset="alloydb.googleapis.com/Instance",
)


def backup(cluster: Raw) -> Backup | None:
    """Return the longer of automated and continuous backups, each of which is on unless it says that it is off."""
    days = [*_automated(cluster.get("automatedBackupPolicy") or {})]
    log = cluster.get("continuousBackupConfig") or {}
    if log.get("enabled", True):
        days.append(log.get("recoveryWindowDays") or _BY_DEFAULT)
    return Backup(retention_days=max(days)) if days else None


def _automated(policy: Raw) -> Iterator[int]:
    if not policy.get("enabled", True):
        return
    if "quantityBasedRetention" in policy:
        # One is made a day, or on some days of the week alone.
        a_week = len((policy.get("weeklySchedule") or {}).get("daysOfWeek") or range(7))
        yield policy["quantityBasedRetention"]["count"] * 7 // a_week
    else:
        period = (policy.get("timeBasedRetention") or {}).get("retentionPeriod")
        yield int(float(period.removesuffix("s")) // _SECONDS_A_DAY) if period else _BY_DEFAULT


def _of(rows: Iterable[Raw], cluster: Raw) -> list[Raw]:
    return [row for row in rows if row["name"].startswith(f"{cluster['name']}/")]


def members(rows: Iterable[Raw], cluster: Raw) -> tuple[str, ...]:
    """Return the ids of a cluster's instances."""
    return tuple(full_name(row["name"], _SERVICE) for row in _of(rows, cluster))


def tls_required(rows: Iterable[Raw], cluster: Raw) -> bool:
    """Tell whether every instance refuses connections without TLS, as each does that says nothing."""
    said = (row.get("clientConnectionConfig", {}).get("sslConfig", {}) for row in _of(rows, cluster))
    # A mode that nobody knows must be seen, whatever the others say.
    modes = [known(_MODES, one.get("sslMode", "SSL_MODE_UNSPECIFIED")) for one in said]
    return all(modes)


def zones(rows: Iterable[Raw], cluster: Raw) -> bool:
    """Tell whether the instance that is written to has a second one in another zone."""
    written = (row for row in _of(rows, cluster) if row["instanceType"] in ("PRIMARY", "SECONDARY"))
    types = [known(_ZONES, row["availabilityType"]) for row in written]
    return any(types)


def region(raw: Raw) -> str:
    """Return where something lies, by its name."""
    return region_in(raw["name"]) or GLOBAL


_LABELS: Final[Callable[[Raw], object]] = lambda raw: raw.get("labels") or {}  # noqa: E731 - a reader like others

SOURCES: Final = (
    Source(
        kind=Database,
        listing=CLUSTERS,
        level="account",
        id=named_by(_SERVICE),
        name="{name}",
        region=region,
        fields={
            "backup": backup,
            "replica_of": "secondaryConfig.primaryClusterName?",
            # Its instances have addresses of their own.
            "public": lambda _: False,
            "known_as": lambda cluster: full_name(cluster["name"], _SERVICE),
            "created_at": "createTime",
            "stopped": lambda cluster: cluster["state"] == "STOPPED",
            "tags": _LABELS,
        },
        details=[
            Detail(
                call=INSTANCES,
                per="scope",
                with_item=True,
                fills={"members": members, "tls_required": tls_required, "zones": zones},
            )
        ],
        # Deleting a cluster with instances takes a word of force, and how far its log reaches nobody tells.
        lacking=(
            "certificate_ends",
            "deletion_protected",
            "encrypted",
            "minor_upgrades",
            "open_to_cloud",
            "restorable_until",
        ),
    ),
    Source(
        kind=DatabaseMember,
        listing=INSTANCES,
        level="account",
        id=named_by(_SERVICE),
        name="{name}",
        region=region,
        fields={
            "public": lambda instance: bool((instance.get("networkConfig") or {}).get("enablePublicIp")),
            "tags": _LABELS,
        },
        lacking=("certificate_ends", "minor_upgrades"),
    ),
)
