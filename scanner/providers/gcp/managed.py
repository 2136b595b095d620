"""Smaller managed services: Kubernetes Engine, Memorystore for Redis, Filestore, BigQuery."""

from collections.abc import Iterator
from typing import Any, Final

from scanner.models.backup import RecoveryPoint
from scanner.models.compute import Cluster
from scanner.models.file_system import FileSystem
from scanner.models.resource import GLOBAL
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
from scanner.models.stores import TLS_OFF, TLS_REQUIRED, Cache, Warehouse
from scanner.providers.gcp.calls import GcpCall
from scanner.providers.gcp.names import full_name
from scanner.providers.gcp.pages import region_in
from scanner.providers.gcp.places import named_by
from scanner.providers.spec import Detail, Raw, Source
from scanner.providers.values import known

_TLS: Final = {"SERVER_AUTHENTICATION": TLS_REQUIRED, "DISABLED": TLS_OFF, None: TLS_OFF}
_PUBLIC: Final = {"allUsers": EVERYONE, "allAuthenticatedUsers": ANY_ACCOUNT}
_ROLES: Final = {
    "READER": (MAY_READ, MAY_LIST),
    "WRITER": (MAY_READ, MAY_LIST, MAY_WRITE),
    "OWNER": (MAY_READ, MAY_LIST, MAY_WRITE, MAY_ADMIN),
    "roles/bigquery.dataViewer": (MAY_READ, MAY_LIST),
    "roles/bigquery.metadataViewer": (MAY_LIST,),
    "roles/bigquery.dataEditor": (MAY_READ, MAY_LIST, MAY_WRITE),
    "roles/bigquery.dataOwner": (MAY_READ, MAY_LIST, MAY_WRITE, MAY_ADMIN),
}


def labels(raw: Raw) -> dict[str, str]:
    """Return the labels."""
    return dict(raw.get("labels") or {})


def _anywhere(service: str, what: str, *, asset: str, **params: Any) -> GcpCall:
    """Declare the list of a service's resources in all locations of a project."""
    return GcpCall(
        service,
        f"projects.locations.{what}.list",
        what,
        path=f"v1/projects/{{project}}/locations/{{location}}/{what}",
        given={"project": "{account}", "location": "-"},
        params=params,
        permission=f"{service}.{what}.list",
        asset=asset,
    )


# -- Kubernetes Engine --------------------------------------------------------------------------------------


def _endpoints(cluster: Raw) -> Raw:
    return (cluster.get("controlPlaneEndpointsConfig") or {}).get("ipEndpointsConfig") or {}


def cluster_public(cluster: Raw) -> bool:
    """Tell whether the API server has an address on the internet; newer clusters say it in another place."""
    said = _endpoints(cluster)
    if "enablePublicEndpoint" in said or "enabled" in said:
        return bool(said.get("enabled", True) and said.get("enablePublicEndpoint"))
    return not (cluster.get("privateClusterConfig") or {}).get("enablePrivateEndpoint", False)


def cluster_sources(cluster: Raw) -> tuple[str, ...] | None:
    """Return the blocks from which that address answers; None: every one."""
    said = (
        _endpoints(cluster).get("authorizedNetworksConfig")
        or cluster.get("masterAuthorizedNetworksConfig")
        or {}
    )
    if not said.get("enabled"):
        return None
    return tuple(block["cidrBlock"] for block in said.get("cidrBlocks") or ())


CLUSTERS: Final = Source(
    kind=Cluster,
    listing=_anywhere("container", "clusters", asset="container.googleapis.com/Cluster"),
    level="account",
    id=lambda cluster: full_name(cluster["selfLink"]),
    name="{name}",
    region=lambda cluster: region_in(f"locations/{cluster['location']}") or GLOBAL,
    fields={
        "public": cluster_public,
        "sources": cluster_sources,
        "tags": lambda cluster: cluster.get("resourceLabels") or {},
    },
)


# -- Memorystore, Filestore ---------------------------------------------------------------------------------


def _region(raw: Raw) -> str:
    return region_in(raw["name"]) or GLOBAL


REDIS: Final = Source(
    kind=Cache,
    listing=_anywhere("redis", "instances", asset="redis.googleapis.com/Instance", pageSize=1000),
    level="account",
    id=named_by("redis"),
    name="{name}",
    region=_region,
    fields={"tls": lambda instance: known(_TLS, instance.get("transitEncryptionMode")), "tags": labels},
    # What it writes to disk always is.
    lacking=("encrypted",),
)

FILESTORE: Final = Source(
    kind=FileSystem,
    listing=_anywhere("file", "instances", asset="file.googleapis.com/Instance", pageSize=1000),
    level="account",
    id=named_by("file"),
    name="{name}",
    region=_region,
    # Backups are made by hand, or by somebody's own clock: there is no switch for them.
    fields={"created_at": "createTime", "backed_up": lambda _: False, "tags": labels},
    lacking=("encrypted",),
)


def backed_up(backup: Raw) -> str:
    """Return the instance that a backup is of, in its own project: there it may stand by the project's number."""
    _, project, *_ = backup["name"].split("/")
    _, _, *place = backup["sourceInstance"].split("/")
    return full_name("/".join(["projects", project, *place]), "file")


FILESTORE_BACKUPS: Final = Source(
    kind=RecoveryPoint,
    listing=_anywhere("file", "backups", asset="file.googleapis.com/Backup", pageSize=1000),
    level="account",
    id=named_by("file"),
    name="{name}",
    region=_region,
    fields={
        "of": backed_up,
        "taken_at": "createTime",
        "restorable": lambda backup: backup["state"] == "READY",
        "tags": labels,
    },
    lacking=("encrypted",),
)


# -- BigQuery -----------------------------------------------------------------------------------------------


def dataset_grants(dataset: Raw) -> tuple[PublicGrant, ...]:
    """Return the grants of a dataset to the public."""
    return tuple(_grants(dataset))


def _grants(dataset: Raw) -> Iterator[PublicGrant]:
    for entry in dataset.get("access") or ():
        who = _PUBLIC.get(entry.get("specialGroup") or entry.get("iamMember"))
        if who is not None:
            # Entries for views and routines have no role; none of them is for the public.
            yield PublicGrant(who=who, may=_ROLES.get(entry["role"], (MAY_OTHER,)), said=entry["role"])


def _dataset_region(dataset: Raw) -> str:
    location = str(dataset["location"]).lower()
    return location if region_in(f"locations/{location}") else GLOBAL


DATASETS: Final = Source(
    kind=Warehouse,
    listing=GcpCall(
        "bigquery",
        "datasets.list",
        "datasets",
        path="bigquery/v2/projects/{project}/datasets",
        params={"maxResults": 1000, "all": False},
    ),
    level="account",
    id="//bigquery.googleapis.com/projects/{datasetReference.projectId}/datasets/{datasetReference.datasetId}",
    name="{datasetReference.datasetId}",
    region=_dataset_region,
    fields={
        # It is reached by the API alone.
        "public": lambda _: False,
        "tags": labels,
    },
    details=[
        Detail(
            call=GcpCall(
                "bigquery",
                "datasets.get",
                path="bigquery/v2/projects/{project}/datasets/{dataset}",
                given={"project": "{datasetReference.projectId}", "dataset": "{datasetReference.datasetId}"},
            ),
            fills={"grants": dataset_grants},
        )
    ],
)

SOURCES: Final = (CLUSTERS, REDIS, FILESTORE, FILESTORE_BACKUPS, DATASETS)
