"""Search domains and requests in the clear."""

from scanner import NOTHING_TO_FIX, Cloud, Problems, SearchDomain, Severity, rule


@rule(
    "search-domain-allows-plain-http",
    severity=Severity.MEDIUM,
    passes={"refused": SearchDomain(https_only=True)},
    fails={"taken": SearchDomain(https_only=False)},
    fix={
        Cloud.AWS: "aws opensearch update-domain-config --domain-name {name} --domain-endpoint-options "
        "EnforceHTTPS=true,TLSSecurityPolicy=Policy-Min-TLS-1-2-PFS-2023-10",
        Cloud.AZURE: NOTHING_TO_FIX,
    },
    references=(
        "https://docs.aws.amazon.com/opensearch-service/latest/developerguide/infrastructure-security.html",
    ),
)
def search_domain_allows_plain_http(domain: SearchDomain) -> Problems:
    """Search domain accepts requests over plain HTTP.

    A client with `http://` in its settings works like any other, and sends passwords, queries and documents in the
    clear. Nobody sees it until somebody reads along.
    """
    if not domain.https_only:
        yield "requests over plain HTTP are taken"
