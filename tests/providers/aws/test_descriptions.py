"""What is kept of the SDK's descriptions of services: all that is said of every call that is sent."""

import copy
import inspect
import re
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import botocore.credentials
import botocore.session
import botocore.tokens
import botocore.utils
import pytest
from botocore import handlers, xform_name
from botocore.hooks import HierarchicalEmitter
from botocore.model import ServiceModel
from wire import ACCOUNT, Answer, Wire, volumes

from scanner.models.resource import Cloud, Code, Scope
from scanner.providers.aws import transport
from scanner.providers.aws.calls import AwsCall
from scanner.providers.aws.client import AwsSession
from scanner.providers.aws.clients import HOME, Clients, new_session, sent
from scanner.providers.aws.descriptions import cut, shared
from scanner.providers.aws.provider import AWS
from scanner.providers.aws.sending import Sending
from scanner.providers.refused import Refused
from scanner.providers.spec import CallError, Session
from scanner.runs.result import Key
from scanner.runs.signing import sign_out

SENT = dict(sent())
VOLUMES = AwsCall("ec2", "DescribeVolumes", "Volumes")
WHY = CallError(Code.DENIED, "SignIn")
SignIn = Callable[..., list[AwsSession]]
#: With shapes within themselves, with more beside the description, with an answer that is a stream.
FEW = ("dynamodb", "rds", "s3", "sns")


@pytest.fixture
def clients(aws_keys: Path) -> Iterator[Clients]:  # noqa: ARG001 - for what it sets
    made = Clients(new_session(None), "surefoot/0 run/test", None)
    yield made
    made.close()


def said(shape: Any, into: dict[str, Any]) -> dict[str, Any]:
    """Gather what sends and parses values of this shape, and of those that it is made of."""
    if shape is None or shape.name in into:
        return into
    parts = {"structure": ("members",), "list": ("member",), "map": ("key", "value")}.get(shape.type_name, ())
    found = into[shape.name] = {
        "type": shape.type_name,
        "metadata": dict(shape.metadata),
        "as": dict(shape.serialization),
    }
    for part in parts:
        inner = getattr(shape, part)
        named = dict(inner) if part == "members" else {part: inner}
        found[part] = [(name, one.name, dict(one.serialization)) for name, one in named.items()]
        for one in named.values():
            said(one, into)
    return into


def differing(service: str, ours: ServiceModel) -> list[str]:
    """Compare each operation that is sent with that of a stock loader."""
    stock = botocore.session.Session().get_service_model(service)
    found = [] if ours.metadata == stock.metadata else ["metadata"]
    found += [] if ours.client_context_parameters == stock.client_context_parameters else ["parameters"]
    assert list(ours.error_shapes) is not None  # botocore reads every shape for these
    for name in SENT[service]:
        one, other = ours.operation_model(name), stock.operation_model(name)
        assert [shape.name for shape in one.error_shapes] == [shape.name for shape in other.error_shapes]
        pairs = [(one.input_shape, other.input_shape), (one.output_shape, other.output_shape)]
        pairs += zip(one.error_shapes, other.error_shapes, strict=True)
        same = all(said(mine, {}) == said(theirs, {}) for mine, theirs in pairs)
        about: tuple[str, ...] = (
            "http",
            "auth_type",
            "endpoint_discovery",
            "static_context_parameters",
            "context_parameters",
        )
        about += ("http_checksum", "has_streaming_output", "idempotent_members", "deprecated")
        if not same or any(getattr(one, what) != getattr(other, what) for what in about):
            found.append(name)
    return found


@pytest.mark.parametrize(
    "service", [name if name in FEW else pytest.param(name, marks=pytest.mark.slow) for name in SENT]
)
def test_what_is_kept_is_as_the_sdk_says(service: str) -> None:
    # By a loader of its own: clients of S3 change what is described.
    loader = transport.Terse([], sent())
    assert differing(service, ServiceModel(loader.load_service_model(service, "service-2"), service)) == []
    stock = botocore.session.Session().get_component("data_loader")
    rules = "endpoint-rule-set-1"
    assert loader.load_service_model(service, rules) == stock.load_service_model(service, rules)


def test_every_declared_call_is_kept() -> None:
    whole = {call.name for call in AWS.declared if call.service not in SENT}
    assert whole == {"sts:GetCallerIdentity"}
    assert {call.name for call in AWS.declared} - whole <= {f"{s}:{o}" for s in SENT for o in SENT[s]}


