"""A security group that is written unseen."""

from scanner import CIS_AZURE_6, Cloud, Problems, Severity, SubscriptionSettings, rule

from ._activity import unnoticed

WATCHED = ("microsoft.network/networksecuritygroups/write",)


@rule(
    "security-group-change-unnoticed",
    severity=Severity.INFO,
    controls=[CIS_AZURE_6["6.1.2.3"]],
    passes={
        "somebody is told": SubscriptionSettings(alerts=("microsoft.network/networksecuritygroups/write",)),
    },
    fails={
        "nobody is told": SubscriptionSettings(alerts=()),
    },
    fix={
        Cloud.AZURE: "az monitor activity-log alert create --name <name> --resource-group <resource-group> "
        "--scope {id} --condition category=Administrative and "
        "operationName=Microsoft.Network/networkSecurityGroups/write --action-group "
        "<action-group-id>",
    },
    references=(
        "https://learn.microsoft.com/azure/azure-monitor/alerts/alerts-create-activity-log-alert-rule",
    ),
)
def security_group_change_unnoticed(settings: SubscriptionSettings) -> Problems:
    """Nobody is told when a security group is written.

    A port that is opened for an afternoon and forgotten is the commonest way in. Whoever is told of each change
    asks the next morning.

    An activity log alert counts that is on, is for the whole subscription, tells somebody, and asks for nothing
    further but that the operation succeeded.
    """
    yield from unnoticed(settings, WATCHED)
