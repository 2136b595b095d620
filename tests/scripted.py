"""A sign-in whose answers a test writes down, checked against the SDK's own description of each operation."""

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import botocore.session
from botocore.model import ListShape, Shape, StructureShape

from scanner.collect import Collection, Unit
from scanner.inventory import Gap
from scanner.models.resource import Cloud, Code, Resource, Scope
from scanner.providers.plan import Needs, plan
from scanner.providers.spec import Call, CallError, Limit, Page, Session, Source

ACCOUNT = "123456789012"
HOME = "us-east-1"

Answer = Mapping[str, Any] | CallError | Callable[[Mapping[str, Any]], Mapping[str, Any] | CallError]


def absent(error: str) -> CallError:
    """What S3 says in place of "there is none"."""
    return CallError(Code.UNAVAILABLE, error, "there is none")


def denied(permission: str) -> CallError:
    return CallError(Code.DENIED, "AccessDenied", "not authorized", permission=permission)


@dataclass
class Scripted:
    """Answers by the call's name (`s3:GetBucketAcl`); a function gets the arguments."""

    answers: Mapping[str, Answer]
    cloud: Cloud = Cloud.AWS
    account: str = ACCOUNT
    partition: str = "aws"
    origin: str = "live"
    home: str = HOME
    identity: str = "me"
    sent: list[tuple[str, Scope, Mapping[str, Any]]] = field(default_factory=list)

    def regions(self) -> Sequence[str]:
        return (HOME,)

    def limit(self, call: Call, scope: Scope) -> Limit:
        return Limit((call.name, scope.region), 1e6, 1e6)

    def send(self, call: Call, scope: Scope, arguments: Mapping[str, Any], token: Any = None) -> Page:
        assert token is None
        self.sent.append((call.name, scope, arguments))
        service = _service(call.service).operation_model(call.operation)
        _check(arguments, service.input_shape, call.name)
        answer = self.answers[call.name]
        if callable(answer):
            answer = answer(arguments)
        if isinstance(answer, CallError):
            raise answer
        _check(answer, service.output_shape, call.name)
        return Page(answer)

    def asked(self, name: str) -> list[Mapping[str, Any]]:
        """The arguments of each time that a call was sent."""
        return [arguments for sent, _, arguments in self.sent if sent == name]


@functools.cache
def _service(name: str) -> Any:
    return botocore.session.Session().get_service_model(name)


def _check(value: Any, shape: Shape | None, place: str) -> None:
    """Fail for a member that the operation does not have."""
    if isinstance(shape, StructureShape):
        for key, inner in value.items():
            assert key in shape.members, f"{place} has no {key}"
            _check(inner, shape.members[key], f"{place}.{key}")
    elif isinstance(shape, ListShape):
        for item in value:
            _check(item, shape.member, place)


@dataclass
class Collected:
    resources: dict[str, Resource]
    gaps: list[Gap]

    def one(self, name: str) -> Any:
        """The resource of this name."""
        (found,) = [resource for resource in self.resources.values() if resource.name == name]
        return found


def everything(sources: Sequence[Source]) -> Needs:
    return {source.kind: frozenset(source.kind.fact_fields()) for source in sources}


def collect(
    session: Session, sources: Sequence[Source], needs: Needs | None = None, regions: Sequence[str] = (HOME,)
) -> Collected:
    """Read these sources for real, with every field or only those that are needed."""
    planned = plan(sources, everything(sources) if needs is None else needs)
    events = list(Collection([Unit(session, tuple(regions))], planned, workers=4).events())
    resources = [resource for event in events if isinstance(event, list) for resource in event]
    assert len({resource.id for resource in resources}) == len(resources)
    gaps = [event for event in events if isinstance(event, Gap)]
    return Collected({resource.id: resource for resource in resources}, gaps)
