"""Load balancers, listeners and target groups: from ELB's answers, and through the real SDK against moto."""

from typing import Any

import boto3
import pytest
from collecting import REGION, collected
from mapped import mapped, unfilled

from scanner.models.load_balancer import Listener, LoadBalancer, TargetGroup
from scanner.models.resource import Code
from scanner.providers.aws.load_balancer import LISTENERS, LOAD_BALANCERS, SOURCES, TARGET_GROUPS

PREFIX = "arn:aws:elasticloadbalancing:eu-west-1:123456789012"
BALANCER: dict[str, Any] = {
    "LoadBalancerArn": f"{PREFIX}:loadbalancer/app/shop/1",
    "DNSName": "shop-1.eu-west-1.elb.amazonaws.com",
    "CanonicalHostedZoneId": "Z32O12XQLNTSW2",
    "LoadBalancerName": "shop",
    "Scheme": "internet-facing",
    "VpcId": "vpc-1",
    "State": {"Code": "active"},
    "Type": "application",
    "AvailabilityZones": [{"ZoneName": "eu-west-1a", "SubnetId": "subnet-1", "LoadBalancerAddresses": []}],
    "SecurityGroups": ["sg-1"],
    "IpAddressType": "ipv4",
}
NETWORK = {**BALANCER, "Type": "network", "Scheme": "internal", "IpAddressType": "dualstack"}
GATEWAY = {**BALANCER, "Type": "gateway"}
del NETWORK["SecurityGroups"], GATEWAY["Scheme"], GATEWAY["SecurityGroups"]

FORWARD = {"Type": "forward", "TargetGroupArn": f"{PREFIX}:targetgroup/web/1", "Order": 1}
TO_HTTPS = {
    "Type": "redirect",
    "RedirectConfig": {"Protocol": "HTTPS", "Port": "443", "StatusCode": "HTTP_301"},
}
LISTENER: dict[str, Any] = {
    "ListenerArn": f"{PREFIX}:listener/app/shop/1/2",
    "LoadBalancerArn": BALANCER["LoadBalancerArn"],
    "Port": 80,
    "Protocol": "HTTP",
    "DefaultActions": [TO_HTTPS],
}
HTTPS = {
    **LISTENER,
    "Port": 443,
    "Protocol": "HTTPS",
    "SslPolicy": "ELBSecurityPolicy-2016-08",
    "DefaultActions": [FORWARD],
}
POLICY = {
    "Name": "ELBSecurityPolicy-2016-08",
    "SslProtocols": ["TLSv1", "TLSv1.1", "TLSv1.2"],
    "Ciphers": [
        {"Name": "ECDHE-RSA-AES128-GCM-SHA256", "Priority": 1},
        {"Name": "AES128-SHA", "Priority": 2},
    ],
    "SupportedLoadBalancerTypes": ["application", "network"],
}
GROUP: dict[str, Any] = {
    "TargetGroupArn": f"{PREFIX}:targetgroup/web/1",
    "TargetGroupName": "web",
    "Protocol": "HTTP",
    "Port": 80,
    "VpcId": "vpc-1",
    "HealthCheckEnabled": True,
    "LoadBalancerArns": [BALANCER["LoadBalancerArn"]],
    "TargetType": "instance",
}


def tagged(arn: str) -> list[dict[str, Any]]:
    return [{"ResourceArn": arn, "Tags": [{"Key": "team", "Value": "shop"}]}]


def listener(raw: dict[str, Any], rules: list[dict[str, Any]] | None = None) -> Listener:
    answers: dict[str, Any] = {} if rules is None else {"DescribeRules": rules}
    made = mapped(LISTENERS, raw, parent=BALANCER, DescribeSSLPolicies=[POLICY], **answers)
    assert isinstance(made, Listener)
    return made


