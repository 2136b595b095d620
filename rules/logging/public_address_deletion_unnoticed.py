"""A public address that is deleted unseen."""

from scanner import CIS_AZURE_6, Cloud, Problems, Severity, SubscriptionSettings, rule

from ._activity import unnoticed

WATCHED = ("microsoft.network/publicipaddresses/delete",)


@rule(
    "public-address-deletion-unnoticed",
    severity=Severity.INFO,
    controls=[CIS_AZURE_6["6.1.2.10"]],
    passes={
        "somebody is told": SubscriptionSettings(alerts=("microsoft.network/publicipaddresses/delete",)),
    },
    fails={
        "nobody is told": SubscriptionSettings(alerts=()),
    },
    fix={
        Cloud.AZURE: "az monitor activity-log alert create --name <name> --resource-group <resource-group> "
        "--scope {id} --condition category=Administrative and "
        "operationName=Microsoft.Network/publicIPAddresses/delete --action-group <action-group-id>",
    },
    references=(
        "https://learn.microsoft.com/azure/azure-monitor/alerts/alerts-create-activity-log-alert-rule",
    ),
)
def public_address_deletion_unnoticed(settings: SubscriptionSettings) -> Problems:
    """Nobody is told when a public address is deleted.

    An address that is given back is somebody else's an hour later, while names and lists of firewalls may still
    point to it.

    An activity log alert counts that is on, is for the whole subscription, tells somebody, and asks for nothing
    further but that the operation succeeded.
    """
    yield from unnoticed(settings, WATCHED)
