"""Outcomes, severities, identity; and that no order of anything changes an outcome."""

from collections.abc import Sequence
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kinds import Door, House, Lock, Window

from scanner.engine import Outcome, Tuned, Verdict, World, judge
from scanner.inventory import Gap
from scanner.judging import Judging, Only
from scanner.models.resource import Cloud, Code, Resource, Scope, UnreadError, Why
from scanner.rule import (
    NOW,
    InAccount,
    InRegion,
    Problem,
    Problems,
    Rule,
    Severity,
    all_of,
    any_of,
    each,
    rule,
    unknown_value,
)

DENIED = Why(code=Code.DENIED, permission="home:GetLock")


@rule(
    "door-open",
    severity=Severity.HIGH,
    passes={"shut": Door(open=False)},
    fails={"open": Door(open=True)},
    fix={},
)
def door_open(door: Door) -> Problems:
    """Door is open."""
    if door.open:
        yield "it is open"


@rule(
    "pane-weak",
    severity=Severity.MEDIUM,
    passes={"strong": Door(panes=(Lock(pins=9),))},
    fails={"weak": Door(panes=(Lock(pins=1),))},
    fix={},
)
def pane_weak(door: Door) -> Problems:
    """A pane is weak."""
    yield from each(door.panes, _weak)


def _weak(pane: Lock) -> Problems:
    if pane.pins < 3:
        yield Problem(f"{pane.pins} pins", Severity.LOW if pane.pins == 2 else None)


@rule(
    "house-without-bars",
    severity=Severity.HIGH,
    passes={},
    fails={},
    fix={},
    formerly=("house-open",),
)
def house_without_bars(house: House, windows: InAccount[Window]) -> Problems:
    """No window is barred."""
    if house.alarm:
        return
    if not any(window.barred for window in windows):
        yield "no window is barred"


def verdict(tested: Rule, resource: Resource, world: World | None = None) -> tuple[str, str] | None:
    found = judge(Tuned(tested), resource, world or World([Tuned(tested)]), NOW)
    return found and (found.outcome.value, found.severity.value)


def test_pass_fail_unknown() -> None:
    assert verdict(door_open, Door(open=False)) == ("pass", "high")
    assert verdict(door_open, Door(open=True)) == ("fail", "high")
    assert verdict(door_open, Door(unread={"open": DENIED})) == ("unknown", "high")
    assert verdict(door_open, Door()) == ("unknown", "high")


@pytest.mark.parametrize("code", [Code.LACKING, Code.NOT_APPLICABLE])
def test_what_a_cloud_or_an_item_does_not_have_gives_no_verdict(code: Code) -> None:
    assert verdict(door_open, Door(unread={"open": Why(code=code)})) is None


def test_problems_already_found_stand() -> None:
    doors = Door(panes=(Lock(pins=1), Lock()))
    found = judge(Tuned(pane_weak), doors, World([]), NOW)
    assert found is not None
    assert found.outcome is Outcome.FAIL
    assert found.messages == ("1 pins",)
    assert found.unread[0].field == "Lock.pins"


@given(st.permutations([Lock(pins=1), Lock(pins=9), Lock()]))
def test_the_order_of_items_changes_nothing(panes: Sequence[Lock]) -> None:
    assert verdict(pane_weak, Door(panes=tuple(panes))) == ("fail", "medium")


@given(st.permutations([Lock(pins=9), Lock(), Lock(pins=8)]))
def test_an_unread_item_among_good_ones_is_unknown(panes: Sequence[Lock]) -> None:
    assert verdict(pane_weak, Door(panes=tuple(panes))) == ("unknown", "medium")


def test_a_problem_may_lower_the_severity_and_never_raise_it() -> None:
    assert verdict(pane_weak, Door(panes=(Lock(pins=2),))) == ("fail", "low")
    assert verdict(pane_weak, Door(panes=(Lock(pins=2), Lock(pins=1)))) == ("fail", "medium")


