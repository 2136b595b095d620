"""The demo's recorded answers: whole and true to the SDK's own descriptions, and read by the real SDK over HTTP."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import orjson
import pytest
from botocore.config import Config
from botocore.model import ListShape, MapShape, Shape, StructureShape

from scanner.demo.aws.account import NUMBER
from scanner.demo.aws.recorded import Recorded, Replaying, answers_in, model_of
from scanner.demo.wire.recorded import folder_of

ANSWERS = [one for one in answers_in(folder_of("aws") / NUMBER) if not isinstance(one.body, str)]
TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "long": (int,),
    "double": (int, float),
    "float": (int, float),
    "timestamp": (int, float, str),
}


def misfits(value: Any, shape: Shape, place: str) -> Iterator[str]:
    if isinstance(shape, StructureShape):
        members = {inner.serialization.get("name", name): inner for name, inner in shape.members.items()}
        for name in value.keys() - members.keys():
            yield f"{place} has no {name}"
        for name in value.keys() & members.keys():
            yield from misfits(value[name], members[name], f"{place}.{name}")
        yield from (f"{place} lacks {name}" for name in shape.required_members if name not in value)
    elif isinstance(shape, ListShape):
        for item in value:
            yield from misfits(item, shape.member, f"{place}[]")
    elif isinstance(shape, MapShape):
        for item in value.values():
            yield from misfits(item, shape.value, f"{place}{{}}")
    else:
        yield from misfitting(value, shape, place)


def misfitting(value: Any, shape: Shape, place: str) -> Iterator[str]:
    if not isinstance(value, TYPES[shape.type_name]):
        yield f"{place}: {value!r} is no {shape.type_name}"
    choices = shape.metadata.get("enum")
    if choices and value not in choices:
        yield f"{place}: {value!r} is none of {choices}"


@pytest.mark.parametrize("one", ANSWERS, ids=lambda one: f"{one.region}/{one.service}.{one.operation}")
def test_an_answer_is_true_to_the_model(one: Recorded) -> None:
    model = model_of(one.service)
    error = one.headers.get("x-amzn-errortype")
    shape = model.shape_for(error) if error else model.operation_model(one.operation).output_shape
    assert shape is not None
    assert list(misfits(one.body, shape, one.operation)) == []


def test_the_check_can_fail() -> None:
    [one] = [one for one in ANSWERS if one.operation == "ListWorkgroups" and one.region == "eu-west-1"]
    shape = model_of(one.service).operation_model(one.operation).output_shape
    row = {**one.body["workgroups"][0], "surprise": 1, "port": "x", "status": "ASLEEP"}
    assert shape is not None
    assert len(list(misfits({"workgroups": [row]}, shape, "it"))) == 3


class Server:
    """The layer, served by werkzeug, in front of nothing."""

    def __init__(self) -> None:
        import threading

        from werkzeug.serving import make_server

        def nothing(environ: Any, start: Any) -> list[bytes]:  # noqa: ARG001 - WSGI's signature
            start("404 nothing", [])
            return [b"{}"]

        self.server = make_server("127.0.0.1", 0, Replaying(nothing, ANSWERS), threaded=True)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def client(self, service: str, region: str) -> Any:
        return boto3.client(
            service,
            region,
            endpoint_url=f"http://127.0.0.1:{self.server.server_port}",
            config=Config(retries={"total_max_attempts": 1}),
        )


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    made = Server()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.mark.usefixtures("aws_keys")
class TestServed:
    def test_yesterday_stays_yesterday(self, server: Server) -> None:
        answer = server.client("backup", "eu-west-1").list_recovery_points_by_backup_vault(
            BackupVaultName="shop"
        )
        newest = max(point["CreationDate"] for point in answer["RecoveryPoints"])
        assert timedelta(hours=3.9) < datetime.now(UTC) - newest < timedelta(hours=4.2)

    def test_each_region_has_its_own_answer_or_that_of_elsewhere(self, server: Server) -> None:
        names = {
            region: [
                one["workgroupName"]
                for one in server.client("redshift-serverless", region).list_workgroups()["workgroups"]
            ]
            for region in ("eu-west-1", "eu-central-1")
        }
        assert names == {"eu-west-1": ["dashboards", "ad-hoc"], "eu-central-1": []}

    def test_what_is_not_recorded_passes(self, server: Server) -> None:
        backup = server.client("backup", "eu-west-1")
        with pytest.raises(backup.exceptions.ClientError, match="404"):
            backup.list_recovery_points_by_backup_vault(BackupVaultName="another")


def test_text_is_aged_too() -> None:
    headers = {"date": "Fri, 20 Nov 2026 06:00:00 GMT"}
    one = Recorded("ec2", "X", "r", {}, 200, headers, "<a>2026-11-19T06:00:00.000Z</a>")
    assert one.at(datetime(2026, 11, 22, 6, tzinfo=UTC)) == b"<a>2026-11-21T06:00:00.000Z</a>"
    assert orjson.loads(orjson.dumps(headers)) == headers
