"""Load balancers and their listeners: which lists are asked, and how their rows are laid side by side.

A forwarding rule is the front; its target proxy, the proxy's URL map and SSL policy are rows of further lists, each
asked once for the whole project and joined by address.
"""

from collections.abc import Callable, Sequence
from typing import Any, Final

from scanner.models.load_balancer import FORWARD, Action, Listener, LoadBalancer
from scanner.providers.gcp import load_balancer
from scanner.providers.gcp.calls import GcpCall, compute_aggregated, compute_list
from scanner.providers.gcp.places import full_id, region
from scanner.providers.spec import Detail, Raw, Read, Source

FORWARDING_RULES: Final = compute_aggregated("forwardingRules", asset="ForwardingRule")
URL_MAPS: Final = compute_aggregated("urlMaps", asset="UrlMap")
SSL_POLICIES: Final = compute_aggregated("sslPolicies", asset="SslPolicy")
HTTP_PROXIES: Final = compute_aggregated("targetHttpProxies", asset="TargetHttpProxy")
HTTPS_PROXIES: Final = compute_aggregated("targetHttpsProxies", asset="TargetHttpsProxy")
SSL_PROXIES: Final = compute_list("targetSslProxies", asset="TargetSslProxy")
SECURITY_POLICIES: Final = compute_aggregated("securityPolicies", asset="SecurityPolicy")
BACKEND_SERVICES: Final = compute_aggregated("backendServices", asset="BackendService")

#: What a forwarding rule may lead to without being the front of a load balancer.
_OTHER_ENDS: Final = ("targetVpnGateways", "serviceAttachments")


def target(rule: Raw) -> str:
    """Return the collection that a forwarding rule's target is one of, "" where it leads to a backend service."""
    parts = str(rule.get("target") or "").split("/")
    return parts[-2] if len(parts) > 1 else parts[0]


def balances(rule: Raw) -> bool:
    """Tell a load balancer's front from the end of a tunnel and from a private way to somebody's service."""
    if target(rule) in _OTHER_ENDS or target(rule) in ("all-apis", "vpc-sc"):
        return False
    return bool(rule.get("target") or rule.get("backendService"))


def _leads_to(collection: str) -> Callable[[Raw], bool]:
    return lambda rule: target(rule) == collection and balances(rule)


def _passes_through(rule: Raw) -> bool:
    return balances(rule) and target(rule) not in (
        "targetHttpProxies",
        "targetHttpsProxies",
        "targetSslProxies",
    )


def beside(rule: Raw) -> Raw:
    """Lay a forwarding rule and what was joined to it side by side, as the readers of a listener want it."""
    return {"rule": rule, **{part: rule.get(part) for part in ("proxy", "urlMap", "sslPolicy")}}


def _read(fact: str) -> Callable[[Raw], object]:
    reader = load_balancer.LISTENER[fact]
    assert callable(reader)  # noqa: S101 - a path would need the row itself
    return lambda rule: reader(beside(rule))


def _joined(fact: str) -> Callable[[Any, Raw], object]:
    """Return what reads a fact once the proxy is known to be there. Raises KeyError when it is not."""
    reader = _read(fact)

    def read(_: Any, rule: Raw) -> object:
        if rule["proxy"] is None:
            raise KeyError("target")
        return reader(rule)

    return read


#: What the forwarding rule alone says.
_FRONT: Final = {fact: _read(fact) for fact in ("load_balancer", "public", "protocol", "ports", "tags")}


def _url_map(*facts: str) -> Detail:
    return Detail(
        call=URL_MAPS,
        per="scope",
        join=("selfLink", "{proxy.urlMap}"),
        brings="urlMap",
        with_item=True,
        fills={fact: _mapped(fact) for fact in facts},
    )


def _mapped(fact: str) -> Callable[[Any, Raw], object]:
    """Return what reads a fact of the URL map. Raises KeyError where the proxy's is not in the list."""
    reader = _joined(fact)

    def read(found: Any, rule: Raw) -> object:
        if rule["urlMap"] is None:
            raise KeyError("proxy.urlMap")
        return reader(found, rule)

    return read


