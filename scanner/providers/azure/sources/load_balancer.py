"""What is asked about load balancers and application gateways: their parts stand in them, but not their health."""

from typing import Final

from scanner.models.load_balancer import Listener, LoadBalancer, TargetGroup, WafPolicy
from scanner.providers.azure import diagnostics, gateway_tls, health, load_balancer, waf
from scanner.providers.azure.calls import SUBSCRIPTION, AzureCall, diagnostic_settings, listed
from scanner.providers.azure.reading import parts, region
from scanner.providers.azure.sources.network import NETWORK, VERSION
from scanner.providers.spec import PARENT, Detail, Source, Within

PREDEFINED_TLS: Final = AzureCall(
    NETWORK,
    "ApplicationGateways_ListAvailableSslPredefinedPolicies",
    path=f"{SUBSCRIPTION}/providers/{NETWORK}/applicationGatewayAvailableSslOptions/default/predefinedPolicies",
    version=VERSION,
    # The role's own list of actions calls it so.
    permission=f"{NETWORK}/applicationGatewayAvailableSslOptions/predefinedPolicies/read",
)

WAF_POLICIES: Final = listed(
    NETWORK,
    "WebApplicationFirewallPolicies_ListAll",
    "ApplicationGatewayWebApplicationFirewallPolicies",
    VERSION,
)

BACKEND_HEALTH: Final = AzureCall(
    NETWORK,
    "ApplicationGateways_BackendHealth",
    "backendAddressPools",
    path="{id}/backendhealth",
    given={"id": f"{{{PARENT}.id}}"},
    version=VERSION,
    method="POST",
    permission=f"{NETWORK}/applicationGateways/backendhealth/action",
)

RULE_HEALTH: Final = AzureCall(
    NETWORK,
    "LoadBalancerLoadBalancingRules_Health",
    "",
    path="{id}/health",
    version=VERSION,
    method="POST",
    permission=f"{NETWORK}/loadBalancers/loadBalancingRules/health/action",
)

GATEWAYS: Final = Source(
    kind=LoadBalancer,
    listing=listed(NETWORK, "ApplicationGateways_ListAll", "applicationGateways", VERSION),
    level="account",
    id="{id}",
    name="{name}",
    region=region,
    fields=load_balancer.LOAD_BALANCER,
    details=[
        Detail(call=WAF_POLICIES, per="scope", with_item=True, fills={"waf": waf.waf}),
        Detail(call=diagnostic_settings(), fills=diagnostics.GATEWAY_LOG),
    ],
    lacking=load_balancer.GATEWAY_LACKS,
)

BALANCERS: Final = Source(
    kind=LoadBalancer,
    listing=listed(NETWORK, "LoadBalancers_ListAll", "loadBalancers", VERSION),
    level="account",
    id="{id}",
    name="{name}",
    region=region,
    fields=load_balancer.LOAD_BALANCER,
    lacking=load_balancer.BALANCER_LACKS,
)

GATEWAY_LISTENERS: Final = Source(
    kind=Listener,
    listing=Within(parts("httpListeners")),
    level="account",
    under=GATEWAYS,
    id="{id}",
    name="{^.name} {name}",
    fields=load_balancer.GATEWAY_LISTENER,
    details=[
        Detail(
            call=PREDEFINED_TLS,
            per="scope",
            when=gateway_tls.ends_tls,
            with_item=True,
            fills={"tls": lambda predefined, listener: gateway_tls.tls(listener, predefined)},
        )
    ],
)

BALANCER_LISTENERS: Final = Source(
    kind=Listener,
    listing=Within(parts("loadBalancingRules")),
    level="account",
    under=BALANCERS,
    id="{id}",
    name="{^.name} {name}",
    fields=load_balancer.BALANCER_LISTENER,
    not_applicable=lambda _: ("rules", "tls"),
)

POOLS: Final = Source(
    kind=TargetGroup,
    listing=Within(parts("backendAddressPools")),
    level="account",
    under=GATEWAYS,
    id="{id}",
    name="{^.name} {name}",
    fields=health.POOL,
    details=[
        Detail(
            call=BACKEND_HEALTH,
            per="shared",
            when=health.is_checked,
            with_item=True,
            fills={"targets": health.targets},
        )
    ],
)

BALANCED: Final = Source(
    kind=TargetGroup,
    listing=Within(parts("loadBalancingRules")),
    level="account",
    under=BALANCERS,
    id="{id}",
    name="{^.name} {name}",
    fields=health.BALANCED,
    details=[
        Detail(
            call=RULE_HEALTH,
            when=health.has_probe,
            fills={"targets": health.rule_targets},
        )
    ],
)

POLICIES: Final = Source(
    kind=WafPolicy,
    listing=WAF_POLICIES,
    level="account",
    id="{id}",
    name="{name}",
    region=region,
    fields=waf.POLICY,
)

SOURCES: Final = (
    GATEWAYS,
    BALANCERS,
    GATEWAY_LISTENERS,
    BALANCER_LISTENERS,
    POOLS,
    BALANCED,
    POLICIES,
)
