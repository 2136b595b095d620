"""Load balancers that one command removes."""

from scanner import NOTHING_TO_FIX, Cloud, LoadBalancer, Problems, Severity, rule


@rule(
    "load-balancer-unprotected-from-deletion",
    severity=Severity.LOW,
    passes={"it is protected": LoadBalancer(deletion_protection=True)},
    fails={"it is not protected": LoadBalancer(deletion_protection=False)},
    fix={
        Cloud.AWS: "aws elbv2 modify-load-balancer-attributes --load-balancer-arn {id} --attributes "
        "Key=deletion_protection.enabled,Value=true",
        Cloud.GCP: NOTHING_TO_FIX,
        Cloud.AZURE: NOTHING_TO_FIX,
    },
    references=(
        "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html",
    ),
)
def load_balancer_unprotected_from_deletion(load_balancer: LoadBalancer) -> Problems:
    """Load balancer can be deleted by a single command.

    Its name and addresses go with it and do not come back: a new one has another name, so that DNS, certificates and
    partners' firewalls have to follow while everything is down. The protection costs nothing, and has to be switched
    off by hand before the load balancer can be deleted on purpose.
    """
    if not load_balancer.deletion_protection:
        yield "deletion protection is off"
