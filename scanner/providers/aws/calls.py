"""How one AWS call is declared: service and operation as the SDK spells them, and how its pages hang together."""

from dataclasses import dataclass, field
from typing import Final, Literal

from scanner.providers.spec import Call

Paging = Literal["model"] | tuple[str, str] | None
"""`model`: as the SDK's own description of the operation says. (input, output): the parameter that asks for the
next page, and the dotted path of its value in an answer. None: there is only one page.
"""

NO_ENDPOINT: Final = "NoSuchEndpoint"
"""The error code of a service that has no address in a region, and by the SDK's own lists none there either: it does
not exist there. Calls of services that are not everywhere name it in `not_in_use`.
"""

#: Services whose IAM actions have another prefix than the name that the SDK gives to the service. Source: the
#: service authorization reference.
IAM_PREFIX: Final = {
    "accessanalyzer": "access-analyzer",
    "docdb": "rds",
    "efs": "elasticfilesystem",
    "elb": "elasticloadbalancing",
    "elbv2": "elasticloadbalancing",
    "neptune": "rds",
    "opensearch": "es",
    "resourcegroupstaggingapi": "tag",
    "s3control": "s3",
}


@dataclass(frozen=True, eq=False)
class AwsCall(Call):
    """One declared AWS call: `AwsCall("s3", "ListBuckets", "Buckets", permission="s3:ListAllMyBuckets")`.

    `permission` is the IAM action; left out, it is the operation's name under the service's IAM prefix. Say it
    where the two differ, as they often do in S3.
    """

    service: str
    operation: str
    items: str = ""
    paging: Paging = field(default="model", kw_only=True)

    def __post_init__(self) -> None:
        if not self.permission:
            prefix = IAM_PREFIX.get(self.service, self.service)
            object.__setattr__(self, "permission", f"{prefix}:{self.operation}")


IDENTITY: Final = AwsCall("sts", "GetCallerIdentity", paging=None)
REGIONS: Final = AwsCall("ec2", "DescribeRegions", "Regions", params={"AllRegions": False}, paging=None)

#: What a session asks on its own account.
SESSION_CALLS: Final = (IDENTITY, REGIONS)
