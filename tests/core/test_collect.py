"""Every failed call leaves a trace and never a value; the same facts whatever the order in which answers come."""

import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kinds import (
    ACCOUNT,
    CALLS,
    DOORS,
    GET_ALARM,
    GET_LOCK,
    LIST_DOORS,
    LIST_WINDOWS,
    MEASURE,
    REGIONS,
    SOURCES,
    WINDOWS,
    Door,
    Home,
    House,
    Window,
    denied,
)

from scanner.collect import Collection, Unit, Whole
from scanner.inventory import Gap, Listing
from scanner.models.resource import GLOBAL, Cloud, Code, Scope
from scanner.providers.pace import Pace, PaceSettings
from scanner.providers.plan import Needs, calls_of, plan
from scanner.providers.spec import Call, CallError

EVERYTHING: Needs = {
    Door: frozenset({"open", "lock", "panes", "height_cm"}),
    Window: frozenset({"barred"}),
    House: frozenset({"alarm"}),
}
FAST = PaceSettings(share=1.0, first_wait=0.001)
WHEN = datetime(2026, 1, 1, tzinfo=UTC)


def collect(
    home: Home, needs: Needs = EVERYTHING, workers: int = 8
) -> tuple[list[Any], dict[str, Any], list[Gap], list[Listing]]:
    collection = Collection(
        [Unit(home, REGIONS)],
        plan(SOURCES, needs),
        pace=Pace(FAST),
        workers=workers,
        clock=lambda: WHEN,
    )
    events = list(collection.events())
    resources = {r.id: r for event in events if isinstance(event, list) for r in event}
    gaps = [event for event in events if isinstance(event, Gap)]
    return events, resources, gaps, [event for event in events if isinstance(event, Listing)]


def test_everything_is_filled_and_nothing_is_a_gap() -> None:
    _, resources, gaps, listings = collect(Home(pages=3))
    assert not gaps
    assert len(resources) == 2 * 6 + 2 * 6 + 1
    door = resources["door:here-1:here-1-4"]
    assert (door.open, door.lock.pins, door.panes[0].pins, door.height_cm) == (True, 5, 4, 200)
    assert resources["door:here-1:here-1-1"].lock is None
    assert resources["window:there-1-3:a"].barred
    assert resources["window:there-1-3:a"].scope.region == "there-1"
    assert resources[f"house:{ACCOUNT}"].alarm
    assert resources[f"house:{ACCOUNT}"].scope.region == GLOBAL
    assert {(one.kind, one.count) for one in listings} >= {("Door", 6), ("House", 1)}


def test_only_what_is_needed_is_asked() -> None:
    home = Home()
    collect(home, {Door: frozenset({"open"})})
    assert {name for name, _ in home.sent} == {"home:ListDoors"}
    home = Home()
    collect(home, {Window: frozenset({"barred"})})
    assert {name for name, _ in home.sent} == {"home:ListDoors", "home:ListWindows"}
    assert [call.name for call in calls_of(plan(SOURCES, {House: frozenset({"alarm"})}))] == ["home:GetAlarm"]


def test_a_parent_that_nobody_needs_yields_nothing() -> None:
    _, resources, _, listings = collect(Home(), {Window: frozenset({"barred"})})
    assert {type(resource) for resource in resources.values()} == {Window}
    assert {one.kind for one in listings} == {"Window"}


def test_what_is_the_same_under_several_parents_is_listed_once() -> None:
    home = Home(pages=2)
    shared = replace(WINDOWS, once_for="{region}")
    planned = plan((DOORS, shared), {Window: frozenset({"barred"})})
    events = list(Collection([Unit(home, REGIONS)], planned, pace=Pace(FAST)).events())
    assert home.sent.count(("home:ListWindows", "here-1")) == 1
    assert sum(isinstance(event, Listing) for event in events) == len(REGIONS)
    assert sum(len(event) for event in events if isinstance(event, list)) == len(REGIONS)


def test_a_detail_may_say_more_of_a_field_than_the_listing() -> None:
    more = replace(DOORS.details[0], when=lambda raw: raw["Id"].endswith("-4"))
    doors = replace(DOORS, fields={**DOORS.fields, "lock": lambda _: None}, details=(more,))
    planned = plan((doors,), {Door: frozenset({"lock"})})
    events = list(Collection([Unit(Home(pages=3), REGIONS)], planned, pace=Pace(FAST)).events())
    found: dict[str, Any] = {one.id: one for event in events if isinstance(event, list) for one in event}
    assert found["door:here-1:here-1-4"].lock.pins == 5
    assert found["door:here-1:here-1-3"].lock is None
    refused = Home(pages=3, always={GET_LOCK: denied(GET_LOCK)})
    events = list(Collection([Unit(refused, REGIONS)], planned, pace=Pace(FAST)).events())
    found = {one.id: one for event in events if isinstance(event, list) for one in event}
    assert found["door:here-1:here-1-4"].why("lock").code is Code.DENIED
    assert found["door:here-1:here-1-3"].lock is None


