"""Every source of Azure, family by family. Each is asked once for a subscription: its lists are over all regions."""

from typing import Final

from scanner.providers.azure.sources import (
    account,
    backup,
    compute,
    data_workspaces,
    database,
    edge,
    endpoint,
    keys,
    load_balancer,
    network,
    programs,
    scale_sets,
    storage,
    stores,
    watching,
)
from scanner.providers.spec import Source

SOURCES: Final[tuple[Source, ...]] = (
    *account.SOURCES,
    *watching.SOURCES,
    *network.SOURCES,
    *load_balancer.SOURCES,
    *storage.SOURCES,
    *database.SOURCES,
    *stores.SOURCES,
    *data_workspaces.SOURCES,
    *compute.SOURCES,
    *programs.SOURCES,
    *keys.SOURCES,
    *backup.SOURCES,
    *endpoint.SOURCES,
    *edge.SOURCES,
    *scale_sets.SOURCES,
)
