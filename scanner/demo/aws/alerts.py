"""What the demo counts in the log of its audit trail, and whom its alarms tell."""

from typing import Final

from scanner.demo.aws.account import HOME, NUMBER, Account
from scanner.demo.aws.trail import AUDIT

_LOG: Final = "audit/account"


def furnish(account: Account) -> None:
    """Count events in the log of the trail, and tell somebody of some of them. Runs after the trail and the topics."""
    account.client("logs").create_log_group(logGroupName=_LOG)
    account.client("cloudtrail").update_trail(
        Name=AUDIT,
        CloudWatchLogsLogGroupArn=f"arn:aws:logs:{HOME}:{NUMBER}:log-group:{_LOG}:*",
        CloudWatchLogsRoleArn=f"arn:aws:iam::{NUMBER}:role/break-glass",
    )
    told, nobody = (f"arn:aws:sns:{HOME}:{NUMBER}:{name}" for name in ("alarms", "partner-events"))
    account.client("sns").subscribe(TopicArn=told, Protocol="email", Endpoint="on-call@shop.example")
    _counted(
        account, "root-use", '{ $.userIdentity.type = "Root" && $.userIdentity.invokedBy NOT EXISTS }', told
    )
    # What CIS asks for in one filter may be in several.
    _counted(account, "firewalls-opened", "{ $.eventName = *SecurityGroup* }", told)
    _counted(
        account,
        "keys",
        '{ ($.eventSource = "kms.amazonaws.com") && ($.eventName = "ScheduleKeyDeletion") }',
        told,
    )
    _counted(account, "key-disabled", '{$.eventName="DisableKey"}', told)
    _counted(account, "trails", "{ ($.eventName = StopLogging) || ($.eventName = DeleteTrail) }", told)
    _counted(account, "routes", "{ ($.eventName = %Route% ) }", nobody)
    _counted(account, "sign-ins", '{ $.errorMessage = "Failed authentication" }', "")
    account.expect(
        f"arn:aws:iam::{NUMBER}:root",
        good=[_alert("root"), "project-without-firewall-alert", _alert("key")],
        bad=[
            "project-without-audit-config-alert",
            "project-without-route-alert",
            "project-without-network-alert",
            "project-without-bucket-permission-alert",
            *map(
                _alert,
                (
                    "failed-sign-in",
                    "sign-in",
                    "refused-call",
                    "policy",
                    "config",
                    "access-list",
                    "gateway",
                    "organization",
                ),
            ),
        ],
    )


def _alert(what: str) -> str:
    return f"account-without-{what}-alert"


def _counted(account: Account, name: str, pattern: str, topic: str) -> None:
    made = {"metricName": name, "metricNamespace": "Audit", "metricValue": "1"}
    account.client("logs").put_metric_filter(
        logGroupName=_LOG, filterName=name, filterPattern=pattern, metricTransformations=[made]
    )
    if topic:
        account.client("cloudwatch").put_metric_alarm(
            AlarmName=name,
            Namespace="Audit",
            MetricName=name,
            Statistic="Sum",
            Period=300,
            EvaluationPeriods=1,
            Threshold=1,
            ComparisonOperator="GreaterThanOrEqualToThreshold",
            AlarmActions=[topic],
        )
