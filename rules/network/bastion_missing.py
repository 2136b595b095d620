"""Subscriptions without a way in that is not a public address."""

from scanner import CIS_AZURE_6, Cloud, Problems, Severity, SubscriptionSettings, rule


@rule(
    "bastion-missing",
    severity=Severity.INFO,
    controls=[CIS_AZURE_6["8.4.1"]],
    passes={
        "one": SubscriptionSettings(bastions=1),
    },
    fails={
        "none": SubscriptionSettings(bastions=0),
    },
    fix={
        Cloud.AZURE: "az network bastion create --name <name> --resource-group <resource-group> --vnet-name "
        "<network> --public-ip-address <address> --location <location>",
    },
    references=("https://learn.microsoft.com/azure/bastion/bastion-overview",),
)
def bastion_missing(settings: SubscriptionSettings) -> Problems:
    """Subscription has no Bastion host.

    Where people have to come to machines at night and there is no other way, somebody gives a machine a public
    address and opens SSH or RDP to the world. A Bastion host is that other way: it asks who comes, and machines
    keep their private addresses.

    Where another subscription has the host for a whole hub, or people come by VPN, waive it.
    """
    if not settings.bastions:
        yield "there is no Bastion host"
