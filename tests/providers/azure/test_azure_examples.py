"""Azure's own example answers, and answers with something missing, null or odd: a fact is unread, nothing breaks.

The examples are those of the official REST specifications; they are not part of this repository, and the tests of them
are skipped where they do not lie beside it. The recorded answers of the demo go through the same.
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import arm
import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.demo.wire.recorded import answers_in, folder_of
from scanner.mapping import MALFORMED, Item, finish_item, items_of, start_item, take_answer
from scanner.models.resource import Cloud, Code, Resource, Scope
from scanner.providers.azure.calls import AzureCall
from scanner.providers.azure.provider import AZURE
from scanner.providers.spec import OPEN, PARENT, Call, Detail, Source, Within

ROOT = Path(__file__).parents[3]
CORPUS = ROOT.parent / "shared" / "corpus" / "azure-official-examples.json"
SCOPE = Scope(Cloud.AZURE, "00000000-0000-0000-0000-000000000001")
CALLS = {f"{call.service}.{call.operation}": call for call in arm.declared()}

needs_corpus = pytest.mark.skipif(
    not CORPUS.is_file(), reason="the official examples do not lie beside the repository"
)

#: Answers by the call that they are answers to.
Answers = dict[str, list[Any]]


def official() -> Answers:
    """The official examples of the operations that are called."""
    examples = orjson.loads(CORPUS.read_bytes())
    found: Answers = {}
    for name, call in CALLS.items():
        path = re.sub(r"\\\{(\\\+)?\w+\\\}", "[^/]+", re.escape(arm.row(call)["path"]))
        # Examples of lists are often those of one resource group.
        path = path.replace("[^/]+/providers/", "[^/]+(/resourcegroups/[^/]+)?/providers/", 1)
        wide = re.compile(
            path.replace("/[^/]+/providers/Microsoft\\.Insights", "/.+/providers/Microsoft\\.Insights"),
            re.IGNORECASE,
        )
        found[name] = [body for key, body in examples.items() if wide.fullmatch(key)]
    return found


def demo() -> Answers:
    """The recorded answers of the demo subscription; the end of an action in the place of its acceptance."""
    found: Answers = {name: [] for name in CALLS}
    for recorded in answers_in(folder_of("azure")):
        if recorded.call in CALLS and recorded.status == 200:
            found[recorded.call].append(recorded.body)
        elif recorded.call not in CALLS:
            group = "backendAddressPools" in recorded.body
            health = "ApplicationGateways_BackendHealth" if group else "LoadBalancerLoadBalancingRules_Health"
            found[f"Microsoft.Network.{health}"].append(recorded.body)
    return found


def name_of(call: Call) -> str:
    return f"{call.service}.{call.operation}"


def resources(source: Source, raw: Any, answers: Answers) -> Iterator[Resource]:
    """What becomes of one raw item, of what stands within it, and of its details; as the collection does it."""
    try:
        if source.keep is not None and not source.keep(raw):
            return
        item = start_item(source, raw, SCOPE, "")
    except MALFORMED:
        return  # a gap: the collection says which item, and why
    for detail in flattened(source.details):
        for body in answers.get(name_of(detail.call), [])[:3] or [{}]:
            answered(item, detail, body)
    yield finish_item(item)
    for child in AZURE.sources:
        if child.under is source and isinstance(child.listing, Within):
            try:
                rows = list(child.listing.items(raw))
            except MALFORMED:
                continue
            for row in rows:
                if isinstance(row, dict):
                    yield from resources(child, {**row, PARENT: raw}, answers)


def flattened(details: Iterable[Detail]) -> Iterator[Detail]:
    """Details, each before those that it leads to."""
    for detail in details:
        yield detail
        yield from flattened(detail.leads)


def answered(item: Item, detail: Detail, body: Any) -> None:
    try:
        if detail.when is not None and not detail.when(item.raw):
            return
        rows = items_of(body, detail.call.items)
        answer = rows if detail.call.items else rows[0]
    except MALFORMED:
        return
    if detail.per == "each":
        answer = [answer]
    left = take_answer(item, detail, answer, detail.fills)
    for fact in left:
        assert item.facts.pop(fact) is OPEN
    if detail.brings:
        item.raw = {**item.raw, detail.brings: next(iter(rows), None)}


def everything(answers: Answers) -> Iterator[tuple[Source, Any]]:
    """Every item of every listing."""
    for source in AZURE.sources:
        if isinstance(source.listing, AzureCall):
            for body in answers[name_of(source.listing)]:
                for row in items_of(body, source.listing.items):
                    yield source, {**row, PARENT: parent_of(source, answers)} if source.under else row


def parent_of(source: Source, answers: Answers) -> Any:
    assert source.under is not None
    assert isinstance(source.under.listing, AzureCall)
    bodies = answers[name_of(source.under.listing)]
    return bodies[0]["value"][0] if bodies else {"id": "parent", "name": "parent", "properties": {}}


def unread(found: list[Resource]) -> set[tuple[str, str, str]]:
    return {
        (one.kind(), field, why.text)
        for one in found
        for field, why in one.unread.items()
        if why.code is Code.MALFORMED
    }


@needs_corpus
def test_official_examples_become_resources() -> None:
    """Each item of each list is a resource, and what of it is unread says why."""
    answers = official()
    counts: dict[str, int] = {}
    found: list[Resource] = []
    for source, raw in everything(answers):
        made = list(resources(source, raw, answers))
        found += made
        counts[source.kind.kind()] = counts.get(source.kind.kind(), 0) + len(made)
    assert counts.keys() >= {
        "AddressList",
        "Bucket",
        "Database",
        "Firewall",
        "LoadBalancer",
        "Snapshot",
        "Volume",
    }
    assert sum(counts.values()) > 50
    assert all(text for _, _, text in unread(found))


@needs_corpus
def test_official_examples_fit_the_sdk_s_models_as_ours_do() -> None:
    """The check of our fixtures is not stricter, nor laxer, than Azure's own examples: nearly all of them pass."""
    answers, wrong, rows = official(), 0, 0
    for name, bodies in answers.items():
        model = arm.answer_type(CALLS[name])
        for body in bodies:
            for row in items_of(body, CALLS[name].items if CALLS[name].items == "value" else ""):
                rows += 1
                wrong += bool(list(arm.misfits(row, model)))
    assert rows > 50
    assert wrong / rows < 0.2


