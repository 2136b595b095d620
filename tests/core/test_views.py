"""What is worked out across many kinds: a rule asks for it by its class, and it is given all that was read."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import ClassVar

import pytest
from kinds import Door, Window

from scanner.engine import Outcome, Tuned, World, judge
from scanner.inventory import Gap
from scanner.judging import Judging, Only
from scanner.models.resource import EXAMPLE, Code, Resource, Scope, UnreadError
from scanner.rule import Problems, Severity, read_signature, rule

WHEN = datetime(2026, 1, 1, tzinfo=UTC)
ELSEWHERE = Scope(EXAMPLE.cloud, "another-account", EXAMPLE.region)


class Draughts:
    """Counts what is open, wherever it is."""

    reads: ClassVar[Mapping[type[Resource], frozenset[str]]] = {
        Door: frozenset({"open"}),
        Window: frozenset({"barred"}),
    }

    def __init__(self, missing: Callable[[str, Scope], UnreadError | None]) -> None:
        self.missing = missing
        self.open: list[str] = []

    def add(self, resource: Resource, /) -> None:
        if isinstance(resource, Window) and not resource.barred:
            self.open.append(resource.id)

    def seen_from(self, scope: Scope) -> list[str]:
        error = self.missing("Window", scope)
        if error:
            raise error
        return sorted(self.open)


@rule("door-in-a-draught", severity=Severity.LOW, passes={}, fails={"it": Door(open=True)}, fix={})
def draughty(door: Door, draughts: Draughts) -> Problems:
    """Door stands in a draught.

    A reason that is long enough to be one.
    """
    others = [id_ for id_ in draughts.seen_from(door.scope) if id_ != door.id]
    if door.open and others:
        yield f"open, and so is {others[0]}"


def test_needs_what_the_view_reads() -> None:
    assert draughty.needs == {Door: frozenset({"open"}), Window: frozenset({"barred"})}
    assert draughty.signature.kinds == {Door, Window}


def test_sees_every_account() -> None:
    world = World([Tuned(draughty)])
    for resource in (Door(id="d", open=True), Window(id="w", scope=ELSEWHERE, barred=False)):
        world.hold(resource)
    verdict = judge(Tuned(draughty), Door(id="d", open=True), world, WHEN)
    assert verdict is not None
    assert verdict.messages == ("open, and so is w",)


def test_a_gap_counts_for_whoever_asks() -> None:
    world = World([Tuned(draughty)])
    world.hold_gap(Gap(ELSEWHERE, "Window", Code.DENIED, "house:ListWindows"))
    here = judge(Tuned(draughty), Door(id="d", open=True), world, WHEN)
    there = judge(Tuned(draughty), Door(id="e", scope=ELSEWHERE, open=True), world, WHEN)
    assert (here and here.outcome, there and there.outcome) == (Outcome.PASS, Outcome.UNKNOWN)


def test_what_it_looks_at_is_there_before_anything_is_judged() -> None:
    judging = Judging([Tuned(draughty)], WHEN, Only())
    assert judging.world.kinds == {"Door", "Window"}
    judging.judge_all([Door(id="d", open=True), Window(id="w", barred=False)])
    assert [verdict.outcome for verdict in judging.verdicts] == [Outcome.FAIL]


def test_what_is_no_view_is_refused() -> None:
    def check(door: Door, draughts: str) -> Problems:
        yield f"{door}{draughts}"

    with pytest.raises(TypeError, match="`draughts` must be"):
        read_signature(check)