def test_batches_hold_as_many_as_they_may() -> None:
    home = Home(pages=1, size=5)
    collect(home, {Door: frozenset({"height_cm"})})
    assert home.sent.count(("home:Measure", "here-1")) == 3


@pytest.mark.parametrize(
    ("call", "kinds"), [(LIST_DOORS, {"Door", "Window"}), (LIST_WINDOWS, {"Window"})], ids=["root", "under"]
)
def test_a_denied_listing_is_a_gap_for_every_kind_it_leads_to(call: Call, kinds: set[str]) -> None:
    _, _, gaps, _ = collect(Home(always={call: denied(call)}))
    assert {gap.kind for gap in gaps} == kinds
    assert {gap.permission for gap in gaps} == {call.permission}
    assert {gap.code for gap in gaps} == {Code.DENIED}


@pytest.mark.parametrize(
    ("call", "field"), [(GET_LOCK, "lock"), (MEASURE, "height_cm"), (GET_ALARM, "alarm")]
)
def test_a_denied_detail_leaves_just_its_field_unread(call: Call, field: str) -> None:
    _, resources, gaps, _ = collect(Home(always={call: denied(call)}))
    assert not gaps
    hit = [r for r in resources.values() if field in type(r).model_fields]
    assert hit
    for resource in hit:
        assert not resource.known(field)
        assert resource.unread[field].permission == call.permission
        assert resource.unread[field].call == call.name
        assert set(resource.unread) == {field}


def test_a_listing_that_breaks_on_a_later_page_keeps_its_items() -> None:
    class Breaking(Home):
        def _answer(self, call: Call, scope: Any, arguments: Any, token: Any) -> Any:
            if call is LIST_DOORS and token == 2:
                raise CallError(Code.UNAVAILABLE, "InternalError", "broken")
            return super()._answer(call, scope, arguments, token)

    _, resources, gaps, _ = collect(Breaking(pages=4), {Door: frozenset({"open"})})
    assert len(resources) == 2 * 4
    assert {(gap.scope.region, gap.kind) for gap in gaps} == {("here-1", "Door"), ("there-1", "Door")}


def test_throttling_is_tried_again_and_then_named() -> None:
    slow = CallError(Code.THROTTLED, "Throttling", "Rate exceeded", again=True)
    home = Home(failing={GET_ALARM: [slow] * 3})
    _, resources, _, _ = collect(home)
    assert resources[f"house:{ACCOUNT}"].alarm
    assert home.sent.count(("home:GetAlarm", GLOBAL)) == 4
    home = Home(always={GET_ALARM: slow})
    _, resources, _, _ = collect(home)
    assert resources[f"house:{ACCOUNT}"].unread["alarm"].code is Code.THROTTLED
    assert home.sent.count(("home:GetAlarm", GLOBAL)) == FAST.attempts


def test_an_expired_sign_in_stops_its_account_as_one_gap_a_scope() -> None:
    expired = CallError(Code.DENIED, "ExpiredToken", "expired", fatal=True)
    home = Home(always={GET_LOCK: expired}, pages=20)
    _, resources, gaps, _ = collect(home, workers=1)
    assert {gap.kind for gap in gaps} <= {"*"}
    assert len(home.sent) < 20
    assert all(not r.known("lock") for r in resources.values() if isinstance(r, Door))


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ({"Id": "x", "Panes": []}, "open"),
        ({"Id": "x", "Open": "ajar", "Panes": []}, "open"),
        ({"Id": "x", "Open": None, "Panes": []}, "open"),
        ({"Id": "x", "Open": True, "Panes": [{"Pims": 1}]}, "panes"),
        ({"Id": "x", "Open": True, "Panes": 7}, "panes"),
        ({"Id": "x", "Open": True, "Panes": [{"Pins": "many"}]}, "panes"),
    ],
)
def test_a_value_that_does_not_fit_leaves_that_one_field_unread(row: dict[str, Any], field: str) -> None:
    home = Home()
    home._answer = lambda *_: _page({"Doors": [row]})  # type: ignore[method-assign]
    _, resources, gaps, _ = collect(home, {Door: frozenset({"open", "panes"})})
    assert not gaps
    for door in resources.values():
        assert set(door.unread) == {field}
        assert door.unread[field].code is Code.MALFORMED


def _page(answer: Any) -> Any:
    from scanner.providers.spec import Page

    return Page(answer)


@pytest.mark.parametrize(
    "answer", [{"Doors": [{"Open": True}]}, {"Doors": [None]}, {"Doors": 5}, [], "x", None]
)
def test_an_answer_that_is_no_answer_is_a_gap(answer: Any) -> None:
    home = Home()
    home._answer = lambda *_: _page(answer)  # type: ignore[method-assign]
    _, resources, gaps, _ = collect(home, {Door: frozenset({"open"})})
    assert not resources
    assert {gap.code for gap in gaps} == {Code.MALFORMED}
    assert {gap.kind for gap in gaps} == {"Door"}


