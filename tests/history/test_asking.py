"""What is asked of a history: lists, one finding, the trend, the runs; and what it forgets."""

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from nights_made_up import FIRST, LOGS, WWW, all_found, bad, good, kept, unclear
from runs_made_up import THERE, gap

from scanner.history.asking import Asking, Wanted, middle
from scanner.history.opening import HistoryError
from scanner.history.retention import forget
from scanner.rule import Severity

if TYPE_CHECKING:
    from sqlalchemy import Engine


@pytest.fixture
def week(engine: "Engine") -> "Engine":
    """A finding that comes and goes, one that is hidden at the end, one in another account."""
    low = bad("arn:aws:s3:::low", severity=Severity.LOW, scope=THERE)
    kept(engine, 1, bad(), good(LOGS), low)
    kept(engine, 2, good(), bad(LOGS), low)
    kept(engine, 3, bad(), bad(LOGS), low)
    kept(engine, 4, good(), unclear(LOGS), low, gaps=[gap("Volume", THERE)])
    return engine


def test_the_list_is_of_what_is_open_the_worst_first(week: "Engine") -> None:
    with week.connect() as connection:
        found = list(Asking(connection).findings(Wanted()))
    assert [one.row.resource for one in found] == [LOGS, "arn:aws:s3:::low"]
    assert [one.row.status for one in found] == ["not_checked", "open"]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (Wanted(severity=Severity.HIGH), {LOGS}),
        (Wanted(account="4444*"), {"arn:aws:s3:::low"}),
        (Wanted(account="aws:444455556666"), {"arn:aws:s3:::low"}),
        (Wanted(rule="volume-*"), set()),
        (Wanted(resource="*:::lo*", statuses=()), {LOGS, "arn:aws:s3:::low"}),
        (Wanted(statuses=("fixed",)), {WWW}),
        (Wanted(owner="web"), set()),
        (Wanted(owner=""), {LOGS, "arn:aws:s3:::low"}),
    ],
)
def test_the_list_is_narrowed(week: "Engine", wanted: Wanted, expected: set[str]) -> None:
    with week.connect() as connection:
        assert {one.row.resource for one in Asking(connection).findings(wanted)} == expected


def test_one_finding_is_shown_with_all_its_turns(week: "Engine") -> None:
    with week.connect() as connection:
        asking = Asking(connection)
        row = asking.one(bad().fingerprint[:8])
        assert [turn["step"] for turn in asking.turns(row.fingerprint)] == [
            *("first_checked", "fixed", "reopened", "fixed")
        ]
        with pytest.raises(HistoryError, match="no finding"):
            asking.one("0000")
        with pytest.raises(HistoryError, match="more than one"):
            asking.one("")


def test_the_trend_counts_what_was_open_after_each_run(week: "Engine") -> None:
    with week.connect() as connection:
        nights = Asking(connection).trend()
        assert [night.open for night in nights] == [
            {"high": 1, "low": 1},
            {"high": 1, "low": 1},
            {"high": 2, "low": 1},
            {"high": 1, "low": 1},
        ]
        assert [night.not_checked for night in nights] == [0, 0, 0, 1]
        assert nights[2].changes == {"reopened": 1}
        assert middle(Asking(connection).days_to_fix()) == 1


def test_the_trend_of_some_is_walked_back_from_today(week: "Engine") -> None:
    with week.connect() as connection:
        nights = Asking(connection).trend(Wanted(statuses=(), severity=Severity.HIGH))
        assert [sum(night.open.values()) for night in nights] == [1, 1, 2, 1]
        assert middle(Asking(connection).days_to_fix(Wanted(statuses=(), rule="volume-*"))) is None


def test_what_could_not_be_listed_is_told_with_its_first_day(week: "Engine") -> None:
    with week.connect() as connection:
        [one] = Asking(connection).open_gaps()
    assert (one["account"], one["kind"], one["since"]) == (THERE.account, "Volume", "2026-11-05T01:30:00Z")


def test_old_turns_are_forgotten_and_lives_are_not(week: "Engine") -> None:
    assert forget(week, FIRST + timedelta(days=10), 30) == 0
    assert forget(week, FIRST + timedelta(days=33), 31) > 0
    found = all_found(week)
    assert found[LOGS].row.status == "not_checked"
    assert found[LOGS].first_seen == "2026-11-03T01:30:00Z"
    assert found[WWW].row.status == "fixed"
    with week.connect() as connection:
        turns = Asking(connection).turns(bad().fingerprint)
    # How it stood on the first day that is kept is known by the last turn before it.
    assert [turn["step"] for turn in turns] == ["fixed", "reopened", "fixed"]


def test_what_is_gone_for_long_is_forgotten(engine: "Engine") -> None:
    kept(engine, 1, bad(), bad(LOGS))
    kept(engine, 2, bad(LOGS))
    kept(engine, 40, bad(LOGS))
    forget(engine, FIRST + timedelta(days=40), 30)
    assert set(all_found(engine)) == {LOGS}
