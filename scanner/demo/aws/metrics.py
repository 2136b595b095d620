"""The demo's measurements: how much of each database's storage is free, now and a week ago."""

from datetime import UTC, datetime, timedelta
from typing import Final

from scanner.demo.aws.account import HOME, SECOND, Account

SPACE: Final = "database-space-low"

_GIB: Final = 1 << 30
#: GiB of 20 that were free a week ago, and are now.
_FREE: Final = {"reports-db": (9.0, 1.5)}
_USUAL: Final = (11.0, 10.5)


def furnish(account: Account) -> None:
    """Measure every instance that is no member of a cluster; databases must be there."""
    for region in (HOME, SECOND):
        for instance in account.client("rds", region).describe_db_instances()["DBInstances"]:
            if not instance.get("DBClusterIdentifier"):
                _measure(account, region, instance["DBInstanceIdentifier"])
                low = instance["DBInstanceIdentifier"] in _FREE
                account.expect(instance["DBInstanceArn"], **{"bad" if low else "good": [SPACE]})


def _measure(account: Account, region: str, name: str) -> None:
    now = datetime.now(UTC)
    values = zip(
        (now - timedelta(days=6, hours=12), now - timedelta(minutes=5)), _FREE.get(name, _USUAL), strict=True
    )
    account.client("cloudwatch", region).put_metric_data(
        Namespace="AWS/RDS",
        MetricData=[
            {
                "MetricName": "FreeStorageSpace",
                "Dimensions": [{"Name": "DBInstanceIdentifier", "Value": name}],
                "Timestamp": when,
                "Value": free * _GIB,
                "Unit": "Bytes",
            }
            for when, free in values
        ],
    )
