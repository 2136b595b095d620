"""What a run adds up to: counts, exit codes, and the state of every control."""

import pytest
from made_up_reports import (
    ACME,
    BELGIUM,
    IRELAND,
    OPEN,
    RUSTY,
    VIRGINIA,
    crate_without_crane,
    ordinary,
    report,
    verdict,
)

from scanner.engine import Outcome
from scanner.frameworks import CIS_AWS_7, CIS_GCP_5, Framework, frameworks
from scanner.inventory import Gap
from scanner.models.resource import Code, Scope
from scanner.report import Report, exit_code
from scanner.report.controls import ControlResult, ControlState, compliance
from scanner.rule import Severity


def result(one: Report, number: str, framework: Framework = CIS_AWS_7) -> ControlResult:
    [found] = [found for found in compliance(one)[framework] if found.control.number == number]
    return found


def state(one: Report, number: str, framework: Framework = CIS_AWS_7) -> ControlState:
    return result(one, number, framework).state


def test_counts_tell_waived_findings_apart() -> None:
    assert ordinary().counts == {
        "fail": 5, "error": 1, "unknown": 1, "pass": 2, "waived": 1, "gaps": 1, "resources": 7,
    }  # fmt: skip
    assert [finding.name for finding in ordinary().findings] == [
        "front-door",
        "front-door",
        "loading-ramp",
        "shed",
    ]


def test_only_failures_are_waived() -> None:
    """An accepted finding that could not be looked at tonight is unknown, not accepted."""
    one = verdict(OPEN, "attic", Outcome.UNKNOWN)
    made = report([one], waived={one.fingerprint: "later"})
    assert made.accepted(one) is None
    assert made.incomplete


LOW_FINDING = verdict(RUSTY, "a")
GAP = Gap(IRELAND, "Crate", Code.DENIED)


@pytest.mark.parametrize(
    ("one", "fail_on", "allowed", "code"),
    [
        (report([verdict(OPEN, "a", Outcome.PASS)]), Severity.LOW, {}, 0),
        (report([LOW_FINDING]), Severity.LOW, {}, 1),
        (report([LOW_FINDING]), Severity.MEDIUM, {}, 0),
        (report([verdict(OPEN, "a")]), Severity.MEDIUM, {}, 1),
        (report([LOW_FINDING]), None, {}, 0),
        (report([LOW_FINDING], waived={LOW_FINDING.fingerprint: "ok"}), Severity.LOW, {}, 0),
        (report([LOW_FINDING], [GAP]), Severity.LOW, {}, 1),
        (report([LOW_FINDING], [GAP]), None, {}, 3),
        (report([verdict(OPEN, "a", Outcome.PASS)], [GAP]), Severity.LOW, {}, 3),
        (report([verdict(OPEN, "a", Outcome.PASS)], [GAP]), Severity.LOW, {"allow_gaps": True}, 0),
        (report([verdict(OPEN, "a", Outcome.UNKNOWN)]), Severity.LOW, {}, 3),
        (report([verdict(OPEN, "a", Outcome.ERROR)]), Severity.LOW, {}, 3),
        (report([verdict(OPEN, "a", Outcome.PASS)], complete=False), Severity.LOW, {}, 3),
        (report(), Severity.LOW, {}, 3),
        (report(), None, {"allow_gaps": True}, 3),
        (report(), Severity.LOW, {"allow_empty": True}, 0),
    ],
)
def test_exit_codes(one: Report, fail_on: Severity | None, allowed: dict[str, bool], code: int) -> None:
    flags = {"allow_gaps": False, "allow_empty": False} | allowed
    assert exit_code(one, fail_on, allow_gaps=flags["allow_gaps"], allow_empty=flags["allow_empty"]) == code


PASSED = verdict(OPEN, "cellar", Outcome.PASS)
FAILED = verdict(OPEN, "door")


