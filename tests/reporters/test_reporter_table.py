"""The report on a screen."""

import re

import pytest
from made_up_reports import (
    BELGIUM,
    HOLLAND,
    IRELAND,
    OPEN,
    RUSTY,
    VIRGINIA,
    crate_without_crane,
    denied,
    made_up,
    ordinary,
    report,
    text,
    verdict,
)  # fmt: skip
from rich.cells import cell_len

from scanner.engine import Outcome
from scanner.inventory import Gap
from scanner.models.resource import Cloud, Code, Scope
from scanner.report import Report
from scanner.reporters import Page, reporter
from scanner.rule import Severity


def table(one: Report, width: int = 80, *, colour: bool = False) -> str:
    return text(reporter("table"), one, Page(width, colour=colour))


ORDINARY = """\
CRITICAL  Crate is open to everyone who passes by                     3 findings
          crate-open

  front-door    aws:111122223333/eu-west-1  its lid is off
                                            the key is in the lock, and
                                              203.0.113.0/24 can turn it
  loading-ramp  aws:111122223333/us-east-1  its lid is off
  shed          gcp:acme-prod/europe-west1  its lid is off

  fix on aws
    aws crates lock --name NAME
  fix on gcp
    gcloud crates lock NAME

LOW       Crate has rusty nails                                        1 finding
          crate-rusty

  front-door  aws:111122223333/eu-west-1  its lid is off

  fix on aws
    aws crates lock --name NAME

BROKEN RULES: 1 verdict missing

  crate-rusty, on 1 resource
      the rule is broken: KeyError: 'nails'

UNKNOWN: 1 verdict could not be reached

  permission crates:GetLock is missing
      leaves 1 verdict unknown: crate-open
      GetLock: User: arn:aws:iam::111122223333:role/audit is not authorized

NOT READ: 1 gap

  permission cranes:DescribeCranes is missing
      in aws:111122223333/us-east-1
      hides Crane from 1 rule: crate-without-crane
      DescribeCranes: AccessDenied: no

Checked 2 accounts in 3 regions: 7 resources by 3 rules, 512 calls, 8.2 s.
Left out, as configured: aws:111122223333/me-south-1.
Verdicts: 5 failed (1 of them waived), 2 passed, 1 unknown, 1 broken.
4 findings (3 critical, 1 low), and incomplete
"""


def test_an_ordinary_night() -> None:
    assert table(ordinary()) == ORDINARY


def test_colours_change_nothing_but_colours() -> None:
    shown = table(ordinary(), colour=True)
    assert "\x1b[1;31m" in shown or "\x1b[1;37;41m" in shown
    assert re.sub(r"\x1b\[[0-9;]*m", "", shown) == ORDINARY


LONG = "a-crate-with-a-name-" + "that-goes-on-" * 12


@pytest.mark.parametrize("width", [40, 80, 120, 140])
def test_no_line_is_wider_than_the_page(width: int) -> None:
    made = [
        verdict(OPEN, LONG, messages=["a message " * 40, "x" * 300]),
        verdict(OPEN, "仓库" * 60, messages=["盖子开着" * 50]),
        verdict(
            RUSTY, "short", scope=HOLLAND, resource=f"/subscriptions/{HOLLAND.account}/resourceGroups/{LONG}"
        ),
        verdict(RUSTY, LONG, Outcome.UNKNOWN, unread=denied("Crate.locked", "crates:" + "Get" * 50)),
        verdict(RUSTY, LONG, Outcome.ERROR, messages=["broken " * 90]),
    ]
    gaps = [Gap(Scope(Cloud.AWS, "1" * 90), "Crate", Code.THROTTLED, "p:" + "Q" * 120, "Call", "said " * 200)]
    shown = table(
        report(made, gaps, scopes=(IRELAND, VIRGINIA, HOLLAND), left_out=("aws:1/" + "r" * 90,)), width
    )
    assert max(map(cell_len, shown.splitlines())) <= width
    for one in made[:2]:
        assert one.name in re.sub(r"\s+", "", shown)


def test_a_long_name_stands_above_its_row() -> None:
    name = LONG[:70]
    shown = table(report([verdict(OPEN, name), verdict(OPEN, "short")]))
    assert f"\n  {name}\n{' ' * 28}eu-west-1  its lid is off\n" in shown
    assert f"\n  short{' ' * 21}eu-west-1  its lid is off\n" in shown


def test_on_a_narrow_page_messages_stand_below_names() -> None:
    made = report([verdict(OPEN, "front-door", messages=["its lid is off " * 3])])
    assert (
        "\n  front-door  eu-west-1\n      its lid is off its lid is off its\n        lid is off\n"
        in table(made, 40)
    )
    far = report([verdict(OPEN, "front-door-of-the-cellar")], scopes=(IRELAND, BELGIUM))
    assert "\n  front-door-of-the-cellar\n    aws:111122223333/eu-west-1\n      its lid is off\n" in table(
        far, 40
    )


