"""Every source of AWS, family by family."""

from typing import Final

from scanner.providers.aws import (
    account,
    alerts,
    backup,
    cache,
    classic_load_balancer,
    compute,
    database,
    database_snapshot,
    endpoints,
    file_system,
    identity,
    keys,
    load_balancer,
    messaging,
    metrics,
    network,
    routing,
    search,
    storage,
    table,
    trail,
    warehouse,
)
from scanner.providers.spec import Source

SOURCES: Final[tuple[Source, ...]] = (
    *account.SOURCES,
    *network.SOURCES,
    *load_balancer.SOURCES,
    *classic_load_balancer.SOURCES,
    *storage.SOURCES,
    *database.SOURCES,
    *metrics.SOURCES,
    *routing.SOURCES,
    *endpoints.SOURCES,
    *database_snapshot.SOURCES,
    *file_system.SOURCES,
    *table.SOURCES,
    *cache.SOURCES,
    *warehouse.SOURCES,
    *search.SOURCES,
    *backup.SOURCES,
    *identity.SOURCES,
    *compute.SOURCES,
    *keys.SOURCES,
    *messaging.SOURCES,
    *trail.SOURCES,
    *alerts.SOURCES,
)
