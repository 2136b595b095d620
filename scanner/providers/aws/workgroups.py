"""Workgroups of Redshift Serverless: which interface is a way to one, and on which port it takes packets.

A workgroup stands behind interfaces in its own subnets, with its own groups, that the service manages. Only where an
interface could be one of them is the list of workgroups asked for.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from scanner.models.endpoint import Address, Service
from scanner.providers.spec import Raw

#: States in which nobody can connect (enumeration WorkgroupStatus).
_DOWN: Final = frozenset({"CREATING", "DELETING"})
#: What the model calls "also known as an interface endpoint", and how every other interface is called.
_TYPES: Final = frozenset({"vpc_endpoint", "interface"})
#: How the descriptions of interfaces begin that other services manage.
_OTHERS: Final = ("ELB ", "RDSNetworkInterface", "RedshiftNetworkInterface")
_V4: Final = 4


def may_be_of_one(interface: Raw) -> bool:
    """Tell whether a service manages an interface that is not known to be of another one."""
    if not interface["RequesterManaged"] or interface.get("InterfaceType") not in _TYPES:
        return False
    return not str(interface.get("Description") or "").startswith(_OTHERS)


def behind(workgroups: Sequence[Raw], interface: Raw) -> Raw | None:
    """Return the workgroup to which an interface leads, if it is of one."""
    own = interface["NetworkInterfaceId"]
    return next((one for one in workgroups if own in set(_interfaces(one))), None)


def _interfaces(workgroup: Raw) -> Iterator[str]:
    for endpoint in (workgroup.get("endpoint") or {}).get("vpcEndpoints") or ():
        for interface in endpoint.get("networkInterfaces") or ():
            yield interface["networkInterfaceId"]


def seen_from_outside(addresses: tuple[Address, ...], workgroup: Raw | None) -> tuple[Address, ...]:
    """Return the addresses of an interface, with the name of a public workgroup where it says no address for it."""
    if workgroup is None or not workgroup["publiclyAccessible"]:
        return addresses
    if any(one.public for one in addresses if one.family == _V4):
        return addresses
    name = workgroup["endpoint"]["address"]
    return tuple(one.model_copy(update={"public": name}) if one.family == _V4 else one for one in addresses)


def services(workgroup: Raw) -> tuple[Service, ...]:
    """Return the one port of a workgroup; none where nobody can connect."""
    if workgroup["status"] in _DOWN:
        return ()
    port = workgroup["endpoint"]["port"]
    return (Service(protocol="tcp", ports=(port, port), back_ports=None, backends=None),)
