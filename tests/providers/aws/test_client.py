"""The AWS client over HTTP on loopback: what it sends, what it makes of answers, and what it refuses."""

import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import boto3
import pytest
from wire import ACCOUNT, Answer, Reading, Wire, refusal, volumes, who

from scanner import __version__
from scanner.accounts import AwsAsked
from scanner.models.resource import GLOBAL, Cloud, Code, Scope
from scanner.providers.aws.calls import IDENTITY, REGIONS, AwsCall
from scanner.providers.aws.client import AwsSession
from scanner.providers.aws.pages import pages_of
from scanner.providers.aws.provider import AWS
from scanner.providers.spec import Call, CallError, Provider, Session

VOLUMES = AwsCall("ec2", "DescribeVolumes", "Volumes")
BUCKETS = AwsCall("s3", "ListBuckets", "Buckets")
TABLES = AwsCall("dynamodb", "ListTables", "TableNames")
BLOCK = AwsCall("s3control", "GetPublicAccessBlock")

SignIn = Callable[..., list[AwsSession]]
Reader = tuple[Wire, AwsSession]
HERE = Scope(Cloud.AWS, ACCOUNT, "eu-west-1")


def failure(session: AwsSession, call: Call = VOLUMES, scope: Scope = HERE, **arguments: Any) -> CallError:
    with pytest.raises(CallError) as caught:
        session.send(call, scope, arguments)
    return caught.value


@pytest.fixture(scope="module")
def reader() -> Iterator[tuple[Wire, AwsSession]]:
    """Sign in once for the tests that look at answers alone: clients take their time to be made."""
    wire = Wire()
    wire.answer = lambda _: who()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ACCESS_KEY_ID", "testing")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
        settings = AwsAsked(profiles=(), accounts=(), endpoint=wire.address)
        session: Any = Reading((VOLUMES, TABLES)).sign_in(settings, "test-run")[0]
    yield wire, session
    session.close()
    wire.close()


# -- what it is ---------------------------------------------------------------------------------------------


