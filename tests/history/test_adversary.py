"""Nights that are easily told wrong: waivers that end, names that move, accounts that are shut, rules that change."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from nights_made_up import LOGS, WWW, all_found, bad, good, kept, night, turns, unclear
from runs_made_up import HERE, SCOPES, THERE, gap

from scanner.history.asking import Asking, Wanted
from scanner.history.keeping import keep
from scanner.history.night import night_of_file
from scanner.history.opening import open_history
from scanner.inventory import ANY_KIND
from scanner.known import compare
from scanner.rule import Severity

if TYPE_CHECKING:
    from sqlalchemy import Engine

HOME = HERE._replace(region="global")
OTHERS = [scope for scope in SCOPES if scope.account != HERE.account]


def open_after_each(engine: "Engine", wanted: Wanted | None = None) -> list[int]:
    """How many findings were open after each run."""
    with engine.connect() as connection:
        return [sum(one.open.values()) for one in Asking(connection).trend(wanted)]


def test_a_waiver_that_runs_out_is_told(engine: "Engine") -> None:
    one = bad()
    kept(engine, 1, one, waived={one.fingerprint: "until Tuesday"})
    assert turns(kept(engine, 2, one)) == {WWW: "lapsed"}
    assert all_found(engine)[WWW].row.waived is None


def test_a_waiver_that_runs_out_while_nobody_can_look_is_told_when_somebody_does(engine: "Engine") -> None:
    one = bad()
    kept(engine, 1, one, waived={one.fingerprint: "until Tuesday"})
    assert turns(kept(engine, 2, unclear())) == {WWW: "not_checked"}
    assert turns(kept(engine, 3, one)) == {WWW: "lapsed"}


def test_another_reason_is_a_turn_so_that_evidence_says_the_one_that_held(engine: "Engine") -> None:
    one = bad()
    kept(engine, 1, one, waived={one.fingerprint: "until Tuesday"})
    assert turns(kept(engine, 2, one, waived={one.fingerprint: "for good"})) == {WWW: "changed"}
    with engine.connect() as connection:
        told = Asking(connection).turns(one.fingerprint)
    assert [turn["waived"] for turn in told] == ["until Tuesday", "for good"]


def test_worse_is_told_from_other_words(engine: "Engine") -> None:
    kept(engine, 1, bad(severity=Severity.LOW), bad(LOGS, severity=Severity.HIGH))
    third = kept(engine, 2, bad(severity=Severity.HIGH), bad(LOGS, severity=Severity.LOW))
    assert turns(third) == {WWW: "worse", LOGS: "changed"}


def test_a_bucket_made_anew_in_another_account_is_that_account_s(engine: "Engine") -> None:
    """Its name, and so its ARN, was free again; the account is not part of either."""
    kept(engine, 1, bad())
    assert turns(kept(engine, 2, bad(scope=THERE))) == {}
    assert all_found(engine)[WWW].scope == THERE
    mine = [scope for scope in SCOPES if scope not in OTHERS]
    assert turns(kept(engine, 3, scopes=mine)) == {}
    assert all_found(engine)[WWW].row.status == "open"
    assert turns(kept(engine, 4, good(scope=THERE), scopes=OTHERS)) == {WWW: "fixed"}


def test_an_account_that_cannot_be_entered_is_not_checked_and_back_the_next_night(engine: "Engine") -> None:
    """Nobody knows its regions then: the run has one scope of it, and a gap over everything."""
    kept(engine, 1, bad(), good(LOGS))
    shut = kept(engine, 2, scopes=[HOME, *OTHERS], gaps=[gap(ANY_KIND, HOME, "sts:AssumeRole")])
    assert turns(shut) == {WWW: "not_checked", LOGS: "unknown"}
    assert [one.kind for one in shut.new_gaps] == [ANY_KIND]
    found = all_found(engine)[WWW]
    assert (found.row.status, found.last_seen[:10]) == ("not_checked", "2026-11-02")
    back = kept(engine, 3, bad(), good(LOGS))
    assert turns(back) == {WWW: "checked", LOGS: "judged"}
    assert back.new_gaps == []
    assert all_found(engine)[WWW].opened[:10] == "2026-11-02"


def test_a_list_that_was_denied_stays_so_while_its_account_is_shut(engine: "Engine") -> None:
    kept(engine, 1, gaps=[gap()])
    kept(engine, 2, scopes=[HOME, *OTHERS], gaps=[gap(ANY_KIND, HOME, "sts:AssumeRole")])
    third = kept(engine, 3, gaps=[gap()])
    assert third.new_gaps == []
    assert turns(kept(engine, 4, bad())) == {WWW: "first_checked"}


def test_what_a_rule_opened_and_closed_is_in_the_trend_of_some(engine: "Engine") -> None:
    rules = {"volume-unencrypted": 1}
    kept(engine, 1, good(), bad(LOGS), rules={**rules, "bucket-public": 1})
    kept(engine, 2, bad(), bad(LOGS), rules={**rules, "bucket-public": 2})
    kept(engine, 3, bad(), bad(LOGS), rules={**rules, "bucket-public": 3})
    kept(engine, 4, good(), bad(LOGS), rules={**rules, "bucket-public": 4})
    kept(engine, 5, bad(), bad(LOGS), rules={**rules, "bucket-public": 4})
    expected = [1, 2, 2, 1, 2]
    assert open_after_each(engine) == expected
    assert open_after_each(engine, Wanted((), rule="bucket-*")) == expected


def test_a_rule_that_was_renamed_is_neither_new_nor_gone(engine: "Engine") -> None:
    """Waived under its old id, fixed under the new one, and its former id is asked for no more."""
    one = bad()
    kept(engine, 1, one, good(LOGS), waived={one.fingerprint: "the web site"})
    other: dict[str, Any] = {"rule_": "bucket-open", "identity": "bucket-public"}
    more = {"renamed": {"bucket-public": "bucket-open"}}
    rules = {"bucket-open": 1, "volume-unencrypted": 1}
    now = [bad(**other), good(LOGS, **other)]
    assert turns(kept(engine, 2, *now, rules=rules, more=more)) == {WWW: "lapsed"}
    assert turns(kept(engine, 3, good(**other), good(LOGS, **other), rules=rules, more=more)) == {
        WWW: "fixed"
    }
    with engine.connect() as connection:
        assert {one.rule for one in Asking(connection).findings(Wanted(()))} == {"bucket-open"}


@pytest.mark.parametrize(
    ("odd", "said"),
    [("half \ud800", "half \\ud800"), ("nul\0nul", "nul\\x00nul"), ("\u202etxt", "\u202etxt")],
)
def test_owners_accounts_and_maps_with_odd_names_are_kept(engine: "Engine", odd: str, said: str) -> None:
    one = bad()
    key = ("aws", HERE.account)
    more = {
        "owners": {one.fingerprint: odd},
        "locations": {one.fingerprint: f"{odd}.tf:1"},
        "accounts": {key: (odd, odd)},
        "exposure": {key: [{"endpoint": odd, odd: [odd]}]},
        "waivers": [{"reason": odd}],
    }
    assert kept(engine, 1, one, good(LOGS), more=more).stored
    assert turns(kept(engine, 2, one, good(LOGS), more=more)) == {}
    assert all_found(engine)[WWW].row.owner == said


#: Stores a night of many verdicts over and over, until it is killed.
ENDLESS = """
import sys
from dataclasses import replace
sys.path[:0] = sys.argv[2:]
from nights_made_up import bad, kept
from scanner.history.opening import open_history
engine = open_history(sys.argv[1])
print("begun", flush=True)
for number in range(2, 100):
    many = [bad(f"arn:aws:s3:::b{one}", messages=(f"{number} {one}",)) for one in range(20_000)]
    kept(engine, number, *many)
    print(number, flush=True)
