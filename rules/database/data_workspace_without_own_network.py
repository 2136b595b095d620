"""Workspaces for data and networks of the owner."""

from scanner import CIS_AZURE_6, Cloud, DataWorkspace, Problems, Severity, rule


@rule(
    "data-workspace-without-own-network",
    severity=Severity.LOW,
    controls=[CIS_AZURE_6["2.1.1"]],
    passes={
        "a network of the owner": DataWorkspace(own_network=True),
    },
    fails={
        "the cloud's own": DataWorkspace(own_network=False),
    },
    fix={
        Cloud.AZURE: "az databricks workspace create --name <name> --resource-group <resource-group> --location "
        "<location> --vnet <network-id> --public-subnet <subnet> --private-subnet <subnet>: the "
        "network is chosen when a workspace is made",
    },
    references=("https://learn.microsoft.com/azure/databricks/security/network/classic/vnet-inject",),
)
def data_workspace_without_own_network(workspace: DataWorkspace) -> Problems:
    """Data workspace has its clusters in a network that is not yours.

    Your rules do not hold there: no security group of yours says where its clusters may send data, no flow log of
    yours shows where they did, and stores that it reads have to keep a way in from outside of your network.
    """
    if not workspace.own_network:
        yield "its clusters stand in a network that the service made"
