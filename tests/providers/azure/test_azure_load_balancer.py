"""Application gateways and load balancers as Azure gives them, on the kinds that AWS fills too."""

from typing import Any

import pytest
from mapped import mapped

from rules.load_balancer.load_balancer_plain_http import load_balancer_plain_http
from scanner.engine import Outcome, run_case
from scanner.models.load_balancer import Listener, LoadBalancer
from scanner.models.resource import Cloud, Code, Scope
from scanner.providers.azure import load_balancer as azure
from scanner.providers.spec import PARENT, Once, Source
from scanner.rule import Case

SUBSCRIPTION = "00000000-0000-0000-0000-000000000001"
SCOPE = Scope(Cloud.AZURE, SUBSCRIPTION, "westus")
ROOT = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg1/providers/Microsoft.Network"
GATEWAY_ID = f"{ROOT}/applicationGateways/gw"
BALANCERS = Source(
    kind=LoadBalancer,
    listing=Once(),
    id="{id}",
    name="{name}",
    fields=azure.LOAD_BALANCER,
    lacking=("firewalls",),
)
LISTENERS = Source(kind=Listener, listing=Once(), id="{id}", name="{name}", fields=azure.GATEWAY_LISTENER)
RULES = Source(kind=Listener, listing=Once(), id="{id}", name="{name}", fields=azure.BALANCER_LISTENER)


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
    made = mapped(LISTENERS, PLAIN, parent=gateway(routing, **properties), scope=SCOPE)
    assert isinstance(made, Listener)
    return made


def paths(default: dict[str, Any], *rules: dict[str, Any]) -> dict[str, Any]:
    return {"urlPathMaps": [part("urlPathMaps", "map", **default, pathRules=list(rules))]}


PATH_BASED = {"ruleType": "PathBasedRouting", "urlPathMap": ref("urlPathMaps", "map")}
DEFAULT_REDIRECT = {"defaultRedirectConfiguration": ref("redirectConfigurations", "to-https")}


def test_an_application_gateway() -> None:
    made = mapped(BALANCERS, gateway(POOL), scope=SCOPE)
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
    tls = azure.tls(raw, PREDEFINED)
    assert (tls.name, tls.protocols[0], tls.ciphers[0]) == expected
    if not properties:
        with pytest.raises(LookupError, match="AppGwSslPolicy20220101"):
            azure.tls(raw, [])


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
    every = mapped(RULES, rule, parent=balancer, scope=SCOPE)
    assert isinstance(every, Listener)
    assert (every.protocol, every.ports, every.public) == ("all", (), False)
    assert run_case(load_balancer_plain_http, Case(every)) is None


def test_targets_of_one_pool() -> None:
    server = {
        "address": "10.0.0.4",
        "ipConfiguration": {"id": "x"},
        "health": "Down",
        "healthProbeLog": "timed out",
    }
    answer: list[dict[str, Any]] = [
        {
            "backendAddressPool": {"id": f"{GATEWAY_ID}/backendAddressPools/web"},
            "backendHttpSettingsCollection": [{"servers": [server, {**server, "health": "Up"}]}],
        },
        {"backendAddressPool": {"id": f"{GATEWAY_ID}/backendAddressPools/other"}},
    ]
    found = azure.targets(answer, ref("backendAddressPools", "web"))
    assert [(target.state, target.reason) for target in found] == [
        ("unhealthy", "timed out"),
        ("healthy", "timed out"),
    ]
    assert azure.targets(answer, ref("backendAddressPools", "other")) == ()
