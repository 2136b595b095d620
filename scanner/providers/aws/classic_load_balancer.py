"""Classic load balancers: their listeners, and the instances that stand behind all of them.

The API is the first version of ELB, with a bucket of 10 calls a second of its own.
"""

from collections.abc import Iterable, Iterator
from typing import Any, Final

from scanner.models.load_balancer import (
    CLASSIC,
    DRAINING,
    FORWARD,
    HEALTHY,
    HTTP,
    HTTPS,
    PENDING,
    TCP,
    TLS,
    UNHEALTHY,
    UNUSED,
    Action,
    Listener,
    LoadBalancer,
    Target,
    TargetGroup,
    TlsPolicy,
)
from scanner.providers.aws.calls import AwsCall
from scanner.providers.aws.reading import tags_of_row
from scanner.providers.spec import PARENT, Detail, Raw, Source, Within
from scanner.providers.values import known

_ARN: Final = "arn:{partition}:elasticloadbalancing:{region}:{account}:loadbalancer"

_SCHEMES: Final = {"internet-facing": True, "internal": False}
_PROTOCOLS: Final = {"HTTP": HTTP, "HTTPS": HTTPS, "TCP": TCP, "SSL": TLS}
_VERSIONS: Final = {"SSLv2": "SSLv2", "SSLv3": "SSLv3", "TLSv1": "TLSv1.0"}
_SERVICE: Final = {"InService": HEALTHY, "OutOfService": UNHEALTHY, "Unknown": PENDING}
#: What descriptions say of instances that are out of service for other reasons than a check. Source: `Description` of
#: InstanceState.
_OTHERWISE: Final = {
    "Instance registration is still in progress": PENDING,
    "Instance is in pending state": PENDING,
    "Instance deregistration currently in progress": DRAINING,
    "Disable Availability Zone is currently in progress": DRAINING,
    "Instance is in stopped state": UNUSED,
    "Instance is in terminated state": UNUSED,
    "Instance is in the EC2 Availability Zone for which LoadBalancer is not configured": UNUSED,
}

_NEGOTIATION: Final = "SSLNegotiationPolicyType"
_REFERENCE: Final = "Reference-Security-Policy"
#: What a listener gets that names no policy, and what it accepts. Source: the user guide of Classic Load Balancers,
#: "Update the SSL negotiation configuration" and "Predefined SSL security policies".
_BY_DEFAULT: Final = TlsPolicy(
    name="ELBSecurityPolicy-2016-08", protocols=("TLSv1.2", "TLSv1.1", "TLSv1.0"), ciphers=()
)


def public(balancer: Raw) -> bool:
    """Tell whether the scheme is internet-facing; those from before there were networks have none, and are public."""
    return known(_SCHEMES, balancer.get("Scheme") or "internet-facing")


def access_log(answer: Raw) -> str | None:
    """Return the bucket that gets the access log."""
    said = answer["LoadBalancerAttributes"]["AccessLog"]
    bucket: str | None = said["S3BucketName"] if said["Enabled"] else None
    return bucket


def ports(row: Raw) -> tuple[tuple[int, int], ...]:
    """Return the one port of a listener."""
    port = row["Listener"]["LoadBalancerPort"]
    return ((port, port),)


def tls(policies: Iterable[Raw], row: Raw) -> TlsPolicy:
    """Return what a listener that ends TLS accepts, by the policy for it among those that it names.

    Raises LookupError for a policy that says nothing of versions.
    """
    names = row.get("PolicyNames") or ()
    for policy in policies:
        if policy["PolicyTypeName"] == _NEGOTIATION and policy["PolicyName"] in names:
            return _negotiated(policy)
    return _BY_DEFAULT


def _negotiated(policy: Raw) -> TlsPolicy:
    said = {one["AttributeName"]: one["AttributeValue"] for one in policy["PolicyAttributeDescriptions"]}
    on = [name for name, value in said.items() if value == "true"]
    protocols = [name.removeprefix("Protocol-") for name in on if name.startswith("Protocol-")]
    if not protocols:
        raise LookupError(f"says of the policy {policy['PolicyName']} no version of TLS")
    return TlsPolicy(
        name=str(said.get(_REFERENCE, policy["PolicyName"])),
        protocols=tuple(_VERSIONS.get(version, version) for version in protocols),
        ciphers=tuple(name for name in on if not name.startswith(("Protocol-", "Server-Defined-"))),
    )


