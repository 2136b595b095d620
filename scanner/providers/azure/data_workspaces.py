"""Databricks workspaces, from raw JSON to facts."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from scanner.providers.azure.networks import private_endpoint
from scanner.providers.azure.reading import lower, tags
from scanner.providers.azure.stores import public
from scanner.providers.spec import Raw, Read


def _parameter(workspace: Raw, name: str) -> Any:
    """Return a parameter that the workspace was made with; None: it was not given."""
    return ((workspace["properties"].get("parameters") or {}).get(name) or {}).get("value")


def own_network(workspace: Raw) -> bool:
    """Tell whether clusters stand in a network of the owner's."""
    return bool(_parameter(workspace, "customVirtualNetworkId"))


def hidden(workspace: Raw) -> bool:
    """Tell whether clusters have no addresses on the internet. Raises LookupError where nobody says: it has changed."""
    said = _parameter(workspace, "enableNoPublicIp")
    if said is None:
        raise LookupError("lacks properties.parameters.enableNoPublicIp")
    return bool(said)


def without_clusters(workspace: Raw) -> Iterable[str]:
    """Return what is of no matter where the cloud runs everything in a network of its own."""
    mode = lower(workspace["properties"].get("computeMode"))
    return ("own_network", "hidden") if mode == "serverless" else ()


WORKSPACE: Final[Mapping[str, Read]] = {
    "own_network": own_network,
    "hidden": hidden,
    "public": public,
    "private_endpoint": private_endpoint,
    "tags": tags,
}
"""From `Microsoft.Databricks/workspaces`."""