def test_what_botocore_asks_by_itself_is_kept() -> None:
    """Credentials come from services that are described whole; S3 is not."""
    asked = set()
    for module in (botocore.credentials, botocore.tokens, botocore.utils):
        asked |= set(
            re.findall(r"\bclient\.(\w+)\(", inspect.getsource(module).replace("_client.", "client."))
        )
    stock = botocore.session.Session().get_service_model("s3")
    of_s3 = asked & {xform_name(name) for name in stock.operation_names}
    assert of_s3 == {"head_bucket", "create_session"}
    assert of_s3 <= {xform_name(name) for name in SENT["s3"]}
    assert not {"sso", "sso-oidc", "signin", "sts"} & SENT.keys()


def test_a_call_that_no_source_declares_is_refused_in_words(clients: Clients) -> None:
    with pytest.raises(
        LookupError, match="ec2:CreateVpc is not known to the client: no source of AWS declares"
    ):
        clients.call("ec2", "CreateVpc", Sending("eu-west-1", None), {})


def test_a_cut_description() -> None:
    whole: dict[str, Any] = {
        "version": "2.0",
        "documentation": "long",
        "operations": {
            "Get": {"input": {"shape": "In"}, "errors": [{"shape": "No"}], "documentation": "long"},
            "Where": {"endpointoperation": True},
            "Put": {"input": {"shape": "Unused"}},
        },
        "shapes": {
            "In": {
                "type": "structure",
                "documentation": "long",
                "members": {
                    "documentation": {"shape": "Text", "documentation": "long"},
                    "again": {"shape": "Many", "locationName": "x"},
                },
            },
            "Many": {"type": "list", "member": {"shape": "In", "documentation": "long"}},
            "Text": {"type": "string", "documentation": "long", "enum": ["documentation"]},
            "No": {"type": "structure", "members": {}, "exception": True},
            "Unused": {"type": "map", "key": {"shape": "Text"}, "value": {"shape": "Text"}},
        },
    }
    before = copy.deepcopy(whole)
    assert cut(whole, {"Get"}) == {
        "operations": {
            "Get": {"input": {"shape": "In"}, "errors": [{"shape": "No"}]},
            "Where": {"endpointoperation": True},
        },
        "shapes": {
            "In": {
                "type": "structure",
                "members": {
                    "documentation": {"shape": "Text"},
                    "again": {"shape": "Many", "locationName": "x"},
                },
            },
            "Many": {"type": "list", "member": {"shape": "In"}},
            "Text": {"type": "string", "enum": ["documentation"]},
            "No": {"type": "structure", "members": {}, "exception": True},
        },
    }
    assert whole == before
    again = {**whole, **cut(whole, {"Get"})}
    assert cut(again, {"Get"}) == cut(whole, {"Get"})


def test_equal_parts_are_one() -> None:
    value: dict[str, Any] = {
        "a": [{"x": 1}, {"x": True}, {"x": 1.0}, {"x": 1}],
        "b": [[], {}, "", None, False, 0, []],
        "c": {"x": 1},
    }
    ours = shared(value, {})
    assert ours == value
    assert [type(one["x"]) for one in ours["a"]] == [int, bool, float, int]
    assert ours["a"][0] is ours["a"][3] is ours["c"]
    assert ours["b"][0] is ours["b"][6]
    assert [type(one) for one in ours["b"]] == [type(one) for one in value["b"]]


