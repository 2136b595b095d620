"""Waivers: what a file may say, what it hides, what becomes of it when it is old, unused or broad."""

from datetime import date
from pathlib import Path

import pytest
from runs_made_up import SCOPES, THERE, gap, made, tuned, verdict

from scanner.engine import Outcome, Verdict
from scanner.inventory import Gap
from scanner.known import Run, Settled, State, WaiverError, load, notes, parse, settle
from scanner.models.resource import Cloud, Scope

TODAY = date(2026, 11, 23)
GOOD = """
# why we live with it
[[waiver]]
rule = "bucket-public"   # one rule
resource = "arn:aws:s3:::www"
reason = "the public web site"
owner = "web@example.com"
until = 2027-01-31
"""
TERMS = 'reason = "r"\nowner = "o"\nuntil = 2027-01-31\n'


def settled(
    text: str, *verdicts: Verdict, gaps: tuple[Gap, ...] = (), scopes: tuple[Scope, ...] = SCOPES, **tags: str
) -> Settled:
    rules = tuned(*(made(id_) for id_ in dict.fromkeys(one.rule for one in verdicts)))
    named = {(one.kind, one.resource): tags for one in verdicts}
    return settle(parse(text, "w.toml", TODAY), Run(verdicts, gaps, rules, scopes, named), TODAY)


def states(found: Settled) -> list[tuple[State, int]]:
    return [(use.state, use.hides) for use in found.uses]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[[waiver]]\nrule = "x"\nowner = "o"\nuntil = 2027-01-01\n', "w.toml:1: reason: is missing"),
        (
            '[[waiver]]\nrule = "x"\nowner = "o"\nreason = " "\nuntil = 2027-01-01\n',
            "w.toml:4: reason: must be one",
        ),
        (
            f'[[waiver]]\nrule = "x"\n{TERMS}\n[[waiver]]\nrul = "y"\n{TERMS}',
            "w.toml:8: rul: no such key; allowed",
        ),
        ('[[waiver]]\nrule = "x"\nowner = "o"\nreason = "r"\nuntil = "soon"\n', "w.toml:5: until: "),
        (f"[[waiver]]\n{TERMS}", "w.toml:1: waiver: says neither `rule` nor `fingerprint`"),
        (
            f'[[waiver]]\nrule = "x"\nou = "prod"\n{TERMS}[ou]\ndev = ["1"]\n',
            "w.toml:3: ou: 'prod' is no unit",
        ),
        (f'[[gap]]\nkind = "Bucket"\nprovider = "ibm"\n{TERMS}', "w.toml:3: provider: "),
        (f'[[gap]]\ntags = {{a = "b"}}\n{TERMS}', "w.toml:2: tags: no such key; allowed here: account"),
        (
            f'[[waivers]]\nrule = "x"\n{TERMS}',
            "w.toml:1: waivers: no such key; allowed here: gap, ou, waiver",
        ),
        ("[[waiver]\n", "w.toml: not TOML"),
        (f'[[waiver]]\nfingerprint = "abc"\n{TERMS}', "w.toml:2: fingerprint: "),
    ],
)
def test_what_is_wrong_with_a_file_is_named(text: str, said: str) -> None:
    with pytest.raises(WaiverError) as error:
        parse(text, "w.toml", TODAY)
    assert str(error.value).startswith(said)


def test_an_end_beyond_the_cap_is_refused_at_its_line(tmp_path: Path) -> None:
    file = tmp_path / "w.toml"
    file.write_text(GOOD)
    assert load(file, TODAY, max_days=69).waiver
    with pytest.raises(WaiverError, match=rf"{file}:8: until: 2027-01-31 is 69 days ahead, .* allows 68"):
        load(file, TODAY, max_days=68)
    with pytest.raises(WaiverError, match="No such file"):
        load(tmp_path / "other.toml", TODAY)


def test_a_finding_is_hidden_by_rule_and_resource_only() -> None:
    found = settled(GOOD, verdict(), verdict("arn:aws:s3:::www2"), verdict(rule_="bucket-other"))
    assert list(found.waived) == [verdict().fingerprint]
    assert found.waived[verdict().fingerprint].reason == "the public web site"
    assert states(found) == [(State.USED, 1)]
    assert list(notes(found.uses)) == []