def test_the_demo_s_answers_become_resources_without_a_doubt() -> None:
    answers = demo()
    found = [one for source, raw in everything(answers) for one in resources(source, raw, answers)]
    assert len(found) > 60
    # Details get the answers of other items here, which may not name theirs; machines come with and without states.
    odd = {(kind, field) for kind, field, _ in unread(found)}
    assert odd <= {
        ("Endpoint", "running"),
        ("Instance", "public_addresses"),
        ("Listener", "tls"),
        ("LoadBalancer", "waf"),
        ("TargetGroup", "targets"),
    }


# -- something missing, null or odd -------------------------------------------------------------------------

LISTED = [source for source in AZURE.sources if isinstance(source.listing, AzureCall)]
ODD: tuple[Any, ...] = (None, "", "odd", 0, -1, True, [], [None], {}, {"odd": None}, ["odd"], 1e30)
ITEMS = list(everything(demo()))
DEMO = demo()


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where something can be changed in a JSON value."""
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


def holds(source: Source, raw: Any) -> None:
    """Map it, and see that every fact is known, or unread with a reason."""
    for one in resources(source, raw, DEMO):
        for field in one.fact_fields():
            assert one.known(field) or one.why(field).text
        assert type(one).model_validate(one.model_dump()).id == one.id


@pytest.mark.parametrize("to", [..., None, "odd", {}, []], ids=repr)
@pytest.mark.parametrize("source", LISTED, ids=lambda source: source.listing.operation)
def test_each_value_missing_null_or_odd_in_turn(source: Source, to: Any) -> None:
    """The largest item of every list, changed in each place in turn."""
    raws = [raw for one, raw in ITEMS if one is source]
    largest = max(raws, key=lambda raw: len(list(places(raw))))
    for path in places(largest):
        holds(source, changed(largest, path, to))


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_several_changes_at_once(data: st.DataObject) -> None:
    source, raw = data.draw(st.sampled_from(ITEMS))
    for _ in range(data.draw(st.integers(1, 5))):
        options = list(places(raw))
        if not options:
            break
        path = data.draw(st.sampled_from(options))
        raw = changed(raw, path, data.draw(st.sampled_from([..., *ODD])))
    holds(source, raw)


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_details_of_any_shape(data: st.DataObject) -> None:
    """What a detail's call answers is changed, and not the item."""
    source, raw = data.draw(st.sampled_from([(s, r) for s, r in ITEMS if s.details]))
    detail = data.draw(st.sampled_from(list(flattened(source.details))))
    bodies = DEMO[name_of(detail.call)]
    body = data.draw(st.sampled_from(bodies)) if bodies else {}
    options = list(places(body))
    if options:
        body = changed(body, data.draw(st.sampled_from(options)), data.draw(st.sampled_from([..., *ODD])))
    item = start_item(source, raw, SCOPE, "")
    answered(item, detail, body)
    one = finish_item(item)
    for field in detail.fills:
        assert one.known(field) or one.unread.get(field) is not None or not item.facts.get(field)


def test_extra_fields_change_nothing() -> None:
    for source, raw in ITEMS:
        before = [one.model_dump() for one in resources(source, raw, DEMO)]
        after = [one.model_dump() for one in resources(source, extra(raw), DEMO)]
        assert before == after


def extra(value: Any) -> Any:
    """The value with a field more in each of its objects, but for tags, which are the owner's."""
    if isinstance(value, list):
        return [extra(one) for one in value]
    if not isinstance(value, dict):
        return value
    return {
        **{key: one if key == "tags" else extra(one) for key, one in value.items()},
        "surefootNever": {"seen": True},
    }
