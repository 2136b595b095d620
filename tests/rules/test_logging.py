"""What filters of CloudWatch Logs mean, and who is told when several alarms share the work."""

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

import rules.logging
from rules.logging import _events as shared
from rules.logging._pattern import lets_through
from rules.logging._watched import Kept, no_alarm
from scanner import (
    Account,
    AlertPolicy,
    Code,
    InAccount,
    LogGroup,
    LogMetric,
    Trail,
    UnreadError,
    Why,
)

FOLDER = Path(rules.logging.__file__).parent
STOPPED = shared.call("cloudtrail", "StopLogging")


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("{ ($.eventName = CreateTrail) || ($.eventName = StopLogging) }", True),
        ("{($.eventName=StopLogging)||($.eventName=CreateTrail)}", True),
        ('{ $.eventName = "StopLogging" }', True),
        ('{ ((($.eventName = "Stop*"))) }', True),
        ("{ $.eventName = *Logging && $.eventSource = cloudtrail.amazonaws.com }", True),
        ("{ $.eventName = %^(Stop|Start)% }", None),
        ("{ $.eventName = %^St[ao][a-z]*Logging$% }", True),
        ("{ $.eventName = CreateTrail }", False),
        ("{ $.eventName = stoplogging }", False),
        # && binds more strongly than ||, as where CIS writes a || b && c.
        ("{ $.eventName = StopLogging || $.eventName = CreateTrail && $.eventSource = x }", True),
        ("{ ($.eventName = StopLogging || $.eventName = CreateTrail) && $.eventSource = x }", False),
        # Narrower than the events: one region, one caller. To leave one caller out is no matter.
        ("{ $.eventName = StopLogging && $.awsRegion = eu-west-1 }", False),
        ("{ $.eventName = StopLogging && $.userIdentity.userName != deploy }", True),
        ("{ $.eventName = StopLogging && $.userIdentity.userName = * }", True),
        ("{ $.eventName = StopLogging && $.errorCode NOT EXISTS }", True),
        ("{ $.eventName = StopLogging && $.errorCode EXISTS }", False),
        ("{ $.eventName = StopLogging && $.errorCode = AccessDenied }", False),
        ("{ $.readOnly IS FALSE && $.eventName = StopLogging }", True),
        ("{ $.readOnly is true && $.eventName = StopLogging }", False),
        # Whether such fields are there nobody has said; next to what decides, it is no matter.
        ("{ $.eventName = StopLogging && $.vpcEndpointId NOT EXISTS }", None),
        ("{ $.eventName = StopLogging || $.vpcEndpointId NOT EXISTS }", True),
        ("{ $.eventName = StopLogging && $.errorCode != AccessDenied }", None),
        ("{ $.eventVersion > 1 && $.eventName = CreateTrail }", False),
        ("{ $.eventVersion > 1 }", None),
        # Words are looked for anywhere, and no words let everything through.
        ("", True),
        ("StopLogging", True),
        ('"StopLogging" cloudtrail', True),
        ("?StopLogging ?DeleteTrail", True),
        ("?DeleteTrail ?UpdateTrail", False),
        ("StopLogging -cloudtrail", False),
        ("ERROR", False),
        # Nothing that can be told.
        ("[ip, user, ...]", None),
        ("{ $.eventName = StopLogging", None),
        ("{ ($.eventName = StopLogging }", None),
        ("{ $.eventName = StopLogging ) }", None),
        ("{ $.eventName = StopLogging && }", None),
        ("{ $.eventName ~ StopLogging }", None),
        ("{ }", None),
        ("{" + "(" * 500 + "$.eventName = StopLogging" + ")" * 500 + "}", None),
        ("{ $.eventName = " + "*o" * 500 + "* }", False),
    ],
)
def test_what_a_filter_lets_through(pattern: str, expected: bool | None) -> None:  # noqa: FBT001 - a table's column
    assert lets_through(pattern, STOPPED) is expected


@pytest.mark.parametrize(
    ("rule", "pattern"),
    [
        (
            "account_without_refused_call_alert",
            (
                "{ ($.errorCode =*UnauthorizedOperation) || ($.errorCode =AccessDenied*) && "
                "($.sourceIPAddress!=delivery.logs.amazonaws.com) && ($.eventName!=HeadBucket) }"
            ),
        ),
        (
            "account_without_sign_in_alert",
            (
                "{ ($.eventName = ConsoleLogin) && ($.additionalEventData.MFAUsed != Yes) && "
                "($.userIdentity.type = IAMUser) && ($.responseElements.ConsoleLogin = Success) }"
            ),
        ),
        (
            "account_without_root_alert",
            "{ $.userIdentity.type = Root && $.userIdentity.invokedBy NOT EXISTS && $.eventType != AwsServiceEvent }",
        ),
        (
            "account_without_failed_sign_in_alert",
            "{ ($.eventName = ConsoleLogin) && ($.errorMessage = Failed authentication) }",
        ),
        (
            "project_without_route_alert",
            (
                "{($.eventSource = ec2.amazonaws.com) && ($.eventName = CreateRoute) || "
                "($.eventName = CreateRouteTable) || ($.eventName = ReplaceRoute) || "
                "($.eventName = ReplaceRouteTableAssociation) || "
                "($.eventName = DeleteRouteTable) || ($.eventName = DeleteRoute) || "
                "($.eventName = DisassociateRouteTable) }"
            ),
        ),
    ],
)
def test_filters_as_the_benchmark_writes_them_let_their_events_through(rule: str, pattern: str) -> None:
    events = import_module(f"rules.logging.{rule}").EVENTS
    assert {name for name, event in events.items() if not lets_through(pattern, event)} == set()


