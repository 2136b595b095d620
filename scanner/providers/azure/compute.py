"""Virtual machines and Kubernetes clusters, from raw JSON to facts."""

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from scanner.providers.azure.reading import grouped, lower, tags
from scanner.providers.spec import Raw, Read


def public_addresses(public: Iterable[Raw], machine: Raw) -> tuple[str, ...]:
    """Return the addresses on the internet that are on interfaces of a machine; `public` are the subscription's.

    One that is given only while the machine runs is called by its id while there is none.
    """
    by_interface = grouped(public, interface_of)
    interfaces = machine["properties"]["networkProfile"].get("networkInterfaces") or ()
    found = (address for one in interfaces for address in by_interface.get(one["id"].lower(), ()))
    return tuple(str(address["properties"].get("ipAddress") or address["id"]) for address in found)


def interface_of(address: Raw) -> str:
    """Return the interface that a public address is on, "" where it is on something else."""
    configuration = address["properties"].get("ipConfiguration") or {}
    interface, _, within = str(configuration.get("id") or "").lower().partition("/ipconfigurations/")
    return interface if within else ""


def role(machine: Raw) -> str | None:
    """Return the identity of a machine: its own, and those that it was given."""
    identity = machine.get("identity") or {}
    if lower(identity.get("type")) in (None, "none"):
        return None
    own = [identity["principalId"]] if identity.get("principalId") else []
    return ", ".join((*own, *(id_.lower() for id_ in identity.get("userAssignedIdentities") or ())))


def verified_boot(machine: Raw) -> bool:
    """Tell whether what a machine starts is measured: only with a virtual TPM, which "trusted launch" brings."""
    settings = (machine["properties"].get("securityProfile") or {}).get("uefiSettings") or {}
    return bool(settings.get("vTpmEnabled"))


def confidential(machine: Raw) -> bool:
    """Tell whether a machine's memory is encrypted with a key of the processor."""
    profile = machine["properties"].get("securityProfile") or {}
    return lower(profile.get("securityType")) == "confidentialvm"


def machine_of(interface: Raw) -> str:
    """Return the machine that an interface is on, "" where it is on none."""
    return str((interface["properties"].get("virtualMachine") or {}).get("id") or "").lower()


def forwards_packets(interfaces: Iterable[Raw], machine: Raw) -> bool:
    """Tell whether one of a machine's interfaces lets through what is under other addresses."""
    own = grouped(interfaces, machine_of).get(machine["id"].lower(), ())
    return any(one["properties"].get("enableIPForwarding") for one in own)


MACHINE: Final[Mapping[str, Read]] = {
    "role": role,
    "verified_boot": verified_boot,
    "confidential": confidential,
    "tags": tags,
}
"""Fields of an Instance from `Microsoft.Compute/virtualMachines`."""

MACHINE_ADDRESSES: Final[Mapping[str, Callable[..., object]]] = {"public_addresses": public_addresses}
"""From `Microsoft.Network/publicIPAddresses` of the subscription."""

MACHINE_INTERFACES: Final[Mapping[str, Callable[..., object]]] = {"forwards_packets": forwards_packets}
"""From `Microsoft.Network/networkInterfaces` of the subscription."""

#: The metadata service wants a header; nobody chosen means no identity, which is narrowed by its roles alone; keys are
#: those of the machine; the serial console is a switch of the subscription.
MACHINE_LACKS: Final = (
    "metadata_v1", "role_is_default", "role_for_everything", "project_keys", "serial_console",
)  # fmt: skip


def cluster_public(cluster: Raw) -> bool:
    """Tell whether a cluster's API server has an address on the internet."""
    return not _access(cluster).get("enablePrivateCluster")


def cluster_sources(cluster: Raw) -> tuple[str, ...] | None:
    """Return the blocks from which the API server answers; None: every one."""
    return tuple(_access(cluster).get("authorizedIPRanges") or ()) or None


def _access(cluster: Raw) -> Raw:
    return cluster["properties"].get("apiServerAccessProfile") or {}


CLUSTER: Final[Mapping[str, Read]] = {"public": cluster_public, "sources": cluster_sources, "tags": tags}
"""From `Microsoft.ContainerService/managedClusters`."""