def test_a_scope_is_whole_once_and_after_everything_that_was_asked_in_it() -> None:
    collection = Collection([Unit(Home(pages=3), REGIONS)], plan(SOURCES, EVERYTHING), pace=Pace(FAST))
    parts = list(collection.parts())
    whole = {scope: index for index, (scope, event) in enumerate(parts) if isinstance(event, Whole)}
    assert set(whole) == {Scope(Cloud.AWS, ACCOUNT, region) for region in (GLOBAL, *REGIONS)}
    assert sum(isinstance(event, Whole) for _, event in parts) == len(whole)
    for index, (scope, event) in enumerate(parts):
        assert index < whole[scope] or isinstance(event, Whole)


def test_what_was_read_before_is_not_asked_again() -> None:
    home = Home(pages=2)
    without = frozenset({Scope(Cloud.AWS, ACCOUNT, REGIONS[0]), Scope(Cloud.AWS, ACCOUNT)})
    collection = Collection(
        [Unit(home, REGIONS)], plan(SOURCES, EVERYTHING), pace=Pace(FAST), without=without
    )
    parts = list(collection.parts())
    assert {scope.region for scope, _ in parts} == set(REGIONS[1:])
    assert {region for _, region in home.sent} == set(REGIONS[1:])


def test_stopping_ends_quickly_and_names_what_is_unfinished() -> None:
    stop = threading.Event()
    release = threading.Event()

    class Slow(Home):
        def _answer(self, call: Call, scope: Any, arguments: Any, token: Any) -> Any:
            if call is GET_LOCK:
                stop.set()
                release.wait(5)
            return super()._answer(call, scope, arguments, token)

    collection = Collection(
        [Unit(Slow(), REGIONS)], plan(SOURCES, EVERYTHING), pace=Pace(FAST), workers=4, stop=stop
    )
    events = list(collection.events())
    release.set()
    gaps = [event for event in events if isinstance(event, Gap)]
    assert any(gap.kind == "Door" and "stopped" in gap.text for gap in gaps)
    assert not all(isinstance(event, Whole) for event in events)


CODES = st.sampled_from([Code.DENIED, Code.THROTTLED, Code.UNAVAILABLE, Code.MALFORMED])


@settings(max_examples=40, deadline=None)
@given(
    st.dictionaries(st.sampled_from(CALLS), CODES, max_size=5), st.integers(1, 12), st.permutations(SOURCES)
)
def test_whatever_fails_the_run_ends_and_every_failure_is_named(
    failing: dict[Call, Code], workers: int, order: Sequence[Any]
) -> None:
    def outcome(workers: int, sources: Sequence[Any]) -> tuple[Any, Any]:
        home = Home(
            always={call: CallError(code, "Failed", call.name) for call, code in failing.items()}, pages=2
        )
        collection = Collection(
            [Unit(home, REGIONS)], plan(sources, EVERYTHING), pace=Pace(FAST), workers=workers
        )
        events = list(collection.events())
        resources = sorted(
            (r.id, r.model_dump_json()) for event in events if isinstance(event, list) for r in event
        )
        gaps = sorted({(g.scope, g.kind, g.code, g.call) for g in events if isinstance(g, Gap)})
        return resources, gaps

    resources, gaps = outcome(workers, order)
    assert (resources, gaps) == outcome(1, SOURCES)
    named = {call for _, _, _, call in gaps} | {
        call.name for call in failing for _, dumped in resources if f'"call":"{call.name}"' in dumped
    }
    hidden = {GET_LOCK, MEASURE, LIST_WINDOWS} if LIST_DOORS in failing else set()
    assert named >= {call.name for call in failing if call not in hidden}


def test_sources_that_share_a_listing_call_share_its_answer() -> None:
    class Gate(Door):
        pass

    gates = replace(SOURCES[0], kind=Gate, id="gate:{region}:{Id}", details=())
    home = Home(pages=2)
    needs: Needs = {Door: frozenset({"open"}), Gate: frozenset({"open"})}
    collection = Collection([Unit(home, REGIONS)], plan((*SOURCES, gates), needs), pace=Pace(FAST), workers=4)
    resources = [r for event in collection.events() if isinstance(event, list) for r in event]
    assert len(resources) == 2 * 2 * 4
    assert home.sent.count(("home:ListDoors", "here-1")) == 2
    home = Home(always={LIST_DOORS: denied(LIST_DOORS)})
    collection = Collection([Unit(home, REGIONS)], plan((*SOURCES, gates), needs), pace=Pace(FAST), workers=4)
    assert {event.kind for event in collection.events() if isinstance(event, Gap)} == {"Door", "Gate"}
