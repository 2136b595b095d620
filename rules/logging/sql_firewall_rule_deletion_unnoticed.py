"""A firewall rule of a SQL server that is deleted unseen."""

from scanner import CIS_AZURE_6, Cloud, Problems, Severity, SubscriptionSettings, rule

from ._activity import unnoticed

WATCHED = ("microsoft.sql/servers/firewallrules/delete",)


@rule(
    "sql-firewall-rule-deletion-unnoticed",
    severity=Severity.INFO,
    controls=[CIS_AZURE_6["6.1.2.8"]],
    passes={
        "somebody is told": SubscriptionSettings(alerts=("microsoft.sql/servers/firewallrules/delete",)),
    },
    fails={
        "nobody is told": SubscriptionSettings(alerts=()),
    },
    fix={
        Cloud.AZURE: "az monitor activity-log alert create --name <name> --resource-group <resource-group> "
        "--scope {id} --condition category=Administrative and "
        "operationName=Microsoft.Sql/servers/firewallRules/delete --action-group <action-group-id>",
    },
    references=(
        "https://learn.microsoft.com/azure/azure-monitor/alerts/alerts-create-activity-log-alert-rule",
    ),
)
def sql_firewall_rule_deletion_unnoticed(settings: SubscriptionSettings) -> Problems:
    """Nobody is told when a firewall rule of a SQL server is deleted.

    A rule that is deleted stops whoever came by it, at once; and one that was made for a theft is deleted after it,
    so that nobody sees it.

    An activity log alert counts that is on, is for the whole subscription, tells somebody, and asks for nothing
    further but that the operation succeeded.
    """
    yield from unnoticed(settings, WATCHED)
