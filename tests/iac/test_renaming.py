"""What may change without an alert or a waiver getting lost: names of modules, files, the order of states, the hour."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import estate
import jsonschema_rs
import pytest
from test_estate import scanned

from scanner.iac import Ownership, StateFile
from scanner.known import parse
from scanner.report import Report
from scanner.report.known import Known
from scanner.reporters import reporter
from scanner.reporters.page import Page

SCHEMA = json.loads((Path(__file__).parents[1] / "schemas" / "sarif-schema-2.1.0.json").read_text())
WAIVERS = """[[waiver]]
rule = "bucket-without-versioning"
resource = "arn:aws:s3:::estate-logs-*"
reason = "logs are copied elsewhere"
owner = "logs@example.com"
until = 2027-01-31
"""
TODAY = date(2026, 11, 23)


def copied(folder: Path, *edits: Callable[[str], str]) -> tuple[Path, StateFile]:
    """Copy the code and the state, with the same edits to both."""
    root = folder / "live"
    shutil.copytree(estate.FOLDER, root, ignore=shutil.ignore_patterns("answers", "*.jsonl"))
    (folder / ".git").mkdir()
    for path in (*root.rglob("*.tf"), *root.rglob("*.tf.json"), root / "terraform.tfstate"):
        text = path.read_text(encoding="utf-8")
        for edit in edits:
            text = edit(text)
        path.write_text(text, encoding="utf-8")
    return root, StateFile(root / "terraform.tfstate")


def judged(root: Path, *states: StateFile) -> Report:
    known = Known(
        waivers=parse(WAIVERS, "waivers.toml", TODAY), ownership=Ownership(root, states), today=TODAY
    )
    return replace(known.applied_to(scanned(root, *states)), run="20261123T020000Z")


def told(report: Report) -> dict[str, Any]:
    log: dict[str, Any] = json.loads(b"".join(reporter("sarif")(report, Page())))
    jsonschema_rs.validator_for(SCHEMA, validate_formats=True).validate(log)
    return log


def hashes(report: Report) -> list[tuple[str, str]]:
    results = [result for run in told(report)["runs"] for result in run["results"]]
    return sorted((one["ruleId"], one["partialFingerprints"]["primaryLocationLineHash"]) for one in results)


def in_network_module(text: str) -> str:
    return text.replace('module "net"', 'module "networks"').replace("module.net[", "module.networks[")


def in_folder(text: str) -> str:
    return text.replace("./modules/net", "./modules/vpc")


def test_a_module_is_renamed_around_a_waived_resource(tmp_path: Path) -> None:
    root, state = copied(tmp_path / "before")
    before = judged(root, state)
    root, state = copied(tmp_path / "after", in_network_module, in_folder)
    (root / "modules" / "net").rename(root / "modules" / "vpc")
    after = judged(root, state)
    assert len(before.waived) == 2
    assert after.waived == before.waived
    assert [one.fingerprint for one in after.verdicts] == [one.fingerprint for one in before.verdicts]
    assert hashes(after) == hashes(before)
    logs = [fingerprint for fingerprint in after.waived if "networks" in after.locations[fingerprint].address]
    assert len(logs) == 2, "its lines are those of the module as it is called now"
    moved = {place.path for place in after.locations.values()} - {
        place.path for place in before.locations.values()
    }
    assert moved == {"live/modules/vpc/main.tf"}


def test_a_module_is_renamed_and_nothing_was_applied_yet(tmp_path: Path) -> None:
    root, state = copied(tmp_path)
    whole = judged(root, state)
    main = root / "main.tf"
    block = "\nmoved {\n  from = module.net\n  to   = module.networks\n}\n"
    main.write_text(in_network_module(main.read_text()) + block)
    after = judged(root, state)
    assert hashes(after) == hashes(whole)
    assert {one: place.path for one, place in after.locations.items()} == {
        one: place.path for one, place in whole.locations.items()
    }
    assert after.waived == whole.waived


def test_a_resource_moves_to_another_file_and_keeps_its_hash(tmp_path: Path) -> None:
    root, state = copied(tmp_path)
    before = judged(root, state)
    (root / "google.tf").rename(root / "storage.tf")
    after = judged(root, state)
    assert hashes(after) == hashes(before)
    assert {place.path for place in after.locations.values()} >= {"live/storage.tf"}


@pytest.mark.parametrize("parts", [2, 5])
def test_the_order_of_states_and_of_what_they_hold_changes_nothing(tmp_path: Path, parts: int) -> None:
    root, state = copied(tmp_path)
    whole = judged(root, state)
    data = json.loads(state.path.read_text())
    files = []
    for number in range(parts):
        path = tmp_path / f"{number}.tfstate"
        resources = list(reversed(data["resources"]))[number::parts]
        path.write_text(json.dumps({**data, "resources": resources}))
        files.append(StateFile(path, root))
    for states in (files, files[::-1]):
        again = judged(root, *states)
        assert told(again) == told(whole)
        assert again.waived == whole.waived


def test_one_resource_in_two_states_leads_to_one_place_in_any_order(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    states = []
    for name in ("old", "new"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "main.tf").write_text('resource "aws_s3_bucket" "b" {\n  bucket = "b"\n}\n')
        instance = {"attributes": {"id": "b", "bucket": "b", "arn": "arn:aws:s3:::b"}}
        row = {"mode": "managed", "type": "aws_s3_bucket", "name": "b", "instances": [instance]}
        states.append(StateFile(tmp_path / name / "terraform.tfstate"))
        states[-1].path.write_text(json.dumps({"version": 4, "resources": [row]}))
    found = [
        next(iter(Ownership(tmp_path, both).described("arn:aws:s3:::b"))) for both in (states, states[::-1])
    ]
    assert found[0] == found[1] == "new/main.tf:1: aws_s3_bucket.b"
    given = [states[0], StateFile(tmp_path / "old" / "terraform.tfstate", tmp_path / "old")]
    assert next(iter(Ownership(tmp_path, [states[1], *given[1:]]).described("arn:aws:s3:::b"))).startswith(
        "old/main.tf"
    )


def test_two_runs_on_one_day_differ_in_the_run_alone(tmp_path: Path) -> None:
    root, state = copied(tmp_path)
    first = judged(root, state)
    later = replace(first, run="20261123T180000Z", started=first.started + timedelta(hours=9))
    logs = [told(first), told(later)]
    ids = [[run["automationDetails"].pop("id") for run in log["runs"]] for log in logs]
    assert ids[0] != ids[1]
    assert [id_.rpartition("/")[0] for id_ in ids[0]] == [id_.rpartition("/")[0] for id_ in ids[1]]
    assert [id_.rpartition("/")[0] for id_ in ids[0]] == [
        "surefoot/aws/123456789012",
        "surefoot/azure/0aa8e6d4-7d43-4b8c-9a3e-3f1f3a4b5c6d",
        "surefoot/gcp/estate-prod",
    ]
    for log in logs:
        for run in log["runs"]:
            run["invocations"][0].pop("startTimeUtc")
    assert logs[0] == logs[1]


@pytest.mark.slow
def test_5_000_resources_against_300_files_take_less_than_3_seconds() -> None:
    words = [sys.executable, str(Path(__file__).parents[1] / "bench" / "iac.py")]
    said = subprocess.run(words, check=True, capture_output=True, text=True, timeout=120).stdout
    assert said.startswith("300 files, ")
    assert "5,000 managed; " in said
    assert "without a line: 0" in said
    taken = re.search(r"of the processor ([\d.]+) s", said)  # whatever else the machine does meanwhile
    assert taken is not None
    assert float(taken[1]) < 3
