"""The manual of the rules."""

from enum import StrEnum
from typing import Any, Literal

import pytest
from made_up_reports import OPEN, RUSTY, crate_without_crane, in_pack

from scanner.engine import Tuned
from scanner.reporters import Page, manual
from scanner.reporters.options import range_of, toml, type_of
from scanner.rule import Option, Parameter, Severity

PAGE = """\
Crate stands where no crane can lift it

id          crate-without-crane
severity    low (as configured; the rule says medium)
file        tests/reporters/made_up_reports.py
revision    3
formerly    crane-missing, crate-alone
looks at    Crate: lid
            Crane of the same region: that it is there

Why it matters
  Sooner or later every crate has to move, and a crate that cannot be lifted is
  dragged:

      dragged crates lose their lids

  - the floor is scratched
  - the lid falls off

Options
  tonnes
      What the crane carries at least, in tonnes.
      a whole number; at least 1; at most 90; default 7; set to 12
  lids
      a list of text; default ["oak", "pine"]
  strict
      true or false; default false
  in surefoot.toml:
    [rules.crate-without-crane]
    tonnes = 12
    lids = ["oak", "pine"]
    strict = false

Passes
  - a light crate

Fails
  - a heavy crate

How to fix it
  aws
    Put the crate under a crane that carries it.

Controls
  CIS-AWS-7.0:3.2.2  RDS takes minor engine upgrades by itself (in part)

References
  https://example.com/cranes
"""


def test_the_page_of_a_rule(pytestconfig: pytest.Config, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(pytestconfig.rootpath)
    assert manual.page(Tuned(crate_without_crane, Severity.LOW, {"tonnes": 12}), Page(80)) == PAGE


def test_a_page_leaves_out_what_a_rule_does_not_have() -> None:
    shown = manual.page(Tuned(OPEN), Page(140))
    assert "Options" not in shown
    assert "References" not in shown
    assert "formerly" not in shown
    assert "severity    critical\n" in shown
    assert max(map(len, shown.splitlines())) <= 88


def test_the_list_for_programs_has_a_rule_a_line() -> None:
    rules = [Tuned(OPEN), Tuned(RUSTY, Severity.HIGH), Tuned(crate_without_crane)]
    assert manual.listing(rules, Page()) == (
        "crate-open           critical  Crate is open to everyone who passes by\n"
        "crate-rusty          high      Crate has rusty nails\n"
        "crate-without-crane  medium    Crate stands where no crane can lift it\n"
    )
    assert manual.listing([], Page()) == ""


def test_the_list_for_people_is_by_subject() -> None:
    rules = [OPEN, RUSTY, in_pack(crate_without_crane, "our own")]
    shown = manual.listing([Tuned(one) for one in rules], Page(60, piped=False))
    assert shown == (
        "our own  1 rule\n"
        "  crate-without-crane  medium    Crate stands where no crane\n"
        "                                 can lift it\n"
        "\n"
        "storage  2 rules\n"
        "  crate-open           critical  Crate is open to everyone\n"
        "                                 who passes by\n"
        "  crate-rusty          low       Crate has rusty nails\n"
        "\n"
        "3 rules in all; surefoot rules show ID\n"
    )
    assert "\x1b[" in manual.listing([Tuned(OPEN)], Page(60, colour=True, piped=False))


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


@pytest.mark.parametrize(
    ("hint", "words"),
    [
        (int, "a whole number"),
        (float, "a number"),
        (bool, "true or false"),
        (str, "text"),
        (tuple[int, ...], "a list of whole numbers"),
        (frozenset[str], "a list of text"),
        (str | None, "text"),
        (int | str, "a whole number or text"),
        (Literal["a", "b"], 'one of "a", "b"'),
        (Colour, 'one of "red", "blue"'),
        (bytes, "bytes"),
    ],
)
def test_types_in_words(hint: Any, words: str) -> None:
    assert type_of(Parameter("x", hint, None)) == words


def test_ranges_in_words() -> None:
    option = Option("x", at_least=0.5, at_most=90, choices=("a", "b"))
    assert list(range_of(Parameter("x", int, 1, option))) == ["at least 0.5", "at most 90", 'one of "a", "b"']
    assert list(range_of(Parameter("x", int, 1))) == []


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (7, "7"),
        (0.5, "0.5"),
        (True, "true"),
        ('a"b', r'"a\"b"'),
        ((1, 2), "[1, 2]"),
        ({"b", "a"}, '["a", "b"]'),
        (Colour.RED, '"red"'),
    ],
)
def test_values_as_toml_writes_them(value: Any, text: str) -> None:
    assert toml(value) == text
