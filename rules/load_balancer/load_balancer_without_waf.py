"""Load balancers and attacks on what is behind them."""

from scanner import (
    BLOCKS,
    CIS_AZURE_6,
    DETECTS,
    Cloud,
    LoadBalancer,
    Problem,
    Problems,
    Severity,
    rule,
    unknown_value,
)


@rule(
    "load-balancer-without-waf",
    severity=Severity.MEDIUM,
    controls=[CIS_AZURE_6["7.10"].partly()],
    applies=lambda balancer: balancer.type == "application",
    passes={
        "attacks are blocked": LoadBalancer(type="application", public=True, waf=BLOCKS),
        "inside the network": LoadBalancer(type="application", public=False),
    },
    fails={
        "no firewall": LoadBalancer(type="application", public=True, waf=None),
        "attacks are only logged": LoadBalancer(type="application", public=True, waf=DETECTS),
    },
    fix={
        Cloud.AWS: "aws wafv2 associate-web-acl --web-acl-arn <web-acl-arn> --resource-arn {id}",
        Cloud.GCP: "gcloud compute backend-services update <backend-service> --security-policy <policy> --global",
        Cloud.AZURE: "az network application-gateway waf-policy create --name <policy> "
        "--resource-group <resource-group>\n"
        "az network application-gateway waf-policy policy-setting update --policy-name <policy> "
        "--resource-group <resource-group> --mode Prevention --state Enabled\n"
        "az network application-gateway update --name {name} --resource-group <resource-group> "
        "--set sku.name=WAF_v2 sku.tier=WAF_v2 --waf-policy <policy>",
    },
    references=("https://learn.microsoft.com/azure/web-application-firewall/ag/ag-overview",),
)
def load_balancer_without_waf(balancer: LoadBalancer) -> Problems:
    """Load balancer lets attacks on web applications through.

    Everything on the internet is tried day and night with injections, path tricks and the holes of last week's news.
    A web application firewall stops the known ones before they reach code of yours that has one of them, and gives you
    the days that an update takes. One that only detects writes down what went through.

    Judged are application load balancers with an address on the internet, and the firewall that is a part of them.
    Where a service of its own stands in front (a content delivery network with a firewall), waive the finding.
    """
    if not balancer.public:
        return
    if balancer.waf is None:
        yield "no web application firewall looks at its requests"
    elif balancer.waf == DETECTS:
        yield Problem("its web application firewall only logs attacks", Severity.LOW)
    elif balancer.waf != BLOCKS:
        raise unknown_value(balancer, "waf", balancer.waf)
