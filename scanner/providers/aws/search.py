"""OpenSearch domains, those of Elasticsearch among them."""

from typing import Any, Final

from scanner.models.storage import PublicGrant
from scanner.models.stores import SearchDomain
from scanner.providers.aws.calls import AwsCall
from scanner.providers.aws.policy.services import OPENSEARCH
from scanner.providers.aws.reading import grants
from scanner.providers.spec import Detail, Raw, Source


def one(rows: list[Raw]) -> Raw:
    """Return the one row that a domain has in the answer. Raises ValueError when it has none."""
    [row] = rows
    return row


def domain_grants(rows: list[Raw]) -> tuple[PublicGrant, ...]:
    """Return what the access policy grants to everyone, from every address."""
    return grants(one(rows).get("AccessPolicies") or None, OPENSEARCH)


def public(rows: list[Raw]) -> bool:
    """Tell whether the endpoint is on the internet: a domain that says of no network is in none."""
    network = one(rows).get("VPCOptions") or {}
    return not (network.get("VPCId") or network.get("SubnetIds"))


def own_login(rows: list[Raw]) -> bool:
    """Tell whether the domain itself asks everybody to sign in: fine-grained access control without its grace."""
    said: Any = one(rows).get("AdvancedSecurityOptions") or {}
    return bool(said.get("Enabled")) and not said.get("AnonymousAuthEnabled")


DOMAINS: Final = Source(
    kind=SearchDomain,
    listing=AwsCall("opensearch", "ListDomainNames", "DomainNames"),
    id="arn:{partition}:es:{region}:{account}:domain/{DomainName}",
    name="{DomainName}",
    details=[
        Detail(
            call=AwsCall(
                "opensearch", "DescribeDomains", "DomainStatusList", given={"DomainNames": ["{DomainName}"]}
            ),
            per="batch",
            size=5,
            join=("DomainName", "{DomainName}"),
            fills={
                "encrypted": lambda rows: bool(one(rows)["EncryptionAtRestOptions"]["Enabled"]),
                "public": public,
                "grants": domain_grants,
                "https_only": lambda rows: bool(one(rows)["DomainEndpointOptions"].get("EnforceHTTPS")),
                "own_login": own_login,
            },
        ),
        Detail(
            call=AwsCall(
                "opensearch",
                "ListTags",
                given={"ARN": "arn:{partition}:es:{region}:{account}:domain/{DomainName}"},
            ),
            fills={"tags": lambda answer: {tag["Key"]: tag["Value"] for tag in answer.get("TagList", ())}},
        ),
    ],
)

SOURCES: Final = (DOMAINS,)
