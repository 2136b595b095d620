"""Findings pushed to Security Hub: in batches that it takes, to the account and region that they are of."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import boto3
import pytest

from scanner.config import Config
from scanner.notify.securityhub import PushError, batches, connect, push
from scanner.packs import load
from scanner.report import Report
from scanner.run import Choice, Scan
from scanner.tuning import tune

INVENTORY = Path(__file__).parents[2] / "fixtures" / "terraform" / "inventory.jsonl"
ACCOUNT = "123456789012"


def report() -> Report:
    chosen = Config(select=("volume-unencrypted", "bucket-without-versioning", "ssh-open-to-internet"))
    return Scan(chosen, Choice(), tune(load([]), chosen)).saved(INVENTORY)


def a_finding(size: int = 10) -> dict[str, Any]:
    return {"Id": "x", "Description": "y" * size, "Resources": [{"Id": "r"}]}


def test_batches_are_legal() -> None:
    sizes = [len(batch) for batch in batches([a_finding() for _ in range(250)])]
    assert sizes == [100, 100, 50]
    large = [len(batch) for batch in batches([a_finding(200_000) for _ in range(61)])]
    assert sum(large) == 61
    assert max(large) * 200_000 < 6_000_000
    assert list(batches([])) == []


def test_each_region_is_told_its_own_and_no_other_account_anything() -> None:
    told: dict[str, int] = {}

    def of(region: str) -> Any:
        def send(Findings: list[Any]) -> Mapping[str, Any]:  # noqa: N803 - as the API calls it
            assert {one["AwsAccountId"] for one in Findings} == {ACCOUNT}
            assert {one["Resources"][0]["Region"] for one in Findings} == {region}
            told[region] = told.get(region, 0) + len(Findings)
            return {
                "SuccessCount": len(Findings) - 1,
                "FailedCount": 1,
                "FailedFindings": [{"ErrorMessage": "no"}],
            }

        return send

    made = report()
    pushed = push(made, ACCOUNT, of, 0)
    aws = [one for one in made.verdicts if one.scope.account == ACCOUNT]
    assert told == {"eu-west-1": len(aws)}
    assert (pushed.taken, pushed.refused, pushed.reasons) == (len(aws) - 1, 1, ("eu-west-1: no",))
    assert push(made, "999999999999", of, 0).taken == 0


def test_a_region_that_refuses_ends_there_and_is_named() -> None:
    def of(region: str) -> Any:
        def send(**words: Any) -> Mapping[str, Any]:
            raise PushError(f"AccessDenied in {region}: {len(words)}")

        return send

    pushed = push(report(), ACCOUNT, of, 0)
    assert pushed.taken == 0
    assert pushed.reasons == ("eu-west-1: AccessDenied in eu-west-1: 1",)


def test_the_real_sdk_against_a_server(moto: str) -> None:
    account, of = connect()
    made = report()
    pushed = push(made, account, of, 0)
    aws = [one for one in made.verdicts if one.scope.account == ACCOUNT]
    assert (account, pushed.taken, pushed.refused) == (ACCOUNT, len(aws), 0)
    client = boto3.client("securityhub", "eu-west-1", endpoint_url=moto)
    stored = client.get_findings(MaxResults=100)["Findings"]
    assert {one["Compliance"]["Status"] for one in stored} == {"FAILED", "PASSED"}
    pushed = push(replace(made, verdicts=made.verdicts[:1]), account, of, 0)
    assert pushed.taken == 1


def test_without_a_sign_in_it_is_said(aws_environment: Path) -> None:
    assert aws_environment.exists()
    with pytest.raises(PushError, match="--push securityhub: no working sign-in"):
        connect()
