"""The demo's load balancers: who is sent to HTTPS and who is not, and whether anybody is there to answer."""

from typing import Any, Final

from scanner.demo.aws.account import HOME, NUMBER, Account, named
from scanner.demo.aws.network import Home

PLAIN: Final = "load-balancer-plain-http"
WEAK: Final = "load-balancer-weak-tls"
EMPTY: Final = "load-balancer-without-healthy-target"
LOG: Final = "load-balancer-without-access-log"
HEADERS: Final = "load-balancer-keeps-invalid-headers"
DELETION: Final = "load-balancer-unprotected-from-deletion"

_STRONG: Final = "ELBSecurityPolicy-TLS13-1-2-Res-2021-06"
#: What the API gives to a listener that names no policy: it accepts TLS 1.0.
_BY_DEFAULT: Final = "ELBSecurityPolicy-2016-08"

_TO_HTTPS: Final = {
    "Type": "redirect",
    "RedirectConfig": {"Protocol": "HTTPS", "Port": "443", "StatusCode": "HTTP_301"},
}


def furnish(account: Account, home: Home) -> None:
    """Create load balancers of every type, with listeners, target groups and targets."""
    machines = _machines(account, home)
    certificate = account.client("acm").request_certificate(DomainName="shop.example.com")["CertificateArn"]
    tls = {"Protocol": "HTTPS", "Port": 443, "Certificates": [{"CertificateArn": certificate}]}

    web = _target_group(account, home, "web", machines["web-1"], machines["web-2"], good=[EMPTY])
    alb = _balancer(
        account, home, "web-alb", "application", SecurityGroups=[home.web], good=[LOG, HEADERS, DELETION]
    )
    _attributes(
        account,
        alb,
        {
            "access_logs.s3.enabled": "true",
            "access_logs.s3.bucket": "demo-shop-access-logs",
            "routing.http.drop_invalid_header_fields.enabled": "true",
            "deletion_protection.enabled": "true",
        },
    )
    _listener(account, alb, Protocol="HTTP", Port=80, DefaultActions=[_TO_HTTPS], good=[PLAIN])
    _listener(account, alb, **tls, SslPolicy=_STRONG, DefaultActions=_to(web), good=[WEAK])

    legacy = _target_group(account, home, "legacy", machines["legacy-1"], bad=[EMPTY])
    account.client("ec2").stop_instances(InstanceIds=[machines["legacy-1"]])
    alb = _balancer(
        account, home, "legacy-alb", "application", SecurityGroups=[home.web], bad=[LOG, HEADERS, DELETION]
    )
    _listener(account, alb, Protocol="HTTP", Port=80, DefaultActions=_to(legacy), bad=[PLAIN])
    _listener(account, alb, **tls, SslPolicy=_BY_DEFAULT, DefaultActions=_to(legacy), bad=[WEAK])

    # The default action redirects, but one rule sends what comes in plain text on.
    imports = _target_group(account, home, "imports", machines["web-1"], good=[EMPTY])
    alb = _balancer(
        account, home, "partner-alb", "application", SecurityGroups=[home.web], bad=[LOG, HEADERS, DELETION]
    )
    mixed = _listener(account, alb, Protocol="HTTP", Port=80, DefaultActions=[_TO_HTTPS], bad=[PLAIN])
    account.client("elbv2").create_rule(
        ListenerArn=mixed,
        Priority=10,
        Conditions=[{"Field": "path-pattern", "Values": ["/import/*"]}],
        Actions=_to(imports),
    )

    # Nobody has registered a target yet.
    api = _target_group(account, home, "api", protocol="TCP", bad=[EMPTY])
    nlb = _balancer(account, home, "api-nlb", "network", bad=[DELETION])
    _listener(
        account, nlb, **{**tls, "Protocol": "TLS"}, SslPolicy=_STRONG, DefaultActions=_to(api), good=[WEAK]
    )
    # What is not behind a load balancer keeps nobody waiting.
    _target_group(account, home, "spare")
    _classic(account, home, machines["web-2"], certificate)