"""


@pytest.mark.slow
def test_a_run_that_is_killed_leaves_the_night_before(
    engine: "Engine", where: str, opened: "Callable[[], Engine]"
) -> None:
    kept(engine, 1, bad())
    paths = [str(Path(__file__).parent), str(Path(__file__).parents[1] / "known")]
    words = [sys.executable, "-c", ENDLESS, where, *paths]
    for wait in (0.3, 1.0, 1.7):
        with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as one:
            assert one.stdout is not None
            assert one.stdout.readline() == "begun\n"
            time.sleep(wait)
            os.kill(one.pid, signal.SIGKILL)
            one.stdout.read()
        engine = opened()
        with engine.connect() as connection:
            runs = Asking(connection).runs()
        stored = len(all_found(engine))
        engine.dispose()
        assert stored == (20_001 if len(runs) > 1 else 1)
        if len(runs) > 1:
            break
    engine = opened()
    assert kept(engine, 200, bad()).stored
    engine.dispose()


@pytest.mark.slow
def test_two_runs_at_once_are_stored_one_after_the_other(engine: "Engine", where: str) -> None:
    """Of two accounts, by two processes: neither loses a row, and each compares with its own past."""
    script = """
import sys
sys.path[:0] = sys.argv[3:]
from nights_made_up import bad, good, kept
from runs_made_up import HERE, SCOPES, THERE
from scanner.history.opening import open_history
mine = HERE if sys.argv[2] == "here" else THERE
engine = open_history(sys.argv[1])
for number in range(1, 4):
    many = [(bad if number == 2 else good)(f"arn:aws:s3:::{sys.argv[2]}-{one}", scope=mine) for one in range(2_000)]
    scopes = [scope for scope in SCOPES if scope.account == mine.account]
    print(len(kept(engine, number, *many, scopes=scopes).turns))
