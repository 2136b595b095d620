"""The compliance report."""

import re
from collections import Counter

import pytest
from made_up_reports import ACME, OPEN, RUSTY, crate_without_crane, ordinary, report, text, verdict
from rich.cells import cell_len

from scanner.engine import Outcome
from scanner.frameworks import CIS_AWS_7, Control, Framework, frameworks
from scanner.report import Report
from scanner.reporters import Page, reporter


def compliance(one: Report, width: int = 80) -> str:
    return text(reporter("compliance"), one, Page(width))


def test_a_framework_of_our_own() -> None:
    assert compliance(ordinary(frameworks=(ACME,))) == (
        "Our own 1 (ACME-1)\n"
        "\n"
        "  FAILED            1  Crates are closed and sound\n"
        "                       4 failed, 2 unknown, 1 waived, 2 passed: crate-open,\n"
        "                       crate-rusty\n"
        "  UNKNOWN           2  Crates can be moved\n"
        "                       1 listing not read: crate-without-crane\n"
        "  NO RULE           3  Crates are blue\n"
        "\n"
        "ACME-1: 3 controls: 1 FAILED, 1 UNKNOWN, 1 NO RULE\n"
        "\n"
        "Checked 2 accounts in 3 regions: 7 resources by 3 rules, 512 calls, 8.2 s.\n"
        "Left out, as configured: aws:111122223333/me-south-1.\n"
        "4 findings (3 critical, 1 low), and incomplete\n"
    )


def test_every_control_has_a_line_and_the_totals_add_up() -> None:
    shown = compliance(ordinary(frameworks=(CIS_AWS_7,)), 160)
    states = re.findall(r"^  (FAILED|UNKNOWN|NO RULE|manual) +([\d.]+)  ", shown, re.MULTILINE)
    assert [number for _, number in states] == list(CIS_AWS_7.controls)
    counts = Counter(state for state, _ in states)
    said = re.findall(r"CIS-AWS-7\.0: (\d+) controls: (.*) \((\d+) partly automated\)", shown)
    assert said == [
        (
            str(len(states)),
            ", ".join(f"{counts[s]} {s}" for s in ("FAILED", "UNKNOWN", "NO RULE", "manual")),
            "2",
        )
    ]


def test_every_state_has_its_word() -> None:
    waived = verdict(RUSTY, "a")
    made = report(
        [verdict(OPEN, "a", Outcome.PASS), waived],
        rules=[OPEN, RUSTY],
        waived={waived.fingerprint: "later"},
        not_selected=(crate_without_crane,),
        frameworks=(CIS_AWS_7,),
    )
    shown = compliance(made)
    assert "  passed            3.1.1  Bucket policies refuse plain HTTP\n" in shown
    assert "  WAIVED            3.2.1  " in shown
    assert "                           1 waived: crate-rusty\n" in shown
    assert "partly automated: a person has to look at the rest\n" in shown
    assert "  not selected      3.2.2  " in shown
    assert "                           not selected in this run: crate-without-crane\n" in shown
    empty = compliance(report(frameworks=(CIS_AWS_7,)))
    assert "  nothing in scope  3.1.1  Bucket policies refuse plain HTTP\n" in empty
    assert "                           no resource: crate-open\n" in empty
    assert "passed" not in empty.replace("no control passed", "")
    assert "Nothing was checked: no control passed." in empty


@pytest.mark.parametrize("width", [40, 80, 140])
def test_no_line_is_wider_than_the_page(width: int) -> None:
    shown = compliance(ordinary(frameworks=frameworks()), width)
    assert max(map(cell_len, shown.splitlines())) <= width


def test_hostile_titles_of_users_are_harmless() -> None:
    control = Control("X", "1", "\x1b[2J" * 9, "\u202e" + "title " * 40, automated=True)
    shown = compliance(
        report([verdict(OPEN, "a")], frameworks=(Framework("X", "\x07", "1", None, {"1": control}),))
    )
    assert shown.replace("\n", "").isprintable()


def test_nothing_was_checked() -> None:
    assert compliance(report(scopes=(), frameworks=(CIS_AWS_7,))).splitlines()[-1] == "nothing was checked"
