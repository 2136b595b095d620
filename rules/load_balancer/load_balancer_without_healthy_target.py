"""Whether anybody is there to answer."""

from collections import Counter

from scanner import (
    Cloud,
    Code,
    Problems,
    Severity,
    Target,
    TargetGroup,
    UnreadError,
    Why,
    rule,
    unknown_value,
)

BALANCERS = ("a-load-balancer",)
HEALTHY = Target(state="healthy", reason=None)
PENDING = Target(state="pending", reason="Elb.InitialHealthChecking")
SILENT = Target(state="unhealthy", reason="Target.Timeout")
STOPPED = Target(state="unused", reason="Target.InvalidState")
LEAVING = Target(state="draining", reason="Target.DeregistrationInProgress")


@rule(
    "load-balancer-without-healthy-target",
    severity=Severity.HIGH,
    applies=lambda group: bool(group.load_balancers),
    passes={
        "one of two is healthy": TargetGroup(load_balancers=BALANCERS, targets=(SILENT, HEALTHY)),
        "the first checks are running": TargetGroup(load_balancers=BALANCERS, targets=(PENDING,)),
    },
    fails={
        "no targets": TargetGroup(load_balancers=BALANCERS, targets=()),
        "the last target is leaving": TargetGroup(load_balancers=BALANCERS, targets=(LEAVING,)),
        "no target answers": TargetGroup(load_balancers=BALANCERS, targets=(SILENT, SILENT, STOPPED)),
    },
    fix={
        Cloud.AWS: "aws elbv2 describe-target-health --target-group-arn {id} says what is wrong with each; then "
        "aws elbv2 register-targets --target-group-arn {id} --targets Id=<target>",
        Cloud.GCP: "gcloud compute backend-services get-health {name} --global says what is wrong with each; then "
        "gcloud compute backend-services add-backend {name} --global --instance-group <group>",
        Cloud.AZURE: "az network application-gateway show-backend-health --name <gateway> "
        "--resource-group <resource-group> says what is wrong with each; then "
        "az network application-gateway address-pool update --gateway-name <gateway> "
        "--resource-group <resource-group> --name {name} --servers <address>",
    },
    references=(
        "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html",
    ),
)
def load_balancer_without_healthy_target(group: TargetGroup) -> Problems:
    """Load balancer has no healthy target.

    People get an error, or wait for nothing: a service that is down, or one that was moved and forgotten. When
    every target is unhealthy some load balancers send to all of them all the same, so a few requests may come
    through, and the outage looks like bad luck.

    Judged are groups that a load balancer sends to. Targets that were just registered are given their time; those
    that are leaving do not count. Where nobody checks health, as with most functions, there is no verdict.
    """
    staying = [target for target in group.targets if target.state != "draining"]
    states = Counter(target.state for target in staying)
    if states["healthy"] or states["pending"]:
        return
    if states["unchecked"]:
        raise UnreadError("Target.state", Why(code=Code.UNAVAILABLE, text="nobody checks these targets"))
    for target in staying:
        if target.state not in {"unhealthy", "unused"}:
            raise unknown_value(target, "state", target.state)
    if not staying:
        yield "every target is leaving" if group.targets else "there are no targets"
        return
    reasons = Counter(
        f"{target.state} ({target.reason})" if target.reason else target.state for target in staying
    )
    said = ", ".join(f"{count} {reason}" for reason, count in sorted(reasons.items()))
    yield f"no target is healthy: {said}"
