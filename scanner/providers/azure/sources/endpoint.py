"""What is asked about interfaces and front ends, and about the networks that packets to them come through."""

from typing import Final

from scanner.models.endpoint import Endpoint
from scanner.models.network import Firewall
from scanner.models.routing import Network, Subnet
from scanner.providers.azure import fronts, interfaces, routing
from scanner.providers.azure.calls import SUBSCRIPTION, AzureCall, listed
from scanner.providers.azure.reading import parts, region, tags
from scanner.providers.azure.sources.load_balancer import BALANCERS, GATEWAYS
from scanner.providers.azure.sources.network import NETWORK, VERSION
from scanner.providers.spec import PARENT, Detail, Source, Within

COMPUTE: Final = "Microsoft.Compute"
COMPUTE_VERSION: Final = "2026-04-01"

ADDRESSES: Final = listed(NETWORK, "PublicIPAddresses_ListAll", "publicIPAddresses", VERSION)

#: With the power state of every machine, which the plain list leaves out.
MACHINES: Final = AzureCall(
    COMPUTE,
    "VirtualMachines_ListAll",
    path=f"{SUBSCRIPTION}/providers/{COMPUTE}/virtualMachines",
    params={"statusOnly": "true"},
    version=COMPUTE_VERSION,
)

ADMIN: Final = AzureCall(
    NETWORK,
    "ListNetworkManagerEffectiveSecurityAdminRules",
    path="{id}/listNetworkManagerEffectiveSecurityAdminRules",
    version=VERSION,
    method="POST",
    permission=f"{NETWORK}/virtualNetworks/listNetworkManagerEffectiveSecurityAdminRules/action",
)

INTERFACES: Final = Source(
    kind=Endpoint,
    listing=listed(NETWORK, "NetworkInterfaces_ListAll", "networkInterfaces", VERSION),
    level="account",
    id="{id}",
    name="{name}",
    region=region,
    fields=interfaces.INTERFACE,
    details=[
        Detail(call=ADDRESSES, per="scope", with_item=True, fills={"addresses": interfaces.addresses}),
        Detail(call=MACHINES, per="scope", with_item=True, fills={"running": interfaces.running}),
    ],
)

BALANCER_FRONTS: Final = Source(
    kind=Endpoint,
    listing=Within(parts("frontendIPConfigurations")),
    level="account",
    under=BALANCERS,
    id="{id}",
    name=f"{{{PARENT}.name}} {{name}}",
    region=lambda front: region(front[PARENT]),
    fields=fronts.BALANCER_FRONT,
    details=[
        Detail(call=ADDRESSES, per="scope", with_item=True, fills={"addresses": fronts.balancer_addresses})
    ],
)

GATEWAY_FRONTS: Final = Source(
    kind=Endpoint,
    listing=Within(parts("frontendIPConfigurations")),
    level="account",
    under=GATEWAYS,
    id="{id}",
    name=f"{{{PARENT}.name}} {{name}}",
    region=lambda front: region(front[PARENT]),
    fields=fronts.GATEWAY_FRONT,
    details=[
        Detail(call=ADDRESSES, per="scope", with_item=True, fills={"addresses": fronts.gateway_addresses})
    ],
)

NETWORKS: Final = Source(
    kind=Network,
    listing=listed(NETWORK, "VirtualNetworks_ListAll", "virtualNetworks", VERSION),
    level="account",
    id="{id}",
    name="{name}",
    region=region,
    fields={"tags": tags},
    details=[Detail(call=ADMIN, fills={"policies": routing.admin_policies})],
    lacking=("internet_gateways", "policies_first", "legacy"),
)

SUBNETS: Final = Source(
    kind=Subnet,
    listing=Within(parts("subnets")),
    level="account",
    under=NETWORKS,
    id="{id}",
    name="{name}",
    region=lambda subnet: region(subnet[PARENT]),
    fields=routing.SUBNET,
    lacking=("block", "block_exclusion", "unadvertised", "tags"),
)

ADMIN_RULES: Final = Source(
    kind=Firewall,
    listing=ADMIN,
    under=NETWORKS,
    level="account",
    id="{id}",
    name="{id}",
    region=lambda rule: region(rule[PARENT]),
    fields=routing.ADMIN_RULE,
    lacking=("tags",),
)

SOURCES: Final = (INTERFACES, BALANCER_FRONTS, GATEWAY_FRONTS, NETWORKS, SUBNETS, ADMIN_RULES)
