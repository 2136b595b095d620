"""Network interfaces as endpoints, as Azure Resource Manager gives them: their addresses are resources of their own."""

from collections.abc import Iterable, Mapping
from typing import Final

from scanner.models.endpoint import Address
from scanner.models.network import GROUP, Reference
from scanner.providers.azure.reading import grouped, id_of, tags
from scanner.providers.spec import Raw, Read
from scanner.providers.values import known

_FAMILIES: Final = {"ipv4": 4, "ipv6": 6}
#: Whether packets arrive where no security group is attached, by the SKU of the public address. Source: "Public IP
#: addresses", Microsoft Learn.
_OPEN: Final = {"basic": True, "standard": False, "standardv2": False}
_STOPPED: Final = frozenset({"stopped", "stopping", "deallocated", "deallocating"})


def part_id(reference: Raw | None) -> str:
    """Return the id in a reference for comparing, "" where there is none."""
    return str((reference or {}).get("id") or "").lower()


def network_of(subnet: str) -> str:
    """Return the id of the virtual network that a subnet is a part of."""
    return subnet.partition("/subnets/")[0]


def sku_open(resource: Raw) -> bool:
    """Tell whether a public address or load balancer lets everyone in where no security group is; no SKU: Basic."""
    return known(_OPEN, str((resource.get("sku") or {}).get("name") or "Basic").lower())


def listed(resources: Iterable[Raw], id: str) -> Raw:
    """Return the resource of a list that has this id. Raises LookupError."""
    for resource in grouped(resources, id_of).get(id, ()):
        return resource
    raise LookupError(f"lacks {id}")


def addresses(public: Iterable[Raw], interface: Raw) -> tuple[Address, ...]:
    """Return the address of every configuration of an interface; `public` are the subscription's public addresses.

    Raises LookupError for a public address that is not among them.
    """
    return tuple(_address(public, one["properties"]) for one in configurations(interface))


def configurations(interface: Raw) -> list[Raw]:
    """Return the configurations of an interface: each has one private address, and perhaps a public one."""
    return list(interface["properties"]["ipConfigurations"])


def _address(rows: Iterable[Raw], configuration: Raw) -> Address:
    id_ = part_id(configuration.get("publicIPAddress"))
    row = listed(rows, id_) if id_ else None
    return Address(
        family=known(_FAMILIES, configuration.get("privateIPAddressVersion", "IPv4").lower()),
        # One that is allocated as needed is none while nothing needs it.
        public=(row["properties"].get("ipAddress") or None) if row else None,
        private=configuration.get("privateIPAddress"),
        blocked=False,
        open_without_firewall=sku_open(row) if row else False,
    )


def _subnets(interface: Raw) -> tuple[str, ...]:
    found = (part_id(one["properties"].get("subnet")) for one in configurations(interface))
    return tuple(dict.fromkeys(filter(None, found)))


def _network(interface: Raw) -> str:
    return network_of(_subnets(interface)[0])


def firewalls(attached: Raw) -> tuple[str, ...]:
    """Return the security group of an interface or a subnet, by its properties."""
    id_ = part_id(attached.get("networkSecurityGroup"))
    return (id_,) if id_ else ()


def memberships(interface: Raw) -> tuple[Reference, ...]:
    """Return the application security groups of an interface."""
    groups = (
        part_id(group)
        for one in configurations(interface)
        for group in one["properties"].get("applicationSecurityGroups") or ()
    )
    return tuple(Reference(GROUP, id_) for id_ in dict.fromkeys(groups))


def owner(interface: Raw) -> str | None:
    """Return the machine that an interface is on, or the private endpoint; None: nothing."""
    properties = interface["properties"]
    return part_id(properties.get("virtualMachine")) or part_id(properties.get("privateEndpoint")) or None


def running(machines: Iterable[Raw], interface: Raw) -> bool:
    """Tell whether an interface is on something that runs; `machines` are those of the subscription, with their states.

    Raises LookupError for a machine that is not among them or tells no state.
    """
    properties = interface["properties"]
    id_ = part_id(properties.get("virtualMachine"))
    if not id_:
        return bool(properties.get("privateEndpoint") or properties.get("hostedWorkloads"))
    statuses = listed(machines, id_)["properties"]["instanceView"]["statuses"]
    power = [one["code"].lower().partition("/") for one in statuses]
    states = [state for kind, _, state in power if kind == "powerstate"]
    if not states:
        raise LookupError(f"lacks the power state of {id_}")
    return states[0] not in _STOPPED


INTERFACE: Final[Mapping[str, Read]] = {
    "owner": owner,
    "network": _network,
    "subnets": _subnets,
    "firewalls": lambda interface: firewalls(interface["properties"]),
    "memberships": memberships,
    "policies": lambda _: (),
    "tag_sets": lambda _: (),
    "services": lambda _: None,
    "sources": lambda _: None,
    "tags": tags,
}
"""Fields of an Endpoint from one item of `networkInterfaces`; `addresses` takes the public ones, `running` machines."""
