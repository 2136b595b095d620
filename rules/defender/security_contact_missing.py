"""Alerts that go to no address."""

from scanner import CIS_AZURE_6, Cloud, Problems, Severity, SubscriptionSettings, rule


@rule(
    "security-contact-missing",
    severity=Severity.LOW,
    controls=[CIS_AZURE_6["8.1.13"]],
    passes={
        "an address": SubscriptionSettings(contacts=("security@example.com",)),
    },
    fails={
        "roles alone": SubscriptionSettings(contacts=("role:owner",)),
        "nobody": SubscriptionSettings(contacts=()),
    },
    fix={
        Cloud.AZURE: "az security contact create --name default --emails <addresses> --alert-notifications "
        '\'{"state":"On","minimalSeverity":"Medium"}\' --notifications-by-role '
        '\'{"state":"On","roles":["Owner"]}\'',
    },
    references=("https://learn.microsoft.com/azure/defender-for-cloud/configure-email-notifications",),
)
def security_contact_missing(settings: SubscriptionSettings) -> Problems:
    """No security contact gets Defender's e-mails.

    Microsoft writes to the security contact too when it finds your data in the wrong hands. Give the address of a
    team that somebody reads at night.
    """
    if all(contact.startswith("role:") for contact in settings.contacts):
        yield "no e-mail address is set for alerts"
