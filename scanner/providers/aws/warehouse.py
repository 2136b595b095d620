"""Redshift: clusters, and the workgroups of its serverless kind."""

from typing import Final

from scanner.models.storage import PublicGrant
from scanner.models.stores import Warehouse
from scanner.providers.aws.calls import NO_ENDPOINT, AwsCall
from scanner.providers.aws.reading import tags
from scanner.providers.spec import Raw, Source


def _no_grants(_warehouse: Raw) -> tuple[PublicGrant, ...]:
    """Return nothing: Redshift's resource policies name accounts, and grants within it name its own users."""
    return ()


REDSHIFT: Final = Source(
    kind=Warehouse,
    listing=AwsCall("redshift", "DescribeClusters", "Clusters", params={"MaxRecords": 100}),
    id="arn:{partition}:redshift:{region}:{account}:cluster:{ClusterIdentifier}",
    name="{ClusterIdentifier}",
    # In Redshift's own model this is a `Boolean`, which is never null, beside `BooleanOptional`: absent, it is false.
    fields={
        "encrypted": lambda raw: bool(raw.get("Encrypted")),
        "public": lambda raw: bool(raw.get("PubliclyAccessible")),
        "grants": _no_grants,
        "tags": tags,
    },
    lacking=("key",),
)

LIST_WORKGROUPS: Final = AwsCall(
    "redshift-serverless",
    "ListWorkgroups",
    "workgroups",
    params={"maxResults": 100},
    absent=(NO_ENDPOINT,),
)

WORKGROUPS: Final = Source(
    kind=Warehouse,
    listing=LIST_WORKGROUPS,
    id="{workgroupArn}",
    name="{workgroupName}",
    fields={"public": "publiclyAccessible", "grants": _no_grants},
    # What is serverless is always encrypted.
    lacking=("encrypted", "key", "tags"),
)

SOURCES: Final = (REDSHIFT, WORKGROUPS)
