"""How the pages of an operation hang together, from the SDK's own description of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import jmespath  # type: ignore[import-untyped] # botocore's own, without types
from botocore.exceptions import DataNotFoundError

from scanner.models.resource import Code
from scanner.providers.aws.calls import AwsCall
from scanner.providers.spec import CallError

#: Names under which services pass the token of the next page, for operations that the SDK has no paginator for:
#: (in the request, in the answer).
_USUAL: Final = (
    ("NextToken", "NextToken"),
    ("nextToken", "nextToken"),
    ("NextMarker", "NextMarker"),
    ("Marker", "NextMarker"),
    ("Marker", "Marker"),
    ("ContinuationToken", "NextContinuationToken"),
)


@dataclass(frozen=True, slots=True)
class Pages:
    """Parameters that ask for the next page, and where in an answer their values stand."""

    parameters: tuple[str, ...] = ()
    values: tuple[Callable[[Any], Any], ...] = ()
    more: Callable[[Any], Any] | None = None

    def next(self, answer: Mapping[str, Any], token: Mapping[str, Any] | None) -> dict[str, Any] | None:
        """Return the parameters of the next page, None after the last.

        Raises CallError when the answer asks for the same page again: that would never end.
        """
        if self.more is not None and not self.more(answer):
            return None
        found = {name: value(answer) for name, value in zip(self.parameters, self.values, strict=True)}
        found = {name: value for name, value in found.items() if value}
        if not found:
            return None
        if found == token:
            raise CallError(Code.MALFORMED, "SamePage", f"asked for the same page again: {sorted(found)}")
        return found


def pages_of(call: AwsCall, service: Any, loader: Any) -> Pages:
    """Return how the call's pages hang together; `service` is the SDK's model of its service."""
    if call.paging is None:
        return Pages()
    if call.paging != "model":
        return _pages((call.paging[0],), (call.paging[1],))
    try:
        models = loader.load_service_model(service.service_name, "paginators-1", service.api_version)[
            "pagination"
        ]
    except DataNotFoundError:
        models = {}
    model = models.get(call.operation)
    if model is not None:
        return _pages(
            _listed(model["input_token"]), _listed(model["output_token"]), model.get("more_results")
        )
    operation = service.operation_model(call.operation)
    asks = operation.input_shape.members if operation.input_shape else {}
    says = operation.output_shape.members if operation.output_shape else {}
    for parameter, value in _USUAL:
        if parameter in asks and value in says:
            return _pages((parameter,), (value,))
    return Pages()


def _pages(parameters: tuple[str, ...], values: tuple[str, ...], more: str | None = None) -> Pages:
    return Pages(parameters, tuple(_reader(value) for value in values), _reader(more) if more else None)


def _reader(path: str) -> Callable[[Any], Any]:
    if path.isidentifier():
        return lambda answer: answer.get(path)
    search: Callable[[Any], Any] = jmespath.compile(path).search
    return search


def _listed(value: str | list[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)
