"""Virtual machines, functions and clusters, from raw JSON to facts."""

from collections.abc import Callable, Mapping
from typing import Final

from scanner.models.compute import MAY_INVOKE_BY_URL, FunctionUrl
from scanner.models.storage import EVERYONE, PublicGrant
from scanner.providers.azure.reading import tags
from scanner.providers.spec import Raw, Read
from scanner.providers.values import known

_ANONYMOUS: Final = {"anonymous": True, "function": False, "admin": False}


def role(machine: Raw) -> str | None:
    """Return the identity of a virtual machine: its own, or the first that was given to it."""
    identity = machine.get("identity") or {}
    given = list(identity.get("userAssignedIdentities") or {})
    return identity.get("principalId") or (given[0] if given else None)


def public_addresses(interfaces: list[Raw]) -> tuple[str, ...]:
    """Return the public addresses of a machine's interfaces: the address where the answer has it, else its id."""
    found = (
        configuration["properties"].get("publicIPAddress")
        for interface in interfaces
        for configuration in interface["properties"]["ipConfigurations"]
    )
    return tuple(public.get("properties", {}).get("ipAddress") or public["id"] for public in found if public)


def _trigger(function: Raw) -> Raw | None:
    bindings = function["properties"]["config"]["bindings"]
    return next((one for one in bindings if one["type"].lower() == "httptrigger"), None)


def policy_grants(function: Raw) -> tuple[PublicGrant, ...]:
    """Return what everyone may do with a function: run it, where its HTTP trigger asks for no key.

    A trigger that says nothing asks for the function's key.
    """
    trigger = _trigger(function)
    level = trigger.get("authLevel", "function").lower() if trigger else "function"
    if not known(_ANONYMOUS, level):
        return ()
    return (PublicGrant(who=EVERYONE, may=(MAY_INVOKE_BY_URL,), said="authLevel anonymous"),)


def url(function: Raw) -> FunctionUrl | None:
    """Return where a function takes requests; one without an HTTP trigger takes none."""
    trigger = _trigger(function)
    if trigger is None:
        return None
    anonymous = known(_ANONYMOUS, trigger.get("authLevel", "function").lower())
    return FunctionUrl(address=function["properties"]["invoke_url_template"], signed=not anonymous)


def cluster_public(cluster: Raw) -> bool:
    """Tell whether the API server has an address on the internet."""
    profile = cluster["properties"].get("apiServerAccessProfile") or {}
    return not profile.get("enablePrivateCluster", False)


def cluster_sources(cluster: Raw) -> tuple[str, ...] | None:
    """Return the ranges from which the API server answers; without a list, every one."""
    profile = cluster["properties"].get("apiServerAccessProfile") or {}
    return tuple(profile.get("authorizedIPRanges") or ()) or None


MACHINE: Final[Mapping[str, Read]] = {"role": role, "tags": tags}
"""From `Microsoft.Compute/virtualMachines`, listed for a subscription."""

MACHINE_INTERFACES: Final[Mapping[str, Callable[..., object]]] = {"public_addresses": public_addresses}
"""From `Microsoft.Network/networkInterfaces`, those whose `virtualMachine.id` is the machine's."""

MACHINE_LACKS: Final = ("metadata_v1",)
"""The metadata service asks for a header."""

FUNCTION: Final[Mapping[str, Read]] = {"policy_grants": policy_grants, "url": url}
"""From `Microsoft.Web/sites/functions`, listed for a function app, which has the tags."""

CLUSTER: Final[Mapping[str, Read]] = {"public": cluster_public, "sources": cluster_sources, "tags": tags}
"""From `Microsoft.ContainerService/managedClusters`, listed for a subscription."""
