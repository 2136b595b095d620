"""DynamoDB tables."""

from typing import Final

from scanner.models.stores import Table
from scanner.providers.aws.calls import AwsCall
from scanner.providers.spec import Detail, Raw, Source
from scanner.providers.values import known

_PITR: Final = {"ENABLED": True, "DISABLED": False}


def point_in_time(answer: Raw) -> bool:
    """Tell whether point-in-time recovery is on; `ContinuousBackupsStatus` is on for every table."""
    said = answer["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
    return known(_PITR, said["PointInTimeRecoveryStatus"])


_NAMED: Final = {"TableName": "{TableName}"}

TABLES: Final = Source(
    kind=Table,
    listing=AwsCall(
        "dynamodb",
        "ListTables",
        "TableNames",
        params={"Limit": 100},
        row=lambda name: {"TableName": name},
    ),
    id="arn:{partition}:dynamodb:{region}:{account}:table/{TableName}",
    name="{TableName}",
    details=[
        Detail(
            call=AwsCall("dynamodb", "DescribeContinuousBackups", given=_NAMED),
            fills={"point_in_time": point_in_time},
        ),
        Detail(
            call=AwsCall("dynamodb", "DescribeTable", given=_NAMED),
            fills={
                "deletion_protected": lambda answer: bool(answer["Table"].get("DeletionProtectionEnabled")),
            },
        ),
        Detail(
            call=AwsCall(
                "dynamodb",
                "ListTagsOfResource",
                "Tags",
                given={"ResourceArn": "arn:{partition}:dynamodb:{region}:{account}:table/{TableName}"},
            ),
            fills={"tags": lambda rows: {tag["Key"]: tag["Value"] for tag in rows}},
        ),
    ],
)

SOURCES: Final = (TABLES,)
