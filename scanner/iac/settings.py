"""Which code sets which fact: `settings.toml`, read once and by need."""

import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import NamedTuple


class Setting(NamedTuple):
    """One way in which code sets a fact.

    `type` is a resource type. `owner` is the attribute of that type which names the resource that the fact is of; ""
    where the type is the resource itself. `path` leads to the attribute. With `many`, one resource has several of
    them, and the words of a finding tell which is meant. With `within`, the type makes the resource along with itself
    (a machine its disk), and so is the code that owns it.
    """

    type: str
    owner: str
    path: tuple[str, ...]
    many: bool = False
    within: bool = False


@cache
def _table() -> Mapping[str, tuple[Setting, ...]]:
    text = files("scanner.iac").joinpath("settings.toml").read_text(encoding="utf-8")
    tables: Mapping[str, Mapping[str, list[str]]] = tomllib.loads(text)
    return {
        f"{kind}.{field}": tuple(_setting(line) for line in lines)
        for kind, fields in tables.items()
        for field, lines in fields.items()
    }


def _setting(line: str) -> Setting:
    """Take `type(owner)* path`, or `type{owner} path`, apart."""
    head, _, path = line.partition(" ")
    within = "{" in head
    name, _, owner = head.rstrip("*)}").partition("{" if within else "(")
    return Setting(name, owner, tuple(path.split(".")) if path else (), head.endswith("*"), within)


def settings_of(kind: str, fields: Iterable[str]) -> tuple[Setting, ...]:
    """Return how code sets these facts of a kind, in the order of the table."""
    wanted = {f"{kind}.{field}" for field in fields}
    return tuple(one for fact, settings in _table().items() if fact in wanted for one in settings)


@cache
def makers(kind: str) -> tuple[Setting, ...]:
    """Return the types that make a resource of a kind along with themselves."""
    wanted = f"{kind}."
    return tuple(
        one for fact, ways in _table().items() if fact.startswith(wanted) for one in ways if one.within
    )


def all_settings() -> tuple[Setting, ...]:
    """Return every way in which code sets a fact of any kind."""
    return tuple(one for settings in _table().values() for one in settings)


def facts() -> tuple[str, ...]:
    """Return every fact of the table as `Kind.field`."""
    return tuple(_table())


@cache
def owner_attributes(type_: str) -> tuple[str, ...]:
    """Return the attributes by which resources of a type name what they are a part of."""
    return tuple(
        dict.fromkeys(
            one.owner for ways in _table().values() for one in ways if one.type == type_ and one.owner
        )
    )
