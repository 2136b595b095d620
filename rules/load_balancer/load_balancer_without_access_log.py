"""Load balancers that write nothing down."""

from scanner import CIS_AWS_7, CIS_GCP_5, Cloud, LoadBalancer, Problem, Problems, Severity, rule


@rule(
    "load-balancer-without-access-log",
    severity=Severity.MEDIUM,
    controls=[CIS_AWS_7["4.10"].partly(), CIS_GCP_5["2.17"]],
    applies=lambda load_balancer: load_balancer.type in {"application", "classic"},
    passes={"requests are logged": LoadBalancer(type="application", access_log="logs")},
    fails={
        "requests from the internet are not logged": LoadBalancer(
            type="application", access_log=None, public=True
        ),
        "requests inside the network are not logged": LoadBalancer(
            type="application", access_log=None, public=False
        ),
    },
    fix={
        Cloud.AWS: "aws elbv2 modify-load-balancer-attributes --load-balancer-arn {id} --attributes "
        "Key=access_logs.s3.enabled,Value=true Key=access_logs.s3.bucket,Value=<bucket>\n"
        "# a classic one: aws elb modify-load-balancer-attributes --load-balancer-name {name} "
        "--load-balancer-attributes 'AccessLog={Enabled=true,S3BucketName=<bucket>,EmitInterval=5}'",
        Cloud.GCP: "gcloud compute backend-services update <backend-service> --enable-logging --logging-sample-rate 1",
        Cloud.AZURE: "az monitor diagnostic-settings create --resource {id} --name access --workspace <workspace> "
        '--logs \'[{"category":"ApplicationGatewayAccessLog","enabled":true}]\'',
    },
    references=(
        "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html",
    ),
)
def load_balancer_without_access_log(load_balancer: LoadBalancer) -> Problems:
    """Load balancer does not log requests.

    When something breaks at night, or somebody got in, the first question is who asked for what and when. The
    programs behind know only what reached them, and forget it with the machine. Without the log there is no answer, and
    none can be made afterwards.

    Inside a network the finding is of low severity. Only application and classic load balancers are judged: those of
    other types know connections and no requests, and log those with TLS at most.
    """
    if load_balancer.access_log is None:
        severity = Severity.MEDIUM if load_balancer.public else Severity.LOW
        yield Problem("requests are not logged", severity)
