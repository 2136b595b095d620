"""Networks and floods of traffic."""

from scanner import CIS_AZURE_6, NOTHING_TO_FIX, Cloud, Network, Problems, Severity, rule


@rule(
    "network-without-ddos-protection",
    severity=Severity.INFO,
    controls=[CIS_AZURE_6["8.5"]],
    passes={
        "protected": Network(ddos_protected=True),
    },
    fails={
        "not protected": Network(ddos_protected=False),
    },
    fix={
        Cloud.AWS: NOTHING_TO_FIX,
        Cloud.GCP: NOTHING_TO_FIX,
        Cloud.AZURE: "az network vnet update --name {name} --resource-group <resource-group> --ddos-protection "
        "true --ddos-protection-plan <plan-id>",
    },
    references=("https://learn.microsoft.com/azure/ddos-protection/ddos-protection-overview",),
)
def network_without_ddos_protection(network: Network) -> Problems:
    """Network has no DDoS protection of its own.

    What Azure does for everybody protects Azure, and comes late for one small service. The paid plan learns what is
    usual for your addresses, says when an attack is under way, and pays for what it made you scale.

    A plan has a high fixed price and serves all networks of a tenant. It is for networks that serve the internet:
    waive the others.
    """
    if not network.ddos_protected:
        yield "DDoS Network Protection is off"
