"""Caches and their copies."""

from scanner import Cache, Cloud, Problems, Severity, rule


@rule(
    "cache-without-backup",
    severity=Severity.LOW,
    passes={"for a week": Cache(backup_days=7)},
    fails={"none": Cache(backup_days=0)},
    fix={
        Cloud.AWS: "aws elasticache modify-replication-group --replication-group-id {name} "
        "--snapshot-retention-limit 7 --apply-immediately\n"
        "# of what stands alone: modify-cache-cluster; serverless: modify-serverless-cache; of MemoryDB: aws memorydb "
        "update-cluster --cluster-name {name} --snapshot-retention-limit 7",
        Cloud.GCP: "not judged: whether a Memorystore instance keeps copies is not read",
        Cloud.AZURE: "not judged: whether a cache of Azure keeps copies is not read",
    },
    references=("https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/backups-automatic.html",),
)
def cache_without_backup(cache: Cache) -> Problems:
    """Cache has no daily copies.

    Sessions, carts, queues and counters have a way of ending up in a cache that nothing else holds: when it is deleted,
    or loses all of its nodes, they are gone. Ignore this rule where the cache can be filled again from elsewhere, and
    whoever waits for that does not mind.
    """
    if not cache.backup_days:
        yield "no automatic copies of it are kept"
