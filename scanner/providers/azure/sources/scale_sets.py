"""What is asked about machines of scale sets: their interfaces stand in no list of a subscription."""

from collections.abc import Iterable, Sequence
from typing import Final

from scanner.models.compute import ScaleSet
from scanner.models.endpoint import Address, Endpoint
from scanner.providers.azure import interfaces
from scanner.providers.azure.calls import AzureCall, listed
from scanner.providers.azure.reading import lower, region, tags
from scanner.providers.azure.sources.compute import COMPUTE, VERSION
from scanner.providers.azure.sources.network import NETWORK
from scanner.providers.spec import EACH, PARENT, Detail, Raw, Source

#: Lists of what scale sets have of the network have a version of their own.
_NETWORK_VERSION: Final = "2018-10-01"
_TYPE: Final = f"{COMPUTE}/virtualMachineScaleSets"


def is_uniform(scale_set: Raw) -> bool:
    """Tell whether machines stand only within their scale set; those of a flexible one are machines like others."""
    return lower(scale_set["properties"].get("orchestrationMode")) != "flexible"


def with_addresses(interface: Raw) -> list[Raw]:
    """Return the scale set of an interface that refers to a public address; nothing for any other."""
    outside = (one["properties"].get("publicIPAddress") for one in interfaces.configurations(interface))
    return [interface[PARENT]] if any(outside) else []


def addresses(answers: Sequence[Iterable[Raw]], interface: Raw) -> tuple[Address, ...]:
    """Return the addresses of an interface, with the public ones of its scale set. Raises LookupError."""
    return interfaces.addresses(answers[0] if answers else (), interface)


SCALE_SETS: Final = Source(
    kind=ScaleSet,
    listing=listed(COMPUTE, "VirtualMachineScaleSets_ListAll", "virtualMachineScaleSets", VERSION),
    level="account",
    id="{id}",
    name="{name}",
    region=region,
    keep=is_uniform,
    fields={"tags": tags},
)

MACHINES: Final = AzureCall(
    COMPUTE,
    "VirtualMachineScaleSetVMs_List",
    path="{id}/virtualMachines",
    given={"id": f"{{{PARENT}.id}}"},
    params={"$expand": "instanceView"},
    version=VERSION,
    permission=f"{_TYPE}/virtualMachines/read",
)

ADDRESSES: Final = AzureCall(
    NETWORK,
    "PublicIPAddresses_ListVirtualMachineScaleSetPublicIPAddresses",
    path="{id}/publicipaddresses",
    given={"id": f"{{{EACH}.id}}"},
    version=_NETWORK_VERSION,
    permission=f"{_TYPE}/publicipaddresses/read",
)

INTERFACES: Final = Source(
    kind=Endpoint,
    listing=AzureCall(
        NETWORK,
        "NetworkInterfaces_ListVirtualMachineScaleSetNetworkInterfaces",
        path="{id}/networkInterfaces",
        version=_NETWORK_VERSION,
        permission=f"{_TYPE}/networkInterfaces/read",
    ),
    under=SCALE_SETS,
    level="account",
    id="{id}",
    name=f"{{{PARENT}.name}} {{name}}",
    region=lambda interface: region(interface[PARENT]),
    fields={
        **interfaces.INTERFACE,
        "tags": lambda interface: tags(interface[PARENT]),
    },
    details=[
        Detail(
            call=ADDRESSES, per="each", over=with_addresses, with_item=True, fills={"addresses": addresses}
        ),
        Detail(call=MACHINES, per="shared", with_item=True, fills={"running": interfaces.running}),
    ],
)

SOURCES: Final = (SCALE_SETS, INTERFACES)
