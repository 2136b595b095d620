"""Classic load balancers: from ELB's answers, and through the real SDK against moto."""

from typing import Any

import boto3
import pytest
from collecting import collected
from mapped import mapped, unfilled
from scripted import ACCOUNT, HOME, Answer, Scripted, collect
from shipped import RULES

from scanner.engine import Outcome, run_case
from scanner.models.load_balancer import Listener, LoadBalancer, Target, TargetGroup, TlsPolicy
from scanner.models.resource import Code, Resource
from scanner.providers.aws.classic_load_balancer import BALANCERS, INSTANCES, LISTENERS, SOURCES
from scanner.rule import Case

ARN = f"arn:aws:elasticloadbalancing:{HOME}:{ACCOUNT}:loadbalancer/shop"


def listener(protocol: str, port: int, *policies: str) -> dict[str, Any]:
    said = {"Protocol": protocol, "LoadBalancerPort": port, "InstanceProtocol": "HTTP", "InstancePort": 80}
    return {"Listener": said, "PolicyNames": list(policies)}


def policy(name: str, **attributes: str) -> dict[str, Any]:
    rows = [{"AttributeName": key, "AttributeValue": value} for key, value in attributes.items()]
    return {
        "PolicyName": name,
        "PolicyTypeName": "SSLNegotiationPolicyType",
        "PolicyAttributeDescriptions": rows,
    }


BALANCER: dict[str, Any] = {
    "LoadBalancerName": "shop",
    "DNSName": "shop-1.elb.amazonaws.com",
    "ListenerDescriptions": [listener("HTTP", 80), listener("HTTPS", 443, "own"), listener("SSL", 993)],
    "Instances": [{"InstanceId": "i-1"}, {"InstanceId": "i-2"}],
    "SecurityGroups": ["sg-1"],
    "Scheme": "internet-facing",
}
STRONG = policy(
    "own",
    **{
        "Reference-Security-Policy": "ELBSecurityPolicy-TLS-1-2-2017-01",
        "Protocol-TLSv1": "false",
        "Protocol-TLSv1.2": "true",
        "Server-Defined-Cipher-Order": "true",
        "ECDHE-RSA-AES128-GCM-SHA256": "true",
        "AES128-SHA": "false",
    },
)
STICKY = {
    "PolicyName": "sticky",
    "PolicyTypeName": "LBCookieStickinessPolicyType",
    "PolicyAttributeDescriptions": [],
}
LOG = {"Enabled": True, "S3BucketName": "logs", "EmitInterval": 60, "S3BucketPrefix": ""}
ANSWERS: dict[str, Answer] = {
    "elb:DescribeLoadBalancers": {"LoadBalancerDescriptions": [BALANCER]},
    "elb:DescribeLoadBalancerAttributes": {
        "LoadBalancerAttributes": {"AccessLog": LOG, "CrossZoneLoadBalancing": {"Enabled": True}}
    },
    "elb:DescribeLoadBalancerPolicies": {"PolicyDescriptions": [STICKY, STRONG]},
    "elb:DescribeInstanceHealth": {
        "InstanceStates": [
            {"InstanceId": "i-1", "State": "InService", "ReasonCode": "N/A", "Description": "N/A"},
            {
                "InstanceId": "i-2",
                "State": "OutOfService",
                "ReasonCode": "Instance",
                "Description": "Instance has failed at least the UnhealthyThreshold number of health checks "
                "consecutively.",
            },
        ]
    },
    "elb:DescribeTags": {
        "TagDescriptions": [{"LoadBalancerName": "shop", "Tags": [{"Key": "team", "Value": "web"}]}]
    },
}


def outcome(rule: str, one: Resource) -> Outcome | None:
    found = run_case(RULES[rule], Case(one))
    return found and found.outcome


def test_every_field_is_filled() -> None:
    assert [unfilled(source) for source in SOURCES] == [set()] * 3


