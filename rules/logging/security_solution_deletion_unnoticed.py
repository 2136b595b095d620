"""A security solution that is deleted unseen."""

from scanner import CIS_AZURE_6, Cloud, Problems, Severity, SubscriptionSettings, rule

from ._activity import unnoticed

WATCHED = ("microsoft.security/securitysolutions/delete",)


@rule(
    "security-solution-deletion-unnoticed",
    severity=Severity.INFO,
    controls=[CIS_AZURE_6["6.1.2.6"]],
    passes={
        "somebody is told": SubscriptionSettings(alerts=("microsoft.security/securitysolutions/delete",)),
    },
    fails={
        "nobody is told": SubscriptionSettings(alerts=()),
    },
    fix={
        Cloud.AZURE: "az monitor activity-log alert create --name <name> --resource-group <resource-group> "
        "--scope {id} --condition category=Administrative and "
        "operationName=Microsoft.Security/securitySolutions/delete --action-group <action-group-id>",
    },
    references=(
        "https://learn.microsoft.com/azure/azure-monitor/alerts/alerts-create-activity-log-alert-rule",
    ),
)
def security_solution_deletion_unnoticed(settings: SubscriptionSettings) -> Problems:
    """Nobody is told when a security solution is deleted.

    A scanner or a firewall that is taken out of Defender for Cloud sees nothing from then on. That is what an
    intruder does early.

    An activity log alert counts that is on, is for the whole subscription, tells somebody, and asks for nothing
    further but that the operation succeeded.
    """
    yield from unnoticed(settings, WATCHED)
