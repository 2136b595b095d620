"""Caches and encryption at rest."""

from scanner import NOTHING_TO_FIX, Cache, Cloud, Problems, Severity, rule


@rule(
    "cache-unencrypted",
    severity=Severity.MEDIUM,
    passes={"encrypted": Cache(encrypted=True)},
    fails={"plain": Cache(encrypted=False)},
    fix={
        Cloud.AWS: "aws elasticache create-snapshot --replication-group-id {name} --snapshot-name <snapshot>\n"
        "aws elasticache create-replication-group --replication-group-id <new-name> "
        "--replication-group-description <text> --snapshot-name <snapshot> --at-rest-encryption-enabled",
        Cloud.GCP: NOTHING_TO_FIX,
        Cloud.AZURE: NOTHING_TO_FIX,
    },
    references=("https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/at-rest-encryption.html",),
)
def cache_unencrypted(cache: Cache) -> Problems:
    """Cache is not encrypted at rest.

    A cache is kept in memory, but its backups, its swap and what it sends to a new replica pass over disks, with
    sessions, tokens and personal data in it. It can only be chosen when a cache is made.

    Caches that never write anything (memcached) are not judged.
    """
    if not cache.encrypted:
        yield "what it writes to disk is not encrypted"
