"""Log groups of trails, what is counted in them, and whom alarms tell: from AWS's answers, and through the real SDK."""

from typing import Any

import boto3
import pytest
from collecting import collected
from mapped import mapped, unfilled
from scripted import Scripted, collect

from scanner.models.logs import AlertPolicy, LogMetric
from scanner.models.resource import Code
from scanner.providers.aws import alerts
from scanner.providers.aws.alerts import ALARMS, COMPOSITES, METRICS, group_of, topics
from scanner.providers.aws.calls import AwsCall
from scanner.providers.gcp import logs as gcp

ARN = "arn:aws:logs:eu-west-1:123456789012:log-group:audit/all"
TRAIL: dict[str, Any] = {
    "Name": "audit",
    "S3BucketName": "logs",
    "IsMultiRegionTrail": True,
    "HomeRegion": "eu-west-1",
    "TrailARN": "arn:aws:cloudtrail:eu-west-1:123456789012:trail/audit",
    "LogFileValidationEnabled": True,
    "CloudWatchLogsLogGroupArn": f"{ARN}:*",
}
GROUP = group_of(TRAIL)
FILTER: dict[str, Any] = {
    "filterName": "root",
    "filterPattern": '{ $.userIdentity.type = "Root" }',
    "metricTransformations": [{"metricName": "RootUse", "metricNamespace": "Audit", "metricValue": "1"}],
    "creationTime": 1700000000000,
    "logGroupName": "audit/all",
}
TOPIC = "arn:aws:sns:eu-west-1:123456789012:on-call"
ALARM: dict[str, Any] = {
    "AlarmName": "root",
    "AlarmArn": "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:root",
    "ActionsEnabled": True,
    "AlarmActions": [TOPIC],
    "MetricName": "RootUse",
    "Namespace": "Audit",
}


def subscription(arn: str) -> dict[str, str]:
    return {"SubscriptionArn": arn, "Protocol": "email", "Endpoint": "a@example.com", "TopicArn": TOPIC}


def test_every_field_is_filled() -> None:
    assert [unfilled(source) for source in alerts.SOURCES] == [set()] * 4


def test_a_metric_of_google_cloud_is_the_same_kind() -> None:
    raw = {"name": "root", "filter": "severity=ERROR", "metricDescriptor": {}}
    made = mapped(gcp.METRICS, raw)
    assert isinstance(made, LogMetric)
    assert (made.enabled, made.metric, made.filter, made.why("log").code) == (
        True,
        "root",
        "severity=ERROR",
        Code.LACKING,
    )


def test_trails_of_one_region_and_those_without_a_log_group_have_none() -> None:
    assert group_of({**TRAIL, "IsMultiRegionTrail": False}) == {}
    assert group_of({key: value for key, value in TRAIL.items() if key != "CloudWatchLogsLogGroupArn"}) == {}
    assert GROUP == {"Arn": ARN, "Region": "eu-west-1", "Account": "123456789012", "Name": "audit/all"}


def test_what_is_no_log_group_is_none_of_ours() -> None:
    with pytest.raises(ValueError, match="'trail' for the ARN of a log group"):
        group_of({**TRAIL, "CloudWatchLogsLogGroupArn": "trail"})


def test_metric_filters() -> None:
    made = mapped(METRICS, FILTER, parent=GROUP)
    assert isinstance(made, LogMetric)
    assert made.id == f"{ARN}:metric-filter:root"
    assert (made.metric, made.log) == ("eu-west-1 Audit/RootUse", ARN)
    assert made.filter == '{ $.userIdentity.type = "Root" }'
    chosen = mapped(METRICS, {**FILTER, "fieldSelectionCriteria": '@aws.account = "1"'}, parent=GROUP)
    assert chosen.why("filter").code is Code.MALFORMED


@pytest.mark.parametrize(
    ("actions", "answers", "notifies"),
    [
        ([TOPIC], [[subscription(f"{TOPIC}:1")]], True),
        ([TOPIC], [[subscription("PendingConfirmation"), subscription("Deleted")]], False),
        ([TOPIC], [[]], False),
        # The topic is gone.
        ([TOPIC], [None], False),
        ([TOPIC, f"{TOPIC}-2"], [[], [subscription(f"{TOPIC}-2:1")]], True),
        ([], [], False),
        (["arn:aws:automate:eu-west-1:ec2:stop"], [], False),
        (["arn:aws:ssm:eu-west-1:123456789012:opsitem:1"], [], True),
        (["arn:aws:ssm-incidents::123456789012:response-plan/on-call", TOPIC], [], True),
        (["arn:aws:lambda:eu-west-1:123456789012:function:page"], [], True),
    ],
)
def test_whom_an_alarm_tells(actions: list[str], answers: list[Any], notifies: bool) -> None:  # noqa: FBT001 - a table's
    raw = {**ALARM, "AlarmActions": actions}
    assert len(topics(raw)) == len(answers)
    made = mapped(ALARMS, raw, parent=GROUP, ListSubscriptionsByTopic=answers)
    assert isinstance(made, AlertPolicy)
    assert (made.enabled, made.notifies, made.filters, made.follows) == (True, notifies, (), ())
    assert made.metrics == ("eu-west-1 Audit/RootUse",)


