"""Where moto answers otherwise than AWS does, and a scan would show it. Runs in the server's process only."""

from typing import Any, Final

from moto.core.responses import ActionResult
from moto.ec2.models.availability_zones_and_regions import RegionsAndZonesBackend
from moto.s3.responses import S3Response

#: Regions of other partitions, which no account outside of them is ever told of.
_OTHER_PARTITIONS: Final = ("cn-", "us-gov-", "us-iso", "eusc-", "eu-isoe-")


def correct() -> None:
    """Change moto's answers in this process."""
    regions = RegionsAndZonesBackend.regions
    RegionsAndZonesBackend.regions = [one for one in regions if not one.name.startswith(_OTHER_PARTITIONS)]
    S3Response.all_buckets = _all_buckets  # type: ignore[assignment, method-assign]


def _all_buckets(response: Any) -> Any:
    """ListBuckets with each bucket's region, as S3 has it since 2024 for whoever asks with a parameter."""
    buckets = [
        {
            "Name": bucket.name,
            "CreationDate": bucket.creation_date_ISO8601,
            "BucketRegion": bucket.region_name,
        }
        for bucket in response.backend.list_buckets(None, None, None)
    ]
    response.data["Action"] = "ListBuckets"
    return response.serialized(ActionResult({"Buckets": buckets}))
