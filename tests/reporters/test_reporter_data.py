"""The formats that programs read: jsonl, json, csv."""

import csv
import io
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import Any

import pytest
from made_up_reports import BELGIUM, IRELAND, OPEN, denied, ordinary, report, text, verdict

from scanner.engine import Outcome
from scanner.inventory import Gap
from scanner.models.resource import Code
from scanner.report import Report
from scanner.reporters import Page, reporter
from scanner.reporters.csv import COLUMNS


def lines(one: Report) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text(reporter("jsonl"), one, Page()).splitlines()]


def rows(one: Report) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text(reporter("csv"), one, Page()), newline=""), strict=True))


def test_the_run_line() -> None:
    assert lines(ordinary())[0] == {
        "type": "run",
        "schema": 1,
        "tool": "surefoot",
        "version": "0.1.0",
        "run": "20261123T013000Z",
        "started": "2026-11-23T01:30:00Z",
        "scopes": [
            {"provider": "aws", "account": "111122223333", "region": "eu-west-1"},
            {"provider": "aws", "account": "111122223333", "region": "us-east-1"},
            {"provider": "gcp", "account": "acme-prod", "region": "europe-west1"},
        ],
        "left_out": ["aws:111122223333/me-south-1"],
        "rules": {"crate-open": 1, "crate-rusty": 1, "crate-without-crane": 3},
        "packs": {"surefoot": "0.1.0"},
        "options": {"fail_on": "low"},
    }


def test_a_verdict_line() -> None:
    """The contract to the byte, keys in their order."""
    one = verdict(OPEN, "attic", Outcome.UNKNOWN, unread=denied("Crate.locked", "crates:GetLock"))
    line = text(reporter("jsonl"), report([one]), Page()).splitlines()[1]
    assert line == (
        '{"type":"verdict","rule":"crate-open","severity":"critical","outcome":"unknown","waived":null,'
        '"provider":"aws","account":"111122223333","region":"eu-west-1","kind":"Crate",'
        '"resource":"arn:aws:crates:eu-west-1:111122223333:crate/attic","name":"attic","messages":[],'
        '"unread":[{"field":"Crate.locked","code":"denied","permission":"crates:GetLock",'
        '"why":"GetLock: User: arn:aws:iam::111122223333:role/audit is not authorized"}],'
        '"controls":["CIS-AWS-7.0:3.1.1"],"fingerprint":"' + one.fingerprint + '","location":null}'
    )


def test_the_order_of_lines() -> None:
    made = lines(ordinary())
    assert [line["type"] for line in made] == ["run", *["verdict"] * 9, "gap", "end"]
    verdicts = [line for line in made if line["type"] == "verdict"]
    order = [(v["provider"], v["account"], v["region"], v["rule"], v["resource"]) for v in verdicts]
    assert order == sorted(order)


def test_the_gap_and_the_end() -> None:
    assert lines(ordinary())[-2:] == [
        {
            "type": "gap", "provider": "aws", "account": "111122223333", "region": "us-east-1", "kind": "Crane",
            "code": "denied", "permission": "cranes:DescribeCranes", "why": "DescribeCranes: AccessDenied: no",
        },
        {
            "type": "end",
            "complete": False,
            "counts": {"fail": 5, "error": 1, "unknown": 1, "pass": 2, "waived": 1, "gaps": 1, "resources": 7},
        },
    ]  # fmt: skip
    assert lines(report([verdict(OPEN, "a")]))[-1]["complete"] is True


def test_controls_are_those_of_the_own_cloud_and_waivers_show_their_reason() -> None:
    made = {(v["name"], v["rule"]): v for v in lines(ordinary()) if v["type"] == "verdict"}
    assert made["shed", "crate-open"]["controls"] == ["CIS-GCP-5.0:6.8", "ACME-1:1"]
    assert made["cellar", "crate-rusty"]["controls"] == ["CIS-AWS-7.0:3.2.1", "ACME-1:1"]
    assert made["old-crate", "crate-open"]["waived"] == "emptied next week"
    assert made["front-door", "crate-open"]["waived"] is None


