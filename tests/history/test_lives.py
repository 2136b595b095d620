"""What the history says of a finding after some nights: the same on a file and on PostgreSQL."""

from typing import TYPE_CHECKING

import pytest
from nights_made_up import LOGS, WWW, all_found, bad, good, kept, night, turns, unclear
from runs_made_up import HERE, SCOPES, THERE, gap

from scanner.history.keeping import keep
from scanner.history.opening import HistoryError
from scanner.inventory import ANY_KIND

if TYPE_CHECKING:
    from sqlalchemy import Engine


def test_the_first_run_finds_what_nobody_looked_at_before(engine: "Engine") -> None:
    assert turns(kept(engine, 1, bad(), good(LOGS))) == {WWW: "first_checked"}
    found = all_found(engine)
    assert found[WWW].row.status == "open"
    assert found[LOGS].row.status == "passing"
    assert found[WWW].first_seen == found[WWW].last_seen == "2026-11-02T01:30:00Z"


def test_new_is_what_an_earlier_run_would_have_found(engine: "Engine") -> None:
    kept(engine, 1, good())
    assert turns(kept(engine, 2, bad(), bad(LOGS))) == {WWW: "new", LOGS: "new"}


def test_fixed_reopened_and_fixed_again(engine: "Engine") -> None:
    kept(engine, 1, bad())
    assert turns(kept(engine, 3, good())) == {WWW: "fixed"}
    fixed = all_found(engine)[WWW]
    assert (fixed.row.status, fixed.closed, fixed.days) == ("fixed", "2026-11-04T01:30:00Z", 2)
    assert fixed.messages == ("wrong",)
    assert turns(kept(engine, 4, bad())) == {WWW: "reopened"}
    again = all_found(engine)[WWW]
    assert (again.row.status, again.row.reopened, again.closed) == ("open", 1, "")
    assert again.first_seen == "2026-11-02T01:30:00Z"
    assert again.opened == "2026-11-05T01:30:00Z"


def test_what_stays_as_it_was_takes_no_turn_and_is_seen_all_the_same(engine: "Engine") -> None:
    kept(engine, 1, bad())
    assert turns(kept(engine, 2, bad())) == {}
    found = all_found(engine)[WWW]
    assert (found.last_seen, found.days) == ("2026-11-03T01:30:00Z", 1)


def test_an_unknown_is_neither_fixed_nor_new(engine: "Engine") -> None:
    kept(engine, 1, bad(), good(LOGS))
    assert turns(kept(engine, 2, unclear(), unclear(LOGS))) == {WWW: "not_checked", LOGS: "unknown"}
    found = all_found(engine)
    assert found[WWW].row.status == "not_checked"
    assert found[WWW].last_seen == "2026-11-02T01:30:00Z"
    assert found[WWW].messages == ("wrong",)
    assert turns(kept(engine, 3, unclear(), unclear(LOGS))) == {}
    assert turns(kept(engine, 4, bad(), good(LOGS))) == {WWW: "checked", LOGS: "judged"}
    assert all_found(engine)[WWW].opened == "2026-11-02T01:30:00Z"


def test_fixed_while_nobody_looked_is_fixed_when_somebody_looks(engine: "Engine") -> None:
    kept(engine, 1, bad())
    kept(engine, 2, unclear())
    assert turns(kept(engine, 3, good())) == {WWW: "fixed"}


def test_broken_while_nobody_looked_is_new_for_it_was_seen_to_be_right(engine: "Engine") -> None:
    kept(engine, 1, good())
    kept(engine, 2, unclear())
    assert turns(kept(engine, 3, bad())) == {WWW: "new"}


def test_a_list_that_was_not_read_hides_and_ends_nothing(engine: "Engine") -> None:
    kept(engine, 1, bad(), good(LOGS))
    second = kept(engine, 2, gaps=[gap()])
    assert turns(second) == {WWW: "not_checked", LOGS: "unknown"}
    assert [one.kind for one in second.new_gaps] == ["Bucket"]
    third = kept(engine, 3, gaps=[gap()])
    assert (turns(third), third.new_gaps) == ({}, [])
    assert turns(kept(engine, 4)) == {WWW: "gone", LOGS: "left"}
    gone = all_found(engine)[WWW]
    assert (gone.row.status, gone.closed, gone.last_seen) == (
        "gone",
        "2026-11-05T01:30:00Z",
        "2026-11-02T01:30:00Z",
    )


def test_what_was_never_listed_is_checked_for_the_first_time(engine: "Engine") -> None:
    kept(engine, 1, gaps=[gap()])
    kept(engine, 2, gaps=[gap(kind=ANY_KIND)])
    assert turns(kept(engine, 3, bad())) == {WWW: "first_checked"}


