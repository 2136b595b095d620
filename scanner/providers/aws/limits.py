"""How fast AWS lets one account call, as it documents it: token buckets per account, region and API."""

import functools
from dataclasses import dataclass
from typing import Final

from scanner.providers.spec import Limit


@dataclass(frozen=True, slots=True)
class Bucket:
    """One documented bucket: operations whose names begin so share it, or each has its own (`per_operation`).

    `rate` is in calls a second, `burst` in calls.
    """

    service: str
    begins: str
    rate: float
    burst: float
    per_operation: bool = False


#: The first that fits counts. Sources: Amazon EC2 developer guide, "Request throttling for the Amazon EC2 API"
#: (non-mutating actions); Elastic Load Balancing, "API throttling" (one bucket for all Describe* of an API
#: version); the DynamoDB API reference of DescribeContinuousBackups; the CloudWatch quotas page (GetMetricData).
#: AWS publishes no number for reading the settings of S3 buckets; it says SlowDown, and the rate is then halved.
BUCKETS: Final = (
    Bucket("ec2", "", 20, 100, per_operation=True),
    Bucket("elbv2", "", 10, 40),
    Bucket("elb", "", 10, 40),
    Bucket("dynamodb", "DescribeContinuousBackups", 10, 10),
    Bucket("cloudwatch", "GetMetricData", 50, 50),
    Bucket("s3", "", 4000, 4000),
)

#: Where no number is published: far below what throttles in practice, far above what a scan needs.
UNPUBLISHED: Final = Bucket("", "", 100, 200)


@functools.cache
def limit_of(account: str, region: str, service: str, operation: str) -> Limit:
    """Return the bucket that AWS counts this call in."""
    for bucket in BUCKETS:
        if bucket.service == service and operation.startswith(bucket.begins):
            what = operation if bucket.per_operation else f"{bucket.begins}*"
            return Limit(("aws", account, region, service, what), bucket.rate, bucket.burst)
    return Limit(("aws", account, region, service, "*"), UNPUBLISHED.rate, UNPUBLISHED.burst)