def test_a_users_severity_moves_the_ceiling() -> None:
    def severity(pins: int, allowed: Severity) -> str:
        found = judge(Tuned(pane_weak, allowed), Door(panes=(Lock(pins=pins),)), World([]), NOW)
        assert found is not None
        return found.severity.value

    assert severity(1, Severity.CRITICAL) == "critical"
    assert severity(2, Severity.CRITICAL) == "low"
    assert severity(2, Severity.INFO) == "info"


def test_a_broken_rule_is_an_error_and_loud() -> None:
    @rule("broken", severity=Severity.LOW, passes={}, fails={}, fix={})
    def broken(door: Door) -> Problems:
        """Broken."""
        yield str(1 / door.height_cm)

    found = judge(Tuned(broken), Door(height_cm=0), World([]), NOW)
    assert found is not None
    assert found.outcome is Outcome.ERROR
    assert "ZeroDivisionError" in found.messages[0]


def test_applies_false_is_no_verdict_and_applies_unread_is_unknown() -> None:
    @rule(
        "tall", severity=Severity.LOW, passes={}, fails={}, fix={}, applies=lambda door: door.height_cm > 100
    )
    def tall(door: Door) -> Problems:
        """Tall doors are shut."""
        if door.open:
            yield "it is open"

    assert verdict(tall, Door(height_cm=50, open=True)) is None
    assert verdict(tall, Door(height_cm=150, open=True)) == ("fail", "low")
    assert verdict(tall, Door(open=True)) == ("unknown", "low")


def test_an_unknown_value_is_never_a_pass() -> None:
    @rule("maker", severity=Severity.LOW, passes={}, fails={}, fix={})
    def maker(lock: Door) -> Problems:
        """Maker."""
        yield from ()
        raise unknown_value(lock, "open", "ajar")

    assert verdict(maker, Door()) == ("unknown", "low")


class TestAcross:
    here, there = Scope(Cloud.AWS, "a", "here-1"), Scope(Cloud.AWS, "a", "there-1")
    house = House(id="h", alarm=False, scope=Scope(Cloud.AWS, "a"))

    def world(self, *windows: Window) -> World:
        world = World([Tuned(house_without_bars)])
        for window in windows:
            world.hold(window)
        return world

    def test_in_account_sees_every_region_of_its_own_account(self) -> None:
        barred = Window(id="w", barred=True, scope=self.there)
        assert verdict(house_without_bars, self.house, self.world(barred)) == ("pass", "high")
        elsewhere = Window(id="w", barred=True, scope=Scope(Cloud.AWS, "b", "there-1"))
        assert verdict(house_without_bars, self.house, self.world(elsewhere)) == ("fail", "high")

    @pytest.mark.parametrize("kind", ["Window", "*"])
    def test_a_gap_in_the_listing_makes_absence_unknown(self, kind: str) -> None:
        world = self.world()
        world.hold_gap(Gap(self.there, kind, Code.DENIED, "home:ListWindows"))
        assert verdict(house_without_bars, self.house, world) == ("unknown", "high")

    def test_a_gap_does_not_hide_what_was_found(self) -> None:
        world = self.world(Window(id="w", barred=True, scope=self.here))
        world.hold_gap(Gap(self.there, "Window", Code.DENIED))
        assert verdict(house_without_bars, self.house, world) == ("pass", "high")

    def test_in_region_sees_its_own_region(self) -> None:
        @rule("door-near", severity=Severity.LOW, passes={}, fails={}, fix={})
        def door_near(door: Door, windows: InRegion[Window], now: datetime) -> Problems:
            """Doors near."""
            assert door.id
            assert now == NOW
            yield from (window.id for window in windows)

        world = World([Tuned(door_near)])
        for scope in (self.here, self.there):
            world.hold(Window(id=scope.region, scope=scope))
        world.hold_gap(Gap(self.there, "Window", Code.DENIED))
        found = judge(Tuned(door_near), Door(scope=self.here), world, NOW)
        assert found is not None
        assert found.messages == ("here-1",)
        assert not found.unread

    def test_get_finds_by_id_and_is_unread_when_the_listing_is_not_whole(self) -> None:
        world = self.world(Window(id="w", barred=True, scope=self.here))
        across = house_without_bars.signature.across[0]
        assert world.others(across, self.here).get("w") == Window(id="w")
        assert world.others(across, self.here).get("v") is None
        world.hold_gap(Gap(self.there, "Window", Code.THROTTLED))
        with pytest.raises(UnreadError):
            world.others(across, self.here).get("v")

    def test_where_finds_by_a_field_and_is_unread_when_there_may_be_more(self) -> None:
        barred, open_ = Window(id="w", barred=True), Window(id="v", barred=False)
        assert list(InRegion([barred, open_]).where("barred", value=True)) == [barred]
        lacking = Window(id="u", unread={"barred": Why(code=Code.LACKING)})
        assert list(InRegion([barred, lacking]).where("barred", value=False)) == []
        unread = Window(id="t", unread={"barred": DENIED})
        for incomplete in (
            InRegion([unread, barred, open_]),
            InRegion([barred, open_], UnreadError("windows", DENIED)),
        ):
            found = incomplete.where("barred", value=True)
            assert next(found) is barred
            with pytest.raises(UnreadError):
                next(found)


