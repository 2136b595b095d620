"""Headers that are none."""

from scanner import NOTHING_TO_FIX, Cloud, LoadBalancer, Problem, Problems, Severity, rule


@rule(
    "load-balancer-keeps-invalid-headers",
    severity=Severity.MEDIUM,
    passes={"they are dropped": LoadBalancer(drops_invalid_headers=True)},
    fails={
        "they come from the internet": LoadBalancer(drops_invalid_headers=False, public=True),
        "they come from inside the network": LoadBalancer(drops_invalid_headers=False, public=False),
    },
    fix={
        Cloud.AWS: "aws elbv2 modify-load-balancer-attributes --load-balancer-arn {id} --attributes "
        "Key=routing.http.drop_invalid_header_fields.enabled,Value=true",
        Cloud.GCP: NOTHING_TO_FIX,
        Cloud.AZURE: NOTHING_TO_FIX,
    },
    references=(
        "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html",
    ),
)
def load_balancer_keeps_invalid_headers(load_balancer: LoadBalancer) -> Problems:
    """Load balancer passes on headers with invalid names.

    Where the load balancer and the program behind it read a strange header differently, one request can be taken for
    two: the second one, written by an attacker, is answered in the name of the next visitor (request smuggling).
    Letters, digits and hyphens are all that a header's name needs; the rest can be dropped, unless one of your own
    programs uses underscores.

    Only application load balancers read headers. Inside a network the finding is of low severity.
    """
    if not load_balancer.drops_invalid_headers:
        severity = Severity.MEDIUM if load_balancer.public else Severity.LOW
        yield Problem("headers with invalid names are passed on", severity)