def test_one_with_all_that_belongs_to_it() -> None:
    session = Scripted(ANSWERS)
    found = collect(session, SOURCES)
    assert not found.gaps
    one = found.resources[ARN]
    assert isinstance(one, LoadBalancer)
    assert (one.type, one.public, one.families, one.firewalls) == ("classic", True, (4,), ("sg-1",))
    assert (one.access_log, one.tags) == ("logs", {"team": "web"})
    assert set(one.unread) == set(BALANCERS.lacking)
    plain, own, default = (found.resources[f"{ARN}/listener/{port}"] for port in (80, 443, 993))
    assert isinstance(plain, Listener)
    assert isinstance(own, Listener)
    assert isinstance(default, Listener)
    assert [row.protocol for row in (plain, own, default)] == ["http", "https", "tls"]
    assert (plain.name, plain.ports, plain.load_balancer) == ("shop HTTP:80", ((80, 80),), "shop")
    assert plain.why("tls").code is Code.NOT_APPLICABLE
    assert own.tls == TlsPolicy(
        name="ELBSecurityPolicy-TLS-1-2-2017-01",
        protocols=("TLSv1.2",),
        ciphers=("ECDHE-RSA-AES128-GCM-SHA256",),
    )
    assert default.tls.name == "ELBSecurityPolicy-2016-08"
    group = found.resources[f"{ARN}/instances"]
    assert isinstance(group, TargetGroup)
    assert [target.state for target in group.targets] == ["healthy", "unhealthy"]
    # One answer for both listeners that end TLS.
    assert session.asked("elb:DescribeLoadBalancerPolicies") == [{"LoadBalancerName": "shop"}]


def test_the_rules_on_load_balancers_apply() -> None:
    found = collect(Scripted(ANSWERS), SOURCES).resources
    assert outcome("load-balancer-plain-http", found[f"{ARN}/listener/80"]) is Outcome.FAIL
    assert outcome("load-balancer-weak-tls", found[f"{ARN}/listener/443"]) is Outcome.PASS
    assert outcome("load-balancer-weak-tls", found[f"{ARN}/listener/993"]) is Outcome.FAIL
    assert outcome("load-balancer-without-access-log", found[ARN]) is Outcome.PASS
    assert outcome("load-balancer-unprotected-from-deletion", found[ARN]) is None


@pytest.mark.parametrize(
    ("state", "description", "meant"),
    [
        ("InService", "N/A", "healthy"),
        ("Unknown", "A transient error occurred. Please try again later.", "pending"),
        ("OutOfService", "Instance registration is still in progress.", "pending"),
        ("OutOfService", "Instance is in stopped state.", "unused"),
        ("OutOfService", "Instance deregistration currently in progress.", "draining"),
        ("OutOfService", "Instance has not passed the configured HealthyThreshold number.", "unhealthy"),
    ],
)
def test_states_of_instances(state: str, description: str, meant: str) -> None:
    rows = [{"InstanceId": "i-1", "State": state, "ReasonCode": "Instance", "Description": description}]
    group = mapped(INSTANCES, {"LoadBalancerName": "shop"}, DescribeInstanceHealth=rows)
    assert isinstance(group, TargetGroup)
    assert group.targets == (Target(state=meant, reason="Instance"),)


def test_a_policy_that_says_no_version_is_unread() -> None:
    row = mapped(
        LISTENERS,
        listener("HTTPS", 443, "own"),
        parent=BALANCER,
        DescribeLoadBalancerPolicies=[policy("own", **{"AES128-SHA": "true"})],
    )
    assert row.why("tls").code is Code.MALFORMED


@pytest.mark.usefixtures("moto")
def test_through_the_real_sdk() -> None:
    elb = boto3.client("elb", region_name="eu-west-1")
    elb.create_load_balancer(
        LoadBalancerName="shop",
        Listeners=[{"Protocol": "HTTP", "LoadBalancerPort": 80, "InstancePort": 80}],
        AvailabilityZones=["eu-west-1a"],
        Tags=[{"Key": "team", "Value": "web"}],
    )
    found = collected(SOURCES)
    arn = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/shop"
    assert set(found) == {arn, f"{arn}/listener/80", f"{arn}/instances"}
    assert (found[arn].access_log, found[arn].tags) == (None, {"team": "web"})
    assert found[f"{arn}/instances"].targets == ()
