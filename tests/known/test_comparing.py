"""Two runs compared: nothing is new or fixed that was not seen to be."""

from dataclasses import replace

import pytest
from runs_made_up import HERE, SCOPES, THERE, gap, past, verdict

from scanner.engine import Outcome
from scanner.known import Change, Entry, Past, compare
from scanner.rule import Severity

FAIL = verdict()
PASS = verdict(outcome=Outcome.PASS)
UNKNOWN = verdict(outcome=Outcome.UNKNOWN)
ERROR = verdict(outcome=Outcome.ERROR)
OTHER = verdict("arn:aws:s3:::other", outcome=Outcome.PASS)
ELSEWHERE = past(FAIL, scopes=[s for s in SCOPES if s != HERE])


def one(before: Past, now: Past) -> Entry:
    [entry] = compare(before, now).entries
    return entry


@pytest.mark.parametrize(
    ("before", "now", "change"),
    [
        (past(OTHER), past(OTHER, FAIL), Change.NEW),
        (past(PASS), past(FAIL), Change.NEW),
        (past(UNKNOWN), past(FAIL), Change.FIRST_CHECKED),
        (past(ERROR), past(FAIL), Change.FIRST_CHECKED),
        (past(gaps=[gap()]), past(FAIL), Change.FIRST_CHECKED),
        (past(gaps=[gap("*")]), past(FAIL), Change.FIRST_CHECKED),
        (past(gaps=[gap(scope=HERE._replace(region="global"))]), past(FAIL), Change.FIRST_CHECKED),
        (past(gaps=[gap("Volume")]), past(FAIL), Change.NEW),
        (past(gaps=[gap(scope=THERE)]), past(FAIL), Change.NEW),
        (past(gaps=[gap(scope=HERE._replace(region="us-east-1"))]), past(FAIL), Change.NEW),
        (past(scopes=[THERE]), past(FAIL), Change.FIRST_CHECKED),
        (past(only={"tags": {"a": "b"}}), past(FAIL), Change.FIRST_CHECKED),
        (past(FAIL), past(FAIL), Change.UNCHANGED),
        (past(FAIL), past(verdict(messages=["worse"])), Change.CHANGED),
        (past(FAIL), past(verdict(severity=Severity.LOW)), Change.CHANGED),
        (past(FAIL), past(FAIL, waived={FAIL.fingerprint: "why"}), Change.CHANGED),
        (past(FAIL), past(PASS), Change.FIXED),
        (past(FAIL), past(UNKNOWN), Change.NOT_CHECKED),
        (past(FAIL), past(ERROR), Change.NOT_CHECKED),
        (past(FAIL), past(), Change.GONE),
        (past(FAIL), past(gaps=[gap()]), Change.NOT_CHECKED),
        (past(FAIL), past(gaps=[gap("*", scope=HERE._replace(region="global"))]), Change.NOT_CHECKED),
        (past(FAIL), past(gaps=[gap("Volume")]), Change.GONE),
        (past(FAIL), past(gaps=[gap(scope=THERE)]), Change.GONE),
        (past(FAIL), past(scopes=[THERE]), Change.OUT_OF_SCOPE),
        (past(FAIL), past(rules={"volume-unencrypted": 1}), Change.OUT_OF_SCOPE),
        (past(FAIL), past(only={"tags": {"a": "b"}}), Change.OUT_OF_SCOPE),
        (past(FAIL), past(verdict(rule_="bucket-other", outcome=Outcome.PASS)), Change.FIXED),
        (past(FAIL), past(FAIL, rules={"bucket-public": 2}), Change.UNCHANGED),
        (past(FAIL), past(verdict(messages=["worse"]), rules={"bucket-public": 2}), Change.BY_RULE),
        (past(FAIL), past(PASS, rules={"bucket-public": 2}), Change.BY_RULE),
        (past(PASS), past(FAIL, rules={"bucket-public": 2}), Change.BY_RULE),
        (past(PASS), past(FAIL, options={"bucket-public": {"days": 9}}), Change.BY_RULE),
        (past(PASS), past(FAIL, options={"volume-unencrypted": {"days": 9}}), Change.NEW),
        (past(rules={}), past(FAIL), Change.BY_RULE),
        (past(FAIL), past(rules={"bucket-public": 2}), Change.GONE),
        (past(FAIL), past(UNKNOWN, rules={"bucket-public": 2}), Change.NOT_CHECKED),
    ],
)
def test_what_became_of_a_finding(before: Past, now: Past, change: Change) -> None:
    assert one(before, now).change is change


@pytest.mark.parametrize("before", [past(), past(PASS), past(UNKNOWN), past(ERROR)])
@pytest.mark.parametrize("now", [past(), past(PASS), past(UNKNOWN), past(ERROR), past(gaps=[gap()])])
def test_what_is_no_finding_in_either_run_is_no_entry(before: Past, now: Past) -> None:
    assert compare(before, now).entries == ()


