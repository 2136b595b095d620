"""A public address that is written unseen."""

from scanner import CIS_AZURE_6, Cloud, Problems, Severity, SubscriptionSettings, rule

from ._activity import unnoticed

WATCHED = ("microsoft.network/publicipaddresses/write",)


@rule(
    "public-address-change-unnoticed",
    severity=Severity.INFO,
    controls=[CIS_AZURE_6["6.1.2.9"]],
    passes={
        "somebody is told": SubscriptionSettings(alerts=("microsoft.network/publicipaddresses/write",)),
    },
    fails={
        "nobody is told": SubscriptionSettings(alerts=()),
    },
    fix={
        Cloud.AZURE: "az monitor activity-log alert create --name <name> --resource-group <resource-group> "
        "--scope {id} --condition category=Administrative and "
        "operationName=Microsoft.Network/publicIPAddresses/write --action-group <action-group-id>",
    },
    references=(
        "https://learn.microsoft.com/azure/azure-monitor/alerts/alerts-create-activity-log-alert-rule",
    ),
)
def public_address_change_unnoticed(settings: SubscriptionSettings) -> Problems:
    """Nobody is told when a public address is written.

    A new address on the internet is a new door, made in seconds beside all the reviewed ones.

    An activity log alert counts that is on, is for the whole subscription, tells somebody, and asks for nothing
    further but that the operation succeeded.
    """
    yield from unnoticed(settings, WATCHED)
