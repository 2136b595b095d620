"""Load balancers of ELB version 2, their listeners, and target groups with the health of their targets.

All Describe calls of this API share one bucket of 10 a second: nothing is asked per item that a listing says.
"""

from typing import Final

from scanner.models.load_balancer import (
    APPLICATION,
    DRAINING,
    FIXED_RESPONSE,
    FORWARD,
    GATEWAY,
    HEALTHY,
    NETWORK,
    PENDING,
    REDIRECT,
    UNCHECKED,
    UNHEALTHY,
    UNUSED,
    Action,
    Listener,
    ListenerRule,
    LoadBalancer,
    Target,
    TargetGroup,
    TlsPolicy,
)
from scanner.providers.aws.calls import AwsCall
from scanner.providers.aws.reading import tags_of_row
from scanner.providers.spec import PARENT, Detail, Raw, Source
from scanner.providers.values import known

#: The largest page of every listing of this API.
_PAGE: Final = {"PageSize": 400}

_SCHEMES: Final = {"internet-facing": True, "internal": False}
_TYPES: Final = {"application": APPLICATION, "network": NETWORK, "gateway": GATEWAY}
_FAMILIES: Final = {"ipv4": (4,), "dualstack": (4, 6), "dualstack-without-public-ipv4": (6,)}
_ACTIONS: Final = {"forward": FORWARD, "redirect": REDIRECT, "fixed-response": FIXED_RESPONSE}
_VERSIONS: Final = {"SSLv3": "SSLv3", "TLSv1": "TLSv1.0"}
_STATES: Final = {
    "healthy": HEALTHY,
    "initial": PENDING,
    "unhealthy": UNHEALTHY,
    "unhealthy.draining": UNHEALTHY,
    "unused": UNUSED,
    "draining": DRAINING,
    "unavailable": UNCHECKED,
}


def public(balancer: Raw) -> bool:
    """Tell whether the scheme is internet-facing, which CreateLoadBalancer documents as the default.

    A gateway load balancer has no scheme, and nothing public.
    """
    return balancer["Type"] != "gateway" and known(_SCHEMES, balancer.get("Scheme", "internet-facing"))


def families(balancer: Raw) -> tuple[int, ...]:
    """Return the IP versions of the address type."""
    return known(_FAMILIES, balancer["IpAddressType"])


def firewalls(balancer: Raw) -> tuple[str, ...]:
    """Return the security groups; a network load balancer may have none, a gateway one never has any."""
    return tuple(balancer.get("SecurityGroups") or ())


def default_action(listener: Raw) -> Action:
    """Return what the listener does with requests that match no rule."""
    return _action(listener["DefaultActions"], listener["Protocol"])


def _action(actions: list[Raw], protocol: str) -> Action:
    """The last action in order decides; those before it authenticate."""
    last = max(enumerate(actions), key=lambda one: (one[1].get("Order", 0), one[0]))[1]
    to_protocol = None
    if last["Type"] == "redirect":
        # Absent means `#{protocol}`: the protocol stays as it is.
        told = last["RedirectConfig"].get("Protocol", "#{protocol}")
        to_protocol = (protocol if told == "#{protocol}" else told).lower()
    return Action(type=_ACTIONS.get(last["Type"], str(last["Type"])), to_protocol=to_protocol)


def rules(rows: list[Raw], listener: Raw) -> tuple[ListenerRule, ...]:
    """Return the listener's rules, less the default."""
    return tuple(
        ListenerRule(paths=_paths(row), action=_action(row["Actions"], listener["Protocol"]))
        for row in rows
        if not row["IsDefault"]
    )


def _paths(row: Raw) -> tuple[str, ...]:
    """Path patterns of a rule; a regular expression stands among them behind a `~`."""
    found: list[str] = []
    for condition in row.get("Conditions", ()):
        if condition["Field"] == "path-pattern":
            config = condition.get("PathPatternConfig", condition)
            found += config.get("Values", ())
            found += [f"~{expression}" for expression in config.get("RegexValues", ())]
    return tuple(found)


def _sends_nothing_on(listener: Raw) -> bool:
    """Tell whether only a rule of this listener can send plain requests on: its default action redirects or answers."""
    if listener["Protocol"] != "HTTP":
        return False
    action = default_action(listener)
    return action.type == FIXED_RESPONSE or (action.type == REDIRECT and action.to_protocol == "https")


def _ends_tls(listener: Raw) -> bool:
    return listener["Protocol"] in {"HTTPS", "TLS"}


def tls(policies: list[Raw], listener: Raw) -> TlsPolicy:
    """Return what the listener's policy accepts. Raises LookupError for a policy that the region does not list."""
    if not policies:
        raise LookupError(f"lists no policy {listener['SslPolicy']}")
    policy = policies[0]
    return TlsPolicy(
        name=policy["Name"],
        protocols=tuple(_VERSIONS.get(version, version) for version in policy["SslProtocols"]),
        ciphers=tuple(cipher["Name"] for cipher in policy["Ciphers"]),
    )