"""
    paths = [str(Path(__file__).parent), str(Path(__file__).parents[1] / "known")]
    both = [
        subprocess.Popen(
            [sys.executable, "-c", script, where, name, *paths], stdout=subprocess.PIPE, text=True
        )
        for name in ("here", "there")
    ]
    assert [one.communicate()[0].split() for one in both] == [["0", "2000", "2000"]] * 2
    found = all_found(engine)
    assert len(found) == 4_000
    assert {one.row.status for one in found.values()} == {"fixed"}
    assert open_after_each(engine)[-1] == 0


def test_a_run_of_another_time_zone_is_stored_by_its_moment(tmp_path: Path) -> None:
    berlin, first = timezone(timedelta(hours=1)), night(1, bad()).past
    assert first.started is not None
    local = replace(first, started=first.started.astimezone(berlin))
    assert night_of_file(local).past.started == first.started
    assert night_of_file(local).run == "20261102T013000Z"
    engine = open_history(str(tmp_path / "history.db"), make=True)
    keep(engine, night_of_file(local))
    assert all_found(engine)[WWW].first_seen == "2026-11-02T01:30:00Z"
    engine.dispose()


def test_a_file_that_other_programs_read_meanwhile_is_stored(tmp_path: Path) -> None:
    path = tmp_path / "history.db"
    engine = open_history(str(path), make=True)
    kept(engine, 1, bad())
    with sqlite3.connect(path) as reader:
        assert reader.execute("SELECT count(*) FROM finding").fetchone() == (1,)
        assert kept(engine, 2, good()).stored
    engine.dispose()


def test_two_runs_compared_say_the_same_of_an_account_that_is_shut() -> None:
    before = night(1, bad(), bad(LOGS, scope=THERE)).past
    denied = gap(ANY_KIND, HOME, "sts:AssumeRole")
    shut = night(2, bad(LOGS, scope=THERE), scopes=[HOME, *OTHERS], gaps=[denied]).past
    counts = compare(before, shut).counts
    assert (counts["not_checked"], counts["out_of_scope"], counts["unchanged"]) == (1, 0, 1)
    # A run that was to look elsewhere did not try.
    elsewhere = night(2, bad(LOGS, scope=THERE), scopes=OTHERS).past
    assert compare(before, elsewhere).counts["out_of_scope"] == 1
