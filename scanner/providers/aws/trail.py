"""CloudTrail trails: whether each records, and what.

A trail of every region is seen from each of them, and so is one of the organization; it is asked about once.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from scanner.models.resource import GLOBAL
from scanner.models.trail import ALL_EVENTS, NO_EVENTS, READS, SOME_EVENTS, WRITES, Trail
from scanner.providers.aws.calls import AwsCall
from scanner.providers.aws.reading import tags
from scanner.providers.spec import Detail, Raw, Source
from scanner.providers.values import known

_TYPES: Final = {"All": ALL_EVENTS, "ReadOnly": READS, "WriteOnly": WRITES}
_READ_ONLY: Final = {("true",): READS, ("false",): WRITES}
#: A trail of every region is seen from each, and answers about itself at home.
_HOME: Final = "HomeRegion"
_LOG_GROUP: Final = re.compile(r"arn:[\w-]+:logs:[\w-]+:\d{12}:log-group:[^:]+(:\*)?")
_OBJECTS: Final = "AWS::S3::Object"
#: Whoever names S3 and nothing in it means every object of every bucket, of those to come too.
_EVERY_BUCKET: Final = "arn:aws:s3"


def place(trail: Raw) -> str:
    """Return where the trail stands: a trail of every region in none of them."""
    home: str = trail["HomeRegion"]
    return GLOBAL if trail["IsMultiRegionTrail"] else home


def log_group(trail: Raw) -> str | None:
    """Return the ARN of the log group that a trail writes to as well; its last part says that all streams are meant.

    Raises ValueError for what is no ARN of a log group.
    """
    arn: str | None = trail.get("CloudWatchLogsLogGroupArn")
    if not arn:
        return None
    if not _LOG_GROUP.fullmatch(arn):
        raise ValueError(f"has {arn!r} for the ARN of a log group")
    return arn.removesuffix(":*")


def management_events(answer: Raw) -> str:
    """Return which management events are recorded. KMS and the RDS Data API may be left out: they drown the rest."""
    return _together(
        [_type(selector) for selector in _basic(answer) if selector["IncludeManagementEvents"]]
        + [_advanced(fields, {"eventSource"}) for fields in _selectors(answer, "Management")]
        + ([] if _chosen(answer) else [ALL_EVENTS])
    )


def object_events(answer: Raw) -> str:
    """Return which calls on objects are recorded; without a selector of data events, none."""
    return _together(
        [
            _type(selector) if value.rstrip(":") == _EVERY_BUCKET else SOME_EVENTS
            for selector in _basic(answer)
            for resource in selector.get("DataResources", ())
            if resource["Type"] == _OBJECTS
            for value in resource["Values"]
        ]
        + [
            _advanced(fields, {"resources.type"})
            for fields in _selectors(answer, "Data")
            if _OBJECTS in fields.get("resources.type", {}).get("Equals", ())
        ]
    )


def _chosen(answer: Raw) -> bool:
    """Tell whether somebody chose events; a trail records all management events by default."""
    return bool(answer.get("EventSelectors") or answer.get("AdvancedEventSelectors"))


def _basic(answer: Raw) -> Iterable[Raw]:
    if "TrailARN" not in answer:  # else another answer would pass for one without selectors
        raise KeyError("TrailARN")
    found: Iterable[Raw] = answer.get("EventSelectors") or ()
    return found


def _type(selector: Raw) -> str:
    return known(_TYPES, selector["ReadWriteType"])


def _selectors(answer: Raw, category: str) -> Iterator[dict[str, Raw]]:
    """Yield the advanced selectors of a category, each as its fields by name."""
    for selector in answer.get("AdvancedEventSelectors") or ():
        fields = {field["Field"]: field for field in selector["FieldSelectors"]}
        if category in fields["eventCategory"].get("Equals", ()):
            yield fields


def _advanced(fields: dict[str, Raw], beside: set[str]) -> str:
    """Return what an advanced selector keeps, unless it chooses by more than reading and what may stand `beside`."""
    if fields.keys() - {"eventCategory", "readOnly"} - beside:
        return SOME_EVENTS
    if "eventSource" in fields and fields["eventSource"].keys() - {"Field", "NotEquals"}:
        return SOME_EVENTS
    if "readOnly" not in fields:
        return ALL_EVENTS
    return known(_READ_ONLY, tuple(fields["readOnly"].get("Equals", ())))


def _together(kept: list[str]) -> str:
    """Add up what several selectors keep."""
    if ALL_EVENTS in kept or {READS, WRITES} <= set(kept):
        return ALL_EVENTS
    return next((one for one in (WRITES, READS, SOME_EVENTS) if one in kept), NO_EVENTS)


TRAILS: Final = Source(
    kind=Trail,
    listing=AwsCall("cloudtrail", "DescribeTrails", "trailList", params={"includeShadowTrails": True}),
    id="{TrailARN}",
    name="{Name}",
    region=place,
    fields={
        "every_region": "IsMultiRegionTrail",
        "validated": "LogFileValidationEnabled",
        "key": "KmsKeyId?",
        "log_group": log_group,
        "bucket": lambda trail: f"arn:{trail['TrailARN'].split(':')[1]}:s3:::{trail['S3BucketName']}",
    },
    details=[
        Detail(
            call=AwsCall("cloudtrail", "GetTrailStatus", at=_HOME, given={"Name": "{TrailARN}"}),
            per="shared",
            fills={"recording": lambda answer: answer["IsLogging"]},
        ),
        Detail(
            call=AwsCall("cloudtrail", "GetEventSelectors", at=_HOME, given={"TrailName": "{TrailARN}"}),
            per="shared",
            fills={"management_events": management_events, "object_events": object_events},
        ),
        Detail(
            call=AwsCall(
                "cloudtrail",
                "ListTags",
                "ResourceTagList",
                at=_HOME,
                given={"ResourceIdList": ["{TrailARN}"]},
            ),
            per="shared",
            fills={"tags": lambda rows: tags({"Tags": rows[0]["TagsList"]})},
        ),
    ],
)

SOURCES: Final = (TRAILS,)
