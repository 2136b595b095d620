"""Kubernetes Engine."""

from typing import Final

from scanner.models.compute import Cluster
from scanner.models.resource import GLOBAL
from scanner.providers.gcp.calls import anywhere
from scanner.providers.gcp.names import full_name
from scanner.providers.gcp.pages import region_in
from scanner.providers.spec import Raw, Source


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
    listing=anywhere("container", "clusters", asset="Cluster", size=0),
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

SOURCES: Final = (CLUSTERS,)