def test_a_users_own_description_is_taken(aws_keys: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """AWS_DATA_PATH: what stands there goes before botocore's own, and is cut like it."""
    folder = aws_keys / "more" / "backup" / "2099-01-01"
    folder.mkdir(parents=True)
    (folder / "service-2.json").write_text(
        '{"metadata": {"endpointPrefix": "mine", "serviceId": "Backup", "protocol": "json"}, "shapes": {},'
        ' "operations": {"ListBackupVaults": {"name": "ListBackupVaults"}, "Other": {"name": "Other"}}}'
    )
    monkeypatch.setenv("AWS_DATA_PATH", str(aws_keys / "more"))
    model = new_session(None).get_service_model("backup")
    assert (model.endpoint_prefix, list(model.operation_names)) == ("mine", ["ListBackupVaults"])


def test_what_is_loaded_is_cut_once(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []

    def noted(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def note(*given: Any) -> Any:
            done.append(name)
            return real(*given)

        return note

    monkeypatch.setattr(transport, "cut", noted("cut", cut))
    monkeypatch.setattr(transport, "shared", noted("shared", shared))
    monkeypatch.setattr(transport, "Packed", noted("Packed", transport.Packed))
    loader = transport.Terse([], sent())
    for _ in range(3):
        for kind in ("service-2", "endpoint-rule-set-1"):
            loader.load_service_model("sns", kind)
        loader.load_data("endpoints")
    partitions = len(loader.load_data("endpoints")["partitions"])
    assert sorted(done) == ["Packed"] * partitions + ["cut", "shared", "shared"]


def test_lists_of_regions_are_the_same(clients: Clients) -> None:
    stock = botocore.session.Session()
    for partition in ("aws", "aws-cn", "aws-us-gov"):
        for service in ("ec2", "iam", "s3", "memorydb"):
            ours = clients.session.get_available_regions(service, partition)
            assert ours == stock.get_available_regions(service, partition)
    endpoints = stock.get_component("data_loader").load_data("endpoints")
    for partition in endpoints["partitions"]:
        packed = transport.Packed(partition["services"])
        assert dict(packed) == partition["services"]
        assert len(packed) == len(partition["services"])
        assert "made-up" not in packed


def test_a_bucket_that_stands_elsewhere_is_still_found(wire: Wire, clients: Clients) -> None:
    def moved(asked: Any) -> Answer:
        region = {"x-amz-bucket-region": "eu-west-1"}
        if asked.method == "HEAD":
            return Answer(status=200 if asked.signed_for == "eu-west-1" else 301, headers=region)
        if asked.signed_for != "eu-west-1":
            return Answer("<Error><Code>PermanentRedirect</Code></Error>", 301)
        return Answer("<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>")

    wire.answer = moved
    keys = botocore.credentials.Credentials("testing", "testing")
    answer = clients.call("s3", "GetBucketVersioning", Sending("us-east-1", keys), {"Bucket": "there"})
    assert answer["Status"] == "Enabled"
    assert [asked.method for asked in wire.asked] == ["GET", "HEAD", "HEAD", "GET"]


def test_what_a_closed_session_held_is_let_go_and_made_anew(wire: Wire, sign_in: SignIn) -> None:
    session = sign_in(calls=(VOLUMES,))[0]
    wire.answer = lambda _: volumes("vol-1")
    here = Scope(Cloud.AWS, ACCOUNT, "eu-west-1")
    assert session.send(VOLUMES, here, {}).answer["Volumes"]
    held = [weakref.ref(client) for client in session._clients._clients.values()]
    model = weakref.ref(session._clients.client("ec2", HOME).meta.service_model)
    key = Key(Cloud.AWS, ACCOUNT)
    sessions: dict[Key, Session] = {
        key: session,
        Key(Cloud.AWS, "refused"): Refused(Cloud.AWS, "refused", WHY),
    }
    sign_out(sessions)
    assert not sessions
    assert [client() for client in held] == [None] * len(held)
    assert model() is None
    assert session.send(VOLUMES, here, {}).answer["Volumes"]


# -- handlers of events ---------------------------------------------------------------------------------------


def test_a_copy_of_the_handlers_is_its_own() -> None:
    stock, ours = HierarchicalEmitter(), transport.SharedEmitter()
    for emitter in (stock, ours):
        for name, handler, *unique in handlers.BUILTIN_HANDLERS:
            if unique:
                emitter.register_first(name, handler, unique_id=None)
            else:
                emitter.register(name, handler)
    copies = [(copy.copy(stock), copy.copy(ours)) for _ in range(2)]

    def mine(**_: Any) -> str:
        return "mine"

    for emitter in copies[0]:
        emitter.register("before-call.s3", mine)
        emitter.register_first("before-call.s3.PutObject", mine)
        emitter.register("made-up.event", mine)
        emitter.unregister("before-parameter-build.s3", handlers.validate_bucket_name)
    events = [name for name, *_ in handlers.BUILTIN_HANDLERS]
    events += ["before-call.s3.PutObject", "before-parameter-build.s3.GetObject", "made-up.event.more"]
    for one, other in ((stock, ours), *copies):
        for event in events:
            assert list(one._handlers.prefix_search(event)) == list(other._handlers.prefix_search(event)), (
                event
            )
    assert copies[0][1].emit("made-up.event") == [(mine, "mine")]
    assert copies[1][1].emit("made-up.event") == ours.emit("made-up.event") == []


def test_a_paginator_of_a_kept_operation_is_found(clients: Clients) -> None:
    call = AwsCall("dynamodb", "ListTables")
    model, loader = clients.described(call.service)
    assert loader.load_service_model("dynamodb", "paginators-1")["pagination"][call.operation]
    assert model.operation_model(call.operation).name == call.operation
