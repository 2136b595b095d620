"""Clusters of data workspaces and the internet."""

from scanner import CIS_AZURE_6, Cloud, DataWorkspace, Problems, Severity, rule


@rule(
    "data-workspace-with-public-addresses",
    severity=Severity.MEDIUM,
    controls=[CIS_AZURE_6["2.1.9"]],
    passes={
        "no addresses": DataWorkspace(hidden=True),
    },
    fails={
        "every machine has one": DataWorkspace(hidden=False),
    },
    fix={
        Cloud.AZURE: "az databricks workspace update --name {name} --resource-group <resource-group> "
        "--enable-no-public-ip",
    },
    references=(
        "https://learn.microsoft.com/azure/databricks/security/network/classic/secure-cluster-connectivity",
    ),
)
def data_workspace_with_public_addresses(workspace: DataWorkspace) -> Problems:
    """Clusters of a data workspace have addresses on the internet.

    Each machine of each cluster then has a public address, for the service to call it. What a notebook opens on one
    of them is a rule away from everybody. With secure cluster connectivity machines call the service, and have no
    such address.
    """
    if not workspace.hidden:
        yield "machines of its clusters have public addresses"
