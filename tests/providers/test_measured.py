"""Free space of databases: answers of three clouds → the same facts; what is missing is unread."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from scanner.providers.aws import metrics as aws
from scanner.providers.azure import metrics as azure
from scanner.providers.gcp import metrics as gcp
from scanner.providers.measured import GIB, measured, window

NOW = datetime(2026, 11, 23, 12, 30, tzinfo=UTC)
WEEK_AGO = NOW - timedelta(days=7)
HOUR_AGO = NOW - timedelta(hours=1)


def test_the_newest_and_the_oldest_in_any_order() -> None:
    points = [(NOW, 1.0), (WEEK_AGO, 3.0), (HOUR_AGO, 2.0)]
    assert measured(points) == measured(points[::-1]) == (NOW, 1.0, 3.0)
    assert measured([(HOUR_AGO, 2.0), (NOW, 1.0)]).week_ago is None
    with pytest.raises(ValueError, match="no value"):
        measured([])


def test_every_question_of_an_hour_is_the_same() -> None:
    assert window(NOW) == window(NOW + timedelta(minutes=29))
    start, end = window(NOW)
    assert (end - start, end > NOW) == (timedelta(days=7), True)


def rows(*parts: tuple[list[datetime], list[float]], status: str = "Complete") -> list[dict[str, Any]]:
    return [{"StatusCode": status, "Timestamps": times, "Values": values} for times, values in parts]


def test_aws_counts_what_it_may_grow_to() -> None:
    answer = rows(([NOW], [2 * GIB]), ([WEEK_AGO], [4 * GIB]))
    fixed = {"AllocatedStorage": 20}
    assert (aws.free_gib(answer, fixed), aws.week_ago_gib(answer, fixed)) == (2, 4)
    growing = {"AllocatedStorage": 20, "MaxAllocatedStorage": 100}
    assert aws.free_gib(answer, growing) == 82
    assert aws.SPACES.fields["grows"](growing) is True  # type: ignore[operator]
    assert aws.SPACES.fields["total_gib"](growing) == 100  # type: ignore[operator]


def test_aws_asks_for_each_instance_by_its_name() -> None:
    asked = aws.asked({"instances": ["orders-db", "x"]}, NOW)
    assert [one["Label"] for one in asked["MetricDataQueries"]] == ["orders-db", "x"]
    assert [one["Id"] for one in asked["MetricDataQueries"]] == ["m0", "m1"]


@pytest.mark.parametrize("answer", [[], rows(([], [])), rows(([NOW], [1.0]), status="InternalError")])
def test_aws_without_a_value(answer: list[dict[str, Any]]) -> None:
    with pytest.raises(ValueError, match=r"no value|InternalError"):
        aws.free_gib(answer, {"AllocatedStorage": 20})


def test_aws_tells_no_value_from_no_answer() -> None:
    assert aws.measured_at(rows(([NOW], [1.0])), {}) == NOW
    assert aws.measured_at(rows(([], [])), {}) is None
    for answer in ([], rows(([], []), status="PartialData"), rows(([], []), status="InternalError")):
        with pytest.raises(ValueError, match=r"no value|InternalError"):
            aws.measured_at(answer, {})


def test_google() -> None:
    point = {"interval": {"endTime": "2026-11-23T12:00:00Z"}, "value": {"doubleValue": 0.9}}
    instance = {
        "settings": {"dataDiskSizeGb": "50", "storageAutoResize": True, "storageAutoResizeLimit": "0"}
    }
    assert gcp.free_gib([{"points": [point]}], instance) == pytest.approx(5)
    assert gcp.grows(instance)
    assert not gcp.grows({"settings": {**instance["settings"], "storageAutoResizeLimit": "50"}})
    assert not gcp.grows({"settings": {**instance["settings"], "storageAutoResize": False}})


def test_azure_finds_an_id_in_any_case_and_skips_hours_without_a_value() -> None:
    data = [{"timeStamp": "2026-11-23T11:00:00Z", "maximum": 75.0}, {"timeStamp": "2026-11-23T12:00:00Z"}]
    series = {
        "metadatavalues": [{"name": {"value": "microsoft.resourceid"}, "value": "/subscriptions/s/x/a"}],
        "data": data,
    }
    other = {
        **series,
        "metadatavalues": [{"name": {"value": "microsoft.resourceid"}, "value": "/subscriptions/s/x/b"}],
    }
    item = {"id": "/subscriptions/S/x/A"}
    found = azure._series([{"timeseries": [other, series]}], item)
    assert (found.now, found.at.hour) == (75.0, 11)
    with pytest.raises(ValueError, match="no value"):
        azure._series([{"timeseries": [other]}], {"id": "/subscriptions/s/x/c"})
