"""Trouble of the cloud that nobody hears of."""

from scanner import CIS_AZURE_6, Cloud, Problems, Severity, SubscriptionSettings, rule

from ._activity import unnoticed

WATCHED = ("servicehealth",)


@rule(
    "service-health-unnoticed",
    severity=Severity.INFO,
    controls=[CIS_AZURE_6["6.1.2.11"]],
    passes={
        "somebody is told": SubscriptionSettings(alerts=("servicehealth",)),
    },
    fails={
        "nobody is told": SubscriptionSettings(alerts=()),
    },
    fix={
        Cloud.AZURE: "az monitor activity-log alert create --name <name> --resource-group <resource-group> "
        "--scope {id} --condition category=ServiceHealth --action-group <action-group-id>",
    },
    references=(
        "https://learn.microsoft.com/azure/azure-monitor/alerts/alerts-create-activity-log-alert-rule",
    ),
)
def service_health_unnoticed(settings: SubscriptionSettings) -> Problems:
    """Nobody is told when Azure itself has trouble.

    When a region fails, hours go by in which people search for a mistake of their own. Azure says so by service
    health events, and warns of retirements and of incidents with your data the same way, to whoever asked to be
    told.

    An activity log alert counts that is on, is for the whole subscription, tells somebody, and asks for nothing
    further but that the operation succeeded.
    """
    yield from unnoticed(settings, WATCHED)