def test_alarms_that_calculate_watch_every_metric_in_it() -> None:
    def stat(namespace: str, name: str) -> dict[str, Any]:
        return {
            "Id": "m",
            "MetricStat": {"Metric": {"Namespace": namespace, "MetricName": name}, "Stat": "Sum"},
        }

    plain = {key: value for key, value in ALARM.items() if key not in ("MetricName", "Namespace")}
    raw = {**plain, "Metrics": [stat("Audit", "a"), stat("AWS/EC2", "b"), {"Id": "e", "Expression": "m1+m2"}]}
    made = mapped(ALARMS, raw, parent=GROUP)
    assert isinstance(made, AlertPolicy)
    assert made.metrics == ("eu-west-1 AWS/EC2/b", "eu-west-1 Audit/a")


@pytest.mark.parametrize(
    ("rule", "names"),
    [
        ("ALARM(root)", ["root"]),
        ('ALARM("root use") OR ALARM("keys")', ["root use", "keys"]),
        ('(ALARM("a") OR (ALARM("b")))', ["a", "b"]),
        ('ALARM("a") AND ALARM("b")', []),
        ('ALARM("a") AND NOT ALARM("quiet hours")', []),
        ('ALARM("a") OR OK("b")', []),
        ("TRUE", []),
    ],
)
def test_what_sets_a_composite_alarm_off(rule: str, names: list[str]) -> None:
    place = "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:"
    raw = {"AlarmName": "all", "AlarmArn": f"{place}all", "AlarmRule": rule, "ActionsEnabled": True}
    made = mapped(COMPOSITES, raw, parent=GROUP)
    assert isinstance(made, AlertPolicy)
    assert made.follows == tuple(f"{place}{name}" for name in names)
    other = mapped(COMPOSITES, {**raw, "AlarmRule": f"ALARM({place}root)"}, parent=GROUP)
    assert isinstance(other, AlertPolicy)
    assert other.follows == (f"{place}root",)


def test_only_the_log_group_of_a_trail_is_asked_about_and_only_there() -> None:
    second = {**TRAIL, "Name": "web", "IsMultiRegionTrail": False}
    cpu = {**ALARM, "AlarmName": "cpu", "AlarmArn": f"{ALARM['AlarmArn']}-cpu", "Namespace": "AWS/EC2"}
    session = Scripted(
        {
            "cloudtrail:DescribeTrails": {"trailList": [TRAIL, second]},
            "logs:ListTagsForResource": {"tags": {"team": "security"}},
            "logs:DescribeMetricFilters": {"metricFilters": [FILTER]},
            "cloudwatch:DescribeAlarms": {"MetricAlarms": [ALARM, cpu], "CompositeAlarms": []},
            "sns:ListSubscriptionsByTopic": {"Subscriptions": [subscription(f"{TOPIC}:1")]},
        }
    )
    found = collect(session, alerts.SOURCES, regions=("eu-west-1", "us-east-1"))
    assert not found.gaps
    assert sorted(one.kind() for one in found.resources.values()) == ["AlertPolicy", "LogGroup", "LogMetric"]
    assert {one.scope.region for one in found.resources.values()} == {"eu-west-1"}
    assert sorted((name, scope.region) for name, scope, _ in session.sent) == [
        ("cloudtrail:DescribeTrails", "global"),
        ("cloudwatch:DescribeAlarms", "eu-west-1"),
        ("cloudwatch:DescribeAlarms", "eu-west-1"),
        ("logs:DescribeMetricFilters", "eu-west-1"),
        ("logs:ListTagsForResource", "eu-west-1"),
        ("sns:ListSubscriptionsByTopic", "eu-west-1"),
    ]


def test_the_log_group_of_another_account_is_its_own() -> None:
    theirs = {**TRAIL, "CloudWatchLogsLogGroupArn": "arn:aws:logs:eu-west-1:999999999999:log-group:org:*"}
    made = alerts.LOG_GROUPS.listing
    assert isinstance(made, AwsCall)
    assert made.row is not None
    group = mapped(alerts.LOG_GROUPS, made.row(theirs))
    assert group.scope.account == "999999999999"


@pytest.mark.usefixtures("moto")
def test_through_the_sdk() -> None:
    boto3.client("s3", region_name="us-east-1").create_bucket(Bucket="logs")
    logs = boto3.client("logs", region_name="eu-west-1")
    logs.create_log_group(logGroupName="audit/all")
    for name in ("audit/all", "other"):
        if name == "other":
            logs.create_log_group(logGroupName=name)
        logs.put_metric_filter(
            logGroupName=name,
            filterName="root",
            filterPattern=FILTER["filterPattern"],
            metricTransformations=FILTER["metricTransformations"],
        )
    boto3.client("cloudtrail", region_name="eu-west-1").create_trail(
        Name="audit",
        S3BucketName="logs",
        IsMultiRegionTrail=True,
        CloudWatchLogsLogGroupArn=f"{ARN}:*",
        CloudWatchLogsRoleArn="arn:aws:iam::123456789012:role/trail",
    )
    sns = boto3.client("sns", region_name="eu-west-1")
    topic = sns.create_topic(Name="on-call")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="email", Endpoint="a@example.com")
    boto3.client("cloudwatch", region_name="eu-west-1").put_metric_alarm(
        AlarmName="root",
        Namespace="Audit",
        MetricName="RootUse",
        Statistic="Sum",
        Period=300,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanOrEqualToThreshold",
        AlarmActions=[topic],
    )
    found = collected(alerts.SOURCES)
    assert sorted(found) == [ALARM["AlarmArn"], ARN, f"{ARN}:metric-filter:root"]
    assert found[ALARM["AlarmArn"]].notifies is True
    assert found[ALARM["AlarmArn"]].metrics == (found[f"{ARN}:metric-filter:root"].metric,)