def test_the_fingerprint_is_who_and_what_and_keeps_the_oldest_name() -> None:
    def fingerprint(id_: str, name: str, scope: Scope, tested: Rule) -> str:
        found = judge(Tuned(tested), House(id=id_, name=name, alarm=True, scope=scope), World([]), NOW)
        assert found is not None
        return found.fingerprint

    aws, azure = Scope(Cloud.AWS, "a"), Scope(Cloud.AZURE, "a")
    first = fingerprint("H", "name", aws, house_without_bars)
    assert fingerprint("H", "other", Scope(Cloud.AWS, "b", "c"), house_without_bars) == first
    assert fingerprint("h", "name", aws, house_without_bars) != first
    assert fingerprint("H", "", azure, house_without_bars) == fingerprint("h", "", azure, house_without_bars)
    assert house_without_bars.identity == "house-open"


def truth(value: bool | None) -> bool:  # noqa: FBT001
    if value is None:
        raise UnreadError("x", DENIED)
    return value


@given(st.lists(st.sampled_from([True, False, None]), min_size=1, max_size=4))
def test_any_of_and_all_of_follow_kleene(values: list[bool | None]) -> None:
    facts = [lambda value=value: truth(value) for value in values]
    for combine, strong in ((any_of, True), (all_of, False)):
        if strong in values:
            assert combine(*facts) is strong
        elif None in values:
            with pytest.raises(UnreadError):
                combine(*facts)
        else:
            assert combine(*facts) is not strong


RESOURCES = [
    House(id="h", alarm=False, scope=Scope(Cloud.AWS, "a")),
    Window(id="w1", barred=False, scope=TestAcross.here),
    Window(id="w2", unread={"barred": DENIED}, scope=TestAcross.there),
    Door(id="d1", open=True, scope=TestAcross.here),
    Door(id="d2", panes=(Lock(pins=1),), scope=TestAcross.there, tags={"env": "prod"}),
]


@given(st.permutations(RESOURCES))
def test_the_order_in_which_resources_arrive_changes_nothing(order: list[Resource]) -> None:
    rules = [Tuned(door_open), Tuned(pane_weak), Tuned(house_without_bars)]

    def verdicts(resources: Sequence[Resource]) -> list[Verdict]:
        judging = Judging(rules, NOW, Only())
        judging.judge_all(resources)
        return sorted(judging.verdicts, key=lambda verdict: verdict.order)

    assert verdicts(order) == verdicts(RESOURCES)


def test_only_keeps_what_is_tagged_and_does_not_guess_when_tags_are_unread() -> None:
    judging = Judging([Tuned(door_open)], NOW, Only({"env": "prod"}))
    judging.judge_all(
        [
            Door(id="1", open=True, tags={"env": "prod"}),
            Door(id="2", open=True, tags={"env": "dev"}),
            Door(id="3", open=True, unread={"tags": Why(code=Code.DENIED, permission="tag:Get")}),
            Door(id="4", open=True, unread={"tags": Why(code=Code.LACKING)}),
        ]
    )
    assert [(one.resource, one.outcome.value) for one in judging.verdicts] == [
        ("1", "fail"),
        ("3", "unknown"),
    ]
