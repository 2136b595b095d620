"""ElastiCache and MemoryDB."""

from collections.abc import Iterator
from typing import Final

from scanner.models.stores import TLS_OFF, TLS_OFFERED, TLS_REQUIRED, Cache
from scanner.providers.aws.calls import NO_ENDPOINT, AwsCall
from scanner.providers.spec import Detail, Raw, Source
from scanner.providers.values import known

_ENCRYPTED: Final = {"none": False, "sse-elasticache": True, "sse-kms": True}
_MODES: Final = {"required": TLS_REQUIRED, "preferred": TLS_OFFERED, None: TLS_REQUIRED}


def encrypted(raw: Raw) -> bool:
    """Tell whether a cache encrypts what it writes; where ElastiCache has the key the old flag is false."""
    if "StorageEncryptionType" in raw:
        return known(_ENCRYPTED, raw["StorageEncryptionType"])
    return bool(raw["AtRestEncryptionEnabled"])


def tls(raw: Raw) -> str:
    """Return what becomes of a connection without TLS: while the mode is `preferred` it is still taken.

    In ElastiCache's own model the flag may be null, and its default is false.
    """
    if not raw.get("TransitEncryptionEnabled"):
        return TLS_OFF
    return known(_MODES, raw.get("TransitEncryptionMode"))


def backup_days(raw: Raw) -> int:
    """Return for how many days snapshots are kept. In the services' own models the number may be null: then none."""
    days: int = raw.get("SnapshotRetentionLimit") or 0
    return days


def never_written(raw: Raw) -> Iterator[str]:
    """Yield what memcached does not have: it writes nothing to a disk."""
    if raw["Engine"] == "memcached":
        yield from ("encrypted", "backup_days")


def never_written_serverless(raw: Raw) -> Iterator[str]:
    """Yield what a serverless memcached does not have."""
    if raw["Engine"] == "memcached":
        yield "backup_days"


def _tags(template: str) -> Detail:
    call = AwsCall("elasticache", "ListTagsForResource", "TagList", given={"ResourceName": template})
    return Detail(call=call, fills={"tags": lambda rows: {tag["Key"]: tag.get("Value", "") for tag in rows}})


REPLICATION_GROUPS: Final = Source(
    kind=Cache,
    listing=AwsCall(
        "elasticache", "DescribeReplicationGroups", "ReplicationGroups", params={"MaxRecords": 100}
    ),
    id="{ARN}",
    name="{ReplicationGroupId}",
    fields={"encrypted": encrypted, "tls": tls, "backup_days": backup_days},
    details=[_tags("{ARN}")],
)

CACHE_CLUSTERS: Final = Source(
    kind=Cache,
    # Members of replication groups have no settings of their own.
    listing=AwsCall(
        "elasticache",
        "DescribeCacheClusters",
        "CacheClusters",
        params={"MaxRecords": 100, "ShowCacheClustersNotInReplicationGroups": True},
    ),
    keep=lambda raw: not raw.get("ReplicationGroupId"),
    id="{ARN}",
    name="{CacheClusterId}",
    fields={"encrypted": encrypted, "tls": tls, "backup_days": backup_days},
    details=[_tags("{ARN}")],
    not_applicable=never_written,
)

SERVERLESS: Final = Source(
    kind=Cache,
    listing=AwsCall(
        "elasticache", "DescribeServerlessCaches", "ServerlessCaches", params={"MaxResults": 100}
    ),
    id="{ARN}",
    name="{ServerlessCacheName}",
    # There is no other kind of connection.
    fields={"tls": lambda _: TLS_REQUIRED, "backup_days": backup_days},
    details=[_tags("{ARN}")],
    # What is serverless is always encrypted.
    lacking=("encrypted",),
    not_applicable=never_written_serverless,
)

MEMORYDB: Final = Source(
    kind=Cache,
    listing=AwsCall(
        "memorydb",
        "DescribeClusters",
        "Clusters",
        params={"MaxResults": 50},
        not_in_use=(NO_ENDPOINT,),
    ),
    id="{ARN}",
    name="{Name}",
    fields={"tls": lambda raw: TLS_REQUIRED if raw["TLSEnabled"] else TLS_OFF, "backup_days": backup_days},
    details=[
        Detail(
            call=AwsCall("memorydb", "ListTags", given={"ResourceArn": "{ARN}"}),
            fills={"tags": lambda answer: {tag["Key"]: tag.get("Value", "") for tag in answer["TagList"]}},
        )
    ],
    # Every cluster of MemoryDB is encrypted.
    lacking=("encrypted",),
)

SOURCES: Final = (REPLICATION_GROUPS, CACHE_CLUSTERS, SERVERLESS, MEMORYDB)
