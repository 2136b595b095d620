"""Every source of AWS, family by family."""

from typing import Final

from scanner.providers.aws import account, database, endpoints, load_balancer, network, routing, storage
from scanner.providers.spec import Source

SOURCES: Final[tuple[Source, ...]] = (
    *account.SOURCES,
    *network.SOURCES,
    *load_balancer.SOURCES,
    *storage.SOURCES,
    *database.SOURCES,
    *routing.SOURCES,
    *endpoints.SOURCES,
)
