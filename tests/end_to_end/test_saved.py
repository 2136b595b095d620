"""Collected tonight, judged tomorrow: the same verdicts, and the facts behind each."""

import json
from pathlib import Path

import pytest
from command import Command, Ran

pytest_plugins = ["demo_account"]
pytestmark = pytest.mark.slow


def judged(ran: Ran) -> list[str]:
    """Every line but the run's own."""
    return ran.out.splitlines()[1:]


def test_collect_then_evaluate_is_a_scan(whole: tuple[Ran, Path], surefoot: Command) -> None:
    collected = surefoot("collect", "aws", "-o", "tonight.jsonl.zst")
    assert (collected.code, collected.out) == (0, "")
    evaluated = surefoot("evaluate", "tonight.jsonl.zst", "-o", "jsonl")
    assert evaluated.code == 1
    assert judged(evaluated) == judged(whole[0])


def test_what_a_scan_saves_is_judged_alike_without_a_sign_in(
    whole: tuple[Ran, Path], surefoot: Command
) -> None:
    ran, kept = whole
    for word in ("evaluate", "scan"):
        again = surefoot(
            word, kept, "-o", "jsonl", AWS_ENDPOINT_URL="http://127.0.0.1:9", AWS_ACCESS_KEY_ID=""
        )
        assert again.code == 1
        assert judged(again) == judged(ran)
        assert again.lines[0]["started"] == ran.lines[0]["started"]


def test_two_collections_differ_in_times_alone(surefoot: Command) -> None:
    for name in ("one.jsonl", "two.jsonl"):
        assert surefoot("collect", "aws", "-o", name).code == 0
    one, two = (
        [timeless(json.loads(line)) for line in (surefoot.folder / name).read_text().splitlines()]
        for name in ("one.jsonl", "two.jsonl")
    )
    assert one == two


def timeless(row: dict[str, object]) -> dict[str, object]:
    """Leave out when it was read, and until when moto says that a database can be restored: until then."""
    facts = row.get("facts")
    if isinstance(facts, dict):
        row = {**row, "facts": {name: fact for name, fact in facts.items() if name != "restorable_until"}}
    return {key: value for key, value in row.items() if key not in ("started", "read_at")}


def test_an_inventory_is_readable_by_its_owner_only(whole: tuple[Ran, Path]) -> None:
    assert whole[1].stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("outcome", ["pass", "fail"])
def test_explain_names_each_fact_with_its_call(
    whole: tuple[Ran, Path], surefoot: Command, outcome: str
) -> None:
    ran, kept = whole
    verdict = next(
        line
        for line in ran.of_type("verdict")
        if (line["rule"], line["outcome"]) == ("bucket-without-versioning", outcome)
    )
    said = surefoot("explain", verdict["fingerprint"], kept)
    assert said.code == 0
    for word in (
        "bucket-without-versioning",
        outcome,
        "versioning",
        "s3:GetBucketVersioning",
        verdict["name"],
    ):
        assert word.lower() in said.out.lower(), word


def test_explain_of_nobody_is_2(whole: tuple[Ran, Path], surefoot: Command) -> None:
    assert surefoot("explain", "0" * 32, whole[1]).code == 2