def test_the_worst_rule_comes_first_then_the_one_with_more_findings() -> None:
    more = made_up("crate-wet", Severity.LOW, "Crate is wet")
    made = [
        verdict(RUSTY, "a"),
        *(verdict(more, name) for name in "ab"),
        verdict(crate_without_crane, "a"),
        verdict(OPEN, "a"),
    ]
    shown = table(report(made, rules=[OPEN, RUSTY, crate_without_crane, more]))
    heads = re.findall(r"^([A-Z]{3,})  +Crate", shown, re.MULTILINE)
    assert heads == ["CRITICAL", "MEDIUM", "LOW", "LOW"]
    assert shown.index("crate-wet") < shown.index("crate-rusty")


def test_a_milder_finding_of_a_rule_says_so() -> None:
    made = [verdict(OPEN, "a"), verdict(OPEN, "b", severity=Severity.LOW)]
    shown = table(report(made))
    assert "a  eu-west-1  its lid is off" in shown
    assert "b  eu-west-1  low: its lid is off" in shown


def test_with_many_findings_the_rest_is_counted_and_findable() -> None:
    rules = [
        made_up(f"crate-bad-{number:02}", Severity.HIGH, f"Crate is bad in way {number}")
        for number in range(23)
    ]
    made = [verdict(one, f"crate-{number:02}") for one in rules for number in range(30)]
    shown = table(report(made, rules=rules))
    assert shown.count("HIGH      Crate is bad") == 10
    assert shown.count("... and 22 more: --select crate-bad-") == 10
    assert "... and 390 findings of 13 more rules:" in shown
    assert "  HIGH      crate-bad-10  30\n" in shown
    assert "... and 3 rules more" in shown
    assert "See one rule with --select ID, everything with -o jsonl." in shown
    assert shown.count("\n") < 300


def test_one_more_than_the_most_is_shown_and_a_single_rule_shows_all() -> None:
    nine = [verdict(OPEN, f"crate-{number}") for number in range(9)]
    assert "more" not in table(report(nine))
    many = [verdict(OPEN, f"crate-{number}") for number in range(40)]
    assert "... and 32 more: --select crate-open, or all with -o jsonl" in table(report(many))
    alone = table(report(many, rules=[OPEN]))
    assert "more" not in alone
    assert "crate-39" in alone


def test_where_a_resource_is_shows_as_far_as_it_differs() -> None:
    one = [verdict(OPEN, "a")]
    assert "a  its lid" in table(report(one, scopes=(IRELAND,)))
    assert "a  eu-west-1  its lid" in table(report(one))
    two = Scope(Cloud.AWS, "444455556666", "eu-west-1")
    assert "a  111122223333  its lid" in table(report(one, scopes=(IRELAND, two)))
    assert "a  aws:111122223333/eu-west-1  its lid" in table(report(one, scopes=(IRELAND, BELGIUM)))


def test_a_nameless_resource_goes_by_its_id_and_namesakes_by_their_whole_ids() -> None:
    nameless = verdict(OPEN, "", resource="arn:aws:crates:eu-west-1:111122223333:crate/c-17")
    assert "  crate/c-17  " in table(report([nameless]))
    tagged = verdict(OPEN, "web", resource="arn:aws:crates:eu-west-1:111122223333:crate/c-17")
    assert "  web (c-17)  " in table(report([tagged]))
    twins = [
        verdict(OPEN, "web", resource=f"arn:aws:crates:eu-west-1:111122223333:{kind}/web") for kind in "ab"
    ]
    shown = table(report(twins))
    assert twins[0].resource in shown
    assert twins[1].resource in shown


def test_the_fix_is_filled_in_for_a_single_resource_and_quoted_for_the_shell() -> None:
    moved = made_up(
        "crate-far",
        Severity.HIGH,
        "Crate is far away",
        fix={Cloud.AWS: "aws crates move --name {name} --id {id}"},
    )
    one = verdict(moved, "a; rm -rf ~", resource="arn:x\x1b[2J")
    assert r"--name 'a; rm -rf ~'" in table(report([one], rules=[moved]))
    assert r"--id 'arn:x\x1b[2J'" in table(report([one], rules=[moved]))
    assert "aws crates move --name <name> --id <id>" in table(
        report([one, verdict(moved, "b")], rules=[moved])
    )


def test_a_long_command_can_be_copied() -> None:
    fix = (
        "aws crates lock --name '{name} of ours' --key <the one key> --and-the-chain --until tomorrow --by me"
    )
    rule = made_up(
        "crate-far", Severity.HIGH, "Crate is far away", fix={Cloud.AWS: f"{fix}\n# then\nTell somebody."}
    )
    shown = table(report([verdict(rule, "a"), verdict(rule, "b")], rules=[rule]), 60)
    said = shown[shown.index("aws crates lock") : shown.index("    # then")]
    assert " ".join(said.replace("\\\n", " ").split()) == fix.replace("{name}", "<name>")
    assert all(line.endswith(" \\") for line in said.splitlines()[:-1])
    assert "    # then\n    Tell somebody.\n" in shown


def test_findings_that_were_not_read_to_their_end_say_so() -> None:
    one = verdict(OPEN, "a", unread=denied("Crate.lid", "crates:GetLid"))
    assert "not read: Crate.lid: crates:GetLid: User" in table(report([one]), 140)


