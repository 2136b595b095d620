"""An organization of twenty accounts, one of which may not be entered and one of which throttles: one report."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from command import Command
from organization import BASE, REGION, RULES, Organization, organization

COUNT = 20
SELECTED = [word for rule in RULES for word in ("--select", rule)]


@pytest.fixture(scope="module")
def served() -> Iterator[Organization]:
    with organization(COUNT) as made:
        yield made


@pytest.fixture
def surefoot(served: Organization, tmp_path: Path) -> Iterator[Command]:
    served.reset()
    command = served.command(tmp_path)
    yield command
    command.close()


SCAN = ("scan", "aws", "--organization", "aws", "--role", "audit", "--region", REGION, *SELECTED)


def test_one_report_and_a_gap_for_each_account_that_failed(served: Organization, surefoot: Command) -> None:
    refused, slow = served.accounts[3], served.accounts[11]
    served.refused, served.throttled = {refused}, {slow}
    ran = surefoot(*SCAN, "-o", "jsonl", "--fail-on", "never")
    assert ran.code == 3, ran.err
    run = ran.of_type("run")[0]
    assert {scope["account"] for scope in run["scopes"]} == {BASE, *served.accounts}

    gaps = Counter(
        (gap["account"], gap["kind"], gap["code"], gap["permission"]) for gap in ran.of_type("gap")
    )
    assert gaps.pop((refused, "*", "denied", "sts:AssumeRole")) == 1
    assert {(account, code) for account, _, code, _ in gaps} == {(slow, "throttled")}
    assert "audit" in next(gap["why"] for gap in ran.of_type("gap") if gap["account"] == refused)

    volumes = Counter(
        verdict["account"] for verdict in ran.of_type("verdict") if verdict["rule"] == "volume-unencrypted"
    )
    expected = {account: 1 + number % 3 for number, account in enumerate(served.accounts)}
    assert volumes == {account: n for account, n in expected.items() if account not in (refused, slow)}
