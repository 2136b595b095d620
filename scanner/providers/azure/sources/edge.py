"""What is asked about Azure Firewalls and Bastion hosts, which take packets for whole virtual networks."""

from typing import Final

from scanner.models.endpoint import Endpoint
from scanner.models.network import Firewall
from scanner.providers.azure import edge, network
from scanner.providers.azure.calls import AzureCall, listed
from scanner.providers.azure.reading import region
from scanner.providers.azure.sources.network import ADDRESSES, NETWORK, VERSION
from scanner.providers.azure.sources.watching import BASTIONS
from scanner.providers.spec import EACH, PARENT, Detail, Source, Within

POLICY: Final = AzureCall(
    NETWORK,
    "FirewallPolicies_Get",
    "",
    path="{id}",
    given={"id": "{properties.firewallPolicy.id}"},
    version=VERSION,
    permission=f"{NETWORK}/firewallPolicies/read",
    row=edge.based_on,
)

GROUPS: Final = AzureCall(
    NETWORK,
    "FirewallPolicyRuleCollectionGroups_List",
    path="{id}/ruleCollectionGroups",
    given={"id": f"{{{EACH}.id}}"},
    version=VERSION,
    permission=f"{NETWORK}/firewallPolicies/ruleCollectionGroups/read",
)

FIREWALLS: Final = Source(
    kind=Firewall,
    listing=listed(NETWORK, "AzureFirewalls_ListAll", "azureFirewalls", VERSION),
    level="account",
    id="{id}",
    name="{name}",
    region=region,
    fields=edge.FIREWALL,
    details=[
        Detail(
            call=POLICY,
            per="shared",
            when=edge.has_policy,
            brings="policy",
            fills={},
            leads=[
                Detail(
                    call=GROUPS,
                    per="each",
                    over=edge.policies,
                    with_item=True,
                    fills={"rules": edge.policy_rules},
                )
            ],
        )
    ],
    lacking=network.LACKS,
)


FRONTS: Final = Source(
    kind=Endpoint,
    listing=Within(edge.configurations),
    under=FIREWALLS,
    level="account",
    id="{id}",
    name=f"{{{PARENT}.name}} {{name}}",
    region=lambda part: region(part[PARENT]),
    fields=edge.FIREWALL_FRONT,
    details=[
        Detail(call=ADDRESSES, per="scope", with_item=True, fills={"addresses": edge.firewall_addresses})
    ],
)

HUB_FRONTS: Final = Source(
    kind=Endpoint,
    listing=Within(edge.hub_addresses),
    under=FIREWALLS,
    level="account",
    id=edge.hub_id,
    name=f"{{{PARENT}.name}} {{address}}",
    region=lambda part: region(part[PARENT]),
    fields=edge.HUB_FRONT,
)

HOSTS: Final = Source(
    kind=Endpoint,
    listing=BASTIONS,
    level="account",
    id="{id}",
    name="{name}",
    region=region,
    # Those of the kind that many share have no address of their own.
    keep=lambda host: bool(edge.configurations(host)),
    fields=edge.BASTION,
    details=[
        Detail(call=ADDRESSES, per="scope", with_item=True, fills={"addresses": edge.bastion_addresses})
    ],
)

SOURCES: Final = (FIREWALLS, FRONTS, HUB_FRONTS, HOSTS)
