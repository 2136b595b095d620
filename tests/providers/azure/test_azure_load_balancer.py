"""Application gateways and load balancers as Azure gives them, on the kinds that AWS fills too."""

from typing import Any

import pytest
from mapped import mapped

from rules.load_balancer.load_balancer_plain_http import load_balancer_plain_http
from scanner.engine import Outcome, run_case
from scanner.models.load_balancer import Listener, LoadBalancer
from scanner.models.resource import Cloud, Code, Scope
from scanner.providers.azure import gateway_tls, health
from scanner.providers.azure.sources.load_balancer import (
    BALANCED,
    BALANCER_LISTENERS,
    BALANCERS,
    GATEWAY_LISTENERS,
    GATEWAYS,
    POOLS,
)
from scanner.providers.spec import PARENT, Raw
from scanner.rule import Case

SUBSCRIPTION = "00000000-0000-0000-0000-000000000001"
SCOPE = Scope(Cloud.AZURE, SUBSCRIPTION, "westus")
ROOT = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg1/providers/Microsoft.Network"
GATEWAY_ID = f"{ROOT}/applicationGateways/gw"


def part(collection: str, name: str, **properties: Any) -> dict[str, Any]:
    return {
        "name": name,
        "id": f"{GATEWAY_ID}/{collection}/{name}",
        "properties": {"provisioningState": "Succeeded", **properties},
    }


def ref(collection: str, name: str) -> dict[str, str]:
    # Azure is not consistent in the case of ids.
    return {"id": f"{GATEWAY_ID}/{collection}/{name}".upper()}


def http(name: str, protocol: str, port: str, **more: Any) -> dict[str, Any]:
    return part(
        "httpListeners",
        name,
        protocol=protocol,
        frontendIPConfiguration=ref("frontendIPConfigurations", "public"),
        frontendPort=ref("frontendPorts", port),
        **more,
    )


PLAIN, SECURE = http("plain", "Http", "p80"), http("secure", "Https", "p443")
TO_HTTPS = part(
    "redirectConfigurations",
    "to-https",
    redirectType="Permanent",
    targetListener=ref("httpListeners", "secure"),
)
ELSEWHERE = part(
    "redirectConfigurations", "elsewhere", redirectType="Found", targetUrl="http://www.example.com/"
)
POOL = {"backendAddressPool": ref("backendAddressPools", "web")}
REDIRECT = {"redirectConfiguration": ref("redirectConfigurations", "to-https")}


def gateway(routing: dict[str, Any], **properties: Any) -> dict[str, Any]:
    return {
        "name": "gw",
        "id": GATEWAY_ID,
        "type": "Microsoft.Network/applicationGateways",
        "location": "westus",
        "tags": {"team": "shop"},
        "properties": {
            "provisioningState": "Succeeded",
            "frontendIPConfigurations": [
                part(
                    "frontendIPConfigurations",
                    "public",
                    publicIPAddress={"id": f"{ROOT}/publicIPAddresses/a"},
                )
            ],
            "frontendPorts": [part("frontendPorts", "p80", port=80), part("frontendPorts", "p443", port=443)],
            "httpListeners": [PLAIN, SECURE],
            "redirectConfigurations": [TO_HTTPS, ELSEWHERE],
            "requestRoutingRules": [
                part("requestRoutingRules", "one", httpListener=ref("httpListeners", "plain"), **routing)
            ],
            "defaultPredefinedSslPolicy": "AppGwSslPolicy20220101",
            **properties,
        },
    }


def listener(routing: dict[str, Any], **properties: Any) -> Listener:
    made = mapped(GATEWAY_LISTENERS, PLAIN, parent=gateway(routing, **properties), scope=SCOPE)
    assert isinstance(made, Listener)
    return made


def paths(default: dict[str, Any], *rules: dict[str, Any]) -> dict[str, Any]:
    return {"urlPathMaps": [part("urlPathMaps", "map", **default, pathRules=list(rules))]}