@pytest.mark.parametrize(
    ("pattern", "resource", "fits"),
    [
        ("arn:aws:s3:::www*", "arn:aws:s3:::www-logs", True),
        ("arn:aws:s3:::ww?", "arn:aws:s3:::www", True),
        ("arn:aws:s3:::ww?", "arn:aws:s3:::ww", False),
        ("arn:aws:s3:::w", "arn:aws:s3:::www", False),
        ("arn:aws:s3:::[w]ww", "arn:aws:s3:::www", False),
        ("arn:aws:s3:::[w]*", "arn:aws:s3:::[w]ww", True),
        ("arn:aws:s3:::WWW", "arn:aws:s3:::www", False),
        ("arn.aws:s3:::www", "arn:aws:s3:::www", False),
    ],
)
def test_patterns_of_resources(pattern: str, resource: str, fits: bool) -> None:  # noqa: FBT001
    text = f'[[waiver]]\nrule = "bucket-*"\nresource = "{pattern}"\n{TERMS}'
    assert bool(settled(text, verdict(resource)).waived) is fits


def test_azure_ids_are_equal_whatever_their_case() -> None:
    scope = Scope(Cloud.AZURE, "s", "westeurope")
    text = f'[[waiver]]\nrule = "bucket-public"\nresource = "/subscriptions/s/resourcegroups/g/*"\n{TERMS}'
    one = verdict("/subscriptions/S/resourceGroups/G/providers/x", scope=scope)
    assert settled(text, one, scopes=(scope,)).waived


@pytest.mark.parametrize(
    ("term", "fits"),
    [
        ('account = "111122223333"', True),
        ('account = "4*"', False),
        ('region = "eu-*"', True),
        ('region = "us-*"', False),
        ('provider = "aws"', True),
        ('provider = "gcp"', False),
        ('tags = {env = "dev"}', True),
        ('tags = {env = "d*", team = "x"}', False),
        ('tags = {team = "*"}', False),
        ('ou = "sandbox"', True),
        ('ou = "production"', False),
    ],
)
def test_terms_narrow_a_waiver(term: str, fits: bool) -> None:  # noqa: FBT001
    units = '[ou]\nsandbox = ["aws:1111*"]\nproduction = ["444455556666", "gcp:111122223333"]\n'
    text = f'[[waiver]]\nrule = "bucket-public"\nresource = "*"\n{term}\n{TERMS}{units}'
    assert bool(settled(text, verdict(), env="dev").waived) is fits


def test_a_former_id_of_a_rule_still_names_it() -> None:
    rules = tuned(made("bucket-open", formerly=["bucket-public"]))
    one = verdict(rule_="bucket-open", identity="bucket-public")
    found = settle(parse(GOOD, "w.toml", TODAY), Run([one], (), rules, SCOPES), TODAY)
    assert list(found.waived) == [one.fingerprint]


def test_a_waiver_ends_with_its_last_day_and_what_it_hid_is_back() -> None:
    text = GOOD.replace("2027-01-31", "2026-11-23")
    assert settled(text, verdict()).waived
    found = settled(text.replace("23", "22"), verdict())
    assert not found.waived
    assert states(found) == [(State.EXPIRED, 1)]
    [line] = notes(found.uses)
    assert line.startswith(
        "w.toml:3: ended on 2026-11-22, web@example.com's: bucket-public on arn:aws:s3:::www: 1 of"
    )


def test_a_waiver_in_force_wins_over_one_that_ended() -> None:
    ended = GOOD.replace("2027-01-31", "2026-01-31").replace("the public", "the old")
    found = settled(ended + GOOD, verdict())
    assert found.waived[verdict().fingerprint].reason == "the public web site"
    assert states(found) == [(State.EXPIRED, 0), (State.USED, 1)]


