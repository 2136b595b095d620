"""A policy that is deleted unseen."""

from scanner import CIS_AZURE_6, Cloud, Problems, Severity, SubscriptionSettings, rule

from ._activity import unnoticed

WATCHED = ("microsoft.authorization/policyassignments/delete",)


@rule(
    "policy-deletion-unnoticed",
    severity=Severity.INFO,
    controls=[CIS_AZURE_6["6.1.2.2"]],
    passes={
        "somebody is told": SubscriptionSettings(
            alerts=("microsoft.authorization/policyassignments/delete",)
        ),
    },
    fails={
        "nobody is told": SubscriptionSettings(alerts=()),
    },
    fix={
        Cloud.AZURE: "az monitor activity-log alert create --name <name> --resource-group <resource-group> "
        "--scope {id} --condition category=Administrative and "
        "operationName=Microsoft.Authorization/policyAssignments/delete --action-group "
        "<action-group-id>",
    },
    references=(
        "https://learn.microsoft.com/azure/azure-monitor/alerts/alerts-create-activity-log-alert-rule",
    ),
)
def policy_deletion_unnoticed(settings: SubscriptionSettings) -> Problems:
    """Nobody is told when a policy is deleted.

    Policies hold for everybody who makes something. Whoever wants to make what one forbids takes it away first, and
    may put it back when they are done.

    An activity log alert counts that is on, is for the whole subscription, tells somebody, and asks for nothing
    further but that the operation succeeded.
    """
    yield from unnoticed(settings, WATCHED)
