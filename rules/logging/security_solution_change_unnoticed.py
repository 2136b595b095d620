"""A security solution that is written unseen."""

from scanner import CIS_AZURE_6, Cloud, Problems, Severity, SubscriptionSettings, rule

from ._activity import unnoticed

WATCHED = ("microsoft.security/securitysolutions/write",)


@rule(
    "security-solution-change-unnoticed",
    severity=Severity.INFO,
    controls=[CIS_AZURE_6["6.1.2.5"]],
    passes={
        "somebody is told": SubscriptionSettings(alerts=("microsoft.security/securitysolutions/write",)),
    },
    fails={
        "nobody is told": SubscriptionSettings(alerts=()),
    },
    fix={
        Cloud.AZURE: "az monitor activity-log alert create --name <name> --resource-group <resource-group> "
        "--scope {id} --condition category=Administrative and "
        "operationName=Microsoft.Security/securitySolutions/write --action-group <action-group-id>",
    },
    references=(
        "https://learn.microsoft.com/azure/azure-monitor/alerts/alerts-create-activity-log-alert-rule",
    ),
)
def security_solution_change_unnoticed(settings: SubscriptionSettings) -> Problems:
    """Nobody is told when a security solution is written.

    What is entered here as a scanner or a firewall is believed by Defender for Cloud. One that nobody knows of says
    that all is well where nothing looks.

    An activity log alert counts that is on, is for the whole subscription, tells somebody, and asks for nothing
    further but that the operation succeeded.
    """
    yield from unnoticed(settings, WATCHED)
