"""What some operations need of the SDK's description of their service: a tenth of it, or less. Pure."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

#: Where a shape names the shapes that it is made of: one each, or one for each member of a structure.
_PARTS: Final = ("member", "key", "value")

#: What people read, and nothing that sends or parses a call.
_PROSE: Final = frozenset({"documentation", "documentationUrl"})


def cut(description: Mapping[str, Any], operations: Collection[str]) -> dict[str, Any]:
    """Return what a service's description (botocore's `service-2`) says of these operations, and of their shapes.

    An operation that tells where the others are to be sent stays too: the SDK asks it by itself. What is written for
    people is left out.
    """
    kept = {
        name: _terse(operation)
        for name, operation in description["operations"].items()
        if name in operations or operation.get("endpointoperation")
    }
    every, shapes = description["shapes"], dict[str, Any]()
    waiting = [name for operation in kept.values() for name in _of_operation(operation)]
    while waiting:
        name = waiting.pop()
        if name in every and name not in shapes:
            shapes[name] = _shape(every[name])
            waiting += (part["shape"] for part in _parts(shapes[name]))
    return {"operations": kept, "shapes": shapes}


def _terse(said: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in said.items() if key not in _PROSE}


def _of_operation(operation: Mapping[str, Any]) -> Iterator[str]:
    for role in ("input", "output"):
        if role in operation:
            yield operation[role]["shape"]
    for error in operation.get("errors", ()):
        yield error["shape"]


def _shape(shape: Mapping[str, Any]) -> dict[str, Any]:
    """Return a shape, and how it names its parts, without what is written for people."""
    terse = _terse(shape)
    for name in _PARTS:
        if name in terse:
            terse[name] = _terse(terse[name])
    if "members" in terse:
        terse["members"] = {name: _terse(member) for name, member in terse["members"].items()}
    return terse


def _parts(shape: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield from (shape[name] for name in _PARTS if name in shape)
    yield from shape.get("members", {}).values()


def shared(value: Any, known: dict[Any, Any]) -> Any:
    """Return an equal value in which equal parts are one object; `known` are the parts so far.

    For JSON that nobody changes: shapes, and the rules about endpoints, which say the same things over and over.
    """
    if isinstance(value, dict):
        value = {key: shared(inner, known) for key, inner in value.items()}
        key: Any = (*value, *map(id, value.values()))
    elif isinstance(value, list):
        value = [shared(inner, known) for inner in value]
        key = (list, *map(id, value))
    else:
        key = (type(value), value)
    return known.setdefault(key, value)
