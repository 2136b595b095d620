"""Answers that were recorded for what moto lacks, given in its place: a layer of WSGI in front of its server.

They stand in `fixtures/aws/<account>/<region>/<service>.<Operation>.json`, each file a list of {request, status,
headers, body}; the region `elsewhere` answers for those without a file of their own. A body is an object (JSON) or a
text (XML). Times in it are moved by the age of the recording, which its `date` header tells, so that yesterday's
backup stays yesterday's.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl

import botocore.session
import orjson
from botocore.model import ListShape, MapShape, ServiceModel, Shape, StructureShape

ELSEWHERE: Final = "elsewhere"

_SCOPE: Final = re.compile(r"Credential=[^/]+/\d{8}/([^/]+)/([^/]+)/")
_ISO: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z")

Environ = dict[str, Any]
Start = Callable[..., Any]
Wsgi = Callable[[Environ, Start], Iterable[bytes]]


@dataclass(frozen=True, slots=True)
class Recorded:
    """One answer. `request` holds what tells it from others: `path`, and `body`, of which each member has to fit."""

    service: str
    operation: str
    region: str
    request: Mapping[str, Any]
    status: int
    headers: Mapping[str, str]
    body: Any

    def fits(self, path: str, asked: Mapping[str, Any]) -> bool:
        """Tell whether this answers a request."""
        given = self.request.get("body", {})
        return path == self.request.get("path", path) and all(
            asked.get(name) == value for name, value in given.items()
        )

    def at(self, now: datetime) -> bytes:
        """Return the body as it would be now."""
        age = now - parsedate_to_datetime(self.headers["date"])
        if isinstance(self.body, str):
            return _ISO.sub(lambda time: _moved(time[0], age), self.body).encode()
        shape = model_of(self.service).operation_model(self.operation).output_shape
        return orjson.dumps(_aged(self.body, shape, age))


def answers_in(folder: Path) -> Iterator[Recorded]:
    """Yield the recorded answers of an account. Raises OSError."""
    for file in sorted(folder.glob("*/*.json")):
        service, _, operation = file.stem.partition(".")
        for row in orjson.loads(file.read_bytes()):
            yield Recorded(service, operation, file.parent.name, **row)


@cache
def model_of(service: str) -> ServiceModel:
    """Return the SDK's description of a service."""
    model: ServiceModel = botocore.session.Session().get_service_model(service)
    return model


def _moved(time: str, age: timedelta) -> str:
    return (datetime.fromisoformat(time) + age).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _aged(value: Any, shape: Shape | None, age: timedelta) -> Any:
    """Return a JSON value with every timestamp of its shape moved."""
    if isinstance(shape, StructureShape):
        members = {inner.serialization.get("name", name): inner for name, inner in shape.members.items()}
        return {name: _aged(inner, members.get(name), age) for name, inner in value.items()}
    if isinstance(shape, ListShape):
        return [_aged(item, shape.member, age) for item in value]
    if isinstance(shape, MapShape):
        return {name: _aged(inner, shape.value, age) for name, inner in value.items()}
    if shape is not None and shape.type_name == "timestamp":
        return _moved(value, age) if isinstance(value, str) else round(value + age.total_seconds(), 3)
    return value


class Replaying:
    """Gives a recorded answer where there is one, and passes everything else on."""

    def __init__(self, behind: Wsgi, answers: Sequence[Recorded]) -> None:
        self.behind = behind
        self.answers = answers
        self.started = datetime.now(UTC)

    def __call__(self, environ: Environ, start: Start) -> Iterable[bytes]:
        """Answer a request, as WSGI has it."""
        found = self._find(environ)
        if found is None:
            return self.behind(environ, start)
        headers = [(name, value) for name, value in found.headers.items() if name != "date"]
        start(f"{found.status} recorded", headers)
        return [found.at(self.started)]

    def _find(self, environ: Environ) -> Recorded | None:
        scope = _SCOPE.search(environ.get("HTTP_AUTHORIZATION", ""))
        if scope is None:
            return None
        region, signed_as = scope.groups()
        candidates = [
            one
            for one in self.answers
            if model_of(one.service).signing_name == signed_as and asks_for(environ, one)
        ]
        if not candidates:
            return None
        asked = parameters_of(environ)
        fitting = [one for one in candidates if one.fits(environ["PATH_INFO"], asked)]
        own = [one for one in fitting if one.region == region]
        return next(iter(own or [one for one in fitting if one.region == ELSEWHERE]), None)


def asks_for(environ: Environ, answer: Recorded) -> bool:
    """Tell whether a request asks for the operation of an answer, in the way of the service's protocol."""
    model = model_of(answer.service)
    operation = model.operation_model(answer.operation)
    target = environ.get("HTTP_X_AMZ_TARGET", "")
    if model.resolved_protocol == "json":
        return bool(target == f"{model.metadata['targetPrefix']}.{answer.operation}")
    if model.resolved_protocol in ("query", "ec2"):
        asked = parameters_of(environ)
        return asked.get("Action") == answer.operation and asked.get("Version") == model.api_version
    path = re.sub(r"\\{[^{}]+\\}", "[^/]+", re.escape(operation.http["requestUri"].partition("?")[0]))
    return environ["REQUEST_METHOD"] == operation.http["method"] and bool(
        re.fullmatch(path, environ["PATH_INFO"])
    )


def parameters_of(environ: Environ) -> Mapping[str, Any]:
    """Return what a request's query and body give; the body can be read again."""
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    environ["wsgi.input"] = BytesIO(body)
    given: dict[str, Any] = dict(parse_qsl(environ.get("QUERY_STRING", "")))
    if body[:1] == b"{":
        return {**given, **orjson.loads(body)}
    return {**given, **dict(parse_qsl(body.decode("latin-1")))}