def test_the_provider_and_its_calls_load_no_sdk() -> None:
    code = (
        "import sys\n"
        "from scanner.providers.aws.provider import AWS\n"
        "names = [call.name for call in AWS.session_calls]\n"
        "assert [call for source in AWS.sources for call in source.calls]\n"
        "print(names, [name for name in sys.modules if name.split('.')[0] in ('boto3', 'botocore', 'urllib3')])\n"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "['sts:GetCallerIdentity', 'ec2:DescribeRegions'] []"


@pytest.mark.usefixtures("wire")
def test_it_is_what_the_contracts_ask_for(sign_in: SignIn) -> None:
    provider: Provider = AWS
    session: Session = sign_in()[0]
    assert provider.session_calls == (IDENTITY, REGIONS)
    assert (session.cloud, session.account, session.partition) == (Cloud.AWS, ACCOUNT, "aws")
    assert (session.origin, session.home) == ("live", "us-east-1")
    assert session.identity == f"arn:aws:iam::{ACCOUNT}:user/someone"


def test_every_declared_call_only_reads() -> None:
    reading = ("Describe", "Get", "List", "Search", "Select", "BatchGet", "Head")
    # The Service Authorization Reference has its access level as Read: it sets nothing but the report itself.
    report = "iam:GenerateCredentialReport"
    assert [
        call.name for source in AWS.sources for call in source.calls if not call.operation.startswith(reading)
    ] == [report]


def test_permissions_are_the_operation_unless_said() -> None:
    assert AwsCall("elbv2", "DescribeTargetHealth").permission == "elasticloadbalancing:DescribeTargetHealth"
    assert AwsCall("s3", "ListBuckets", permission="s3:ListAllMyBuckets").permission == "s3:ListAllMyBuckets"
    assert AwsCall("rds", "DescribeDBInstances").permission == "rds:DescribeDBInstances"


# -- what it sends ------------------------------------------------------------------------------------------


def test_every_call_says_who_asks(wire: Wire, sign_in: SignIn) -> None:
    session = sign_in(calls=(VOLUMES,))[0]
    wire.answer = lambda _: volumes("vol-1")
    session.send(VOLUMES, HERE, {"MaxResults": 100})
    assert len(wire.asked) == 2
    for asked in wire.asked:
        assert asked.headers["user-agent"].startswith(f"surefoot/{__version__} run/test-run")
    assert wire.asked[-1].body == "Action=DescribeVolumes&Version=2016-11-15&MaxResults=100"
    assert wire.asked[-1].signed_for == "eu-west-1"


def test_what_no_source_declares_is_not_sent(wire: Wire, sign_in: SignIn) -> None:
    session = sign_in(calls=(VOLUMES,))[0]
    before = len(wire.asked)
    for call in (AwsCall("ec2", "DeleteVolume"), AwsCall("s3", "DescribeVolumes"), BUCKETS):
        error = failure(session, call)
        assert (error.code, error.error) == (Code.DENIED, "Undeclared")
        assert call.name in error.text
    assert len(wire.asked) == before


def test_one_client_sends_to_every_region_as_every_account(
    wire: Wire, sign_in: SignIn, aws_keys: Path
) -> None:
    (aws_keys / "credentials").write_text(
        "".join(f"[p{n}]\naws_access_key_id=KEY{n}\naws_secret_access_key=secret{n}\n" for n in range(3))
    )
    wire.answer = lambda asked: who(f"arn:aws:iam::{asked.signed_by.replace('KEY', '00000000000')}:user/x")
    sessions = sign_in("p0", "p1", "p2", calls=(VOLUMES,))
    assert [session.account for session in sessions] == ["000000000000", "000000000001", "000000000002"]
    assert len({id(session._clients) for session in sessions}) == 1
    wire.answer = lambda asked: volumes(f"{asked.signed_by}/{asked.signed_for}")
    pairs = [
        (session, region) for session in sessions for region in ("eu-west-1", "us-west-2", "sa-east-1")
    ] * 8

    def ask(pair: tuple[AwsSession, str]) -> str:
        session, region = pair
        page = session.send(VOLUMES, Scope(Cloud.AWS, session.account, region), {})
        return str(page.answer["Volumes"][0]["VolumeId"])

    with ThreadPoolExecutor(12) as pool:
        got = list(pool.map(ask, pairs))
    assert got == [f"KEY{session.account[-1]}/{region}" for session, region in pairs]


def test_what_is_global_is_asked_at_home(
    wire: Wire, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_REGION", "eu-central-1")
    session = sign_in(calls=(VOLUMES,))[0]
    wire.answer = lambda _: volumes()
    session.send(VOLUMES, Scope(Cloud.AWS, ACCOUNT, GLOBAL), {})
    assert session.home == wire.asked[-1].signed_for == "eu-central-1"


@pytest.mark.usefixtures("moto")
def test_the_accounts_name_does_not_go_before_an_emulators_host(sign_in: SignIn) -> None:
    session = sign_in(calls=(BLOCK, BUCKETS))[0]
    error = failure(session, BLOCK, AccountId=ACCOUNT)
    assert error.error == "NoSuchPublicAccessBlockConfiguration"


def test_regions_are_those_that_are_enabled(reader: Reader) -> None:
    wire, session = reader
    rows = (("us-west-2", "opted-in"), ("ap-east-1", "not-opted-in"), ("eu-west-1", "opt-in-not-required"))
    items = "".join(
        f"<item><regionName>{name}</regionName><optInStatus>{status}</optInStatus></item>"
        for name, status in rows
    )
    wire.answer = lambda _: Answer(
        f"<DescribeRegionsResponse><regionInfo>{items}</regionInfo></DescribeRegionsResponse>"
    )
    assert session.regions() == ["eu-west-1", "us-west-2"]
    assert "AllRegions=false" in wire.asked[-1].body
    wire.answer = lambda _: Answer("<DescribeRegionsResponse><regionInfo/></DescribeRegionsResponse>")
    with pytest.raises(CallError, match="no enabled region") as caught:
        session.regions()
    assert caught.value.code is Code.MALFORMED


def test_limits_are_counted_as_aws_counts(reader: Reader) -> None:
    wire, session = reader
    assert wire.asked

    def bucket(service: str, operation: str, region: str = "eu-west-1") -> Any:
        return session.limit(AwsCall(service, operation), Scope(Cloud.AWS, ACCOUNT, region))

    assert bucket("elbv2", "DescribeListeners") is bucket("elbv2", "DescribeListeners")
    assert bucket("elbv2", "DescribeListeners") == bucket("elbv2", "DescribeTags")
    assert bucket("elbv2", "DescribeTags").key != bucket("elb", "DescribeTags").key
    assert bucket("ec2", "DescribeVolumes").key != bucket("ec2", "DescribeSnapshots").key
    assert bucket("ec2", "DescribeVolumes").key != bucket("ec2", "DescribeVolumes", "eu-west-2").key
    assert bucket("s3", "ListBuckets", GLOBAL) == bucket("s3", "ListBuckets", "us-east-1")
    rates = {
        name: (limit.rate, limit.burst)
        for name, limit in {
            "ec2": bucket("ec2", "DescribeVolumes"),
            "elbv2": bucket("elbv2", "DescribeTags"),
            "backups": bucket("dynamodb", "DescribeContinuousBackups"),
            "tables": bucket("dynamodb", "ListTables"),
        }.items()
    }
    assert rates == {"ec2": (20, 100), "elbv2": (10, 40), "backups": (10, 10), "tables": (100, 200)}


# -- pages --------------------------------------------------------------------------------------------------


def test_one_page_at_a_time(reader: Reader) -> None:
    wire, session = reader
    wire.answer = lambda asked: (
        volumes("vol-2") if "NextToken=abc" in asked.body else volumes("vol-1", token="abc")
    )
    first = session.send(VOLUMES, HERE, {"MaxResults": 5})
    assert (first.answer, first.next) == (
        {"Volumes": [{"VolumeId": "vol-1"}], "NextToken": "abc"},
        {"NextToken": "abc"},
    )
    second = session.send(VOLUMES, HERE, {"MaxResults": 5}, first.next)
    assert (second.answer["Volumes"], second.next) == ([{"VolumeId": "vol-2"}], None)


def test_the_same_page_twice_is_not_asked_for_ever(reader: Reader) -> None:
    wire, session = reader
    wire.answer = lambda _: volumes("vol-1", token="abc")
    with pytest.raises(CallError, match="the same page again") as caught:
        session.send(VOLUMES, HERE, {}, {"NextToken": "abc"})
    assert (caught.value.code, caught.value.again) == (Code.MALFORMED, False)


@pytest.mark.parametrize(
    ("call", "answer", "following"),
    [
        (AwsCall("rds", "DescribeDBInstances"), {"Marker": "m"}, {"Marker": "m"}),
        (AwsCall("elbv2", "DescribeLoadBalancers"), {"NextMarker": "m"}, {"Marker": "m"}),
        (AwsCall("s3", "ListBuckets"), {"ContinuationToken": "t"}, {"ContinuationToken": "t"}),
        (
            AwsCall("dynamodb", "ListTables"),
            {"LastEvaluatedTableName": "t"},
            {"ExclusiveStartTableName": "t"},
        ),
        (AwsCall("iam", "ListUsers"), {"IsTruncated": True, "Marker": "m"}, {"Marker": "m"}),
        (AwsCall("iam", "ListUsers"), {"IsTruncated": False, "Marker": "m"}, None),
        # The SDK has no paginator for these three; the token stands in their description.
        (AwsCall("ec2", "DescribeVpcBlockPublicAccessExclusions"), {"NextToken": "t"}, {"NextToken": "t"}),
        (AwsCall("wafv2", "ListWebACLs"), {"NextMarker": "m"}, {"NextMarker": "m"}),
        (AwsCall("ec2", "DescribeAddresses"), {"NextToken": "t"}, None),
        (
            AwsCall("ec2", "DescribeAddresses", paging=("NextToken", "More.Token")),
            {"More": {"Token": "t"}},
            {"NextToken": "t"},
        ),
        (VOLUMES, {"NextToken": ""}, None),
        (AwsCall("ec2", "DescribeVolumes", paging=None), {"NextToken": "t"}, None),
    ],
    ids=lambda value: value.name if isinstance(value, AwsCall) else "",
)
def test_pages_hang_together_as_the_sdk_says(
    call: AwsCall,
    answer: dict[str, Any],
    following: dict[str, str] | None,
    models: Callable[[str], tuple[Any, Any]],
) -> None:
    assert pages_of(call, *models(call.service)).next(answer, None) == following


@pytest.fixture(scope="session")
def models() -> Callable[[str], tuple[Any, Any]]:
    from botocore.model import ServiceModel

    from scanner.providers.aws.transport import shared_loader

    loader = shared_loader(None)
    return lambda service: (ServiceModel(loader.load_service_model(service, "service-2"), service), loader)


# -- answers that are none ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "code", "again"),
    [
        (refusal("UnauthorizedOperation", status=403), Code.DENIED, False),
        (refusal("SomethingNew", status=403), Code.DENIED, False),
        (refusal("RequestLimitExceeded", status=503), Code.THROTTLED, True),
        (refusal("Anything", status=429), Code.THROTTLED, True),
        (refusal("ServiceUnavailable", "Please reduce your request rate.", 503), Code.THROTTLED, True),
        (refusal("InternalFailure", status=500), Code.UNAVAILABLE, True),
        (refusal("OptInRequired", status=403), Code.UNAVAILABLE, False),
        (refusal("InvalidAction"), Code.UNAVAILABLE, False),
        (refusal("InvalidParameterValue"), Code.UNAVAILABLE, False),
        (
            Answer("<html><body>Service Unavailable</body></html>", 503, {"Content-Type": "text/html"}),
            Code.UNAVAILABLE,
            True,
        ),
        (Answer("<!doctype html><p>oops", 500, {"Content-Type": "text/html"}), Code.MALFORMED, False),
        (
            Answer("<html><body>Please log in</body></html>", 200, {"Content-Type": "text/html"}),
            Code.MALFORMED,
            False,
        ),
        (Answer("<DescribeVolumesResponse><volumeSet><item>"), Code.MALFORMED, True),
        (Answer(""), Code.MALFORMED, False),
    ],
)
def test_what_a_refused_call_comes_to(
    answer: Answer,
    code: Code,
    again: bool,  # noqa: FBT001 - a column of the table
    reader: Reader,
) -> None:
    wire, session = reader
    before = len(wire.asked)
    wire.answer = lambda _: answer
    error = failure(session)
    assert (error.code, error.again, error.fatal) == (code, again, False)
    assert "\n" not in str(error)
    assert len(wire.asked) == before + 1, "one attempt"


@pytest.mark.parametrize("body", ["<html><body>Please log in</body></html>", "[]", "null", "", "oops"])
def test_a_page_that_is_no_json_answer_is_not_an_empty_one(body: str, reader: Reader) -> None:
    wire, session = reader
    wire.answer = lambda _: Answer(body)
    assert failure(session, TABLES).code is Code.MALFORMED
    wire.answer = lambda _: Answer('{"TableNames": []}')
    assert session.send(TABLES, HERE, {}).answer == {"TableNames": []}


def test_an_answer_of_another_shape_is_malformed(reader: Reader) -> None:
    wire, session = reader
    wire.answer = lambda _: Answer('{"TableNames": 7}')
    error = failure(session, TABLES)
    assert (error.code, error.error) == (Code.MALFORMED, "MisreadAnswer")


def test_a_call_that_is_declared_wrongly_is_not_sent_for_ever(reader: Reader) -> None:
    wire, session = reader
    before = len(wire.asked)
    assert not failure(session, TABLES, Limit="many").again
    assert len(wire.asked) == before


def test_retry_after_is_kept(reader: Reader) -> None:
    wire, session = reader
    for headers, after in (({"Retry_After": "7"}, 7.0), ({"X_Amz_Retry_After": "1500"}, 1.5), ({}, None)):
        wire.answer = lambda _, headers=headers: refusal("Throttling", status=400, **headers)  # type: ignore[misc]
        assert failure(session).after == after


def test_the_cloud_names_the_missing_permission(reader: Reader) -> None:
    wire, session = reader
    words = (
        "You are not authorized to perform this operation. User: arn:aws:iam::123456789012:user/someone is not "
        "authorized to perform: ec2:DescribeVolumes with an explicit deny in a service control policy. "
        f"Encoded authorization failure message: {'Zk3' * 200}"
    )
    wire.answer = lambda _: refusal("UnauthorizedOperation", words, 403)
    error = failure(session)
    assert error.permission == "ec2:DescribeVolumes"
    assert "explicit deny in a service control policy" in error.text
    assert "Zk3Zk3" not in error.text
    assert len(error.text) <= 300


@pytest.mark.usefixtures("wire")
def test_nobody_listens_at_one_services_own_endpoint(
    sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", "http://127.0.0.1:1")
    session = sign_in(calls=(TABLES,))[0]
    error = failure(session, TABLES)
    assert (error.code, error.error, error.again) == (Code.UNAVAILABLE, "EndpointConnectionError", True)


@pytest.mark.usefixtures("wire")
@pytest.mark.parametrize(
    ("service", "region", "error"),
    [
        # By the SDK's own lists MemoryDB is not in Osaka, and DynamoDB is everywhere.
        ("memorydb", "ap-northeast-3", "NoSuchEndpoint"),
        ("dynamodb", "ap-northeast-3", "EndpointConnectionError"),
    ],
)
def test_a_name_that_does_not_exist_is_a_missing_service_only_where_the_sdk_lists_none(
    sign_in: SignIn, monkeypatch: pytest.MonkeyPatch, service: str, region: str, error: str
) -> None:
    monkeypatch.setenv(f"AWS_ENDPOINT_URL_{service.upper()}", "https://service.invalid")
    resolve = socket.getaddrinfo

    def nobody(host: Any, *more: Any, **named: Any) -> Any:
        if host == "service.invalid":
            raise socket.gaierror(socket.EAI_NONAME, "not known")
        return resolve(host, *more, **named)

    monkeypatch.setattr(socket, "getaddrinfo", nobody)
    call = {"memorydb": AwsCall("memorydb", "DescribeClusters", "Clusters"), "dynamodb": TABLES}[service]
    session = sign_in(calls=(call,))[0]
    with pytest.raises(CallError) as caught:
        session.send(call, Scope(Cloud.AWS, session.account, region), {})
    assert (caught.value.code, caught.value.error, caught.value.again) == (Code.UNAVAILABLE, error, False)


# -- the real thing, as far as it goes here -----------------------------------------------------------------


@pytest.mark.usefixtures("moto")
@pytest.mark.parametrize("shared", [True, False], ids=["shared", "stock"])
def test_an_account_is_read_by_shared_and_by_stock_clients(
    sign_in: SignIn,
    shared: bool,  # noqa: FBT001 - a column of the table
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if not shared:
        monkeypatch.setattr("scanner.providers.aws.transport.defect", lambda *_: "made up")
    here = Scope(Cloud.AWS, ACCOUNT, "eu-west-1")
    made = boto3.client("ec2", "eu-west-1").create_volume(AvailabilityZone="eu-west-1a", Size=1)
    boto3.client("s3", "eu-west-1").create_bucket(
        Bucket="a-bucket", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
    )
    session = sign_in(calls=(VOLUMES, BUCKETS))[0]
    assert session._clients.shared is shared
    volume = session.send(VOLUMES, here, {"MaxResults": 100}).answer["Volumes"][0]
    assert (volume["VolumeId"], volume["CreateTime"]) == (made["VolumeId"], made["CreateTime"])
    assert session.send(VOLUMES, here._replace(region="us-west-2"), {}).answer["Volumes"] == []
    buckets = session.send(BUCKETS, here._replace(region=GLOBAL), {"MaxBuckets": 1000}).answer["Buckets"]
    assert [bucket["Name"] for bucket in buckets] == ["a-bucket"]
    assert "eu-west-1" in session.regions()


def test_real_denials_of_motos_own_iam(moto: str, sign_in: SignIn) -> None:
    user = boto3.client("iam")
    user.create_user(UserName="nobody")
    key = user.create_access_key(UserName="nobody")["AccessKey"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ACCESS_KEY_ID", key["AccessKeyId"])
        patch.setenv("AWS_SECRET_ACCESS_KEY", key["SecretAccessKey"])
        session = sign_in(calls=(VOLUMES, BUCKETS))[0]
        _enforce(moto, 0)
        try:
            denied = failure(session), failure(session, BUCKETS)
        finally:
            _enforce(moto, 999999999)
    assert [error.code for error in denied] == [Code.DENIED, Code.DENIED]
    assert denied[0].permission == "ec2:DescribeVolumes"


def _enforce(moto: str, after: int) -> None:
    request = urllib.request.Request(  # noqa: S310 - loopback
        f"{moto}/moto-api/reset-auth",
        data=str(after).encode(),
        headers={"Content-Type": "text/plain"},
        method="POST",
    )
    urllib.request.urlopen(request).close()  # noqa: S310 - loopback
