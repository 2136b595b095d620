"""Load balancers as Compute Engine gives them: forwarding rules, proxies, URL maps, SSL policies, backend services.

What other clouds keep in one listener stands here in four resources. The functions for a Listener read them side by
side from one mapping: `rule` (the forwarding rule), `proxy`, `urlMap` and `sslPolicy`, each None where there is none.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from scanner.models.load_balancer import (
    APPLICATION,
    BLOCKS,
    DETECTS,
    DRAINING,
    FORWARD,
    HEALTHY,
    HTTP,
    HTTPS,
    NETWORK,
    REDIRECT,
    TCP,
    TLS,
    TLS_VERSIONS,
    UNHEALTHY,
    Action,
    ListenerRule,
    Target,
    TlsPolicy,
)
from scanner.models.resource import Code, Why
from scanner.providers.gcp.names import full_name
from scanner.providers.protocols import port_ranges
from scanner.providers.spec import Raw, Read
from scanner.providers.values import known

_PROXIES: Final = {
    "targetHttpProxies": HTTP,
    "targetHttpsProxies": HTTPS,
    "targetSslProxies": TLS,
    "targetTcpProxies": TCP,
    "targetGrpcProxies": "grpc",
}
_VERSIONS: Final = {f"TLS_1_{minor}": f"TLSv1.{minor}" for minor in range(4)}
#: "Always compute#backendServiceGroupHealth for the health of backend services" (discovery document).
_HEALTH_OF_GROUP: Final = "compute#backendServiceGroupHealth"
#: "Always compute#targetPoolInstanceHealth when checking the health of an instance" (discovery document).
_HEALTH_OF_MEMBER: Final = "compute#targetPoolInstanceHealth"
_HEALTH: Final = {"HEALTHY": HEALTHY, "UNHEALTHY": UNHEALTHY, "DRAINING": DRAINING}
_PUBLIC: Final = {
    "EXTERNAL": True,
    "EXTERNAL_MANAGED": True,
    "EXTERNAL_PASSTHROUGH": True,
    "INTERNAL": False,
    "INTERNAL_MANAGED": False,
    "INTERNAL_SELF_MANAGED": False,
}


_NOT_TOLD: Final = Why(code=Code.UNAVAILABLE, text="Google Cloud does not list the ciphers of its default")


def _proxy_protocol(rule: Raw) -> str | None:
    """Return what the forwarding rule's target speaks to clients; None when packets pass through."""
    parts = str(rule.get("target") or "").split("/")
    return next((protocol for collection, protocol in _PROXIES.items() if collection in parts), None)


def kind(rule: Raw) -> str:
    """Return the type of load balancer that a forwarding rule is the front of."""
    return APPLICATION if _proxy_protocol(rule) in {HTTP, HTTPS, "grpc"} else NETWORK


def public(rule: Raw) -> bool:
    """Tell whether the forwarding rule's address is on the internet."""
    return known(_PUBLIC, rule["loadBalancingScheme"])


def families(rule: Raw) -> tuple[int, ...]:
    """Return the IP version of the rule's address: a rule has one."""
    return (6,) if ":" in rule["IPAddress"] else (4,)


def protocol(listener: Raw) -> str:
    """Return what the listener speaks."""
    rule = listener["rule"]
    return _proxy_protocol(rule) or str(rule["IPProtocol"]).lower()


def ports(listener: Raw) -> tuple[tuple[int, int], ...]:
    """Return the ports of the forwarding rule: a range, a list, or all of them."""
    rule = listener["rule"]
    if rule.get("allPorts"):
        return ()
    return port_ranges([rule["portRange"]] if rule.get("portRange") else rule["ports"])


def default_action(listener: Raw) -> Action:
    """Return what becomes of requests that match nothing in the URL map; without one all go to the backends."""
    return _action(listener["urlMap"] or {}, "defaultUrlRedirect")


def _action(part: Raw, redirect: str) -> Action:
    told = part.get(redirect)
    if told is None:
        return Action(type=FORWARD, to_protocol=None)
    return Action(type=REDIRECT, to_protocol=HTTPS if told.get("httpsRedirect") else HTTP)


def rules(listener: Raw) -> tuple[ListenerRule, ...]:
    """Return the exceptions that the URL map makes by host and path."""
    return tuple(
        rule
        for matcher in (listener["urlMap"] or {}).get("pathMatchers") or ()
        for rule in _of_matcher(matcher)
    )


def _of_matcher(matcher: Raw) -> Iterator[ListenerRule]:
    yield ListenerRule(paths=(), action=_action(matcher, "defaultUrlRedirect"))
    for rule in matcher.get("pathRules") or ():
        yield ListenerRule(paths=tuple(rule["paths"]), action=_action(rule, "urlRedirect"))
    for rule in matcher.get("routeRules") or ():
        yield ListenerRule(paths=_routes(rule), action=_action(rule, "urlRedirect"))


def _routes(rule: Raw) -> tuple[str, ...]:
    """Return the paths of a route rule; empty as soon as one of its alternatives names none."""
    paths: list[str] = []
    for match in rule.get("matchRules") or ():
        if "prefixMatch" in match:
            paths.append(f"{match['prefixMatch']}*")
        elif "fullPathMatch" in match or "pathTemplateMatch" in match:
            paths.append(str(match.get("fullPathMatch", match.get("pathTemplateMatch"))))
        elif "regexMatch" in match:
            paths.append(f"~{match['regexMatch']}")
        else:
            return ()
    return tuple(paths)