def targets(descriptions: list[Raw]) -> tuple[Target, ...]:
    """Return every target with its state. Raises ValueError for a state that is not known."""
    return tuple(
        Target(state=known(_STATES, health["State"]), reason=health.get("Reason"))
        for health in (description["TargetHealth"] for description in descriptions)
    )


def _attributes(answer: Raw) -> dict[str, str]:
    """Return the attributes by key. Raises LookupError where there is not one: every load balancer has some."""
    found = {one["Key"]: one["Value"] for one in answer["Attributes"]}
    if not found:
        raise LookupError("names no attribute")
    return found


def _switch(answer: Raw, key: str) -> bool:
    """Return a switch among the attributes. Those that matter here are off by default."""
    return known({"true": True, "false": False}, _attributes(answer).get(key, "false").lower())


def access_log(answer: Raw) -> str | None:
    """Return the bucket that gets the access log."""
    return _attributes(answer)["access_logs.s3.bucket"] if _switch(answer, "access_logs.s3.enabled") else None


_OF_SOME: Final = {"application": (), "network": ("drops_invalid_headers",)}


def _without(balancer: Raw) -> tuple[str, ...]:
    """Return the attributes that a load balancer of this type does not have."""
    return _OF_SOME.get(balancer["Type"], ("access_log", "drops_invalid_headers"))


def _tags(arn: str) -> Detail:
    return Detail(
        call=AwsCall("elbv2", "DescribeTags", "TagDescriptions", given={"ResourceArns": [f"{{{arn}}}"]}),
        per="batch",
        size=20,
        join=("ResourceArn", f"{{{arn}}}"),
        fills={"tags": tags_of_row},
    )


LOAD_BALANCERS: Final = Source(
    kind=LoadBalancer,
    listing=AwsCall("elbv2", "DescribeLoadBalancers", "LoadBalancers", params=_PAGE),
    id="{LoadBalancerArn}",
    name="{LoadBalancerName}",
    fields={
        "type": lambda balancer: known(_TYPES, balancer["Type"]),
        "public": public,
        "families": families,
        "firewalls": firewalls,
    },
    details=[
        Detail(
            call=AwsCall(
                "elbv2",
                "DescribeLoadBalancerAttributes",
                given={"LoadBalancerArn": "{LoadBalancerArn}"},
            ),
            fills={
                "access_log": access_log,
                "drops_invalid_headers": lambda answer: _switch(
                    answer, "routing.http.drop_invalid_header_fields.enabled"
                ),
                "deletion_protection": lambda answer: _switch(answer, "deletion_protection.enabled"),
            },
        ),
        _tags("LoadBalancerArn"),
    ],
    not_applicable=_without,
    lacking=("waf",),
)

LISTENERS: Final = Source(
    kind=Listener,
    listing=AwsCall(
        "elbv2",
        "DescribeListeners",
        "Listeners",
        given={"LoadBalancerArn": "{LoadBalancerArn}"},
        params=_PAGE,
    ),
    under=LOAD_BALANCERS,
    # A gateway load balancer takes packets to every port from its endpoints, and none from clients.
    keep=lambda listener: bool(listener[PARENT]["Type"] != "gateway"),
    id="{ListenerArn}",
    name="{^.LoadBalancerName} {Protocol}:{Port}",
    fields={
        "load_balancer": "LoadBalancerArn",
        "public": lambda listener: public(listener[PARENT]),
        "protocol": lambda listener: listener["Protocol"].lower(),
        "ports": lambda listener: ((listener["Port"], listener["Port"]),),
        "default_action": default_action,
    },
    details=[
        Detail(
            call=AwsCall(
                "elbv2", "DescribeRules", "Rules", given={"ListenerArn": "{ListenerArn}"}, params=_PAGE
            ),
            when=_sends_nothing_on,
            with_item=True,
            fills={"rules": rules},
        ),
        Detail(
            call=AwsCall(
                "elbv2",
                "DescribeSSLPolicies",
                "SslPolicies",
                params=_PAGE,
            ),
            per="scope",
            join=("Name", "{SslPolicy}"),
            when=_ends_tls,
            with_item=True,
            fills={"tls": tls},
        ),
        _tags("ListenerArn"),
    ],
)

TARGET_GROUPS: Final = Source(
    kind=TargetGroup,
    listing=AwsCall("elbv2", "DescribeTargetGroups", "TargetGroups", params=_PAGE),
    id="{TargetGroupArn}",
    name="{TargetGroupName}",
    fields={"load_balancers": lambda group: tuple(group["LoadBalancerArns"])},
    details=[
        Detail(
            call=AwsCall(
                "elbv2",
                "DescribeTargetHealth",
                "TargetHealthDescriptions",
                given={"TargetGroupArn": "{TargetGroupArn}"},
            ),
            # Lambda targets alone may go without health checks, and nobody knows their health then. Groups that no
            # load balancer sends to are checked by nobody either.
            when=lambda group: bool(group["LoadBalancerArns"]) and group["HealthCheckEnabled"],
            fills={"targets": targets},
        ),
        _tags("TargetGroupArn"),
    ],
)

SOURCES: Final = (LOAD_BALANCERS, LISTENERS, TARGET_GROUPS)
