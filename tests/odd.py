"""Answers with something missing, null or odd, and what becomes of them: shared by the tests of the three providers."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from scanner.mapping import MALFORMED, Item, finish_item, items_of, start_item, take_answer
from scanner.models.resource import Resource, Scope
from scanner.providers.spec import OPEN, PARENT, Call, Detail, Source, Within

#: What stands in the place of a value: `...` takes it away.
ODD: tuple[Any, ...] = (..., None, "", "odd", 0, -1, True, [], [None], {}, {"odd": None}, ["odd"], 1e30)

#: Answers by the name of the call that they are answers to.
Answers = Mapping[str, Sequence[Any]]


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where something can be changed in an answer."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inner:
        if key != PARENT:
            yield (*path, key)
            yield from places(one, (*path, key))


def changed(value: Any, path: tuple[Any, ...], to: Any) -> Any:
    """The value with something else at a path; `...` takes it away."""
    key, rest = path[0], path[1:]
    copy: Any = dict(value) if isinstance(value, dict) else list(value)
    if rest:
        copy[key] = changed(copy[key], rest, to)
    elif to is ...:
        del copy[key]
    else:
        copy[key] = to
    return copy


def extra(value: Any) -> Any:
    """The value with a field more in each of its objects, but for those that are the owner's words."""
    if isinstance(value, list):
        return [extra(one) for one in value]
    if not isinstance(value, dict):
        return value
    return {
        **{key: one if key in OWNERS else extra(one) for key, one in value.items()},
        "surefootNever": {"seen": True},
    }


#: Objects whose names are the owner's: tags, labels, metadata.
OWNERS = frozenset({"tags", "Tags", "TagSet", "TagList", "labels", "userLabels", "resourceLabels", PARENT})


def resources(
    sources: Sequence[Source], source: Source, raw: Any, answers: Answers, scope: Scope
) -> Iterator[Resource]:
    """What becomes of one raw item, of what stands within it, and of its details; as the collection does it."""
    try:
        if source.keep is not None and not source.keep(raw):
            return
        item = start_item(source, raw, scope, "aws")
    except MALFORMED:
        return  # a gap: the collection says which item, and why
    for detail in flattened(source.details):
        for body in list(answers.get(detail.call.name, ()))[:3] or [{}]:
            answered(item, detail, body)
    yield finish_item(item)
    for child in sources:
        if child.under is source and isinstance(child.listing, Within):
            try:
                rows = list(child.listing.items(raw))
            except MALFORMED:
                continue
            for row in rows:
                if isinstance(row, dict):
                    yield from resources(sources, child, {**row, PARENT: raw}, answers, scope)


def flattened(details: Iterable[Detail]) -> Iterator[Detail]:
    """Details, each before those that it leads to, or that are asked where it leaves something open."""
    for detail in details:
        yield detail
        yield from flattened([*detail.leads, *([detail.then] if detail.then else [])])


def rows_of(call: Call, body: Any) -> list[Any]:
    """The items of an answer, as the collection takes them. Raises what `MALFORMED` names."""
    rows = items_of(body, call.items)
    return [call.row(row) for row in rows] if call.row is not None else rows


def answered(item: Item, detail: Detail, body: Any) -> None:
    """Take one answer of a detail's call, as the collection does."""
    try:
        if detail.when is not None and not detail.when(item.raw):
            return
        rows = rows_of(detail.call, body)
        answer = rows if detail.call.items else rows[0]
    except MALFORMED:
        return
    if detail.per == "each":
        answer = [answer]
    left = take_answer(item, detail, answer, detail.fills)
    for fact in left:
        assert item.facts.pop(fact) is OPEN
    if detail.brings:
        key = detail.brings.removesuffix("[]")
        item.raw = {**item.raw, key: next(iter(rows), None) if key == detail.brings else rows}


def everything(sources: Sequence[Source], answers: Answers) -> Iterator[tuple[Source, Any]]:
    """Every item of every listing."""
    for source in sources:
        if isinstance(source.listing, Call):
            for body in answers.get(source.listing.name, ()):
                for row in rows_of(source.listing, body):
                    yield source, {**row, PARENT: parent_of(source, answers)} if source.under else row


def parent_of(source: Source, answers: Answers) -> Any:
    """Some item of the source under which this one stands; made up where none was answered."""
    parent = source.under
    assert parent is not None
    made_up = {"id": "parent", "name": "parent", "properties": {}}
    if not isinstance(parent.listing, Call):
        return made_up
    for body in answers.get(parent.listing.name, ()):
        for row in rows_of(parent.listing, body):
            return {**row, PARENT: parent_of(parent, answers)} if parent.under else row
    return made_up


def holds(found: Iterable[Resource]) -> None:
    """See that every fact is known, or unread with a reason, and that what was made is whole."""
    for one in found:
        for field in one.fact_fields():
            assert one.known(field) or one.why(field).text
        assert type(one).model_validate(one.model_dump()).id == one.id
