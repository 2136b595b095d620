"""What is asked about stores that are no relational database: Redis, Cosmos DB, Synapse, AI Search."""

from typing import Final

from scanner.models.resource import Resource
from scanner.models.stores import Cache, SearchDomain, Table, Warehouse
from scanner.providers.azure import stores
from scanner.providers.azure.calls import listed, within
from scanner.providers.azure.reading import region
from scanner.providers.azure.sources.database import COSMOS_ACCOUNTS
from scanner.providers.spec import PARENT, Source

REDIS_VERSION: Final = "2025-07-01"

CACHES: Final = Source(
    kind=Cache,
    listing=listed("Microsoft.Cache", "Redis_ListBySubscription", "redis", "2024-11-01"),
    level="account",
    id="{id}",
    name="{name}",
    region=region,
    fields=stores.CACHE,
    lacking=stores.CACHE_LACKS,
)

#: Azure Managed Redis. It is no kind of ours: what its databases take, they say.
CLUSTERS: Final = Source(
    kind=Resource,
    listing=listed("Microsoft.Cache", "RedisEnterprise_List", "redisEnterprise", REDIS_VERSION),
    level="account",
    id="{id}",
    name="{name}",
    region=region,
    lacking=("tags",),
)

MANAGED_CACHES: Final = Source(
    kind=Cache,
    listing=within(
        "Microsoft.Cache",
        "Databases_ListByCluster",
        "databases",
        "redisEnterprise/databases",
        REDIS_VERSION,
    ),
    level="account",
    under=CLUSTERS,
    id="{id}",
    name=f"{{{PARENT}.name}}/{{name}}",
    region=lambda database: region(database[PARENT]),
    fields=stores.MANAGED_CACHE,
    lacking=stores.CACHE_LACKS,
)

TABLES: Final = Source(
    kind=Table,
    listing=COSMOS_ACCOUNTS.listing,
    level="account",
    id="{id}",
    name="{name}",
    region=region,
    fields=stores.TABLE,
    lacking=stores.TABLE_LACKS,
)

WORKSPACES: Final = Source(
    kind=Warehouse,
    listing=listed("Microsoft.Synapse", "Workspaces_List", "workspaces", "2021-03-01"),
    level="account",
    id="{id}",
    name="{name}",
    region=region,
    fields=stores.WAREHOUSE,
    # What is put there is always encrypted.
    lacking=("encrypted",),
)

SEARCH_SERVICES: Final = Source(
    kind=SearchDomain,
    listing=listed("Microsoft.Search", "Services_ListBySubscription", "searchServices", "2025-05-01"),
    level="account",
    id="{id}",
    name="{name}",
    region=region,
    fields=stores.SEARCH,
    lacking=stores.SEARCH_LACKS,
)

SOURCES: Final = (CACHES, CLUSTERS, MANAGED_CACHES, TABLES, WORKSPACES, SEARCH_SERVICES)