def test_a_gap_between_two_looks_makes_nothing_unseen(engine: "Engine") -> None:
    """The list was whole on the first night, and the bucket was not in it."""
    kept(engine, 1)
    kept(engine, 2, gaps=[gap()])
    assert turns(kept(engine, 3, bad())) == {WWW: "new"}


def test_gone_and_back_is_reopened(engine: "Engine") -> None:
    kept(engine, 1, bad())
    assert turns(kept(engine, 2)) == {WWW: "gone"}
    assert turns(kept(engine, 3, bad())) == {WWW: "reopened"}


def test_another_account_is_left_as_it_was(engine: "Engine") -> None:
    there = [scope for scope in SCOPES if scope.account == THERE.account]
    here = [scope for scope in SCOPES if scope.account == HERE.account]
    kept(engine, 1, bad(), bad(LOGS, scope=THERE))
    assert turns(kept(engine, 2, good(), scopes=here)) == {WWW: "fixed"}
    assert all_found(engine)[LOGS].last_seen == "2026-11-02T01:30:00Z"
    assert turns(kept(engine, 3, scopes=there)) == {LOGS: "gone"}


def test_an_account_that_is_new_is_checked_for_the_first_time(engine: "Engine") -> None:
    here = [scope for scope in SCOPES if scope.account == HERE.account]
    kept(engine, 1, good(), scopes=here)
    assert turns(kept(engine, 2, good(), bad(LOGS, scope=THERE))) == {LOGS: "first_checked"}


def test_a_rule_that_did_not_run_ends_nothing(engine: "Engine") -> None:
    kept(engine, 1, bad())
    assert turns(kept(engine, 2, rules={"volume-unencrypted": 1})) == {}
    found = all_found(engine)[WWW]
    assert (found.row.status, found.last_seen) == ("open", "2026-11-02T01:30:00Z")


def test_a_rule_that_is_new_or_revised_is_the_cause(engine: "Engine") -> None:
    kept(engine, 1, good(), rules={"volume-unencrypted": 1})
    assert turns(kept(engine, 2, bad(), rules={"volume-unencrypted": 1, "bucket-public": 1})) == {
        WWW: "by_rule"
    }
    assert turns(kept(engine, 3, good(), rules={"volume-unencrypted": 1, "bucket-public": 2})) == {
        WWW: "by_rule"
    }
    assert all_found(engine)[WWW].row.status == "by_rule"


def test_a_run_that_chose_among_resources_says_nothing_of_the_others(engine: "Engine") -> None:
    kept(engine, 1, bad(), bad(LOGS))
    assert turns(kept(engine, 2, good(), only={"tags": {"env": "prod"}})) == {WWW: "fixed"}
    assert all_found(engine)[LOGS].row.status == "open"


def test_other_words_or_a_waiver_are_a_change(engine: "Engine") -> None:
    kept(engine, 1, bad())
    assert turns(kept(engine, 2, bad(messages=("worse",)))) == {WWW: "changed"}
    waived = bad(messages=("worse",))
    third = kept(engine, 3, waived, waived={waived.fingerprint: "the web site"})
    assert turns(third) == {WWW: "changed"}
    assert all_found(engine)[WWW].row.waived == "the web site"


def test_the_same_run_is_stored_once_and_an_older_one_never(engine: "Engine") -> None:
    one = night(2, bad())
    assert keep(engine, one).stored
    assert not keep(engine, one).stored
    with pytest.raises(HistoryError, match="not later"):
        kept(engine, 1, bad(LOGS))
    assert list(all_found(engine)) == [WWW]


def test_a_rule_with_another_id_keeps_its_findings(engine: "Engine") -> None:
    kept(engine, 1, bad())
    renamed = {"bucket-public": "bucket-open"}
    other = bad(rule_="bucket-open", identity="bucket-public")
    again = kept(engine, 2, other, rules={"bucket-open": 1}, more={"renamed": renamed})
    assert turns(again) == {}
    assert all_found(engine)[WWW].rule == "bucket-open"


@pytest.mark.parametrize("name", ["<script>", "a\tb\\N\n", "nul\0nul", "half \ud800", "\u202etxt", "'; --"])
def test_every_name_is_kept(engine: "Engine", name: str) -> None:
    resource = f"arn:aws:s3:::{name}"
    kept(engine, 1, bad(resource, messages=(f"said {name}",)))
    assert turns(kept(engine, 2, bad(resource, messages=(f"said {name}",)))) == {}
    [(stored, found)] = all_found(engine).items()
    expected = resource.replace("\0", "\\x00").encode("utf-8", "backslashreplace").decode()
    assert stored == expected
    assert found.messages[0].startswith("said ")
