"""Workspaces for data and private endpoints."""

from scanner import CIS_AZURE_6, Cloud, DataWorkspace, Problems, Severity, rule


@rule(
    "data-workspace-without-private-endpoint",
    severity=Severity.LOW,
    controls=[CIS_AZURE_6["2.1.11"]],
    passes={
        "a private endpoint": DataWorkspace(private_endpoint=True),
    },
    fails={
        "none": DataWorkspace(private_endpoint=False),
    },
    fix={
        Cloud.AZURE: "az network private-endpoint create --name <name> --resource-group <resource-group> "
        "--subnet <subnet-id> --private-connection-resource-id {id} --group-id databricks_ui_api "
        "--connection-name <name>",
    },
    references=(
        "https://learn.microsoft.com/azure/databricks/security/network/front-end/front-end-private-connect",
    ),
)
def data_workspace_without_private_endpoint(workspace: DataWorkspace) -> Problems:
    """Data workspace has no private endpoint.

    Without one people come to it by its public address, so that it has to keep one. Counted are endpoints that were
    let in.
    """
    if not workspace.private_endpoint:
        yield "no private endpoint leads to it"
