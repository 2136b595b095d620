"""Caches and connections without TLS."""

from scanner import (
    TLS_OFF,
    TLS_OFFERED,
    TLS_REQUIRED,
    Cache,
    Cloud,
    Problem,
    Problems,
    Severity,
    rule,
    unknown_value,
)


@rule(
    "cache-allows-plaintext",
    severity=Severity.MEDIUM,
    passes={"TLS is required": Cache(tls=TLS_REQUIRED)},
    fails={"no TLS": Cache(tls=TLS_OFF), "with or without TLS": Cache(tls=TLS_OFFERED)},
    fix={
        Cloud.AWS: "aws elasticache modify-replication-group --replication-group-id {name} "
        "--transit-encryption-enabled --transit-encryption-mode preferred --apply-immediately\n"
        "# move every client to TLS, then the same with: --transit-encryption-mode required",
        Cloud.GCP: "gcloud redis instances create <new-name> --region <region> --size <gb> "
        "--transit-encryption-mode SERVER_AUTHENTICATION",
        Cloud.AZURE: "az redis update --name {name} --resource-group <resource-group> --set enableNonSslPort=false",
    },
    references=("https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/in-transit-encryption.html",),
)
def cache_allows_plaintext(cache: Cache) -> Problems:
    """Cache accepts connections without encryption.

    Sessions, tokens and whatever else was worth caching cross the network in the clear, and so does the password, if
    there is one: who can listen once can then read and change everything in it.

    While TLS is offered and plain connections are still taken, as during a move, the finding is a milder one: finish
    the move.
    """
    if cache.tls == TLS_REQUIRED:
        return
    if cache.tls == TLS_OFFERED:
        yield Problem(
            "connections without TLS are still accepted beside those with it", severity=Severity.LOW
        )
    elif cache.tls == TLS_OFF:
        yield "connections are not encrypted"
    else:
        raise unknown_value(cache, "tls", cache.tls)
