"""A security group that is deleted unseen."""

from scanner import CIS_AZURE_6, Cloud, Problems, Severity, SubscriptionSettings, rule

from ._activity import unnoticed

WATCHED = ("microsoft.network/networksecuritygroups/delete",)


@rule(
    "security-group-deletion-unnoticed",
    severity=Severity.INFO,
    controls=[CIS_AZURE_6["6.1.2.4"]],
    passes={
        "somebody is told": SubscriptionSettings(alerts=("microsoft.network/networksecuritygroups/delete",)),
    },
    fails={
        "nobody is told": SubscriptionSettings(alerts=()),
    },
    fix={
        Cloud.AZURE: "az monitor activity-log alert create --name <name> --resource-group <resource-group> "
        "--scope {id} --condition category=Administrative and "
        "operationName=Microsoft.Network/networkSecurityGroups/delete --action-group "
        "<action-group-id>",
    },
    references=(
        "https://learn.microsoft.com/azure/azure-monitor/alerts/alerts-create-activity-log-alert-rule",
    ),
)
def security_group_deletion_unnoticed(settings: SubscriptionSettings) -> Problems:
    """Nobody is told when a security group is deleted.

    Where a security group goes, what stood behind it is filtered by nothing, or by what somebody puts in its place.
    Whoever is told of it asks why.

    An activity log alert counts that is on, is for the whole subscription, tells somebody, and asks for nothing
    further but that the operation succeeded.
    """
    yield from unnoticed(settings, WATCHED)
