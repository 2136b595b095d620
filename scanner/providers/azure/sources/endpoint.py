"""What is asked about interfaces and front ends, and about the networks that packets to them come through."""

from typing import Final

from scanner.models.endpoint import Endpoint
from scanner.models.network import Firewall
from scanner.models.routing import Network, Subnet
from scanner.providers.azure import fronts, interfaces, network, routing
from scanner.providers.azure.calls import SUBSCRIPTION, AzureCall, listed
from scanner.providers.azure.flow_logs import flow_log, flow_log_days
from scanner.providers.azure.reading import parts, region, tags
from scanner.providers.azure.sources import compute
from scanner.providers.azure.sources import network as lists
from scanner.providers.azure.sources.load_balancer import BALANCERS, GATEWAYS
from scanner.providers.azure.sources.network import ADDRESSES, NETWORK, VERSION
from scanner.providers.spec import EACH, PARENT, Detail, Source, Within

#: With the power state of every machine, which the plain list leaves out.
MACHINES: Final = AzureCall(
    compute.COMPUTE,
    "VirtualMachines_ListAll",
    path=f"{SUBSCRIPTION}/providers/{compute.COMPUTE}/virtualMachines",
    params={"statusOnly": "true"},
    version=compute.VERSION,
)

ADMIN: Final = AzureCall(
    NETWORK,
    "ListNetworkManagerEffectiveSecurityAdminRules",
    path="{id}/listNetworkManagerEffectiveSecurityAdminRules",
    version=VERSION,
    method="POST",
    asks=True,
    permission=f"{NETWORK}/virtualNetworks/listNetworkManagerEffectiveSecurityAdminRules/action",
)

#: There is one in each region, and what is logged is known to it alone.
WATCHERS: Final = listed(NETWORK, "NetworkWatchers_ListAll", "networkWatchers", VERSION)

FLOW_LOGS: Final = AzureCall(
    NETWORK,
    "FlowLogs_List",
    path="{id}/flowLogs",
    given={"id": f"{{{EACH}.id}}"},
    version=VERSION,
    permission=f"{NETWORK}/networkWatchers/flowLogs/read",
)

INTERFACES: Final = Source(
    kind=Endpoint,
    listing=lists.INTERFACES,
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
    fields={
        "blocks": routing.blocks,
        "ddos_protected": lambda network: bool(network["properties"].get("enableDdosProtection")),
        "tags": tags,
    },
    details=[
        Detail(call=ADMIN, fills={"policies": routing.admin_policies}),
        Detail(
            call=WATCHERS,
            per="scope",
            join=("location", "{location}"),
            brings="watcher",
            fills={"watched": bool},
            leads=[
                Detail(
                    call=FLOW_LOGS,
                    per="each",
                    over=lambda network: [network["watcher"]] if network["watcher"] else [],
                    with_item=True,
                    fills={"flow_log": flow_log, "flow_log_days": flow_log_days},
                )
            ],
        ),
    ],
    lacking=("internet_gateways", "dns_logged", "made_open", "policies_first", "legacy"),
)

SUBNETS: Final = Source(
    kind=Subnet,
    listing=Within(parts("subnets")),
    level="account",
    under=NETWORKS,
    id="{id}",
    name=f"{{{PARENT}.name}}/{{name}}",
    region=lambda subnet: region(subnet[PARENT]),
    fields=routing.SUBNET,
    lacking=("block", "block_exclusion", "flow_log", "unadvertised", "tags"),
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
    lacking=(*network.LACKS, "tags"),
)

SOURCES: Final = (INTERFACES, BALANCER_FRONTS, GATEWAY_FRONTS, NETWORKS, SUBNETS, ADMIN_RULES)