def rule(*actions: dict[str, Any], conditions: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    return {
        "RuleArn": f"{PREFIX}:listener-rule/app/shop/1/2/3",
        "Priority": "1",
        "Conditions": conditions or [],
        "Actions": list(actions),
        "IsDefault": False,
    }


def test_every_field_is_filled() -> None:
    assert [unfilled(source) for source in SOURCES] == [set(), set(), set()]


@pytest.mark.parametrize(
    ("raw", "facts"),
    [
        (BALANCER, ("application", True, (4,), ("sg-1",))),
        (NETWORK, ("network", False, (4, 6), ())),
        (GATEWAY, ("gateway", False, (4,), ())),
        (
            {**BALANCER, "IpAddressType": "dualstack-without-public-ipv4"},
            ("application", True, (6,), ("sg-1",)),
        ),
    ],
)
def test_load_balancers(raw: dict[str, Any], facts: tuple[Any, ...]) -> None:
    made = mapped(LOAD_BALANCERS, raw, DescribeTags=tagged(raw["LoadBalancerArn"]))
    assert isinstance(made, LoadBalancer)
    assert (made.type, made.public, made.families, made.firewalls) == facts
    assert (made.id, made.name, made.tags) == (raw["LoadBalancerArn"], "shop", {"team": "shop"})
    assert LOAD_BALANCERS.not_applicable is not None
    assert set(made.unread) == {*LOAD_BALANCERS.lacking, *LOAD_BALANCERS.not_applicable(raw)}


def attributes(**values: str) -> dict[str, Any]:
    return {"Attributes": [{"Key": key.replace("__", "."), "Value": value} for key, value in values.items()]}


LOGGED = attributes(
    access_logs__s3__enabled="true",
    access_logs__s3__bucket="logs",
    deletion_protection__enabled="true",
    routing__http__drop_invalid_header_fields__enabled="true",
)


@pytest.mark.parametrize(
    ("raw", "answer", "facts"),
    [
        (BALANCER, LOGGED, ("logs", True, True)),
        (
            BALANCER,
            attributes(access_logs__s3__enabled="false", access_logs__s3__bucket=""),
            (None, False, False),
        ),
        (NETWORK, LOGGED, ("logs", Code.NOT_APPLICABLE, True)),
        (GATEWAY, LOGGED, (Code.NOT_APPLICABLE, Code.NOT_APPLICABLE, True)),
        (BALANCER, {"Attributes": []}, (Code.MALFORMED,) * 3),
        (BALANCER, attributes(deletion_protection__enabled="perhaps"), (None, False, Code.MALFORMED)),
    ],
)
def test_attributes(raw: dict[str, Any], answer: dict[str, Any], facts: tuple[Any, ...]) -> None:
    made = mapped(LOAD_BALANCERS, raw, DescribeLoadBalancerAttributes=answer)
    names = ("access_log", "drops_invalid_headers", "deletion_protection")
    assert tuple(getattr(made, name) if made.known(name) else made.why(name).code for name in names) == facts


def test_a_listener_that_redirects_is_asked_for_its_rules() -> None:
    acme = {"Field": "path-pattern", "PathPatternConfig": {"Values": ["/.well-known/acme-challenge/*"]}}
    made = listener(
        LISTENER,
        [
            rule(FORWARD, conditions=[acme, {"Field": "host-header", "Values": ["a.example"]}]),
            rule(
                FORWARD, conditions=[{"Field": "path-pattern", "PathPatternConfig": {"RegexValues": ["^/a"]}}]
            ),
            rule(TO_HTTPS, conditions=[{"Field": "path-pattern", "Values": ["/old"]}]),
            rule(FORWARD),
            {**rule(TO_HTTPS), "IsDefault": True},
        ],
    )
    assert (made.name, made.protocol, made.ports) == ("shop HTTP:80", "http", ((80, 80),))
    assert (made.public, made.load_balancer) == (True, BALANCER["LoadBalancerArn"])
    assert (made.default_action.type, made.default_action.to_protocol) == ("redirect", "https")
    assert [(one.paths, one.action.type) for one in made.rules] == [
        (("/.well-known/acme-challenge/*",), "forward"),
        (("~^/a",), "forward"),
        (("/old",), "redirect"),
        ((), "forward"),
    ]
    assert made.why("tls").code is Code.NOT_APPLICABLE


@pytest.mark.parametrize(
    ("actions", "expected"),
    [
        ([FORWARD], ("forward", None)),
        (
            [{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}],
            ("fixed_response", None),
        ),
        ([{"Type": "redirect", "RedirectConfig": {"StatusCode": "HTTP_301"}}], ("redirect", "http")),
        (
            [{"Type": "redirect", "RedirectConfig": {"Protocol": "#{protocol}", "StatusCode": "HTTP_302"}}],
            ("redirect", "http"),
        ),
        ([{**FORWARD, "Order": 2}, {"Type": "jwt-validation", "Order": 1}], ("forward", None)),
        ([{"Type": "teleport"}], ("teleport", None)),
    ],
)
def test_default_actions(actions: list[dict[str, Any]], expected: tuple[str, str | None]) -> None:
    action = listener({**LISTENER, "DefaultActions": actions}).default_action
    assert (action.type, action.to_protocol) == expected


@pytest.mark.parametrize("raw", [{**LISTENER, "DefaultActions": [FORWARD]}, HTTPS])
def test_rules_are_not_asked_where_they_change_nothing(raw: dict[str, Any]) -> None:
    assert listener(raw).why("rules").code is Code.NOT_APPLICABLE


def test_tls_is_what_the_policy_accepts() -> None:
    tls = listener(HTTPS).tls
    assert tls.name == "ELBSecurityPolicy-2016-08"
    assert tls.protocols == ("TLSv1.0", "TLSv1.1", "TLSv1.2")
    assert tls.ciphers == ("ECDHE-RSA-AES128-GCM-SHA256", "AES128-SHA")


def test_a_policy_that_is_not_listed_leaves_tls_unread() -> None:
    made = mapped(LISTENERS, HTTPS, parent=BALANCER, DescribeSSLPolicies=[])
    assert made.why("tls").code is Code.MALFORMED
    assert made.why("tls").text == "the answer lists no policy ELBSecurityPolicy-2016-08"


def test_a_gateway_load_balancer_has_no_listener_for_clients() -> None:
    assert LISTENERS.keep is not None
    assert not LISTENERS.keep({"^": GATEWAY})
    assert LISTENERS.keep({"^": BALANCER})


def health(state: str, reason: str | None = None) -> dict[str, Any]:
    said = {"State": state} if reason is None else {"State": state, "Reason": reason}
    return {"Target": {"Id": "i-1", "Port": 80}, "HealthCheckPort": "80", "TargetHealth": said}


def test_target_health() -> None:
    answer = [
        health("healthy"),
        health("initial", "Elb.RegistrationInProgress"),
        health("unhealthy", "Target.Timeout"),
        health("unhealthy.draining", "Target.FailedHealthChecks"),
        health("unused", "Target.InvalidState"),
        health("draining", "Target.DeregistrationInProgress"),
        health("unavailable", "Target.HealthCheckDisabled"),
    ]
    made = mapped(
        TARGET_GROUPS, GROUP, DescribeTargetHealth=answer, DescribeTags=tagged(GROUP["TargetGroupArn"])
    )
    assert isinstance(made, TargetGroup)
    assert made.load_balancers == (BALANCER["LoadBalancerArn"],)
    assert [target.state for target in made.targets] == [
        "healthy",
        "pending",
        "unhealthy",
        "unhealthy",
        "unused",
        "draining",
        "unchecked",
    ]
    assert [target.reason for target in made.targets[:2]] == [None, "Elb.RegistrationInProgress"]
    unknown = mapped(TARGET_GROUPS, GROUP, DescribeTargetHealth=[health("asleep")])
    assert "'asleep'" in unknown.why("targets").text


@pytest.mark.parametrize("change", [{"HealthCheckEnabled": False}, {"LoadBalancerArns": []}])
def test_health_that_nobody_checks_is_not_asked(change: dict[str, Any]) -> None:
    assert mapped(TARGET_GROUPS, {**GROUP, **change}).why("targets").code is Code.NOT_APPLICABLE


@pytest.mark.usefixtures("moto")
def test_through_the_sdk() -> None:
    ec2, elb = boto3.client("ec2", region_name=REGION), boto3.client("elbv2", region_name=REGION)
    vpc = ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.1.{n}.0/24", AvailabilityZone=f"{REGION}{zone}")[
            "Subnet"
        ]["SubnetId"]
        for n, zone in enumerate("ab")
    ]
    balancer = elb.create_load_balancer(
        Name="shop", Subnets=subnets, Tags=[{"Key": "team", "Value": "shop"}]
    )["LoadBalancers"][0]["LoadBalancerArn"]
    group = elb.create_target_group(Name="web", Protocol="HTTP", Port=80, VpcId=vpc)["TargetGroups"][0][
        "TargetGroupArn"
    ]
    forward = {"Type": "forward", "TargetGroupArn": group}
    plain = elb.create_listener(
        LoadBalancerArn=balancer, Protocol="HTTP", Port=80, DefaultActions=[TO_HTTPS]
    )["Listeners"][0]["ListenerArn"]
    elb.create_rule(
        ListenerArn=plain,
        Priority=1,
        Conditions=[{"Field": "path-pattern", "Values": ["/api/*"]}],
        Actions=[forward],
    )
    certificate = boto3.client("iam").upload_server_certificate(
        ServerCertificateName="shop", CertificateBody="made up", PrivateKey="made up"
    )["ServerCertificateMetadata"]["Arn"]
    secure = elb.create_listener(
        LoadBalancerArn=balancer,
        Protocol="HTTPS",
        Port=443,
        SslPolicy="ELBSecurityPolicy-TLS13-1-2-Res-2021-06",
        Certificates=[{"CertificateArn": certificate}],
        DefaultActions=[forward],
    )["Listeners"][0]["ListenerArn"]
    found = collected(SOURCES)
    assert (found[balancer].type, found[balancer].public, found[balancer].tags) == (
        "application",
        True,
        {"team": "shop"},
    )
    assert [(one.paths, one.action.type) for one in found[plain].rules] == [(("/api/*",), "forward")]
    assert set(found[secure].tls.protocols) == {"TLSv1.2", "TLSv1.3"}
    assert found[secure].default_action.type == "forward"
    assert (set(found[group].load_balancers), found[group].targets) == ({balancer}, ())
    left = {
        (type(one).__name__, field, why.code)
        for one in found.values()
        for field, why in one.unread.items()
        if why.code is not Code.LACKING
    }
    assert left == {
        ("Listener", "rules", Code.NOT_APPLICABLE),
        ("Listener", "tls", Code.NOT_APPLICABLE),
    }
