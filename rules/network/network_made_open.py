"""The network that comes with every project."""

from scanner import CIS_GCP_5, NOTHING_TO_FIX, Cloud, Network, Problems, Severity, rule


@rule(
    "network-made-open",
    severity=Severity.LOW,
    controls=[CIS_GCP_5["3.1"]],
    passes={"one that somebody made": Network(made_open=False)},
    fails={"the default network": Network(made_open=True)},
    fix={
        Cloud.AWS: NOTHING_TO_FIX,
        Cloud.GCP: "gcloud compute networks delete {name}, once nothing stands in it; for new projects: gcloud "
        "resource-manager org-policies enable-enforce compute.skipDefaultNetworkCreation --organization <organization>",
        Cloud.AZURE: NOTHING_TO_FIX,
    },
    references=("https://cloud.google.com/vpc/docs/vpc#default-network",),
)
def network_made_open(network: Network) -> Problems:
    """Project still has the network that Google made for it.

    It has a subnetwork in every region, and firewall rules that let SSH, RDP and ping in from everywhere and everything
    pass inside. Whoever starts a machine without choosing a network gets this one: the machine is on the internet with
    its login open, and every other machine there trusts it.
    """
    if network.made_open:
        yield "it is the default network, which is made with open firewall rules"
