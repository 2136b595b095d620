"""Search domains and everyone."""

from scanner import (
    EVERYONE,
    MAY_ADMIN,
    MAY_OTHER,
    MAY_READ,
    MAY_WRITE,
    NOTHING_TO_FIX,
    Cloud,
    Problem,
    Problems,
    PublicGrant,
    SearchDomain,
    Severity,
    each,
    rule,
    unknown_value,
)

WORDS = {
    MAY_READ: "read it",
    MAY_WRITE: "write to it",
    MAY_ADMIN: "change its settings",
    MAY_OTHER: "do something with it",
}
ANYBODY = PublicGrant(who=EVERYONE, may=(MAY_READ, MAY_WRITE), said="es:*")


@rule(
    "search-domain-public",
    severity=Severity.CRITICAL,
    passes={"in a private network": SearchDomain(public=False)},
    fails={
        "everyone, without a login": SearchDomain(public=True, grants=(ANYBODY,), own_login=False),
        "everyone, up to its own login": SearchDomain(public=True, grants=(ANYBODY,), own_login=True),
        "on the internet, for chosen callers": SearchDomain(public=True, grants=()),
    },
    fix={
        Cloud.AWS: "aws opensearch update-domain-config --domain-name {name} "
        "--vpc-options SubnetIds=<subnet>,SecurityGroupIds=<group>\n"
        "# or name the callers, at once:\n"
        "aws opensearch update-domain-config --domain-name {name} --access-policies file://<policy.json>",
        Cloud.GCP: NOTHING_TO_FIX,
        Cloud.AZURE: "az search service update --name {name} --resource-group <resource-group> "
        "--public-access disabled",
    },
    references=("https://docs.aws.amazon.com/opensearch-service/latest/developerguide/vpc.html",),
)
def search_domain_public(domain: SearchDomain) -> Problems:
    """Search domain is on the internet.

    Clusters that anybody may search are found by scanners within hours. Whole indices have been copied and then deleted
    for ransom, again and again; the largest leaks of personal data of the last years began so.

    How bad it is depends on what stands behind the address: nothing at all, the domain's own login, or a policy that
    names the callers. A policy that only names addresses that may come in counts as naming the callers. Inside a
    private network the policy is not looked at here.
    """
    if not domain.public:
        return
    if not domain.grants:
        yield Problem(
            "its endpoint is on the internet; a policy names who may use it", severity=Severity.MEDIUM
        )
        return
    yield from each(domain.grants, lambda grant: _judged(domain, grant))


def _judged(domain: SearchDomain, grant: PublicGrant) -> Problems:
    strange = next((may for may in grant.may if may not in WORDS), None)
    if strange is not None:
        raise unknown_value(grant, "may", strange)
    may = " and ".join(WORDS[one] for one in grant.may)
    words = f"its endpoint is on the internet, and {grant.who_in_words} may {may} ({grant.said})"
    if domain.own_login:
        yield Problem(f"{words}; only its own login stands before it", severity=Severity.HIGH)
    else:
        yield words