def targets(rows: Iterable[Raw]) -> tuple[Target, ...]:
    """Return every registered instance with its state. Raises ValueError for a state that is not known."""
    return tuple(Target(state=_state(row), reason=row.get("ReasonCode")) for row in rows)


def _state(row: Raw) -> str:
    state = known(_SERVICE, row["State"])
    if state != UNHEALTHY:
        return state
    said = row.get("Description") or ""
    return next((other for text, other in _OTHERWISE.items() if text in said), UNHEALTHY)


def instances(balancer: Raw) -> Iterator[Raw]:
    """Yield the one group of instances of a load balancer."""
    yield {"LoadBalancerName": balancer["LoadBalancerName"]}


def _listeners(balancer: Raw) -> list[Any]:
    return list(balancer["ListenerDescriptions"])


def _ends_tls(row: Raw) -> bool:
    return known(_PROTOCOLS, row["Listener"]["Protocol"].upper()) in (HTTPS, TLS)


BALANCERS: Final = Source(
    kind=LoadBalancer,
    listing=AwsCall("elb", "DescribeLoadBalancers", "LoadBalancerDescriptions", params={"PageSize": 400}),
    id=f"{_ARN}/{{LoadBalancerName}}",
    name="{LoadBalancerName}",
    fields={
        "type": lambda _: CLASSIC,
        "public": public,
        "families": lambda _: (4,),
        "firewalls": lambda balancer: tuple(balancer.get("SecurityGroups") or ()),
    },
    details=[
        Detail(
            call=AwsCall(
                "elb", "DescribeLoadBalancerAttributes", given={"LoadBalancerName": "{LoadBalancerName}"}
            ),
            fills={"access_log": access_log},
        ),
        Detail(
            call=AwsCall(
                "elb", "DescribeTags", "TagDescriptions", given={"LoadBalancerNames": ["{LoadBalancerName}"]}
            ),
            per="batch",
            size=20,
            join=("LoadBalancerName", "{LoadBalancerName}"),
            fills={"tags": tags_of_row},
        ),
    ],
    lacking=("deletion_protection", "drops_invalid_headers", "waf"),
)

LISTENERS: Final = Source(
    kind=Listener,
    listing=Within(_listeners),
    under=BALANCERS,
    # The API gives a listener no id; there is one for each port.
    id=f"{_ARN}/{{^.LoadBalancerName}}/listener/{{Listener.LoadBalancerPort}}",
    name="{^.LoadBalancerName} {Listener.Protocol}:{Listener.LoadBalancerPort}",
    fields={
        "load_balancer": lambda row: row[PARENT]["LoadBalancerName"],
        "public": lambda row: public(row[PARENT]),
        "protocol": lambda row: known(_PROTOCOLS, row["Listener"]["Protocol"].upper()),
        "ports": ports,
        # It can do nothing else, and has no rules.
        "default_action": lambda _: Action(type=FORWARD, to_protocol=None),
    },
    details=[
        Detail(
            call=AwsCall(
                "elb",
                "DescribeLoadBalancerPolicies",
                "PolicyDescriptions",
                given={"LoadBalancerName": "{^.LoadBalancerName}"},
                paging=None,
            ),
            per="shared",
            when=_ends_tls,
            with_item=True,
            fills={"tls": tls},
        )
    ],
    lacking=("rules", "tags"),
)

INSTANCES: Final = Source(
    kind=TargetGroup,
    listing=Within(instances),
    under=BALANCERS,
    id=f"{_ARN}/{{LoadBalancerName}}/instances",
    name="{LoadBalancerName}",
    fields={"load_balancers": lambda group: (group["LoadBalancerName"],)},
    details=[
        Detail(
            call=AwsCall(
                "elb",
                "DescribeInstanceHealth",
                "InstanceStates",
                given={"LoadBalancerName": "{LoadBalancerName}"},
                paging=None,
            ),
            fills={"targets": targets},
        )
    ],
    lacking=("tags",),
)

SOURCES: Final = (BALANCERS, LISTENERS, INSTANCES)