def test_only_so_many_messages_of_a_resource() -> None:
    shown = table(report([verdict(OPEN, "a", messages=[f"hole {number}" for number in range(50)])]))
    assert "hole 4" in shown
    assert "hole 5" not in shown
    assert "... and 45 more" in shown


def test_unknowns_are_grouped_by_permission() -> None:
    made = [
        verdict(OPEN, f"a{n}", Outcome.UNKNOWN, unread=denied("Crate.locked", "crates:GetLock"))
        for n in range(3)
    ]
    made += [verdict(RUSTY, "b", Outcome.UNKNOWN, unread=denied("Crate.nails", "crates:GetLock"))]
    made += [verdict(RUSTY, "c", Outcome.UNKNOWN, unread=denied("Crate.lid", "crates:GetLid"))]
    shown = table(report(made))
    assert "UNKNOWN: 5 verdicts could not be reached" in shown
    assert "crates:GetLock is missing\n      leaves 4 verdicts unknown: crate-open, crate-rusty\n" in shown
    assert shown.index("crates:GetLock is missing") < shown.index("crates:GetLid is missing")
    assert shown.splitlines()[-1] == "no findings, but incomplete"


def test_gaps_name_the_permission_where_and_what_they_hide() -> None:
    regions = [Scope(Cloud.AWS, "111122223333", f"region-{number}") for number in range(9)]
    gaps = [Gap(region, "Crate", Code.DENIED, "crates:List", "List", "no") for region in regions]
    gaps += [Gap(IRELAND, "*", Code.UNAVAILABLE, text="the region is off")]
    shown = table(report([verdict(OPEN, "a", Outcome.PASS)], gaps, scopes=(IRELAND, *regions)))
    assert "NOT READ: 10 gaps" in shown
    assert "permission crates:List is missing" in shown
    assert "in region-0, region-1, region-2, region-3, region-4, region-5 and 3 more" in shown
    assert "hides Crate from all 3 rules" in shown
    assert "everything was not available" in shown
    assert "hides everything from all 3 rules" in shown


def test_nothing_was_checked() -> None:
    shown = table(report(scopes=()))
    assert "Nothing was checked: no rule met a resource." in shown
    assert shown.splitlines()[-1] == "nothing was checked"


def test_a_run_that_was_cut_short_says_so() -> None:
    shown = table(report([verdict(OPEN, "a", Outcome.PASS)], complete=False))
    assert "The run was cut short" in shown
    assert shown.splitlines()[-1] == "no findings, but incomplete"


def test_clean_is_clean() -> None:
    shown = table(report([verdict(OPEN, "a", Outcome.PASS)]))
    assert shown.splitlines()[-1] == "no findings"


HOSTILE = "\x1b[2J\x1b]0;title\x07[bold red]x[/] \u202eevil\u2066 \r\n\u200b\x9b31m\u2028\x00"


@pytest.mark.parametrize("name", ["table", "compliance", "markdown"])
def test_no_text_of_others_reaches_the_terminal_raw(name: str) -> None:
    made = report(
        [
            verdict(OPEN, HOSTILE, messages=[HOSTILE], resource="arn:" + HOSTILE),
            verdict(OPEN, "b" + HOSTILE, Outcome.UNKNOWN, unread=denied(HOSTILE, "p:" + HOSTILE)),
            verdict(RUSTY, "c" + HOSTILE, Outcome.ERROR, messages=[HOSTILE]),
        ],
        [Gap(Scope(Cloud.AWS, HOSTILE, HOSTILE), HOSTILE, Code.DENIED, HOSTILE, HOSTILE, HOSTILE)],
        left_out=(HOSTILE,),
        frameworks=ordinary().frameworks,
    )
    for colour in (False, True):
        shown = text(reporter(name), made, Page(80, colour=colour))
        plain = re.sub(r"\x1b\[[0-9;]*m", "", shown) if colour else shown
        assert plain.replace("\n", "").isprintable()
        if name == "table":
            assert r"\x1b[2J\x1b]0;title\x07[bold red]x[/] \u202eevil" in plain.replace("\n      ", "")


def test_many_broken_rules_and_long_answers_are_cut_with_a_count() -> None:
    rules = [made_up(f"crate-bad-{number:02}", Severity.HIGH, "Crate is bad") for number in range(13)]
    made = [verdict(one, "a", Outcome.ERROR, messages=["KeyError: " + "x" * 500]) for one in rules]
    shown = table(report(made, rules=rules))
    assert "BROKEN RULES: 13 verdicts missing" in shown
    assert "  ... and 3 more: all with -o jsonl\n" in shown
    assert "x ...\n" in shown


def test_a_fix_may_end_with_an_option() -> None:
    fix = "aws crates lock --name {name} --and-the-chain-and-the-other-chain --quiet --force"
    rule = made_up("crate-far", Severity.HIGH, "Crate is far away", fix={Cloud.AWS: fix})
    shown = table(report([verdict(rule, "a")], rules=[rule]), 60)
    assert " --force\n" in shown
