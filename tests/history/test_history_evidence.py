"""Evidence: how each verdict stood in a period, which run looked when, and checksums that fit."""

import hashlib
import stat
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
import pytest
from nights_made_up import LOGS, WWW, bad, good, kept, unclear
from runs_made_up import HERE, SCOPES, THERE, gap, made

from scanner.frameworks import Control, Framework
from scanner.history.asking import Asking
from scanner.history.evidence import Period, write
from scanner.history.opening import HistoryError

if TYPE_CHECKING:
    from sqlalchemy import Engine

NOW = datetime(2026, 12, 1, tzinfo=UTC)
RULES = [made("bucket-public"), made("volume-unencrypted")]


def control(number: str, *rules: str, automated: bool = True) -> Control:
    return Control("ACME", "1", number, f"Title {number}", automated=automated, rules=rules)


ACME = Framework(
    "ACME",
    "Ours",
    "1",
    None,
    {
        one.number: one
        for one in (control("1.1", "bucket-public"), control("2/x"), control("3", automated=False))
    },
)


@pytest.fixture
def evidence(engine: "Engine", tmp_path: Path) -> Any:
    """Write evidence of some November days; return what its files say."""

    def written(first: int, last: int) -> dict[str, Any]:
        folder = tmp_path / f"evidence-{first}-{last}"
        period = Period(f"2026-11-{first:02d}T00:00:00Z", f"2026-11-{last:02d}T23:59:59Z")
        with engine.connect() as connection:
            write(Asking(connection), ACME, RULES, period, folder, NOW)
        lines = {
            path.relative_to(folder).as_posix(): [
                orjson.loads(line) for line in path.read_bytes().splitlines()
            ]
            for path in folder.rglob("*.jsonl")
        }
        return {**lines, "folder": folder}

    return written


def test_a_control_has_its_population_with_how_it_stood(engine: "Engine", evidence: Any) -> None:
    ok = "arn:aws:s3:::ok"
    accepted = bad("arn:aws:s3:::shop")
    kept(engine, 1, bad(), bad(LOGS), good(ok), accepted)
    waivers = [
        {"subject": "shop", "reason": "a shop", "owner": "web", "approved_by": "ciso", "until": "2027-01-01"}
    ]
    words = {"waived": {accepted.fingerprint: "a shop"}, "more": {"waivers": waivers}}
    kept(engine, 2, good(), unclear(LOGS), good(ok), accepted, **words)
    kept(engine, 3, good(), unclear(LOGS), good(ok), accepted, **words)
    found = evidence(3, 4)
    rows = {row["resource"]: row for row in found["controls/1.1.jsonl"]}
    stood = {resource: (row["at_start"], row["at_end"]) for resource, row in rows.items()}
    assert stood == {
        WWW: ("fail", "pass"),
        LOGS: ("fail", "unknown"),
        ok: ("pass", "pass"),
        accepted.resource: ("fail", "accepted"),
    }
    assert [turn["step"] for turn in rows[WWW]["turns"]] == ["fixed"]
    assert rows[accepted.resource]["accepted"] == "a shop"
    assert {row["looks"] for row in rows.values()} == {2}
    [first, second, third] = found["controls.jsonl"]
    assert (first["state"], first["population"], first["pass"]) == ("unknown", 4, 2)
    assert (second["state"], third["state"]) == ("no rule", "manual")
    assert [one["approved_by"] for one in found["waivers.jsonl"]] == ["ciso", "ciso"]
    assert [one["rules"]["bucket-public"]["revision"] for one in found["runs.jsonl"]] == [1, 1]


def test_a_later_period_does_not_change_an_earlier_one(engine: "Engine", evidence: Any) -> None:
    kept(engine, 1, bad())
    kept(engine, 2, good())
    kept(engine, 3)
    [row] = evidence(2, 2)["controls/1.1.jsonl"]
    assert (row["at_start"], row["at_end"]) == ("not_met", "fail")
    [row] = evidence(3, 3)["controls/1.1.jsonl"]
    assert (row["at_start"], row["at_end"]) == ("fail", "pass")
    assert [one["at_end"] for one in evidence(4, 4)["controls/1.1.jsonl"]] == ["absent"]


def test_what_no_run_looked_at_is_not_passed(engine: "Engine", evidence: Any) -> None:
    kept(engine, 1, good(), good(LOGS, scope=THERE))
    kept(engine, 2, good(), scopes=[scope for scope in SCOPES if scope.account == HERE.account])
    found = evidence(3, 3)
    assert {row["resource"]: row["at_end"] for row in found["controls/1.1.jsonl"]} == {
        WWW: "pass",
        LOGS: "not_looked",
    }
    assert found["controls.jsonl"][0]["state"] == "unknown"


def test_what_was_left_out_is_said(engine: "Engine", evidence: Any) -> None:
    more = {
        "left_out": ("aws:111122223333/me-south-1",),
        "looks": {HERE: ("2026-11-02T01:31:00Z", "2026-11-02T01:32:00Z")},
    }
    kept(engine, 1, gaps=[gap()], more=more)
    [run] = evidence(2, 2)["runs.jsonl"]
    assert run["left_out"] == ["aws:111122223333/me-south-1"]
    assert run["not_read"][0]["permission"] == "s3:ListAllMyBuckets"
    times = {(one["account"], one["region"]): (one["from"], one["to"]) for one in run["read"]}
    assert times[HERE.account, HERE.region] == ("2026-11-02T01:31:00Z", "2026-11-02T01:32:00Z")


def test_the_checksums_fit_and_the_folder_is_its_owners_only(engine: "Engine", evidence: Any) -> None:
    kept(engine, 1, bad())
    folder = evidence(2, 2)["folder"]
    lines = (folder / "SHA256SUMS").read_text().splitlines()
    named = {line.partition("  ")[2]: line.partition("  ")[0] for line in lines}
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert named.keys() == there - {"SHA256SUMS"}
    assert all(
        hashlib.sha256((folder / name).read_bytes()).hexdigest() == sum_ for name, sum_ in named.items()
    )
    manifest = orjson.loads((folder / "manifest.json").read_bytes())
    assert (manifest["framework"], manifest["runs"], manifest["made"]) == ("ACME", 1, "2026-12-01T00:00:00Z")
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert all(stat.S_IMODE((folder / name).stat().st_mode) == 0o600 for name in there)


def test_a_period_without_runs_and_a_folder_with_files_are_told(
    engine: "Engine", evidence: Any, tmp_path: Path
) -> None:
    kept(engine, 1, bad())
    with pytest.raises(HistoryError, match="no run was stored from 2026-11-20"):
        evidence(20, 21)
    folder = tmp_path / "full"
    folder.mkdir()
    (folder / "mine.txt").touch()
    period = Period("2026-11-01T00:00:00Z", "2026-11-30T00:00:00Z")
    with engine.connect() as connection, pytest.raises(HistoryError, match="not empty"):
        write(Asking(connection), ACME, RULES, period, folder, NOW)


def test_a_framework_of_one_cloud_counts_no_other(
    engine: "Engine", evidence: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept(engine, 1, bad())
    only = {number: replace(one, cloud="gcp") for number, one in ACME.controls.items()}
    monkeypatch.setattr(f"{__name__}.ACME", replace(ACME, controls=only))
    assert evidence(2, 2)["controls.jsonl"][0]["state"] == "nothing in scope"
