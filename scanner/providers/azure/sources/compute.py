"""What is asked about virtual machines and Kubernetes clusters."""

from typing import Final

from scanner.models.compute import Cluster, Instance
from scanner.providers.azure import compute
from scanner.providers.azure.calls import listed
from scanner.providers.azure.reading import region
from scanner.providers.azure.sources.network import ADDRESSES, INTERFACES
from scanner.providers.spec import Detail, Source

COMPUTE: Final = "Microsoft.Compute"
VERSION: Final = "2026-04-01"

MACHINES: Final = Source(
    kind=Instance,
    listing=listed(COMPUTE, "VirtualMachines_ListAll", "virtualMachines", VERSION),
    level="account",
    id="{id}",
    name="{name}",
    region=region,
    fields=compute.MACHINE,
    details=[
        Detail(call=ADDRESSES, per="scope", with_item=True, fills=compute.MACHINE_ADDRESSES),
        Detail(call=INTERFACES, per="scope", with_item=True, fills=compute.MACHINE_INTERFACES),
    ],
    lacking=compute.MACHINE_LACKS,
)

CLUSTERS: Final = Source(
    kind=Cluster,
    listing=listed("Microsoft.ContainerService", "ManagedClusters_List", "managedClusters", "2026-08-01"),
    level="account",
    id="{id}",
    name="{name}",
    region=region,
    fields=compute.CLUSTER,
)

SOURCES: Final = (MACHINES, CLUSTERS)
