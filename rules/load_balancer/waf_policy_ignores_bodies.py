"""Firewalls of web applications that read heads alone."""

from scanner import CIS_AZURE_6, Cloud, Problems, Severity, WafPolicy, rule


@rule(
    "waf-policy-ignores-bodies",
    severity=Severity.MEDIUM,
    controls=[CIS_AZURE_6["7.14"]],
    applies=lambda policy: policy.in_use,
    passes={
        "bodies too": WafPolicy(in_use=True, reads_bodies=True),
    },
    fails={
        "heads alone": WafPolicy(in_use=True, reads_bodies=False),
    },
    fix={
        Cloud.AZURE: "az network application-gateway waf-policy policy-setting update --policy-name {name} "
        "--resource-group <resource-group> --request-body-check true",
    },
    references=(
        "https://learn.microsoft.com/azure/web-application-firewall/ag/application-gateway-waf-request-size-limits",
    ),
)
def waf_policy_ignores_bodies(policy: WafPolicy) -> Problems:
    """Web application firewall does not look into bodies of requests.

    Forms, uploads and calls of an API carry what they carry in the body. A firewall that reads heads alone lets
    every injection through that is sent as a form.

    Judged are policies that are on and in use.
    """
    if not policy.reads_bodies:
        yield "bodies of requests are not inspected"
