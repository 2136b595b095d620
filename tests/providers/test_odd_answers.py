"""Answers with something missing, null, odd or new, in every place of every declared source of the three clouds.

Generated from the sources and from what the demo answers, so a source that is added is covered without anyone asking: a
fact is known, or unread with a reason; nothing breaks, and what is new changes nothing.
"""

import random
from collections.abc import Mapping
from contextlib import ExitStack
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from odd import ODD, answered, changed, everything, extra, flattened, holds, places, resources, rows_of
from shipped import RULES

import scanner.demo
from scanner.collect import Collection, Unit
from scanner.config import Config
from scanner.demo.aws.account import HOME
from scanner.engine import Tuned
from scanner.judging import Only
from scanner.mapping import MALFORMED, finish_item, start_item
from scanner.models.resource import Cloud, Resource, Scope
from scanner.providers import provider_of
from scanner.providers.pace import Pace, PaceSettings
from scanner.providers.plan import plan
from scanner.providers.spec import Call, Page, Source
from scanner.run import needs_of
from scanner.runs.signing import Choice, sign_in

pytestmark = pytest.mark.slow

CLOUDS = tuple(Cloud(cloud) for cloud in scanner.demo.CLOUDS)
SOURCES = {cloud: provider_of(cloud).sources for cloud in CLOUDS}
NEEDS = needs_of([Tuned(rule) for rule in RULES.values()], Only())
LISTED = [
    (cloud, source)
    for cloud, sources in SOURCES.items()
    for source in sources
    if isinstance(source.listing, Call)
]
#: What stands in each place in turn; `ODD` has more.
IN_TURN: tuple[Any, ...] = (..., None, "odd", {}, [], -1)
#: In the largest item of a list, so many places are changed at most, each in every way.
PLACES = 150

Recorded = Mapping[Cloud, dict[str, list[Any]]]


class Recording:
    """A sign-in that keeps each answer of another one, by the name of the call."""

    def __init__(self, real: Any, answers: dict[str, list[Any]]) -> None:
        self._real = real
        self._answers = answers

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def send(self, call: Call, scope: Scope, arguments: Mapping[str, Any], token: Any = None) -> Page:
        page: Page = self._real.send(call, scope, arguments, token)
        self._answers.setdefault(call.name, []).append(page.answer)
        return page


@pytest.fixture(scope="module")
def recorded() -> Recorded:
    """What the demo accounts answer to everything that some rule needs."""
    found: dict[Cloud, dict[str, list[Any]]] = {cloud: {} for cloud in CLOUDS}
    with ExitStack() as stack:
        for name in stack.enter_context(scanner.demo.running()):
            cloud = Cloud(name)
            (session,) = sign_in(Config(), Choice(clouds=(cloud,)), "test").values()
            regions = (HOME,) if cloud is Cloud.AWS else tuple(session.regions())
            unit: Any = Unit(Recording(session, found[cloud]), regions)
            pace = Pace(PaceSettings(share=1.0, attempts=1, first_wait=0.0))
            list(Collection([unit], plan(SOURCES[cloud], NEEDS), pace=pace).events())
    return found


def scope_of(cloud: Cloud) -> Scope:
    return Scope(cloud, "an-account", "a-region")


def name_of(one: tuple[Cloud, Source]) -> str:
    cloud, source = one
    assert isinstance(source.listing, Call)
    return f"{cloud} {source.kind.kind()} {source.listing.name}"


def items(recorded: Recorded, cloud: Cloud, source: Source) -> list[Any]:
    return [raw for one, raw in everything([source], recorded[cloud]) if one is source]


def made(recorded: Recorded, cloud: Cloud, source: Source, raw: Any) -> list[Resource]:
    return list(resources(SOURCES[cloud], source, raw, recorded[cloud], scope_of(cloud)))


def test_the_demo_answers_nearly_every_list(recorded: Recorded) -> None:
    """Else there would be little to change: what has no item anywhere is counted here."""
    without = [name_of(one) for one in LISTED if not items(recorded, *one)]
    assert len(without) < len(LISTED) / 4, without


@pytest.mark.parametrize("one", LISTED, ids=name_of)
def test_each_value_missing_null_or_odd_in_turn(one: tuple[Cloud, Source], recorded: Recorded) -> None:
    """The largest item of every list, changed in each place in turn."""
    raws = items(recorded, *one)
    if not raws:
        pytest.skip("the demo has none")
    largest = max(raws, key=lambda raw: len(list(places(raw))))
    found = list(places(largest))
    for path in random.Random(1).sample(found, min(PLACES, len(found))):  # noqa: S311 - to choose places
        for to in IN_TURN:
            holds(made(recorded, *one, changed(largest, path, to)))


@pytest.mark.parametrize("one", LISTED, ids=name_of)
def test_what_is_new_changes_nothing(one: tuple[Cloud, Source], recorded: Recorded) -> None:
    for raw in items(recorded, *one)[:5]:
        before = [resource.model_dump() for resource in made(recorded, *one, raw)]
        assert [resource.model_dump() for resource in made(recorded, *one, extra(raw))] == before


@pytest.mark.parametrize("one", [one for one in LISTED if one[1].details], ids=name_of)
def test_details_missing_null_or_odd_in_turn(one: tuple[Cloud, Source], recorded: Recorded) -> None:
    """What each further call answers is changed, and not the item."""
    cloud, source = one
    for raw in items(recorded, cloud, source)[:1]:
        for detail in flattened(source.details):
            for body in recorded[cloud].get(detail.call.name, [])[:1]:
                found = list(places(body))
                for path in random.Random(2).sample(found, min(PLACES // 3, len(found))):  # noqa: S311 - as above
                    for to in IN_TURN:
                        try:
                            item = start_item(source, raw, scope_of(cloud), "aws")
                        except MALFORMED:
                            continue
                        answered(item, detail, changed(body, path, to))
                        holds([finish_item(item)])


@given(data=st.data())
@settings(max_examples=300, deadline=None)
def test_several_changes_at_once(data: st.DataObject, recorded: Recorded) -> None:
    cloud, source = data.draw(st.sampled_from(LISTED))
    raws = items(recorded, cloud, source)
    if not raws:
        return
    raw = data.draw(st.sampled_from(raws))
    for _ in range(data.draw(st.integers(1, 5))):
        options = list(places(raw))
        if not options:
            break
        raw = changed(raw, data.draw(st.sampled_from(options)), data.draw(st.sampled_from(ODD)))
    if isinstance(raw, dict):
        holds(made(recorded, cloud, source, raw))


@pytest.mark.parametrize("body", [None, [], "text", 5, {}, {"value": None}, {"items": "x"}], ids=repr)
@pytest.mark.parametrize("one", LISTED, ids=name_of)
def test_an_answer_that_is_none(one: tuple[Cloud, Source], body: Any) -> None:
    """It is an error that the collection knows, or a list without anything in it."""
    _, source = one
    assert isinstance(source.listing, Call)
    try:
        rows = rows_of(source.listing, body)
    except MALFORMED:
        return
    assert rows == [] or not source.listing.items