def test_what_hides_nothing_is_reported_only_when_it_was_looked_for() -> None:
    passed = verdict(outcome=Outcome.PASS)
    assert states(settled(GOOD, passed)) == [(State.UNUSED, 0)]
    assert states(settled(GOOD, verdict(outcome=Outcome.UNKNOWN))) == [(State.NOT_CHECKED, 0)]
    assert states(settled(GOOD, verdict(outcome=Outcome.ERROR))) == [(State.NOT_CHECKED, 0)]
    assert states(settled(GOOD, passed, gaps=(gap(),))) == [(State.NOT_CHECKED, 0)]
    assert states(settled(GOOD, passed, gaps=(gap("Volume"),))) == [(State.UNUSED, 0)]
    assert states(settled(GOOD, verdict(rule_="bucket-other"))) == [(State.NOT_CHECKED, 0)]
    other = GOOD.replace("arn:aws:s3:::www", "arn:aws:ec2:eu-west-1:999999999999:volume/v")
    assert states(settled(other, passed)) == [(State.NOT_CHECKED, 0)]
    [line] = notes(settled(GOOD, passed).uses)
    assert line == "w.toml:3: hides nothing any more: bucket-public on arn:aws:s3:::www (web@example.com)"


def test_broad_waivers_are_named_with_how_much_they_hide() -> None:
    text = f'[[waiver]]\nrule = "bucket-public"\n{TERMS}'
    found = settled(text, verdict(), verdict("arn:aws:s3:::b"))
    assert list(notes(found.uses)) == ["w.toml:1: is broad, and hides 2: bucket-public on * (o)"]
    by_tag = f'[[waiver]]\nrule = "bucket-public"\ntags = {{env = "dev"}}\n{TERMS}'
    assert list(notes(settled(by_tag, verdict(), env="dev").uses)) == []


def test_a_fingerprint_is_enough() -> None:
    text = f'[[waiver]]\nfingerprint = "{verdict().fingerprint}"\n{TERMS}'
    assert list(settled(text, verdict(), verdict("arn:aws:s3:::b")).waived) == [verdict().fingerprint]


def test_gaps_are_accepted_by_scope_kind_and_permission() -> None:
    text = f'[[gap]]\nkind = "Bucket"\npermission = "s3:*"\naccount = "111122223333"\n{TERMS}'
    others = (gap(scope=THERE), gap("Volume"), gap(permission="x"), gap("*"))
    found = settled(text, gaps=(gap(), *others))
    assert list(found.gaps) == [gap()]
    assert states(found) == [(State.USED, 1)]


def test_a_gap_over_everything_needs_a_waiver_over_everything() -> None:
    text = f'[[gap]]\naccount = "111122223333"\n{TERMS}'
    found = settled(text, gaps=(gap("*"), gap("*", scope=THERE)))
    assert list(found.gaps) == [gap("*")]
    assert "is broad, and hides 1: unread anything" in " ".join(notes(found.uses))


def test_an_unknown_is_accepted_like_a_gap_and_never_like_a_finding() -> None:
    unknown = verdict(outcome=Outcome.UNKNOWN)
    assert not settled(GOOD, unknown).unknowns
    text = f'[[gap]]\npermission = "s3:GetBucketPolicy"\n{TERMS}'
    assert list(settled(text, unknown).unknowns) == [unknown.fingerprint]
    assert not settled(text, verdict(outcome=Outcome.UNKNOWN, permission="s3:GetBucketAcl")).unknowns
    assert not settled(text, verdict(outcome=Outcome.ERROR)).unknowns
    assert not settled(text, verdict()).waived
    assert not settled(text.replace("permission", 'rule = "volume-*"\npermission'), unknown).unknowns


def test_a_gap_waiver_that_has_ended_hides_nothing() -> None:
    text = '[[gap]]\nkind = "Bucket"\nreason = "r"\nowner = "o"\nuntil = 2026-11-22\n'
    found = settled(text, verdict(outcome=Outcome.UNKNOWN), gaps=(gap(),))
    assert (dict(found.gaps), dict(found.unknowns)) == ({}, {})
    assert states(found) == [(State.EXPIRED, 2)]
