"""A rule's options in words: what type a value has, what range, how it is written in surefoot.toml."""

import json
from collections.abc import Iterator
from enum import Enum
from types import UnionType
from typing import Any, Final, Literal, Union, get_args, get_origin

from scanner.rule import Parameter

_WORDS: Final = {int: "a whole number", float: "a number", bool: "true or false", str: "text"}


def type_of(parameter: Parameter) -> str:
    """Return the type as a user thinks of it: `a whole number`, `a list of text`."""
    return _word(parameter.type)


def _word(hint: Any) -> str:
    origin, inner = get_origin(hint), get_args(hint)
    if origin is Literal:
        return f"one of {', '.join(map(toml, inner))}"
    if origin in (tuple, list, frozenset, set):
        return f"a list of {_word(inner[0]).removeprefix('a ')}s".replace("texts", "text")
    if origin in (Union, UnionType):
        return " or ".join(_word(one) for one in inner if one is not type(None))
    if isinstance(hint, type) and issubclass(hint, Enum):
        return f"one of {', '.join(toml(member.value) for member in hint)}"
    return _WORDS.get(hint, getattr(hint, "__name__", str(hint)))


def range_of(parameter: Parameter) -> Iterator[str]:
    """Yield what is allowed: `at least 1`, `one of a, b`."""
    option = parameter.option
    if option is None:
        return
    if option.at_least is not None:
        yield f"at least {option.at_least:g}"
    if option.at_most is not None:
        yield f"at most {option.at_most:g}"
    if option.choices:
        yield f"one of {', '.join(map(toml, option.choices))}"


def toml(value: Any) -> str:
    """Return a value as TOML writes it; a text as a basic string, which JSON's is."""
    if isinstance(value, Enum):
        return toml(value.value)
    if isinstance(value, list | tuple | set | frozenset):
        items = sorted(value, key=str) if isinstance(value, set | frozenset) else value
        return f"[{', '.join(map(toml, items))}]"
    return json.dumps(value, ensure_ascii=False, default=str)
