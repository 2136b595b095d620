"""Forwarding rules, proxies, URL maps, SSL policies and backend services, on the kinds that AWS fills too."""

from typing import Any

import pytest
from mapped import mapped

from rules.load_balancer.load_balancer_plain_http import load_balancer_plain_http
from rules.load_balancer.load_balancer_weak_tls import load_balancer_weak_tls
from scanner.engine import Outcome, run_case
from scanner.models.load_balancer import Listener, LoadBalancer
from scanner.models.resource import Cloud, Code, Resource, Scope
from scanner.providers.gcp import load_balancer as gcp
from scanner.providers.spec import Once, Raw, Source
from scanner.rule import Case, Rule

SCOPE = Scope(Cloud.GCP, "demo-project")
URL = "https://www.googleapis.com/compute/v1/projects/demo-project/global"
BALANCERS = Source(
    kind=LoadBalancer,
    listing=Once(),
    id="//compute.googleapis.com/projects/demo-project/global/forwardingRules/{name}",
    name="{name}",
    fields=gcp.LOAD_BALANCER,
    lacking=("firewalls",),
)
LISTENERS = Source(
    kind=Listener,
    listing=Once(),
    id="//compute.googleapis.com/projects/demo-project/global/forwardingRules/{rule.name}",
    fields=gcp.LISTENER,
)

FORWARDING: dict[str, Any] = {
    "kind": "compute#forwardingRule",
    "id": "8038463216630258124",
    "creationTimestamp": "2026-04-21T14:07:47.610-07:00",
    "name": "web",
    "description": "",
    "IPAddress": "34.160.244.216",
    "IPProtocol": "TCP",
    "portRange": "80-80",
    "target": f"{URL}/targetHttpProxies/web",
    "selfLink": f"{URL}/forwardingRules/web",
    "loadBalancingScheme": "EXTERNAL_MANAGED",
    "networkTier": "PREMIUM",
    "labels": {"env": "prod"},
}
SECURE = {**FORWARDING, "portRange": "443-443", "target": f"{URL}/targetHttpsProxies/web"}
URL_MAP: dict[str, Any] = {
    "kind": "compute#urlMap",
    "id": "1361403814964614402",
    "name": "web",
    "defaultUrlRedirect": {"httpsRedirect": True, "redirectResponseCode": "MOVED_PERMANENTLY_DEFAULT"},
}
SERVICE = f"{URL}/backendServices/web"


def listener(rule: dict[str, Any] = FORWARDING, **parts: Any) -> Listener:
    raw = {"rule": rule, "proxy": {}, "urlMap": None, "sslPolicy": None, **parts}
    made = mapped(LISTENERS, raw, scope=SCOPE)
    assert isinstance(made, Listener)
    return made


def outcome(rule: Rule, subject: Resource) -> Outcome | None:
    verdict = run_case(rule, Case(subject))
    return verdict and verdict.outcome


@pytest.mark.parametrize(
    ("change", "facts"),
    [
        ({}, ("application", True, (4,))),
        ({"target": f"{URL}/targetSslProxies/x", "IPAddress": "2600:1901::1"}, ("network", True, (6,))),
        ({"target": None, "loadBalancingScheme": "INTERNAL"}, ("network", False, (4,))),
    ],
)
def test_load_balancers(change: dict[str, Any], facts: tuple[Any, ...]) -> None:
    made = mapped(BALANCERS, {**FORWARDING, **change}, scope=SCOPE)
    assert isinstance(made, LoadBalancer)
    assert (made.type, made.public, made.families) == facts
    assert made.tags == {"env": "prod"}
    assert made.why("firewalls").code is Code.LACKING


def test_a_scheme_that_is_not_known_leaves_public_unread() -> None:
    made = mapped(BALANCERS, {**FORWARDING, "loadBalancingScheme": "LUNAR"}, scope=SCOPE)
    assert made.why("public").code is Code.MALFORMED


def test_a_redirect_to_https_passes() -> None:
    made = listener(urlMap=URL_MAP)
    assert (made.protocol, made.ports, made.public) == ("http", ((80, 80),), True)
    assert made.load_balancer == "//compute.googleapis.com/projects/demo-project/global/forwardingRules/web"
    assert outcome(load_balancer_plain_http, made) is Outcome.PASS


@pytest.mark.parametrize(
    "url_map",
    [
        {"defaultService": SERVICE},
        {"defaultUrlRedirect": {"hostRedirect": "www.example.com"}},
        {**URL_MAP, "pathMatchers": [{"name": "m", "defaultService": SERVICE}]},
        {
            **URL_MAP,
            "pathMatchers": [
                {
                    "name": "m",
                    "defaultUrlRedirect": {"httpsRedirect": True},
                    "pathRules": [{"paths": ["/api/*"], "service": SERVICE}],
                }
            ],
        },
        {
            **URL_MAP,
            "pathMatchers": [
                {
                    "name": "m",
                    "defaultUrlRedirect": {"httpsRedirect": True},
                    "routeRules": [
                        {"priority": 1, "matchRules": [{"prefixMatch": "/a"}], "service": SERVICE}
                    ],
                }
            ],
        },
    ],
)
def test_what_reaches_a_backend_over_http_fails(url_map: dict[str, Any]) -> None:
    assert outcome(load_balancer_plain_http, listener(urlMap=url_map)) is Outcome.FAIL


