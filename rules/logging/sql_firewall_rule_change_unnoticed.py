"""A firewall rule of a SQL server that is written unseen."""

from scanner import CIS_AZURE_6, Cloud, Problems, Severity, SubscriptionSettings, rule

from ._activity import unnoticed

WATCHED = ("microsoft.sql/servers/firewallrules/write",)


@rule(
    "sql-firewall-rule-change-unnoticed",
    severity=Severity.INFO,
    controls=[CIS_AZURE_6["6.1.2.7"]],
    passes={
        "somebody is told": SubscriptionSettings(alerts=("microsoft.sql/servers/firewallrules/write",)),
    },
    fails={
        "nobody is told": SubscriptionSettings(alerts=()),
    },
    fix={
        Cloud.AZURE: "az monitor activity-log alert create --name <name> --resource-group <resource-group> "
        "--scope {id} --condition category=Administrative and "
        "operationName=Microsoft.Sql/servers/firewallRules/write --action-group <action-group-id>",
    },
    references=(
        "https://learn.microsoft.com/azure/azure-monitor/alerts/alerts-create-activity-log-alert-rule",
    ),
)
def sql_firewall_rule_change_unnoticed(settings: SubscriptionSettings) -> Problems:
    """Nobody is told when a firewall rule of a SQL server is written.

    One rule opens a database to the internet or to all of Azure, and nothing else has to change. It is made from a
    home office at night, to get something done, and stays.

    An activity log alert counts that is on, is for the whole subscription, tells somebody, and asks for nothing
    further but that the operation succeeded.
    """
    yield from unnoticed(settings, WATCHED)
