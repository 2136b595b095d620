"""A rule on several kinds: each is judged, read and named as the one kind of other rules is."""

from datetime import UTC, datetime

import pytest
from kinds import Door, House, Window

from scanner.engine import Outcome, Tuned, World, judge
from scanner.judging import Judging, Only
from scanner.models.resource import Resource
from scanner.reporters.handbook import rules_page
from scanner.rule import Problems, Severity, read_signature, rule
from scanner.run import needs_of

WHEN = datetime(2026, 1, 1, tzinfo=UTC)


@rule(
    "opening-open",
    severity=Severity.LOW,
    passes={"a barred window": Window(barred=True)},
    fails={"an open door": Door(open=True)},
    fix={},
)
def opening_open(opening: Door | Window) -> Problems:
    """Opening is open.

    A reason that is long enough to be one.
    """
    if isinstance(opening, Door) and opening.open:
        yield "open"
    if isinstance(opening, Window) and not opening.barred:
        yield "not barred"


def test_each_kind_is_needed_with_its_own_fields() -> None:
    assert opening_open.subjects == (Door, Window)
    assert opening_open.subject is Resource
    assert opening_open.needs == {Door: frozenset({"open"}), Window: frozenset({"barred"})}
    tagged = needs_of([Tuned(opening_open)], Only(), tags=True)
    assert tagged == {Door: frozenset({"open", "tags"}), Window: frozenset({"barred", "tags"})}


def test_each_kind_is_judged_and_no_other() -> None:
    judging = Judging([Tuned(opening_open)], WHEN, Only())
    for resource in (Door(id="d", open=True), Window(id="w", barred=True), House(id="h", alarm=True)):
        judging.judge(resource)
    assert {(one.kind, one.resource, one.outcome) for one in judging.taken()} == {
        ("Door", "d", Outcome.FAIL),
        ("Window", "w", Outcome.PASS),
    }


def test_an_unread_fact_is_unknown_on_each_kind() -> None:
    tuned = Tuned(opening_open)
    for resource in (Door(), Window()):
        verdict = judge(tuned, resource, World([tuned]), WHEN)
        assert verdict is not None
        assert verdict.outcome is Outcome.UNKNOWN


def test_the_manual_names_each_kind() -> None:
    assert "Looks at [Door](kinds.md), [Window](kinds.md)." in rules_page([opening_open], {})


def test_what_is_no_kind_among_them_is_refused() -> None:
    def check(opening: Door | str) -> Problems:  # noqa: ARG001 - its type is all that counts
        yield ""

    with pytest.raises(TypeError, match="must be typed as a kind, or as several"):
        read_signature(check)
