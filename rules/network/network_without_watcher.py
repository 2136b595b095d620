"""Networks into whose traffic nobody can look."""

from scanner import CIS_AZURE_6, NOTHING_TO_FIX, Cloud, Network, Problems, Severity, rule


@rule(
    "network-without-watcher",
    severity=Severity.LOW,
    controls=[CIS_AZURE_6["7.6"]],
    passes={
        "a watcher": Network(watched=True),
    },
    fails={
        "none": Network(watched=False),
    },
    fix={
        Cloud.AWS: NOTHING_TO_FIX,
        Cloud.GCP: NOTHING_TO_FIX,
        Cloud.AZURE: "az network watcher configure --resource-group NetworkWatcherRG --locations <location> "
        "--enabled true",
    },
    references=("https://learn.microsoft.com/azure/network-watcher/network-watcher-overview",),
)
def network_without_watcher(network: Network) -> Problems:
    """Network stands in a region without Network Watcher.

    It is what flow logs are set up in, and what answers at night why a packet does not arrive: which rule drops it,
    and where it goes next. It costs nothing until it is asked, and Azure switches it on with the first network of a
    region, so somebody has opted out.
    """
    if not network.watched:
        yield "there is no network watcher in its region"