def _classic(account: Account, home: Home, machine: str, certificate: str) -> None:
    """Create two from years ago: one was looked after, and one was left as it was made, with nobody behind it."""
    elb = account.client("elb")
    name = "intranet"
    arn = _made_classic(account, home, name, 443, good=[LOG], Protocol="HTTPS", SSLCertificateId=certificate)
    negotiation = {
        "Reference-Security-Policy": "ELBSecurityPolicy-TLS-1-2-2017-01",
        "Protocol-TLSv1.2": "true",
    }
    elb.create_load_balancer_policy(
        LoadBalancerName=name,
        PolicyName="tls12",
        PolicyTypeName="SSLNegotiationPolicyType",
        PolicyAttributes=[
            {"AttributeName": key, "AttributeValue": value} for key, value in negotiation.items()
        ],
    )
    elb.set_load_balancer_policies_of_listener(
        LoadBalancerName=name, LoadBalancerPort=443, PolicyNames=["tls12"]
    )
    log = {"Enabled": True, "S3BucketName": "demo-shop-access-logs", "EmitInterval": 5}
    elb.modify_load_balancer_attributes(LoadBalancerName=name, LoadBalancerAttributes={"AccessLog": log})
    elb.register_instances_with_load_balancer(LoadBalancerName=name, Instances=[{"InstanceId": machine}])
    account.expect(f"{arn}/listener/443", good=[WEAK])
    account.expect(f"{arn}/instances", good=[EMPTY])

    arn = _made_classic(account, home, "old-intranet", 80, bad=[LOG], Protocol="HTTP")
    account.expect(f"{arn}/listener/80", bad=[PLAIN])
    account.expect(f"{arn}/instances", bad=[EMPTY])


def _made_classic(
    account: Account, home: Home, name: str, port: int, *, good: Any = (), bad: Any = (), **listener: Any
) -> str:
    listens = {"LoadBalancerPort": port, "InstancePort": 8080, "InstanceProtocol": "HTTP", **listener}
    account.client("elb").create_load_balancer(
        LoadBalancerName=name,
        Listeners=[listens],
        Scheme="internal",
        Subnets=list(home.subnets),
        SecurityGroups=[home.web],
        Tags=named(name, team="shop"),
    )
    arn = f"arn:aws:elasticloadbalancing:{HOME}:{NUMBER}:loadbalancer/{name}"
    account.expect(arn, good=good, bad=bad)
    return arn


def _machines(account: Account, home: Home) -> dict[str, str]:
    """Start the machines that the load balancers send to."""
    ec2, machines = account.client("ec2"), {}
    profile = "web"
    account.client("iam").create_instance_profile(InstanceProfileName=profile)
    for number, name in enumerate(("web-1", "web-2", "legacy-1")):
        # The root volume comes with the machine; it is encrypted, and not what the demo is about.
        root = {"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": 8, "Encrypted": True}}
        made = ec2.run_instances(
            ImageId="ami-12c6146b",
            InstanceType="t3.micro",
            MinCount=1,
            MaxCount=1,
            SubnetId=home.subnets[number % 2],
            SecurityGroupIds=[home.web],
            BlockDeviceMappings=[root],
            MetadataOptions={"HttpTokens": "optional" if name == "legacy-1" else "required"},
            IamInstanceProfile={"Name": profile},
            TagSpecifications=[{"ResourceType": "instance", "Tags": named(name)}],
        )
        machines[name] = made["Instances"][0]["InstanceId"]
        account.instance(machines[name], bad=["instance-metadata-v1"] if name == "legacy-1" else [])
    return machines


def _balancer(
    account: Account, home: Home, name: str, kind: str, *, good: Any = (), bad: Any = (), **more: Any
) -> str:
    made = account.client("elbv2").create_load_balancer(
        Name=name,
        Type=kind,
        Scheme="internet-facing",
        Subnets=list(home.subnets),
        Tags=named(name, team="shop"),
        **more,
    )
    arn: str = made["LoadBalancers"][0]["LoadBalancerArn"]
    account.expect(arn, good=good, bad=bad)
    return arn


def _attributes(account: Account, balancer: str, attributes: dict[str, str]) -> None:
    given = [{"Key": key, "Value": value} for key, value in attributes.items()]
    account.client("elbv2").modify_load_balancer_attributes(LoadBalancerArn=balancer, Attributes=given)


def _listener(account: Account, balancer: str, *, good: Any = (), bad: Any = (), **settings: Any) -> str:
    made = account.client("elbv2").create_listener(LoadBalancerArn=balancer, **settings)
    arn: str = made["Listeners"][0]["ListenerArn"]
    account.expect(arn, good=good, bad=bad)
    return arn


def _target_group(
    account: Account, home: Home, name: str, *machines: str, protocol: str = "HTTP", **verdicts: Any
) -> str:
    elb = account.client("elbv2")
    made = elb.create_target_group(
        Name=name, Protocol=protocol, Port=8080, VpcId=home.vpc, Tags=named(name, team="shop")
    )
    arn: str = made["TargetGroups"][0]["TargetGroupArn"]
    if machines:
        elb.register_targets(
            TargetGroupArn=arn, Targets=[{"Id": machine, "Port": 8080} for machine in machines]
        )
    account.expect(arn, **verdicts)
    return arn


def _to(target_group: str) -> list[dict[str, str]]:
    return [{"Type": "forward", "TargetGroupArn": target_group}]
