"""Sees which facts a rule reads: the same object, with a class that notes every field on its way out."""

import types
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final, TypeVar, cast

from scanner.models.resource import Facts, Resource

Seen = Callable[[Resource, str, Any], None]
"""Told the resource, the dotted path of the field, and the value (an UnreadError's path is told before it raises)."""

R = TypeVar("R", bound=Resource)

_NOTE: Final = "__watch__"

NOT_READ: Final = object()
"""What `seen` is told in place of a value that is unread."""


def watch(resource: R, seen: Seen) -> R:
    """Return a copy of `resource` that tells `seen` each fact that is read from it, nested ones too."""
    return cast("R", _watched(resource, resource, "", seen))


def _watched(facts: Facts, owner: Resource, path: str, seen: Seen) -> Facts:
    copy = facts.model_copy()
    object.__setattr__(copy, "__class__", _watching(type(facts)))
    copy.__dict__[_NOTE] = (owner, path, seen)
    return copy


@cache
def _watching(kind: type[Facts]) -> type[Facts]:
    """Make the class whose instances note what is read; it keeps the kind's name, so it counts as the kind."""

    def get(self: Any, name: str) -> Any:
        if name.startswith("_") or name not in kind.model_fields or name == "unread":
            return object.__getattribute__(self, name)
        owner, path, seen = object.__getattribute__(self, "__dict__")[_NOTE]
        path = f"{path}.{name}" if path else name
        try:
            value = kind.__getattribute__(self, name)
        except AttributeError:
            seen(owner, path, NOT_READ)
            raise
        seen(owner, path, value)
        return _wrap(value, owner, path, seen)

    return types.new_class(
        kind.__name__,
        (kind,),
        exec_body=lambda body: body.update({"__getattribute__": get, "__module__": kind.__module__}),
    )


def _wrap(value: Any, owner: Resource, path: str, seen: Seen) -> Any:
    if isinstance(value, Facts):
        return _watched(value, owner, path, seen)
    if type(value) is tuple:
        return tuple(_wrap(item, owner, path, seen) for item in value)
    if isinstance(value, Mapping):
        return {key: _wrap(item, owner, path, seen) for key, item in value.items()}
    return value
