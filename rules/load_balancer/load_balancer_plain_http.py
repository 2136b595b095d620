"""Plain HTTP and load balancers."""

from scanner import (
    Action,
    Cloud,
    Listener,
    ListenerRule,
    Problem,
    Problems,
    Severity,
    each,
    rule,
    unknown_value,
)

FORWARD = Action(type="forward")
TO_HTTPS = Action(type="redirect", to_protocol="https")
TO_HTTP = Action(type="redirect", to_protocol="http")
ANSWER = Action(type="fixed_response")

#: Certificate authorities look here over plain HTTP (RFC 8555, section 8.3); nothing secret passes.
ACME = "/.well-known/acme-challenge/"


@rule(
    "load-balancer-plain-http",
    severity=Severity.MEDIUM,
    applies=lambda listener: listener.protocol == "http",
    passes={
        "everything is redirected": Listener(protocol="http", public=True, default_action=TO_HTTPS, rules=()),
        "nothing is served": Listener(protocol="http", public=True, default_action=ANSWER, rules=()),
        "only certificate challenges are served": Listener(
            protocol="http",
            public=True,
            default_action=TO_HTTPS,
            rules=(ListenerRule(paths=(f"{ACME}*",), action=FORWARD),),
        ),
    },
    fails={
        "requests go to the targets": Listener(protocol="http", public=True, default_action=FORWARD),
        "requests inside the network go to the targets": Listener(
            protocol="http", public=False, default_action=FORWARD
        ),
        "the redirect stays on plain HTTP": Listener(protocol="http", public=True, default_action=TO_HTTP),
        "a rule forwards before the redirect": Listener(
            protocol="http",
            public=True,
            default_action=TO_HTTPS,
            rules=(ListenerRule(paths=("/api/*",), action=FORWARD),),
        ),
    },
    fix={
        Cloud.AWS: "aws elbv2 modify-listener --listener-arn {id} --default-actions "
        "'Type=redirect,RedirectConfig={Protocol=HTTPS,Port=443,StatusCode=HTTP_301}'\n"
        "# a classic load balancer cannot redirect: move what is behind it to one that can, or close the port:\n"
        "aws elb delete-load-balancer-listeners --load-balancer-name <load-balancer> --load-balancer-ports 80",
        Cloud.GCP: "gcloud compute url-maps export <url-map> --destination map.yaml, put `defaultUrlRedirect: "
        "{httpsRedirect: true}` in the place of its services, and gcloud compute url-maps import <url-map> "
        "--source map.yaml",
        Cloud.AZURE: "az network application-gateway redirect-config create --gateway-name <gateway> "
        "--resource-group <resource-group> --name to-https --type Permanent --target-listener <https-listener>",
    },
    references=(
        "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-action-types.html",
    ),
)
def load_balancer_plain_http(listener: Listener) -> Problems:
    """Load balancer serves plain HTTP.

    Whoever is on the way, in a hotel, at a carrier or in the next rack, reads the requests with their passwords and
    cookies, and can change the answers. A listener on port 80 is there to send people on to HTTPS, and for nothing
    else: a single rule that forwards is enough to lose a session cookie.

    Judged are listeners that speak HTTP; what speaks on a TCP listener is not known to the load balancer. An answer
    that the load balancer gives itself, and challenges of certificate authorities, carry nothing to protect.
    Inside a network the finding is of low severity.
    """
    severity = Severity.MEDIUM if listener.public else Severity.LOW
    default = listener.default_action
    if default.type == "forward":
        yield Problem("requests over plain HTTP are forwarded to the targets", severity)
    elif default.type == "redirect" and default.to_protocol != "https":
        yield Problem(f"requests over plain HTTP are redirected to {default.to_protocol}", severity)
    elif default.type in {"redirect", "fixed_response"}:
        yield from each(listener.rules, lambda exception: _exceptions(exception, severity))
    else:
        raise unknown_value(default, "type", default.type)


def _exceptions(exception: ListenerRule, severity: Severity) -> Problems:
    kind = exception.action.type
    if kind not in {"forward", "redirect", "fixed_response"}:
        raise unknown_value(exception.action, "type", kind)
    paths = exception.paths
    if kind == "forward" and not (paths and all(path.startswith(ACME) for path in paths)):
        where = f"for {', '.join(paths)}" if paths else "for some hosts or headers"
        yield Problem(f"a rule {where} forwards plain HTTP to the targets", severity)