def test_filters_of_ours_are_no_longer_than_aws_takes() -> None:
    found = [import_module(f"rules.logging.{path.stem}") for path in FOLDER.glob("*_without_*_alert.py")]
    patterns = [module.PATTERN for module in found if hasattr(module, "PATTERN")]
    assert len(patterns) == 15
    assert max(map(len, patterns)) <= 1024


EVENTS = shared.calls("cloudtrail", "StopLogging", "DeleteTrail")
TRAIL = shared.TRAIL
GROUP = LogGroup(id=shared.LOG)
DENIED = Why(code=Code.DENIED, permission="sns:ListSubscriptionsByTopic")


def metric(name: str, pattern: str, log: str = shared.LOG) -> LogMetric:
    return LogMetric(id=f"metric {name}", enabled=True, metric=name, log=log, filter=pattern)


def alarm(*names: str, notifies: bool = True, id: str = "alarm") -> AlertPolicy:
    return AlertPolicy(id=id, enabled=True, notifies=notifies, metrics=names, follows=())


def said(
    *others: LogMetric | AlertPolicy,
    trails: tuple[Trail, ...] = (TRAIL,),
    groups: tuple[LogGroup, ...] = (GROUP,),
    missing: UnreadError | None = None,
) -> Iterator[object]:
    kept = Kept(
        InAccount(trails),
        InAccount(groups),
        InAccount([one for one in others if isinstance(one, LogMetric)]),
        InAccount([one for one in others if isinstance(one, AlertPolicy)], missing),
    )
    return no_alarm(Account(), kept, EVENTS, "changes of trails")


def test_each_event_may_have_an_alarm_of_its_own() -> None:
    both = metric("a", "{ $.eventName = StopLogging }"), metric("b", "{ $.eventName = DeleteTrail }")
    assert list(said(*both, alarm("a", "b"))) == []
    assert list(said(*both, alarm("a"), alarm("b", notifies=False, id="silent"))) == [
        "an alarm waits for DeleteTrail, and tells nobody"
    ]
    assert list(said(*both, alarm("b"))) == [
        "a metric filter counts StopLogging, and no alarm that is on watches it"
    ]


def test_a_composite_alarm_tells_for_those_that_it_follows() -> None:
    child = alarm("a", notifies=False)
    composite = AlertPolicy(id="all", enabled=True, notifies=True, metrics=(), follows=("alarm", "else"))
    assert list(said(metric("a", ""), child, composite)) == []
    off = composite.model_copy(update={"enabled": False})
    assert list(said(metric("a", ""), child, off)) == [
        "an alarm waits for changes of trails, and tells nobody"
    ]
    other = composite.model_copy(update={"follows": ("else",)})
    assert len(list(said(metric("a", ""), child, other))) == 1


def test_a_filter_on_another_log_group_counts_nothing() -> None:
    elsewhere = metric("a", "", log="arn:aws:logs:example-1:000000000000:log-group:web")
    assert list(said(elsewhere, alarm("a"))) == [
        "no metric filter on the log group of the trail counts changes of trails"
    ]


def test_a_filter_that_cannot_be_read_matters_only_where_an_alarm_watches_it() -> None:
    odd = metric("odd", "[a, b]")
    assert len(list(said(odd, alarm("else")))) == 1
    with pytest.raises(UnreadError, match="cannot be told"):
        list(said(odd, alarm("odd")))
    assert list(said(odd, metric("a", ""), alarm("a", "odd"))) == []


def test_an_alarm_whose_subscribers_were_not_read_may_be_the_one_that_tells() -> None:
    unread = AlertPolicy(id="unread", enabled=True, metrics=("a",), follows=(), unread={"notifies": DENIED})
    every = metric("a", "")
    with pytest.raises(UnreadError, match="ListSubscriptionsByTopic"):
        list(said(every, unread))
    assert list(said(every, unread, alarm("a"))) == []
    missing = UnreadError("AlertPolicy", Why(code=Code.DENIED, call="cloudwatch:DescribeAlarms"))
    with pytest.raises(UnreadError, match="DescribeAlarms"):
        list(said(every, alarm("else"), missing=missing))


def test_where_the_log_group_is_out_of_sight_there_is_nothing_to_judge() -> None:
    theirs = TRAIL.model_copy(update={"log_group": "arn:aws:logs:example-1:999999999999:log-group:org"})
    with pytest.raises(UnreadError, match="999999999999") as found:
        list(said(trails=(theirs,)))
    assert found.value.why.code is Code.NOT_APPLICABLE
    with pytest.raises(UnreadError, match="was not looked at") as found:
        list(said(groups=()))
    assert found.value.why.code is Code.NOT_APPLICABLE
    # One here that tells is enough, whatever stands elsewhere.
    assert list(said(metric("a", ""), alarm("a"), trails=(theirs, TRAIL))) == []


def test_a_trail_that_was_not_read_may_have_the_log_group() -> None:
    unread = Trail(
        id="u", every_region=True, management_events="all", log_group=None, unread={"recording": DENIED}
    )
    assert len(list(said(trails=(unread,), groups=()))) == 1
    unread = unread.model_copy(update={"log_group": shared.LOG})
    with pytest.raises(UnreadError, match="recording"):
        list(said(trails=(unread,)))
