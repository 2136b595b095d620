"""Every source of Google Cloud on answers with one thing wrong: a resource, or an error that says what; no traceback.

Generated from the sources and from the recorded answers, so a source that is added is covered without anyone asking.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import pytest

from scanner import mapping
from scanner.demo.wire.recorded import answers_in, folder_of
from scanner.models.resource import GLOBAL, Cloud, Code, Resource, Scope
from scanner.providers.gcp.calls import GcpCall
from scanner.providers.gcp.pages import page_of
from scanner.providers.gcp.provider import GCP
from scanner.providers.spec import PARENT, Call, Detail, Once, Source, Within

pytestmark = pytest.mark.slow

SCOPE: Final = Scope(Cloud.GCP, "demo-project", GLOBAL)
#: What stands in place of a value; the last one is put beside the others.
WRONG: Final[tuple[Any, ...]] = (None, "a word", 7, -1.5, True, [], {}, ["a word"], {"a": "word"}, [None])
GONE: Final = object()

RECORDED: dict[str, list[Any]] = {}
for _one in answers_in(folder_of("gcp")):
    RECORDED.setdefault(_one.call, []).append(_one)


def rows(call: Call) -> list[Any]:
    """The rows of every recorded answer to a call, as a collection gets them."""
    assert isinstance(call, GcpCall)
    asked = call.params.get("assetTypes")
    found: list[Any] = []
    for recorded in RECORDED[f"{call.service}.{call.operation}"]:
        if asked is None or recorded.query.get("assetTypes") == asked:
            items = mapping.items_of(page_of(call, recorded.body).answer, call.items)
            found += [call.row(row) for row in items] if call.row else items
    return found


def answer(detail: Detail) -> Any:
    """What a detail's function gets, from all that was recorded."""
    found = rows(detail.call)
    return found if detail.call.items or detail.per == "each" else found[0]


def changed(value: Any, depth: int = 0) -> Iterator[Any]:
    """The value with one part left out, or of another type, at every place; of lists, in their first item."""
    yield from WRONG
    if depth > 6:
        return
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield {key: one for key, one in value.items() if key != name}
            yield from ({**value, name: one} for one in changed(inner, depth + 1))
        yield {**value, "somethingNew": {"deep": [1, "x", None]}}
    elif isinstance(value, list) and value:
        yield from ([one, *value[1:]] for one in changed(value[0], depth + 1))
        yield [*value, None]


def fill(item: mapping.Item, details: tuple[Detail, ...], answers: Mapping[Detail, Any]) -> None:
    """Ask details as a collection does, whatever they answer."""
    for detail in details:
        try:
            if detail.when is not None and not detail.when(item.raw):
                continue
            if detail.over is not None:
                list(detail.over(item.raw))
        except mapping.MALFORMED:
            continue
        given = answers[detail]
        if detail.brings:
            first = given[0] if given and isinstance(given, list) else given
            item.raw = {**item.raw, detail.brings: first or None}
        mapping.take_answer(item, detail, given, detail.fills)
        fill(item, tuple(detail.leads), answers)


def resource(source: Source, raw: Any, answers: Mapping[Detail, Any]) -> Resource | None:
    """What a collection would make of a row; None where it would report a gap."""
    try:
        if source.keep is not None and not source.keep(raw):
            return None
        item = mapping.start_item(source, raw, SCOPE, "")
    except mapping.MALFORMED:
        return None
    fill(item, tuple(source.details), answers)
    try:
        return mapping.finish_item(item)
    except mapping.MALFORMED:
        return None


def all_details(details: Any) -> Iterator[Detail]:
    for detail in details:
        yield detail
        yield from all_details(detail.leads)
        if detail.then is not None:
            yield from all_details([detail.then])


def raws(source: Source) -> list[Any]:
    """Every good row of a source; of one that the demo has none of, those of a source of the same kind."""
    found = list(_raws(source))
    if not found:
        alike = [
            one for one in GCP.sources if (one.kind, type(one.listing)) == (source.kind, type(source.listing))
        ]
        found = [row for one in alike for row in _raws(one)]
    assert found, "nothing was recorded of this source"
    return found


def _raws(source: Source) -> Iterator[Any]:
    above = _raws(source.under) if source.under is not None else [None]
    for parent in above:
        if isinstance(source.listing, Once):
            listed: list[Any] = [{}]
        elif isinstance(source.listing, Within):
            listed = list(source.listing.items(parent))
        else:
            listed = rows(source.listing)
        for row in listed:
            whole = {**row, PARENT: parent} if parent else row
            if source.keep is None or source.keep(whole):
                yield whole


def check(one: Resource | None) -> None:
    for field, why in (one.unread if one is not None else {}).items():
        assert why.code in (Code.MALFORMED, Code.LACKING, Code.NOT_APPLICABLE), (field, why)
        assert why.text, field


IDS: Final = [f"{source.kind.kind()}-{number}" for number, source in enumerate(GCP.sources)]


@pytest.mark.parametrize("source", GCP.sources, ids=IDS)
def test_rows_with_one_thing_wrong(source: Source) -> None:
    answers = {detail: answer(detail) for detail in all_details(source.details)}
    for raw in raws(source)[:3]:
        assert resource(source, raw, answers) is not None
        for wrong in changed(raw):
            check(resource(source, wrong, answers))


@pytest.mark.parametrize(
    "source", [one for one in GCP.sources if one.details], ids=lambda one: one.kind.kind()
)
def test_answers_of_details_with_one_thing_wrong(source: Source) -> None:
    raw = raws(source)[0]
    good = {detail: answer(detail) for detail in all_details(source.details)}
    for detail, said in good.items():
        for wrong in changed(said):
            check(resource(source, raw, {**good, detail: wrong}))


@pytest.mark.parametrize("call", RECORDED, ids=str)
def test_pages_with_one_thing_wrong(call: str) -> None:
    """A page that is not as promised raises what the client makes a malformed answer of, and nothing else."""
    declared = {f"{one.service}.{one.operation}": one for source in GCP.sources for one in source.calls}
    asked = declared.get(call)
    if not isinstance(asked, GcpCall):
        pytest.skip("asked by the session alone")
    for wrong in changed(RECORDED[call][0].body):
        try:
            page = page_of(asked, wrong)
            mapping.items_of(page.answer, asked.items)
        except mapping.MALFORMED:
            continue
