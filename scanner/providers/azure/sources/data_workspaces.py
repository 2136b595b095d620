"""What is asked about workspaces for data: Databricks."""

from typing import Final

from scanner.models.data_workspace import DataWorkspace
from scanner.providers.azure import data_workspaces, diagnostics
from scanner.providers.azure.calls import diagnostic_settings, listed
from scanner.providers.azure.reading import region
from scanner.providers.spec import Detail, Source

WORKSPACES: Final = Source(
    kind=DataWorkspace,
    listing=listed("Microsoft.Databricks", "Workspaces_ListBySubscription", "workspaces", "2026-01-01"),
    level="account",
    id="{id}",
    name="{name}",
    region=region,
    fields=data_workspaces.WORKSPACE,
    details=[Detail(call=diagnostic_settings(), fills=diagnostics.WORKSPACE_LOG)],
    not_applicable=data_workspaces.without_clusters,
)

SOURCES: Final = (WORKSPACES,)
