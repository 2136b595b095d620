"""Firewalls of web applications that do not know bots."""

from scanner import CIS_AZURE_6, Cloud, Problems, Severity, WafPolicy, rule


@rule(
    "waf-policy-without-bot-rules",
    severity=Severity.LOW,
    controls=[CIS_AZURE_6["7.15"]],
    applies=lambda policy: policy.in_use,
    passes={
        "bots are known": WafPolicy(in_use=True, knows_bots=True),
    },
    fails={
        "no rules about bots": WafPolicy(in_use=True, knows_bots=False),
    },
    fix={
        Cloud.AZURE: "az network application-gateway waf-policy managed-rule rule-set add --policy-name {name} "
        "--resource-group <resource-group> --type Microsoft_BotManagerRuleSet --version 1.1",
    },
    references=("https://learn.microsoft.com/azure/web-application-firewall/ag/bot-protection-overview",),
)
def waf_policy_without_bot_rules(policy: WafPolicy) -> Problems:
    """Web application firewall has no rules against bots.

    Most of what comes to a login page is not people: lists of stolen passwords are tried, prices are copied, holes
    are looked for. The rule set knows the addresses that Microsoft sees doing that, and lets search engines
    through.

    Judged are policies that are on and in use.
    """
    if not policy.knows_bots:
        yield "the rule set against bots is not among its managed rules"
