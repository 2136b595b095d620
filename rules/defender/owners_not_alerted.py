"""Owners who do not hear of alerts."""

from scanner import CIS_AZURE_6, Cloud, Problems, Severity, SubscriptionSettings, rule


@rule(
    "owners-not-alerted",
    severity=Severity.LOW,
    controls=[CIS_AZURE_6["8.1.12"]],
    passes={
        "owners are told": SubscriptionSettings(contacts=("role:owner",)),
    },
    fails={
        "nobody by role": SubscriptionSettings(contacts=("security@example.com",)),
    },
    fix={
        Cloud.AZURE: "az security contact create --name default --emails <addresses> --alert-notifications "
        '\'{"state":"On","minimalSeverity":"Medium"}\' --notifications-by-role '
        '\'{"state":"On","roles":["Owner"]}\'',
    },
    references=("https://learn.microsoft.com/azure/defender-for-cloud/configure-email-notifications",),
)
def owners_not_alerted(settings: SubscriptionSettings) -> Problems:
    """Owners of the subscription do not get Defender's e-mails.

    An alert that nobody reads is none. Owners are those who can do something about it, and the role finds whoever
    it is this year: an address in a list goes stale with the first who leaves.
    """
    if "role:owner" not in settings.contacts:
        yield "the role Owner is not told of alerts"