def test_fingerprints_are_unique_and_outlive_the_night() -> None:
    made = ordinary()
    tonight = [line["fingerprint"] for line in lines(made) if line["type"] == "verdict"]
    assert len(set(tonight)) == len(tonight) == 9
    assert all(len(one) == 32 for one in tonight)
    later = replace(made, started=made.started + timedelta(days=1), run="another", seconds=99.0, calls=1)
    assert [line["fingerprint"] for line in lines(later) if line["type"] == "verdict"] == tonight


def test_two_nights_differ_in_their_times_alone() -> None:
    made = ordinary()
    later = replace(made, started=made.started + timedelta(days=1), seconds=99.0, calls=1)
    again = text(reporter("jsonl"), later, Page()).replace("2026-11-24T", "2026-11-23T")
    assert again == text(reporter("jsonl"), made, Page())


def test_options_may_be_what_python_has() -> None:
    made = report(
        [verdict(OPEN, "a")],
        rules=[OPEN],
        options={"rules": {PurePosixPath("a/b"), PurePosixPath("a/a")}, "tags": OPEN.fix, "few": (1, 2)},
        packs=MappingProxyType({"z": "1", "a": "2"}),
    )
    run = lines(made)[0]
    assert run["options"]["rules"] == ["a/a", "a/b"]
    assert run["options"]["tags"]["gcp"] == "gcloud crates lock NAME"
    assert list(run["packs"]) == ["a", "z"]
    with pytest.raises(TypeError, match="not JSON serializable: object"):
        lines(report(options={"x": object()}))


def test_half_of_a_surrogate_pair_loses_no_verdict() -> None:
    made = report(
        [verdict(OPEN, "a", messages=["its lid is \ud800"])],
        [Gap(IRELAND, "Crate", Code.DENIED, text="\udcff")],
    )
    assert lines(made)[1]["messages"] == [r"its lid is \ud800"]
    for name in ("csv", "table", "markdown", "sarif", "json"):
        assert text(reporter(name), made, Page())


def test_json_has_the_same_objects() -> None:
    made = json.loads(text(reporter("json"), ordinary(), Page()))
    assert [made["run"], *made["verdicts"], *made["gaps"], made["end"]] == lines(ordinary())
    empty = json.loads(text(reporter("json"), report(), Page()))
    assert (empty["verdicts"], empty["gaps"]) == ([], [])


def test_csv_has_a_row_for_every_verdict_and_every_gap() -> None:
    made = rows(ordinary())
    assert [row["outcome"] for row in made].count("gap") == 1
    assert len(made) == 10
    assert list(made[0]) == list(COLUMNS)
    [row] = [row for row in made if row["name"] == "front-door" and row["rule"] == "crate-open"]
    assert row["title"] == "Crate is open to everyone who passes by"
    assert row["messages"] == "its lid is off; the key is in the lock, and 203.0.113.0/24 can turn it"
    assert row["controls"] == "CIS-AWS-7.0:3.1.1; ACME-1:1"
    [attic] = [row for row in made if row["name"] == "attic"]
    assert attic["permissions"] == "crates:GetLock"
    assert attic["unread"].startswith("Crate.locked: GetLock: User")
    gap = made[-1]
    assert (gap["outcome"], gap["kind"], gap["permissions"]) == ("gap", "Crane", "cranes:DescribeCranes")


def test_csv_is_rfc_4180() -> None:
    made = text(reporter("csv"), report([verdict(OPEN, 'say "hi", he said')]), Page())
    assert made.count("\r\n") == made.count("\n") == 2
    assert ',"say ""hi"", he said",' in made


@pytest.mark.parametrize("name", ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\uff1d1"])
def test_no_cell_is_a_formula(name: str) -> None:
    """Nor does it hold what ends a line or what a terminal acts on."""
    made = rows(report([verdict(OPEN, name, messages=[name], resource=name, scope=BELGIUM)]))
    assert len(made) == 1
    for cell in made[0].values():
        assert cell.isprintable()
        assert not cell.startswith(("=", "+", "-", "@", "\uff1d"))
    assert made[0]["name"].startswith("'")
