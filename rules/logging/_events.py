"""Events that alarms wait for, as a trail writes them, and what rules about them share: filters, examples, fixes."""

from collections.abc import Iterable
from typing import Final

from scanner import Account, AlertPolicy, Case, LogGroup, LogMetric, Trail

from ._pattern import Event
from ._watched import Events

LOG: Final = "arn:aws:logs:example-1:000000000000:log-group:audit"
TRAIL: Final = Trail(id="t", every_region=True, recording=True, management_events="all", log_group=LOG)
METRIC: Final = LogMetric(id="m", enabled=True, metric="example-1 Audit/event", log=LOG, filter="")
ALARM: Final = AlertPolicy(
    id="a", enabled=True, notifies=True, metrics=("example-1 Audit/event",), follows=()
)
COMPOSITE: Final = AlertPolicy(id="c", enabled=True, notifies=True, metrics=(), follows=("a",))


def call(service: str, name: str) -> dict[str, str | None]:
    """Return what a trail writes of a call that somebody made, and that was not refused."""
    return {
        "eventSource": f"{service}.amazonaws.com",
        "eventName": name,
        "eventType": "AwsApiCall",
        "errorCode": None,
        "errorMessage": None,
        "readOnly": "false",
        "managementEvent": "true",
        "userIdentity.invokedBy": None,
    }


def calls(service: str, *names: str) -> Events:
    """Return calls by their names."""
    return {name: call(service, name) for name in names}


def sign_in(**fields: str | None) -> Event:
    """Return what a trail writes of somebody at the console's door; `__` stands for a dot in the name of a field."""
    return {
        "eventSource": "signin.amazonaws.com",
        "eventName": "ConsoleLogin",
        "eventType": "AwsConsoleSignIn",
        "errorCode": None,
        "readOnly": "false",
        "managementEvent": "true",
        "userIdentity.invokedBy": None,
        **{name.replace("__", "."): value for name, value in fields.items()},
    }


def any_of_names(names: Iterable[str], service: str = "") -> str:
    """Return a filter for calls by their names, of one service where others have calls of that name."""
    either = " || ".join(f"($.eventName = {name})" for name in names)
    return f"{{ ($.eventSource = {service}.amazonaws.com) && ({either}) }}" if service else f"{{ {either} }}"


def alarmed(pattern: str) -> dict[str, Case]:
    """Return the examples of an account in which somebody is told of what a filter lets through."""
    metric, silent = (
        METRIC.model_copy(update={"filter": pattern}),
        ALARM.model_copy(update={"notifies": False}),
    )
    return {
        "an alarm tells somebody": _case(metric, ALARM),
        "a composite alarm does": _case(metric, silent, COMPOSITE),
    }


def not_alarmed(pattern: str) -> dict[str, Case]:
    """Return the examples of an account in which nobody is."""
    metric = METRIC.model_copy(update={"filter": pattern})
    other = METRIC.model_copy(update={"filter": "{ $.eventName = GetCallerIdentity }"})
    return {
        "no trail": Case(Account(needs_trail=True)),
        "the trail writes files alone": Case(
            Account(needs_trail=True), others=[TRAIL.model_copy(update={"log_group": None})]
        ),
        "nothing is counted": _case(),
        "something else is counted": _case(other, ALARM),
        "counted, and no alarm": _case(metric),
        "the alarm tells nobody": _case(metric, ALARM.model_copy(update={"notifies": False})),
        "the alarm is off": _case(metric, ALARM.model_copy(update={"enabled": False})),
    }


def _case(*others: LogMetric | AlertPolicy) -> Case:
    return Case(Account(needs_trail=True), others=[TRAIL, LogGroup(id=LOG), *others])


def fix(pattern: str, name: str) -> str:
    """Return the commands that count what a filter lets through, and tell somebody."""
    return (
        "aws logs put-metric-filter --log-group-name <log-group-of-the-trail> "
        f"--filter-name {name} --metric-transformations metricName={name},metricNamespace=Audit,metricValue=1 "
        f"--filter-pattern '{pattern}'\n"
        f"aws cloudwatch put-metric-alarm --alarm-name {name} --namespace Audit --metric-name {name} "
        "--statistic Sum --period 300 --evaluation-periods 1 --threshold 1 "
        "--comparison-operator GreaterThanOrEqualToThreshold --treat-missing-data notBreaching "
        "--alarm-actions <topic-arn>\n"
        "# once for all of these: aws sns create-topic --name <topic>, then aws sns subscribe --topic-arn <topic-arn> "
        "--protocol email --notification-endpoint <address>, and confirm it;\n"
        "# a trail without a log group gets one with aws cloudtrail update-trail --name <trail> "
        "--cloud-watch-logs-log-group-arn <log-group-arn> --cloud-watch-logs-role-arn <role-arn>"
    )


REFERENCES: Final = (
    "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudwatch-alarms-for-cloudtrail.html",
    "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntaxForMetricFilters.html",
)
