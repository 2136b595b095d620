"""From a raw answer to a resource: paths, templates, and values that either fit their field or leave it unread."""

import functools
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from pydantic import ValidationError

from scanner.models.resource import Cloud, Code, Resource, Scope, Why
from scanner.providers.spec import OPEN, Detail, Raw, Read, Source

#: What a mapping function may raise on an answer that is not as the cloud promises.
MALFORMED: Final = (LookupError, TypeError, ValueError, AttributeError, ArithmeticError)

_NO_SUCH_THING: Final = Why(code=Code.NOT_APPLICABLE, text="this item has no such thing")

_HOLE: Final = re.compile(r"\{([^{}]+)\}")
_SCOPE_WORDS: Final = ("account", "region", "partition")


#: What may stand beside a list that is left out: what a cloud says of parts that it could not read.
_BESIDE: Final = frozenset({"warning", "error", "ResponseMetadata"})


def find(raw: Any, path: str) -> Any:
    """Return the value at a dotted path; a number is a place in a list: `Groups.0.Name`.

    None when the path ends in `?` and any part is absent, else KeyError that names the path.
    """
    optional = path.endswith("?")
    value = raw
    for part in path.removesuffix("?").split("."):
        if isinstance(value, list) and part.isdecimal() and int(part) < len(value):
            value = value[int(part)]
            continue
        if not isinstance(value, Mapping) or part not in value:
            if optional:
                return None
            raise KeyError(path)
        value = value[part]
    return value


def items_of(answer: Raw, path: str) -> list[Any]:
    """Return the list of items in one page. A path that ends in `?` may be absent: the cloud says so of an empty list.

    `A[].B` is the list B of every item of the list A. Raises KeyError when the list is not there, or others in its
    place, and TypeError when it is no list.
    """
    if not isinstance(answer, Mapping):
        raise TypeError(f"the answer is {type(answer).__name__}, not an object")
    if not path:
        return [answer]
    outer, nested, inner = path.partition("[].")
    if nested:
        return [item for one in items_of(answer, outer) for item in items_of(one, inner)]
    items = find(answer, path)
    if items is None and path.endswith("?"):
        if any(isinstance(value, Mapping) and name not in _BESIDE for name, value in answer.items()):
            raise KeyError(path)
        return []
    if isinstance(items, Mapping):  # aggregated lists: scope -> {...}
        return list(items.items())
    if not isinstance(items, list | tuple):
        raise TypeError(f"{path} is {type(items).__name__}, not a list")
    return list(items)


def fill(template: Any, raw: Raw, scope: Scope, partition: str) -> Any:
    """Fill `{path}` in a template from the item, then from the scope; lists and mappings are filled inside.

    A template that is one hole keeps the value's type. Raises KeyError for a path that is not there.
    """
    if isinstance(template, str):
        whole = _HOLE.fullmatch(template)
        if whole:
            return _word(whole[1], raw, scope, partition)
        return _HOLE.sub(lambda hole: str(_word(hole[1], raw, scope, partition)), template)
    if isinstance(template, Mapping):
        return {key: fill(value, raw, scope, partition) for key, value in template.items()}
    if isinstance(template, list | tuple):
        return [fill(value, raw, scope, partition) for value in template]
    return template


def _word(path: str, raw: Raw, scope: Scope, partition: str) -> Any:
    try:
        return find(raw, path)
    except KeyError:
        if path not in _SCOPE_WORDS:
            raise
    return {"account": scope.account, "region": scope.region, "partition": partition}[path]


@dataclass(slots=True)
class Item:
    """One item on its way to a resource."""

    source: Source
    raw: Raw
    scope: Scope
    id: str
    name: str
    facts: dict[str, Any] = field(default_factory=dict)
    unread: dict[str, Why] = field(default_factory=dict)
    waiting: int = 0


def start_item(source: Source, raw: Raw, scope: Scope, partition: str) -> Item:
    """Read what the listing's row says. Raises LookupError, TypeError, ValueError when the item has no id."""
    if source.region:
        region = source.region(raw) if callable(source.region) else find(raw, source.region)
        scope = scope._replace(region=str(region))
    if source.account:
        scope = scope._replace(account=str(find(raw, source.account + "?") or scope.account))
    id_ = source.id(raw) if callable(source.id) else str(fill(source.id, raw, scope, partition))
    name = source.name and fill(source.name, raw, scope, partition)
    item = Item(source, raw, scope, id_, str(name or ""))
    found_by = source.found_by
    for fact, read in source.fields.items():
        _take(item, fact, read, (raw,), found_by)
    for fact in source.lacking:
        item.unread[fact] = _lacking(scope.cloud)
    if source.not_applicable is not None:
        for fact in source.not_applicable(raw):
            _skip(item, fact)
    return item


@functools.cache
def _lacking(cloud: Cloud) -> Why:
    """Say that a cloud has no such thing: once, as it holds for many fields of every item."""
    return Why(code=Code.LACKING, text=f"{cloud} has no such thing")


def _skip(item: Item, fact: str) -> None:
    item.facts.pop(fact, None)
    item.unread[fact] = _NO_SUCH_THING


def take_answer(item: Item, detail: Detail, answer: Any, wanted: Iterable[str]) -> frozenset[str]:
    """Fill the wanted fields from a detail call's answer (None: the cloud says that there is none).

    Returns the fields that the answer leaves open.
    """
    wanted = frozenset(wanted).intersection(detail.fills)
    arguments = (answer, item.raw) if detail.with_item else (answer,)
    for fact in wanted:
        _take(item, fact, detail.fills[fact], arguments, detail.call)
    return frozenset(fact for fact in wanted if item.facts.get(fact) is OPEN)


def take_failure(item: Item, why: Why, wanted: Iterable[str]) -> None:
    """Leave the wanted fields unread, and say why."""
    for fact in wanted:
        item.unread[fact] = why


def take_not_applicable(item: Item, wanted: Iterable[str]) -> None:
    """Leave the wanted fields unread: this item has no such thing."""
    for fact in wanted:
        _skip(item, fact)


def in_words(error: Exception) -> str:
    """Say what is wrong with an answer, by what a mapping function raised on it."""
    said = f"lacks {error.args[0]}" if isinstance(error, KeyError) and error.args else str(error)
    return f"the answer {said}"[:300]


def _take(item: Item, fact: str, read: Read, arguments: tuple[Any, ...], call: Any) -> None:
    try:
        item.facts[fact] = find(arguments[0], read) if isinstance(read, str) else read(*arguments)
    except MALFORMED as error:
        item.unread[fact] = Why(code=Code.MALFORMED, call=getattr(call, "name", ""), text=in_words(error))


def finish_item(item: Item) -> Resource:
    """Validate every value against its field; one that does not fit leaves that one field unread."""
    kind = item.source.kind
    identity = {"id": item.id, "name": item.name, "scope": item.scope}
    facts = item.facts
    for fact in item.unread:
        facts.pop(fact, None)
    while True:
        try:
            return kind.model_validate({**facts, **identity, "unread": item.unread})
        except ValidationError as error:
            for fact, text in _misfits(error):
                if fact not in facts:
                    raise
                del facts[fact]
                item.unread[fact] = Why(code=Code.MALFORMED, text=text)


def _misfits(error: ValidationError) -> Iterator[tuple[str, str]]:
    seen: set[str] = set()
    for entry in error.errors(include_url=False, include_input=False, include_context=False):
        fact = str(entry["loc"][0])
        if fact not in seen:
            seen.add(fact)
            inner = ".".join(str(part) for part in entry["loc"][1:])
            yield fact, f"{inner + ': ' if inner else ''}{entry['msg']}"