def _ssl_policy() -> Detail:
    return Detail(
        call=SSL_POLICIES,
        per="scope",
        join=("selfLink", "{proxy.sslPolicy?}"),
        brings="sslPolicy",
        with_item=True,
        fills={"tls": _agreed},
    )


def _agreed(found: Any, rule: Raw) -> object:
    """Read what clients may agree on. Raises KeyError where the proxy names a policy that is not in the list."""
    tls = _joined("tls")(found, rule)
    if rule["proxy"].get("sslPolicy") and rule["sslPolicy"] is None:
        raise KeyError("proxy.sslPolicy")
    return tls


def _proxied(proxies: GcpCall, *leads: Detail) -> Detail:
    return Detail(
        call=proxies, per="scope", join=("selfLink", "{target}"), brings="proxy", fills={}, leads=leads
    )


def _listener(
    keep: Callable[[Raw], bool],
    details: Sequence[Detail],
    without: Sequence[str],
    fields: dict[str, Read] | None = None,
) -> Source:
    return Source(
        kind=Listener,
        listing=FORWARDING_RULES,
        level="account",
        id=full_id,
        name="{name}",
        region=region,
        fields={**_FRONT, **(fields or {})},
        keep=keep,
        details=details,
        not_applicable=lambda _: without,
    )


def _balancer(
    keep: Callable[[Raw], bool], details: Sequence[Detail] = (), without: Sequence[str] = ()
) -> Source:
    return Source(
        kind=LoadBalancer,
        listing=FORWARDING_RULES,
        level="account",
        id=full_id,
        name="{name}",
        region=region,
        fields=load_balancer.LOAD_BALANCER,
        keep=keep,
        details=details,
        lacking=load_balancer.LACKS,
        not_applicable=(lambda _: without) if without else None,
    )


def _logged(services: Sequence[Raw], rule: Raw) -> str | None:
    """Read where requests are logged to. Raises KeyError where the URL map is not in the list."""
    if rule["urlMap"] is None:
        raise KeyError("proxy.urlMap")
    return load_balancer.access_log(rule["urlMap"], services)


def _guarded(policies: Sequence[Raw], rule: Raw) -> str | None:
    """Read what the backends' policies do with an attack. Raises KeyError where the URL map is not in the list."""
    if rule["urlMap"] is None:
        raise KeyError("proxy.urlMap")
    return load_balancer.waf(rule["urlMap"], rule["services"], policies)


#: Requests are logged, and looked into, by the backend services to which the URL map leads.
_LOGS: Final = Detail(
    call=URL_MAPS,
    per="scope",
    join=("selfLink", "{proxy.urlMap}"),
    brings="urlMap",
    fills={},
    leads=[
        Detail(
            call=BACKEND_SERVICES,
            per="scope",
            with_item=True,
            brings="services[]",
            fills={"access_log": _logged},
            leads=[Detail(call=SECURITY_POLICIES, per="scope", with_item=True, fills={"waf": _guarded})],
        )
    ],
)

LOAD_BALANCERS: Final = (
    _balancer(_leads_to("targetHttpProxies"), [_proxied(HTTP_PROXIES, _LOGS)]),
    _balancer(_leads_to("targetHttpsProxies"), [_proxied(HTTPS_PROXIES, _LOGS)]),
    _balancer(
        lambda rule: balances(rule) and target(rule) not in ("targetHttpProxies", "targetHttpsProxies"),
        without=["access_log", "waf"],
    ),
)

LISTENERS: Final = (
    _listener(
        _leads_to("targetHttpProxies"), [_proxied(HTTP_PROXIES, _url_map("default_action", "rules"))], ["tls"]
    ),
    _listener(
        _leads_to("targetHttpsProxies"),
        [_proxied(HTTPS_PROXIES, _url_map("default_action"), _ssl_policy())],
        ["rules"],
    ),
    _listener(
        _leads_to("targetSslProxies"),
        [_proxied(SSL_PROXIES, _ssl_policy())],
        ["rules"],
        {"default_action": lambda _: Action(type=FORWARD, to_protocol=None)},
    ),
    _listener(
        _passes_through,
        [],
        ["rules", "tls"],
        {"default_action": lambda _: Action(type=FORWARD, to_protocol=None)},
    ),
)

SOURCES: Final = (*LOAD_BALANCERS, *LISTENERS)
