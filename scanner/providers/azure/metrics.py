"""Azure Monitor: how full databases are, in one question for all of a kind in a region."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from scanner.models.space import DatabaseSpace
from scanner.providers.azure import database
from scanner.providers.azure.calls import SUBSCRIPTION, AzureCall
from scanner.providers.azure.reading import region
from scanner.providers.measured import GIB, Measured, measured, window
from scanner.providers.spec import Detail, Raw, Source

METRIC: Final = "storage_percent"

#: Values of one answer: a week by the hour of some hundred databases; the default is ten.
_MOST: Final = 50_000


def asked(arguments: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """Return the request for the last week."""
    start, end = (f"{when:%Y-%m-%dT%H:%M:%SZ}" for when in window(now))
    return {**arguments, "timespan": f"{start}/{end}"}


def _used(namespace: str) -> AzureCall:
    """Declare the question for all resources of a namespace in one region."""
    return AzureCall(
        "Microsoft.Insights",
        "Metrics_ListAtSubscriptionScope",
        path=f"{SUBSCRIPTION}/providers/Microsoft.Insights/metrics",
        version="2021-05-01",
        given={"account": "{account}", "region": "{region}"},
        params={
            "metricnamespace": namespace,
            "metricnames": METRIC,
            "aggregation": "Maximum",
            "interval": "PT1H",
            "$filter": "Microsoft.ResourceId eq '*'",
            "top": _MOST,
        },
        regional=True,
        made=asked,
    )


def _series(metrics: Sequence[Raw], item: Raw) -> Measured:
    """Return what is said of one resource, in percent that are used; ids are equal whatever their case."""
    return measured(_points(metrics, item["id"].lower()))


def _points(metrics: Sequence[Raw], id_: str) -> Iterator[tuple[datetime, float]]:
    for metric in metrics:
        for series in metric["timeseries"]:
            of = [said["value"].lower() for said in series["metadatavalues"]]
            for point in series["data"] if id_ in of else ():
                if point.get("maximum") is not None:  # an hour without a value has none
                    yield datetime.fromisoformat(point["timeStamp"]), float(point["maximum"])


def spaces(
    namespace: str,
    servers: Source,
    total: Callable[[Raw], float],
    grows: Callable[[Raw], bool],
    keep: Callable[[Raw], bool],
) -> Source:
    """Return what reads the same listing as storage; `total` in GiB."""

    def free(metrics: Sequence[Raw], item: Raw) -> float:
        return (100 - _series(metrics, item).now) / 100 * total(item)

    def before(metrics: Sequence[Raw], item: Raw) -> float | None:
        used = _series(metrics, item).week_ago
        return None if used is None else (100 - used) / 100 * total(item)

    fills = {
        "measured_at": lambda metrics, item: _series(metrics, item).at,
        "free_gib": free,
        "week_ago_gib": before,
    }
    fields = {"total_gib": total, "grows": grows, "tags": lambda item: item.get("tags") or {}}
    asked_ = Detail(call=_used(namespace), per="scope", with_item=True, fills=fills)
    return replace(
        servers, kind=DatabaseSpace, fields=fields, details=[asked_], lacking=(), keep=keep, region=region
    )


def flexible(service: str, servers: Source) -> Source:
    """Return the storage of flexible servers of one engine."""
    return spaces(
        f"{service}/flexibleServers",
        servers,
        lambda server: float(server["properties"]["storage"]["storageSizeGB"]),
        lambda server: server["properties"]["storage"].get("autoGrow") == "Enabled",
        lambda server: not database.flexible_stopped(server),
    )


def sql(databases: Source) -> Source:
    """Return the storage of SQL databases that have their own: neither in a pool, nor paused, nor a warehouse."""
    return spaces(
        "Microsoft.Sql/servers/databases",
        databases,
        lambda one: float(one["properties"]["maxSizeBytes"]) / GIB,
        lambda _: False,
        lambda one: (
            database.no_system_database(one)
            and database.has_short_term_backups(one)
            and not one["properties"].get("elasticPoolId")
            and one["properties"]["status"] == "Online"
        ),
    )
