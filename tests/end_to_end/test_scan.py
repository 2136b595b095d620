"""A scan of the demo account: the contract of `-o jsonl`, and the verdicts that stand by hand beside each resource."""

import re
from collections import defaultdict
from pathlib import Path

import pytest
from command import Command, Ran

from scanner.demo.aws.account import Account

pytest_plugins = ["demo_account"]
pytestmark = pytest.mark.slow

RULES = {
    "ssh-open-to-internet", "all-ports-open-to-internet", "load-balancer-plain-http", "load-balancer-weak-tls",
    "load-balancer-without-healthy-target", "bucket-public", "bucket-allows-plain-http",
    "bucket-without-versioning", "volume-unencrypted", "snapshot-public", "database-unencrypted",
    "database-public", "database-without-backup",
}  # fmt: skip
"""Their ids are a contract."""

ONE = "the demo has one account, which is one or the other"
TODAY = "moto makes every key and every password today, and in use"
RULES_OF_ALARMS = [
    *(
        f"account-without-{what}-alert"
        for what in ("access-list", "config", "failed-sign-in", "gateway", "key")
    ),
    *(
        f"account-without-{what}-alert"
        for what in ("organization", "policy", "refused-call", "root", "sign-in")
    ),
    *(f"project-without-{what}-alert" for what in ("audit-config", "bucket-permission", "firewall")),
    *(f"project-without-{what}-alert" for what in ("network", "route")),
]
ONE_SIDED = {
    "access-key-unused": TODAY,
    "account-without-security-contact": ONE,
    "audit-trail-missing": ONE,
    "audit-trail-without-object-reads": ONE,
    "audit-trail-without-object-writes": ONE,
    "bucket-without-mfa-delete": "moto does not keep the second factor of a bucket",
    "password-policy-weak": ONE,
    "password-reuse-allowed": ONE,
    "root-used-recently": ONE,
    "root-with-access-key": ONE,
    "root-without-hardware-mfa": ONE,
    "root-without-mfa": ONE,
    "shell-with-full-access": ONE,
    "support-role-missing": ONE,
    "user-password-unused": TODAY,
    **dict.fromkeys(RULES_OF_ALARMS, ONE),
}
"""Rules that the demo shows one side of, and why."""

KEYS = {
    "run": "type schema tool version run started scopes rules packs options left_out",
    "verdict": "type rule severity outcome waived provider account region kind resource name messages unread "
    "controls fingerprint location",
    "end": "type complete counts",
}


def test_verdicts_are_those_that_stand_beside_each_resource(whole: tuple[Ran, Path], demo: Account) -> None:
    assert whole[0].verdicts == demo.expected


def test_every_rule_passes_and_fails_somewhere_in_the_demo(demo: Account) -> None:
    outcomes = defaultdict(set)
    for (rule, _), outcome in demo.expected.items():
        outcomes[rule].add(outcome)
    assert {rule: outcomes[rule] for rule in RULES} == {rule: {"pass", "fail"} for rule in RULES}
    assert {rule for rule, seen in outcomes.items() if len(seen) == 1} == ONE_SIDED.keys()


def test_lines_have_the_keys_of_the_contract(whole: tuple[Ran, Path]) -> None:
    ran, _ = whole
    kinds = [line["type"] for line in ran.lines]
    assert kinds == ["run", *["verdict"] * (len(kinds) - 2), "end"]
    for line in ran.lines:
        assert line.keys() == set(KEYS[line["type"]].split()), line["type"]


def test_findings_end_with_1_and_without_gaps(whole: tuple[Ran, Path]) -> None:
    ran, _ = whole
    assert ran.code == 1
    assert ran.of_type("gap") == []
    end = ran.lines[-1]
    assert end["complete"] is True
    assert end["counts"]["fail"] == sum(outcome == "fail" for outcome in ran.verdicts.values())
    assert (end["counts"]["unknown"], end["counts"]["error"], end["counts"]["gaps"]) == (0, 0, 0)
    assert "and incomplete" not in ran.err


def test_fingerprints_are_unique(whole: tuple[Ran, Path]) -> None:
    fingerprints = [line["fingerprint"] for line in whole[0].of_type("verdict")]
    assert len(set(fingerprints)) == len(fingerprints) > len(RULES)


def test_a_second_scan_prints_the_same_to_the_byte_but_for_the_run(
    whole: tuple[Ran, Path], surefoot: Command
) -> None:
    again = surefoot("scan", "aws", "-o", "jsonl")
    first, second = (timeless(ran.out) for ran in (whole[0], again))
    assert first == second


def timeless(text: str) -> str:
    """Leave out what is different by its nature: the run's id and the time."""
    return re.sub(r'"(run|started)":"[^"]*"', r'"\1":""', text)


def test_scopes_are_the_regions_of_the_account(whole: tuple[Ran, Path]) -> None:
    regions = [scope["region"] for scope in whole[0].lines[0]["scopes"]]
    assert {"global", "eu-west-1", "us-east-1"} <= set(regions)
    assert regions == sorted(regions, key=lambda region: (region != "global", region))


def test_buckets_stand_in_their_regions(whole: tuple[Ran, Path]) -> None:
    places = {
        line["name"]: line["region"] for line in whole[0].of_type("verdict") if line["kind"] == "Bucket"
    }
    assert places["demo-shop-web-assets"] == "eu-west-1"
    assert places["demo-shop-upload-inbox"] == "us-east-1"


def test_fail_on_never_ends_with_0(surefoot: Command) -> None:
    ran = surefoot("scan", "aws", "--fail-on", "never")
    assert ran.code == 0
    assert "web-assets" in ran.out


def test_a_connection_to_another_machine_would_be_seen(surefoot: Command) -> None:
    process = surefoot.start("scan", "aws", AWS_ENDPOINT_URL="https://192.0.2.1")
    process.communicate(timeout=60)
    assert process.returncode == 2
    assert {note.split()[1] for note in surefoot.reached()} == {"192.0.2.1"}
