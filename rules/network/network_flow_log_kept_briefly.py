"""Flow logs that are gone before they are asked for."""

from typing import Annotated

from scanner import CIS_AZURE_6, NOTHING_TO_FIX, Cloud, Network, Option, Problems, Severity, rule


@rule(
    "network-flow-log-kept-briefly",
    severity=Severity.LOW,
    controls=[CIS_AZURE_6["7.8"]],
    applies=lambda network: network.flow_log is not None,
    passes={
        "three months": Network(flow_log="all", flow_log_days=90),
        "for ever": Network(flow_log="all", flow_log_days=None),
    },
    fails={
        "a week": Network(flow_log="all", flow_log_days=7),
    },
    fix={
        Cloud.AWS: NOTHING_TO_FIX,
        Cloud.GCP: NOTHING_TO_FIX,
        Cloud.AZURE: "az network watcher flow-log update --location <location> --name <name> --retention 90",
    },
    references=("https://learn.microsoft.com/azure/network-watcher/vnet-flow-logs-overview",),
)
def network_flow_log_kept_briefly(
    network: Network,
    *,
    days: Annotated[float, Option("days for which flow logs have to be kept", at_least=1)] = 90,
) -> Problems:
    """Network keeps its flow logs for a short time only.

    Break-ins are found after weeks, and then the first days count: where they came from, and where the data went. A
    log that was kept for a week does not have them any more.

    Judged are networks that have a flow log; without one there is a finding of its own. A retention that is not
    set, or set to 0 days, keeps them for ever.
    """
    kept = network.flow_log_days
    if kept is not None and kept < days:
        yield f"flow logs are kept for {kept:g} days, fewer than {days:g}"