def test_paths_of_routes() -> None:
    matches: list[dict[str, Any]] = [
        {"prefixMatch": "/a"},
        {"fullPathMatch": "/b"},
        {"regexMatch": "/c.*"},
        {"pathTemplateMatch": "/d/*"},
        {"headerMatches": []},
    ]
    routes = [{"matchRules": [match], "service": SERVICE} for match in matches]
    made = listener(
        urlMap={**URL_MAP, "pathMatchers": [{"name": "m", "defaultService": SERVICE, "routeRules": routes}]}
    )
    assert [rule.paths for rule in made.rules] == [(), ("/a*",), ("/b",), ("~/c.*",), ("/d/*",), ()]


def test_ports_of_rules_that_pass_packets_through() -> None:
    through = {**FORWARDING, "target": f"{URL}/targetPools/x", "IPProtocol": "UDP"}
    del through["portRange"]
    assert listener({**through, "allPorts": True}).ports == ()
    several = listener({**through, "ports": ["53", "123"]})
    assert (several.protocol, several.ports) == ("udp", ((53, 53), (123, 123)))
    assert listener(through).why("ports").code is Code.MALFORMED
    assert outcome(load_balancer_plain_http, several) is None


def test_tls() -> None:
    policy = {
        "name": "modern",
        "profile": "MODERN",
        "minTlsVersion": "TLS_1_2",
        "enabledFeatures": ["TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"],
    }
    modern = listener(SECURE, sslPolicy=policy)
    assert (modern.tls.name, modern.tls.protocols) == ("modern", ("TLSv1.2", "TLSv1.3"))
    assert outcome(load_balancer_weak_tls, modern) is Outcome.PASS
    assert outcome(load_balancer_weak_tls, listener(SECURE)) is Outcome.FAIL
    compatible = {**policy, "enabledFeatures": ["TLS_RSA_WITH_AES_128_CBC_SHA"]}
    assert outcome(load_balancer_weak_tls, listener(SECURE, sslPolicy=compatible)) is Outcome.FAIL
    del policy["enabledFeatures"]
    assert outcome(load_balancer_weak_tls, listener(SECURE, sslPolicy=policy)) is Outcome.UNKNOWN


def test_targets() -> None:
    health: list[Raw] = [
        {
            "kind": "compute#backendServiceGroupHealth",
            "healthStatus": [
                {"instance": f"{URL}/instances/a", "healthState": "HEALTHY", "port": 80},
                {"instance": f"{URL}/instances/b", "healthState": "UNHEALTHY", "port": 80},
            ],
        },
        {"kind": "compute#backendServiceGroupHealth"},
    ]
    assert [target.state for target in gcp.targets(health)] == ["healthy", "unhealthy"]
    used = {"usedBy": [{"reference": f"{URL}/urlMaps/web"}]}
    assert gcp.balancers(used) == ("//compute.googleapis.com/projects/demo-project/global/urlMaps/web",)
    assert gcp.balancers({}) == ()


def test_targets_of_a_pool() -> None:
    kind = "compute#targetPoolInstanceHealth"
    found = gcp.pool_targets([{"kind": kind, "healthStatus": [{"healthState": "UNHEALTHY"}]}, {"kind": kind}])
    assert [target.state for target in found] == ["unhealthy"]
    with pytest.raises(ValueError, match="surprise"):
        gcp.pool_targets([{"kind": "surprise"}])


SQLI = {"expr": {"expression": "evaluatePreconfiguredWaf('sqli-v33-stable')"}}
EVERYONE = {"versionedExpr": "SRC_IPS_V1", "config": {"srcIpRanges": ["*"]}}


def against(action: str, match: Raw, *, preview: bool = False) -> dict[str, Any]:
    return {"action": action, "match": match, "preview": preview, "priority": 1}


@pytest.mark.parametrize(
    ("rules", "does"),
    [
        ([against("deny(403)", SQLI)], "blocks"),
        ([against("deny(403)", SQLI, preview=True)], "detects"),
        ([against("deny(403)", SQLI, preview=True), against("deny(403)", SQLI)], "blocks"),
        ([against("deny(403)", EVERYONE)], None),
        ([against("allow", SQLI)], None),
        ([], None),
    ],
)
def test_what_a_security_policy_does_with_an_attack(rules: list[Any], does: str | None) -> None:
    policy = {"selfLink": f"{URL}/securityPolicies/p", "rules": rules}
    service = {"selfLink": f"{URL}/backendServices/s", "securityPolicy": policy["selfLink"]}
    bare = {"selfLink": f"{URL}/backendServices/bare"}
    one = {"defaultService": service["selfLink"]}
    assert gcp.waf(one, [service, bare], [policy]) == does
    both = {**one, "pathMatchers": [{"defaultService": bare["selfLink"]}]}
    assert gcp.waf(both, [service, bare], [policy]) is None
    assert gcp.waf({"defaultUrlRedirect": {"httpsRedirect": True}}, [], []) == "blocks"
    with pytest.raises(KeyError):
        gcp.waf(one, [service], [])
