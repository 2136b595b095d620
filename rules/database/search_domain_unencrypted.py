"""Search domains and encryption at rest."""

from scanner import NOTHING_TO_FIX, Cloud, Problems, SearchDomain, Severity, rule


@rule(
    "search-domain-unencrypted",
    severity=Severity.MEDIUM,
    passes={"encrypted": SearchDomain(encrypted=True)},
    fails={"plain": SearchDomain(encrypted=False)},
    fix={
        Cloud.AWS: "aws opensearch update-domain-config --domain-name {name} "
        "--encryption-at-rest-options Enabled=true",
        Cloud.GCP: NOTHING_TO_FIX,
        Cloud.AZURE: NOTHING_TO_FIX,
    },
    references=(
        "https://docs.aws.amazon.com/opensearch-service/latest/developerguide/encryption-at-rest.html",
    ),
)
def search_domain_unencrypted(domain: SearchDomain) -> Problems:
    """Search domain is not encrypted at rest.

    Its indices, logs, swap and automatic snapshots lie on disks in the clear: often whole documents, and logs with more
    in them than anybody meant to keep. On versions since 5.1 it can be switched on later, by a move in the background
    that takes as long as the data are many.
    """
    if not domain.encrypted:
        yield "the data on its disks are not encrypted"
