"""A policy that is written unseen."""

from scanner import CIS_AZURE_6, Cloud, Problems, Severity, SubscriptionSettings, rule

from ._activity import unnoticed

WATCHED = ("microsoft.authorization/policyassignments/write",)


@rule(
    "policy-change-unnoticed",
    severity=Severity.INFO,
    controls=[CIS_AZURE_6["6.1.2.1"]],
    passes={
        "somebody is told": SubscriptionSettings(alerts=("microsoft.authorization/policyassignments/write",)),
    },
    fails={
        "nobody is told": SubscriptionSettings(alerts=()),
    },
    fix={
        Cloud.AZURE: "az monitor activity-log alert create --name <name> --resource-group <resource-group> "
        "--scope {id} --condition category=Administrative and "
        "operationName=Microsoft.Authorization/policyAssignments/write --action-group "
        "<action-group-id>",
    },
    references=(
        "https://learn.microsoft.com/azure/azure-monitor/alerts/alerts-create-activity-log-alert-rule",
    ),
)
def policy_change_unnoticed(settings: SubscriptionSettings) -> Problems:
    """Nobody is told when a policy is written.

    Policies hold for everybody who makes something. One that is assigned can bring exceptions, or change resources
    by itself, in the whole subscription at once; that is rare enough that somebody can look each time.

    An activity log alert counts that is on, is for the whole subscription, tells somebody, and asks for nothing
    further but that the operation succeeded.
    """
    yield from unnoticed(settings, WATCHED)