PATH_BASED = {"ruleType": "PathBasedRouting", "urlPathMap": ref("urlPathMaps", "map")}
DEFAULT_REDIRECT = {"defaultRedirectConfiguration": ref("redirectConfigurations", "to-https")}


def test_an_application_gateway() -> None:
    made = mapped(GATEWAYS, gateway(POOL), scope=SCOPE)
    assert isinstance(made, LoadBalancer)
    assert (made.type, made.public, made.families, made.tags) == ("application", True, (4,), {"team": "shop"})


def test_a_listener_of_a_gateway() -> None:
    made = listener(REDIRECT)
    assert (made.load_balancer, made.public) == (GATEWAY_ID.lower(), True)
    assert (made.protocol, made.ports) == ("http", ((80, 80),))
    assert (made.default_action.type, made.default_action.to_protocol) == ("redirect", "https")


@pytest.mark.parametrize(
    ("routing", "properties", "outcome"),
    [
        (POOL, {}, Outcome.FAIL),
        (REDIRECT, {}, Outcome.PASS),
        ({"redirectConfiguration": ref("redirectConfigurations", "elsewhere")}, {}, Outcome.FAIL),
        (PATH_BASED, paths(DEFAULT_REDIRECT), Outcome.PASS),
        (PATH_BASED, paths({"defaultBackendAddressPool": ref("backendAddressPools", "web")}), Outcome.FAIL),
        (
            PATH_BASED,
            paths(DEFAULT_REDIRECT, part("pathRules", "api", paths=["/api/*"], **POOL)),
            Outcome.FAIL,
        ),
        (
            PATH_BASED,
            paths(DEFAULT_REDIRECT, part("pathRules", "api", paths=["/api/*"], **REDIRECT)),
            Outcome.PASS,
        ),
    ],
)
def test_plain_http(routing: dict[str, Any], properties: dict[str, Any], outcome: Outcome) -> None:
    verdict = run_case(load_balancer_plain_http, Case(listener(routing, **properties)))
    assert verdict is not None
    assert verdict.outcome is outcome


def test_a_part_that_is_not_there_leaves_the_fact_unread() -> None:
    made = listener({"redirectConfiguration": ref("redirectConfigurations", "lost")})
    assert made.why("default_action").code is Code.MALFORMED
    assert made.ports == ((80, 80),)


PREDEFINED = [
    {
        "name": "AppGwSslPolicy20220101",
        "properties": {"minProtocolVersion": "TLSv1_2", "cipherSuites": ["A"]},
    },
    {
        "name": "AppGwSslPolicy20150501",
        "properties": {"minProtocolVersion": "TLSv1_0", "cipherSuites": ["B"]},
    },
]
CUSTOM = {"policyType": "Custom", "minProtocolVersion": "TLSv1_1", "cipherSuites": ["C"]}


@pytest.mark.parametrize(
    ("properties", "profile", "expected"),
    [
        ({}, None, ("AppGwSslPolicy20220101", "TLSv1.2", "A")),
        (
            {"sslPolicy": {"policyType": "Predefined", "policyName": "AppGwSslPolicy20150501"}},
            None,
            ("AppGwSslPolicy20150501", "TLSv1.0", "B"),
        ),
        ({"sslPolicy": CUSTOM}, None, ("Custom", "TLSv1.1", "C")),
        (
            {"sslPolicy": {"disabledSslProtocols": ["TLSv1_2"]}},
            None,
            ("AppGwSslPolicy20220101", "TLSv1.3", "A"),
        ),
        (
            {"sslPolicy": {**CUSTOM, "policyType": "CustomV2", "minProtocolVersion": "TLSv1_3"}},
            None,
            ("CustomV2", "TLSv1.3", "C"),
        ),
        ({"sslProfiles": [part("sslProfiles", "own", sslPolicy=CUSTOM)]}, "own", ("Custom", "TLSv1.1", "C")),
        (
            {"sslProfiles": [part("sslProfiles", "own")], "sslPolicy": CUSTOM},
            "own",
            ("Custom", "TLSv1.1", "C"),
        ),
    ],
)
def test_tls(properties: dict[str, Any], profile: str | None, expected: tuple[str, str, str]) -> None:
    more = {"sslProfile": ref("sslProfiles", profile)} if profile else {}
    raw = {**http("secure", "Https", "p443", **more), PARENT: gateway(POOL, **properties)}
    tls = gateway_tls.tls(raw, PREDEFINED)
    assert (tls.name, tls.protocols[0], tls.ciphers[0]) == expected
    if not properties:
        with pytest.raises(LookupError, match="AppGwSslPolicy20220101"):
            gateway_tls.tls(raw, [])


