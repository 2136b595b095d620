"""What stands within another answer, and the pages themselves, with one thing wrong: an error that says so.

The lists and details of all clouds are tried so in tests/providers/test_odd_answers.py; here is what only Google Cloud
has: rows inside of rows, and pages of several shapes.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import pytest

from scanner import mapping
from scanner.demo.wire.recorded import answers_in, folder_of
from scanner.models.resource import GLOBAL, Cloud, Code, Scope
from scanner.providers.gcp.calls import GcpCall
from scanner.providers.gcp.pages import page_of
from scanner.providers.gcp.provider import GCP
from scanner.providers.spec import PARENT, Call, Source, Within

pytestmark = pytest.mark.slow

SCOPE: Final = Scope(Cloud.GCP, "demo-project", GLOBAL)
#: What stands in place of a value.
WRONG: Final[tuple[Any, ...]] = (None, "a word", 7, -1.5, True, [], {}, ["a word"], {"a": "word"}, [None])

RECORDED: dict[str, list[Any]] = {}
for _one in answers_in(folder_of("gcp")):
    RECORDED.setdefault(_one.call, []).append(_one.body)

WITHIN: Final = [source for source in GCP.sources if isinstance(source.listing, Within)]
CALLS: Final = {f"{call.service}.{call.operation}": call for source in GCP.sources for call in source.calls}


def rows(call: Call) -> list[Any]:
    """The rows of every recorded answer to a call, as a collection gets them."""
    assert isinstance(call, GcpCall)
    bodies = RECORDED[f"{call.service}.{call.operation}"]
    return [row for body in bodies for row in mapping.items_of(page_of(call, body).answer, call.items)]


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


def read(source: Source, parent: Any) -> None:
    """Make a resource of each row within a parent; only what a collection takes may be raised."""
    assert isinstance(source.listing, Within)
    try:
        inside = list(source.listing.items(parent))
    except mapping.MALFORMED:
        return
    for row in inside:
        try:
            one = mapping.finish_item(mapping.start_item(source, {**row, PARENT: parent}, SCOPE, ""))
        except mapping.MALFORMED:
            continue
        for field, why in one.unread.items():
            assert why.code in (Code.MALFORMED, Code.LACKING, Code.NOT_APPLICABLE), (field, why)
            assert why.text, field


@pytest.mark.parametrize("source", WITHIN, ids=lambda source: source.kind.kind())
def test_rows_within_rows_with_one_thing_wrong(source: Source) -> None:
    assert source.under is not None
    assert isinstance(source.under.listing, Call)
    for parent in rows(source.under.listing):
        for wrong in changed(parent):
            read(source, wrong)


@pytest.mark.parametrize("call", sorted(RECORDED.keys() & CALLS.keys()))
def test_pages_with_one_thing_wrong(call: str) -> None:
    """A page that is not as promised raises what the client makes a malformed answer of, and nothing else."""
    asked = CALLS[call]
    assert isinstance(asked, GcpCall)
    for wrong in changed(RECORDED[call][0]):
        try:
            mapping.items_of(page_of(asked, wrong).answer, asked.items)
        except mapping.MALFORMED:
            continue
