"""Interfaces of instances as endpoints, from the instances that Compute Engine lists."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

from scanner.models.endpoint import Address, Endpoint
from scanner.models.network import NETWORK, SERVICE_ACCOUNT, TAG, Reference
from scanner.providers.gcp.calls import compute_aggregated
from scanner.providers.gcp.names import full_name
from scanner.providers.gcp.places import region
from scanner.providers.gcp.regional_policies import OVER_IT, googles_own
from scanner.providers.spec import PARENT, Raw, Read, Source, Within

_V4, _V6 = 4, 6


def interface_name(instance: str, interface: str = "nic0") -> str:
    """Return the id of an interface, by its instance's full name or address; `nic0` is every instance's first."""
    return f"{full_name(instance)}/networkInterfaces/{interface}"


def interface_id(interface: Raw) -> str:
    """Return the id of an interface that stands under its instance."""
    return interface_name(interface[PARENT]["selfLink"], interface["name"])


def addresses(interface: Raw) -> tuple[Address, ...]:
    """Return every address: IPv4 behind its one-to-one translation, and IPv6, which is never translated."""
    return tuple(_addresses(interface))


def _addresses(interface: Raw) -> Iterator[Address]:
    own = interface.get("networkIP")
    # A stopped machine keeps its access configuration, and loses an address that is not its own.
    outside = [config.get("natIP") or None for config in interface.get("accessConfigs") or ()]
    if own or outside:
        for public in outside or [None]:
            yield _address(_V4, public, own)
    if interface.get("ipv6Address"):
        yield _address(_V6, None, interface["ipv6Address"])
    kept_in = interface.get("ipv6AccessType", "EXTERNAL") != "EXTERNAL"
    for config in interface.get("ipv6AccessConfigs") or ():
        first = config.get("externalIpv6")
        if first:
            block = f"{first}/{config.get('externalIpv6PrefixLength', 96)}"
            yield _address(_V6, block, block, blocked=kept_in)


def _address(family: int, public: str | None, private: str | None, *, blocked: bool = False) -> Address:
    return Address(
        family=family, public=public, private=private, blocked=blocked, open_without_firewall=False
    )


def memberships(interface: Raw) -> tuple[Reference, ...]:
    """Return network tags, service account and network. Secure tags are bound elsewhere (see `tag_sets`)."""
    instance = interface[PARENT]
    tags = (instance.get("tags") or {}).get("items") or ()
    return (
        *(Reference(TAG, tag) for tag in tags),
        *(Reference(SERVICE_ACCOUNT, one["email"]) for one in instance.get("serviceAccounts") or ()),
        Reference(NETWORK, full_name(interface["network"])),
    )


def subnets(interface: Raw) -> tuple[str, ...]:
    """Return the subnetwork; a network of the old kind has none."""
    subnetwork = interface.get("subnetwork")
    return (full_name(subnetwork),) if subnetwork else ()


INTERFACE: Final[Mapping[str, Callable[[Raw], object]]] = {
    "owner": lambda interface: full_name(interface[PARENT]["selfLink"]),
    "addresses": addresses,
    "network": lambda interface: full_name(interface["network"]),
    "subnets": subnets,
    "firewalls": lambda _: (),
    "memberships": memberships,
    "running": lambda interface: interface[PARENT]["status"] == "RUNNING",
    "services": lambda _: None,
    "sources": lambda _: None,
    "tags": lambda interface: interface[PARENT].get("labels") or {},
}
"""Fields of an Endpoint from one of `networkInterfaces`, under its instance."""


def first(instance: Raw) -> Raw:
    """Return the first interface, under its instance."""
    return {**instance["networkInterfaces"][0], PARENT: instance}


def _of_first(read: Callable[[Raw], object]) -> Read:
    return lambda instance: read(first(instance))


INSTANCES: Final = compute_aggregated("instances", asset="Instance")

FIRST_INTERFACES: Final = Source(
    kind=Endpoint,
    listing=INSTANCES,
    level="account",
    id=lambda instance: interface_id(first(instance)),
    name="{name}",
    region=region,
    fields={fact: _of_first(read) for fact, read in INTERFACE.items()},
    details=[OVER_IT],
)


def further(instance: Raw) -> Iterable[Raw]:
    """Yield the other interfaces; what asks about one finds it where it finds an instance's first."""
    for interface in instance["networkInterfaces"][1:]:
        yield {**interface, "networkInterfaces": [interface], "selfLink": instance["selfLink"]}


FURTHER_INTERFACES: Final = Source(
    kind=Endpoint,
    listing=Within(further),
    under=FIRST_INTERFACES,
    level="account",
    id=interface_id,
    name=f"{{{PARENT}.name}}/{{name}}",
    region=lambda interface: region(interface[PARENT]),
    fields=INTERFACE,
    details=[OVER_IT],
)

SYSTEM_POLICIES: Final = (googles_own(FIRST_INTERFACES), googles_own(FURTHER_INTERFACES))

SOURCES: Final = (FIRST_INTERFACES, FURTHER_INTERFACES, *SYSTEM_POLICIES)