def test_a_load_balancer_passes_packets_through() -> None:
    id_ = f"{ROOT}/loadBalancers/lb"
    front = {
        "name": "fe",
        "id": f"{id_}/frontendIPConfigurations/fe",
        "properties": {"privateIPAddress": "10.0.1.4"},
    }
    balancer = {
        "name": "lb",
        "id": id_,
        "type": "Microsoft.Network/loadBalancers",
        "properties": {"frontendIPConfigurations": [front]},
    }
    made = mapped(BALANCERS, balancer, scope=SCOPE)
    assert isinstance(made, LoadBalancer)
    assert (made.type, made.public) == ("network", False)
    rule = {
        "name": "all",
        "id": f"{id_}/loadBalancingRules/all",
        "properties": {
            "frontendIPConfiguration": {"id": front["id"]},
            "frontendPort": 0,
            "backendPort": 0,
            "protocol": "All",
        },
    }
    every = mapped(BALANCER_LISTENERS, rule, parent=balancer, scope=SCOPE)
    assert isinstance(every, Listener)
    assert (every.protocol, every.ports, every.public) == ("all", (), False)
    assert run_case(load_balancer_plain_http, Case(every)) is None


def servers(*states: str) -> Raw:
    return {"servers": [{"address": "10.0.0.4", "health": state, "healthProbeLog": ""} for state in states]}


def pool(name: str, *settings: Raw) -> Raw:
    return {
        "backendAddressPool": ref("backendAddressPools", name),
        "backendHttpSettingsCollection": list(settings),
    }


def group(name: str, routing: dict[str, Any], *answer: Raw, **properties: Any) -> Any:
    whole = gateway(routing, operationalState="Running", **properties)
    raw = part("backendAddressPools", name, backendAddresses=[])
    return mapped(POOLS, raw, parent=whole, scope=SCOPE, ApplicationGateways_BackendHealth=answer)


def test_targets_of_one_pool() -> None:
    one = group("web", POOL, pool("web", servers("Up", "Down", "Partial", "Draining")), pool("other"))
    assert one.load_balancers == (GATEWAY_ID.lower(),)
    assert [target.state for target in one.targets] == ["healthy", "unhealthy", "healthy", "draining"]
    assert {target.reason for target in one.targets} == {None}
    assert group("web", POOL, pool("other", servers("Up"))).targets == ()


def test_a_pool_is_as_well_as_by_the_worst_of_its_settings() -> None:
    one = group("web", POOL, pool("web", servers("Up", "Up"), servers("Down", "Up"), servers("Up", "Up")))
    assert [target.state for target in one.targets] == ["unhealthy", "healthy"]


def test_a_pool_that_nobody_sends_to_is_not_asked_about() -> None:
    one = group("spare", POOL, pool("web", servers("Up")))
    assert one.load_balancers == ()
    assert one.why("targets").code is Code.NOT_APPLICABLE
    assert group("web", POOL).known("targets")
    stopped = mapped(
        POOLS,
        part("backendAddressPools", "web"),
        parent=gateway(POOL, operationalState="Stopped"),
        scope=SCOPE,
    )
    assert stopped.why("targets").code is Code.NOT_APPLICABLE


def test_a_pool_is_in_use_by_a_path() -> None:
    routes = paths(DEFAULT_REDIRECT, part("pathRules", "api", paths=["/api/*"], **POOL))
    assert group("web", PATH_BASED, pool("web", servers("Down")), **routes).load_balancers
    default = paths({"defaultBackendAddressPool": ref("backendAddressPools", "web")})
    assert group("web", PATH_BASED, pool("web", servers("Down")), **default).load_balancers


