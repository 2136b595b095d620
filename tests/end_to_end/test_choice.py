"""What is chosen, and what happens when that is nothing: green on nothing is never green."""

import re
from pathlib import Path

import pytest
from command import Command, Ran

from scanner.demo.aws.account import HOME, SECOND, Account

pytest_plugins = ["demo_account"]
pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    "words",
    [
        ["--only", "tag:team=nobody", "--select", "bucket-*"],
        ["--region", "sa-east-1", "--select", "volume-unencrypted"],
        ["--select", "database-public", "--region", "eu-north-1"],
    ],
)
def test_nothing_checked_is_3_unless_that_is_meant(surefoot: Command, words: list[str]) -> None:
    ran = surefoot("scan", "aws", *words)
    assert ran.code == 3
    assert "nothing was checked" in (ran.out + ran.err).lower()
    assert surefoot("scan", "aws", *words, "--allow-empty").code == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["scan", "aws", "--select", "no-such-rule"], "no-such-rule"),
        (["scan", "aws", "--region", "eu-west-9"], "eu-west-1"),
        (["scan", "aws", "--account", "999999999999"], "123456789012"),
        (["scan", "aws", "--profile", "nobody"], "nobody"),
        (["scan", "aws", "-o", "telegram"], "jsonl"),
        (["scan", "aws", "--fail-on", "purple"], "critical"),
        (["scan"], "surefoot scan aws"),
        (["evaluate", "nothing.jsonl"], "nothing.jsonl"),
    ],
)
def test_wrong_use_is_2_and_names_what_is_allowed(surefoot: Command, words: list[str], said: str) -> None:
    ran = surefoot(*words)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err
    assert "Traceback" not in ran.err


def test_only_judges_what_has_the_tag(surefoot: Command, whole: tuple[Ran, Path]) -> None:
    chosen = ("--select", "bucket-*", "--only", "tag:Name=demo-shop-web-assets")
    ran = surefoot("scan", "aws", *chosen, "-o", "jsonl")
    assert ran.code == 1
    assert {line["name"] for line in ran.of_type("verdict")} == {"demo-shop-web-assets"}
    of_all = {line["fingerprint"]: line for line in whole[0].of_type("verdict")}
    assert all(of_all[line["fingerprint"]] == line for line in ran.of_type("verdict"))


def test_a_region_alone_judges_what_stands_there(surefoot: Command, whole: tuple[Ran, Path]) -> None:
    ran = surefoot("scan", "aws", "--region", "us-east-1", "-o", "jsonl")
    there = [line for line in whole[0].of_type("verdict") if line["region"] in ("us-east-1", "global")]
    # The log group and the bucket of the trail stand in a region that is not looked at: nothing says what is in them.
    elsewhere = re.compile("trail-bucket-without-access-log|(account|project)-without-.*-alert")
    assert ran.of_type("verdict") == [line for line in there if not elsewhere.fullmatch(line["rule"])]
    assert len(there) - len(ran.of_type("verdict")) == 17


def test_a_rule_of_ones_own_is_run_with_the_others(surefoot: Command, demo: Account) -> None:
    rules = surefoot.folder / "own"
    rules.mkdir()
    (rules / "volume_of_nobody.py").write_text(
        '''"""Volumes and their owners."""
from scanner import NOTHING_TO_FIX, Cloud, Problems, Severity, Volume, rule


@rule(
    "volume-of-nobody",
    severity=Severity.LOW,
    passes={"has a team": Volume(tags={"team": "shop"})},
    fails={"has none": Volume(tags={})},
    fix={Cloud.AWS: "aws ec2 create-tags --resources <volume> --tags Key=team,Value=<team>",
         Cloud.GCP: NOTHING_TO_FIX, Cloud.AZURE: NOTHING_TO_FIX},
)
def volume_of_nobody(volume: Volume) -> Problems:
    """Volume belongs to no team.

    When it fills up at night, nobody knows whom to call.
    """
    if "team" not in volume.tags:
        yield "it has no tag `team`"
'''
    )
    ran = surefoot(
        "scan",
        "aws",
        "--rules",
        rules,
        "--select",
        "volume-of-*",
        "--select",
        "volume-unencrypted",
        "-o",
        "jsonl",
    )
    assert {rule for rule, _ in ran.verdicts} == {"volume-of-nobody", "volume-unencrypted"}
    own = [outcome for (rule, _), outcome in ran.verdicts.items() if rule == "volume-of-nobody"]
    volumes = [
        volume
        for region in (HOME, SECOND)
        for volume in demo.client("ec2", region).describe_volumes()["Volumes"]
    ]
    teams = [any(tag["Key"] == "team" for tag in volume.get("Tags", ())) for volume in volumes]
    assert sorted(own) == sorted("pass" if team else "fail" for team in teams)
    assert set(own) == {"pass", "fail"}
