"""Workspaces for data and public networks."""

from scanner import CIS_AZURE_6, Cloud, DataWorkspace, Problems, Severity, rule


@rule(
    "data-workspace-public",
    severity=Severity.LOW,
    controls=[CIS_AZURE_6["2.1.10"]],
    passes={
        "private endpoints alone": DataWorkspace(public=False),
    },
    fails={
        "everybody may knock": DataWorkspace(public=True),
    },
    fix={
        Cloud.AZURE: "az databricks workspace update --name {name} --resource-group <resource-group> "
        "--public-network-access Disabled --required-nsg-rules NoAzureDatabricksRules",
    },
    references=(
        "https://learn.microsoft.com/azure/databricks/security/network/front-end/front-end-private-connect",
    ),
)
def data_workspace_public(workspace: DataWorkspace) -> Problems:
    """Data workspace can be reached over public networks.

    Notebooks run what is written in them, with the rights to all the data that they work on. A token that was left
    in one is then good from anywhere in the world; from inside your network alone it is not.

    Make a private endpoint first. Lists of addresses that the workspace itself keeps are not looked at.
    """
    if workspace.public:
        yield "public networks may reach it"