def tls(listener: Raw) -> TlsPolicy:
    """Return what clients may agree on. Without a policy that is TLS 1.0 and later; its ciphers are not told."""
    policy = listener["sslPolicy"]
    if policy is None:
        return TlsPolicy(name="(none)", protocols=_from("TLSv1.0"), unread={"ciphers": _NOT_TOLD})
    protocols = _from(known(_VERSIONS, policy["minTlsVersion"]))
    if "enabledFeatures" not in policy:  # which must not pass for no cipher at all
        return TlsPolicy(name=policy["name"], protocols=protocols, unread={"ciphers": _NOT_TOLD})
    return TlsPolicy(name=policy["name"], protocols=protocols, ciphers=tuple(policy["enabledFeatures"]))


def _from(oldest: str) -> tuple[str, ...]:
    return TLS_VERSIONS[TLS_VERSIONS.index(oldest) :]


def balancers(service: Raw) -> tuple[str, ...]:
    """Return what refers to a backend service: URL maps, target proxies, forwarding rules."""
    return tuple(full_name(one["reference"]) for one in service.get("usedBy") or ())


def targets(groups: list[Raw]) -> tuple[Target, ...]:
    """Return every endpoint in the answers of getHealth, one answer per backend group.

    Raises ValueError for an answer of another kind: a group without endpoints says that it is one.
    """
    for group in groups:
        if group["kind"] != _HEALTH_OF_GROUP:
            raise ValueError(f"is {group['kind']!r}, not {_HEALTH_OF_GROUP}")
    return tuple(
        Target(state=known(_HEALTH, status["healthState"]), reason=None)
        for group in groups
        for status in group.get("healthStatus") or ()
    )


def pool_targets(members: list[Raw]) -> tuple[Target, ...]:
    """Return every endpoint in the answers of getHealth, one answer per instance of a target pool.

    Raises ValueError for an answer of another kind.
    """
    for member in members:
        if member["kind"] != _HEALTH_OF_MEMBER:
            raise ValueError(f"is {member['kind']!r}, not {_HEALTH_OF_MEMBER}")
    return tuple(
        Target(state=known(_HEALTH, status["healthState"]), reason=None)
        for member in members
        for status in member.get("healthStatus") or ()
    )


def access_log(url_map: Raw, services: Iterable[Raw]) -> str | None:
    """Return where requests are logged to; None as soon as one backend service of the URL map logs nothing.

    Buckets that serve as backends log by themselves. Raises KeyError for a service that is not among `services`.
    """
    links = {link for link in _services(url_map) if "/backendServices/" in link}
    logging = {service["selfLink"]: service.get("logConfig", {}).get("enable", False) for service in services}
    return "Cloud Logging" if all(logging[link] for link in sorted(links)) else None


def waf(url_map: Raw, services: Iterable[Raw], policies: Iterable[Raw]) -> str | None:
    """Return what the security policies of a URL map's backend services do with an attack, by the one that does least.

    None as soon as one service has no policy that looks into requests. What leads to no service, but to another
    address or to files in a bucket, has nothing to attack. Raises KeyError for what is not in the lists.
    """
    links = {link for link in _services(url_map) if "/backendServices/" in link}
    by_link = {policy["selfLink"]: policy for policy in policies}
    attached = {service["selfLink"]: service.get("securityPolicy") for service in services}
    names = [attached[link] for link in sorted(links)]
    found = [_against_attacks(by_link[name]) if name else None for name in names]
    return min(found, key=_LEAST.index, default=BLOCKS)


#: What does least about an attack comes first.
_LEAST: Final = (None, DETECTS, BLOCKS)


def _against_attacks(policy: Raw) -> str | None:
    """Judge a security policy by its rules that look into requests: a list of addresses stops nobody's attack."""
    found = [
        DETECTS if rule.get("preview", False) else BLOCKS
        for rule in policy["rules"]
        if rule["action"] != "allow" and _looks_inside(rule)
    ]
    return max(found, key=_LEAST.index, default=None)


def _looks_inside(rule: Raw) -> bool:
    said = str(((rule.get("match") or {}).get("expr") or {}).get("expression", ""))
    return "evaluatePreconfigured" in said or "request." in said


def _services(part: Any) -> Iterator[str]:
    """Yield every service that a part of a URL map leads to: as the default, by a rule, by weight or as a mirror."""
    if isinstance(part, list):
        for one in part:
            yield from _services(one)
    elif isinstance(part, Mapping):
        for name, value in part.items():
            if name in ("service", "defaultService", "backendService") and isinstance(value, str):
                yield value
            elif name != "tests":
                yield from _services(value)


#: What filters stands before the backends, and is theirs; nothing has to be unlocked.
LACKS: Final = ("firewalls", "drops_invalid_headers", "deletion_protection")

LOAD_BALANCER: Final[Mapping[str, Read]] = {
    "type": kind,
    "public": public,
    "families": families,
    "tags": lambda rule: rule.get("labels") or {},
}
"""Fields of a LoadBalancer from one forwarding rule. What stands for `firewalls` is the backends'."""

LISTENER: Final[Mapping[str, Read]] = {
    "load_balancer": lambda listener: full_name(listener["rule"]["selfLink"]),
    "public": lambda listener: public(listener["rule"]),
    "protocol": protocol,
    "ports": ports,
    "default_action": default_action,
    "rules": rules,
    "tls": tls,
    "tags": lambda listener: listener["rule"].get("labels") or {},
}
"""Fields of a Listener; `tls` is not applicable where the proxy does not end TLS."""