def test_a_change_by_a_rule_says_what_it_would_be_and_why() -> None:
    entry = one(past(PASS), past(FAIL, rules={"bucket-public": 2}))
    assert (entry.seems, entry.why) == (Change.NEW, "revision 1 of the rule before, 2 now")


def test_the_gate_stops_at_what_is_new_and_at_what_got_worse() -> None:
    low = verdict(severity=Severity.LOW)
    stops = [(past(), past(FAIL)), (past(UNKNOWN), past(FAIL)), (past(low), past(FAIL))]
    passes = [
        (past(FAIL), past(low)),
        (past(FAIL), past(verdict(messages=["other"]))),
        (past(FAIL), past(FAIL)),
        (past(), past(FAIL, rules={"bucket-public": 2})),
        (past(), past(FAIL, waived={FAIL.fingerprint: "why"})),
        (past(FAIL), past()),
        (past(FAIL, waived={FAIL.fingerprint: "why"}), past(FAIL)),
    ]
    assert all(compare(*pair).gating for pair in stops)
    assert not any(compare(*pair).gating for pair in passes)


def test_unknowns_that_could_be_judged_before_are_new_and_not_findings() -> None:
    assert [seen.verdict for seen in compare(past(PASS), past(UNKNOWN)).newly_unknown] == [UNKNOWN]
    assert [seen.verdict for seen in compare(past(), past(ERROR)).newly_unknown] == [ERROR]
    assert compare(past(UNKNOWN), past(ERROR)).newly_unknown == ()
    assert compare(past(gaps=[gap()]), past(UNKNOWN)).newly_unknown == ()
    assert compare(past(rules={}), past(UNKNOWN)).newly_unknown == ()


def test_gaps_are_new_unless_the_same_or_a_wider_one_was_there() -> None:
    assert compare(past(), past(gaps=[gap()])).new_gaps == (gap(),)
    assert compare(past(gaps=[gap()]), past(gaps=[gap()])).new_gaps == ()
    assert compare(past(gaps=[gap("*")]), past(gaps=[gap()])).new_gaps == ()
    assert compare(past(gaps=[gap()]), past(gaps=[gap("*")])).new_gaps == (gap("*"),)
    assert compare(past(gaps=[gap(scope=THERE)]), past(gaps=[gap()])).new_gaps == (gap(),)
    assert compare(past(gaps=[gap()]), past()).closed_gaps == (gap(),)


def test_a_gap_in_a_kind_that_only_new_rules_need_is_by_the_rule() -> None:
    now = past(gaps=[gap("Volume")])
    before = past(rules={"bucket-public": 1})
    assert (
        compare(before, now, {"bucket-public": {"Bucket"}, "volume-unencrypted": {"Volume"}}).new_gaps == ()
    )
    assert compare(before, now, {"bucket-public": {"Volume"}, "volume-unencrypted": {"Volume"}}).new_gaps
    assert compare(before, now).new_gaps


def test_two_nights_of_which_one_was_denied_fix_nothing() -> None:
    whole = past(FAIL, verdict("arn:aws:s3:::b"), verdict("arn:aws:ec2:::v", rule_="volume-unencrypted"))
    denied = past(gaps=[gap(), gap("Volume")])
    assert {entry.change for entry in compare(whole, denied).entries} == {Change.NOT_CHECKED}
    assert {entry.change for entry in compare(denied, whole).entries} == {Change.FIRST_CHECKED}


def test_what_was_carried_forward_is_known_to_the_night_after() -> None:
    """Found, then denied twice, then looked at again: nothing closes, and nothing is new."""
    unknown = verdict(outcome=Outcome.UNKNOWN)
    first, second = past(FAIL), past(unknown)
    [carried] = compare(first, second).entries
    assert carried.change is Change.NOT_CHECKED
    assert carried.before is not None
    known = replace(second, carried={carried.before.fingerprint: carried.before})
    again = compare(known, past(unknown))
    assert [entry.change for entry in again.entries] == [Change.NOT_CHECKED]
    assert again.newly_unknown == (), "it could not be judged the night before either"
    assert [entry.change for entry in compare(known, past(FAIL)).entries] == [Change.UNCHANGED]
    assert [entry.change for entry in compare(known, past(verdict(outcome=Outcome.PASS))).entries] == [
        Change.FIXED
    ]
    assert [entry.change for entry in compare(known, past()).entries] == [Change.GONE]
    assert compare(known, past(FAIL)).gating == ()


def test_the_order_is_worst_first_within_a_group() -> None:
    low, high = verdict("arn:a", severity=Severity.LOW), verdict("arn:b")
    entries = compare(past(), past(low, high)).entries
    assert [entry.seen.verdict.resource for entry in entries] == ["arn:b", "arn:a"]
    assert compare(past(), past(high, low)).entries == entries
