"""Workspaces for data in which nobody sees who did what."""

from scanner import CIS_AZURE_6, Cloud, DataWorkspace, Problems, Severity, rule


@rule(
    "data-workspace-without-log",
    severity=Severity.LOW,
    controls=[CIS_AZURE_6["2.1.7"]],
    passes={
        "it is logged": DataWorkspace(log="to-logs"),
    },
    fails={
        "it is not": DataWorkspace(log=None),
    },
    fix={
        Cloud.AZURE: "az monitor diagnostic-settings create --name <name> --resource {id} --workspace "
        '<workspace-id> --logs \'[{"categoryGroup":"allLogs","enabled":true}]\'',
    },
    references=("https://learn.microsoft.com/azure/databricks/admin/account-settings/audit-log-delivery",),
)
def data_workspace_without_log(workspace: DataWorkspace) -> Problems:
    """Data workspace does not log what is done in it.

    Who ran which notebook, who made a token, who read which table: after a leak that is the question, and without a
    diagnostic setting nobody keeps it.

    A setting counts that takes any log of the workspace; the plan of the workspace has to be Premium.
    """
    if workspace.log is None:
        yield "no diagnostic setting takes its logs"