def test_a_health_that_is_not_known_is_unread() -> None:
    assert group("web", POOL, pool("web", servers("Sleepy"))).why("targets").code is Code.MALFORMED


def balanced(sku: str = "Standard", states: tuple[str, ...] = ("Up",), **properties: Any) -> Any:
    id_ = f"{ROOT}/loadBalancers/lb"
    rule = {"name": "web", "id": f"{id_}/loadBalancingRules/web", "properties": properties}
    answer = {
        "up": states.count("Up"),
        "down": states.count("Down"),
        "loadBalancerBackendAddresses": [{"ipAddress": "10.0.0.4", "state": state} for state in states],
    }
    parent = {"name": "lb", "id": id_, "sku": {"name": sku}, "properties": {}}
    return mapped(BALANCED, rule, parent=parent, scope=SCOPE, LoadBalancerLoadBalancingRules_Health=answer)


def test_targets_of_a_load_balancing_rule() -> None:
    probe: dict[str, Any] = {"probe": {"id": "p"}}
    assert [target.state for target in balanced(states=("Up", "Down"), **probe).targets] == [
        "healthy",
        "unhealthy",
    ]
    for one in (balanced(), balanced("Basic", **probe)):
        assert one.why("targets").code is Code.NOT_APPLICABLE
    assert health.rule_targets({"up": 0, "down": 0}) == ()


PREVENTS = {"policySettings": {"state": "Enabled", "mode": "Prevention"}}
WATCHES = {"policySettings": {"state": "Enabled", "mode": "Detection"}}
OFF = {"policySettings": {"state": "Disabled", "mode": "Prevention"}}
NAMED = {"firewallPolicy": {"id": f"{ROOT}/applicationGatewayWebApplicationFirewallPolicies/own".upper()}}
CONFIGURED = {"enabled": True, "firewallMode": "Prevention"}


@pytest.mark.parametrize(
    ("policy", "properties", "expected"),
    [
        (PREVENTS, {}, None),
        (PREVENTS, NAMED, "blocks"),
        (WATCHES, NAMED, "detects"),
        (OFF, NAMED, None),
        (OFF, {"webApplicationFirewallConfiguration": CONFIGURED}, "blocks"),
        (OFF, {"webApplicationFirewallConfiguration": {**CONFIGURED, "enabled": False}}, None),
        (
            OFF,
            {"webApplicationFirewallConfiguration": {**CONFIGURED, "firewallMode": "Detection"}},
            "detects",
        ),
        (PREVENTS, {"httpListeners": [http("plain", "Http", "p80", **NAMED), SECURE]}, None),
        (PREVENTS, {"httpListeners": [http("plain", "Http", "p80", **NAMED)]}, "blocks"),
        (WATCHES, {"webApplicationFirewallConfiguration": CONFIGURED, "httpListeners": []}, "blocks"),
        (
            WATCHES,
            {
                "webApplicationFirewallConfiguration": CONFIGURED,
                **paths(POOL, part("pathRules", "api", paths=["/api/*"], **NAMED)),
            },
            "detects",
        ),
    ],
)
def test_web_application_firewalls(
    policy: dict[str, Any], properties: dict[str, Any], expected: str | None
) -> None:
    listed = [{"id": NAMED["firewallPolicy"]["id"].lower(), "properties": policy}]
    made: Any = mapped(
        GATEWAYS, gateway(POOL, **properties), scope=SCOPE, WebApplicationFirewallPolicies_ListAll=listed
    )
    assert made.waf == expected


def test_a_policy_that_is_not_listed_leaves_the_firewall_unread() -> None:
    made = mapped(GATEWAYS, gateway(POOL, **NAMED), scope=SCOPE, WebApplicationFirewallPolicies_ListAll=[])
    assert made.why("waf").code is Code.MALFORMED