@pytest.mark.parametrize(
    ("verdicts", "gaps", "more", "expected"),
    [
        ([PASSED], [], {}, "passed"),
        ([PASSED, FAILED], [GAP], {}, "failed"),
        ([PASSED, verdict(OPEN, "attic", Outcome.UNKNOWN)], [], {}, "unknown"),
        ([PASSED, verdict(OPEN, "attic", Outcome.ERROR)], [], {}, "unknown"),
        ([], [], {}, "nothing in scope"),
        ([verdict(RUSTY, "cellar", Outcome.PASS)], [], {}, "nothing in scope"),
        # A listing that its rule needs was not read: what it would have said is unknown.
        ([PASSED], [GAP], {}, "unknown"),
        ([], [GAP], {}, "unknown"),
        ([PASSED], [Gap(IRELAND, "*", Code.DENIED)], {}, "unknown"),
        ([PASSED], [Gap(IRELAND, "Crane", Code.DENIED)], {}, "passed"),
        ([PASSED], [Gap(BELGIUM, "Crate", Code.DENIED)], {}, "passed"),
        # A pass that leans on a waiver says so.
        ([PASSED, FAILED], [], {"waived": {FAILED.fingerprint: "later"}}, "waived"),
        # A run that was cut short did not see everything.
        ([PASSED], [], {"complete": False}, "unknown"),
        ([], [], {"complete": False}, "unknown"),
        ([verdict(OPEN, "shed", scope=BELGIUM), PASSED], [], {}, "passed"),
    ],
)
def test_the_state_of_a_control(verdicts: list, gaps: list, more: dict, expected: str) -> None:  # type: ignore[type-arg]
    made = report(verdicts, gaps, frameworks=(CIS_AWS_7,), **more)
    assert state(made, "3.1.1") == expected


def test_a_gap_over_a_kind_that_a_rule_looks_across_hides_its_controls() -> None:
    made = report([verdict(crate_without_crane, "a", Outcome.PASS)], [Gap(VIRGINIA, "Crane", Code.THROTTLED)])
    one = result(Report(**{**made.__dict__, "frameworks": (ACME,)}), "2", ACME)
    assert (one.state, one.passed, one.unknown, one.gaps) == ("unknown", 1, 0, 1)


def test_no_control_is_left_out() -> None:
    made = ordinary(frameworks=frameworks())
    for framework, results in compliance(made).items():
        assert [one.control for one in results] == list(framework.controls.values())
    assert state(made, "2.4") == "no rule"
    assert state(made, "2.1.1") == "manual"


def test_frameworks_of_clouds_that_were_not_looked_at_are_left_out() -> None:
    assert list(compliance(report([PASSED], frameworks=(CIS_AWS_7, CIS_GCP_5, ACME)))) == [CIS_AWS_7, ACME]
    assert compliance(report(scopes=(), frameworks=(CIS_AWS_7,))) == {}
    asked = report(scopes=(Scope(BELGIUM.cloud, "empty"),), frameworks=(CIS_AWS_7, CIS_GCP_5))
    assert list(compliance(asked)) == [CIS_GCP_5]


def test_partly_automated_says_so() -> None:
    made = ordinary()
    assert result(made, "3.2.1").partly
    assert not result(made, "3.1.1").partly
    assert not result(made, "1", ACME).partly


def test_rules_that_were_not_selected_leave_their_controls_open() -> None:
    made = report(
        [PASSED], rules=[OPEN], frameworks=(CIS_AWS_7, ACME), not_selected=(RUSTY, crate_without_crane)
    )
    assert (state(made, "3.2.1"), state(made, "2", ACME)) == ("not selected", "not selected")
    both = result(made, "1", ACME)
    assert (both.state, both.rules, both.skipped, both.partly) == (
        "passed",
        ("crate-open",),
        ("crate-rusty",),
        True,
    )


def test_a_control_of_every_cloud_counts_the_verdicts_of_every_cloud() -> None:
    one = result(ordinary(), "1", ACME)
    assert (one.failed, one.passed, one.waived, one.unknown) == (4, 2, 1, 2)
    assert result(ordinary(), "6.8", CIS_GCP_5).failed == 1
    assert result(ordinary(), "3.1.1").failed == 2


def test_a_user_framework_may_name_a_rule_by_an_old_id() -> None:
    made = report([verdict(crate_without_crane, "a")], frameworks=(ACME,))
    assert state(made, "2", ACME) == "failed"


def test_verdicts_count_for_their_own_cloud_and_for_users_frameworks() -> None:
    made = ordinary()
    ids = {(one.name, one.scope): made.control_ids[one.rule, one.scope.cloud] for one in made.verdicts}
    assert ids["loading-ramp", VIRGINIA] == ("CIS-AWS-7.0:3.1.1", "ACME-1:1")
    assert ids["shed", BELGIUM] == ("CIS-GCP-5.0:6.8", "ACME-1:1")
