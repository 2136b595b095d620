"""Networks from before there were subnetworks."""

from scanner import CIS_GCP_5, NOTHING_TO_FIX, Cloud, Network, Problems, Severity, rule


@rule(
    "network-legacy",
    severity=Severity.MEDIUM,
    controls=[CIS_GCP_5["3.2"]],
    passes={"a network with subnetworks": Network(legacy=False)},
    fails={"one range of addresses for the whole world": Network(legacy=True)},
    fix={
        Cloud.AWS: NOTHING_TO_FIX,
        Cloud.GCP: "gcloud compute networks create <network> --subnet-mode custom; move every machine there; then "
        "gcloud compute networks delete {name}",
        Cloud.AZURE: NOTHING_TO_FIX,
    },
    references=("https://cloud.google.com/vpc/docs/legacy",),
)
def network_legacy(network: Network) -> Problems:
    """Network is of the old kind, without subnetworks.

    All machines of such a network share one range of addresses, in whichever region they stand. Nothing can be kept
    apart by subnetwork: no flow logs, no private access to Google's services, no route or rule for one place alone.
    When one machine is taken over there is no line in the network at which to stop it.

    The kind cannot be converted: machines have to move to a new network.
    """
    if network.legacy:
        yield "it has one range of addresses and no subnetworks"
