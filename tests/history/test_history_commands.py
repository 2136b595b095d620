"""The commands over a history: what they print, what they refuse."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from nights_made_up import LOGS, WWW, bad, good, kept, unclear
from typer.testing import CliRunner, Result

from scanner.cli import app, commands
from scanner.errors import UserError
from scanner.history.opening import open_history

if TYPE_CHECKING:
    from sqlalchemy import Engine


@pytest.fixture
def history(tmp_path: Path, template: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "history.db"
    path.write_bytes(template.read_bytes())
    engine: Engine = open_history(str(path))
    kept(engine, 1, bad(), bad(LOGS))
    kept(engine, 2, good(), unclear(LOGS))
    engine.dispose()
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SUREFOOT_HISTORY", raising=False)
    return path


def run(*words: str | Path) -> Result:
    commands.register(app)
    return CliRunner().invoke(app, list(map(str, words)))


def refused(*words: str | Path) -> str:
    error = run(*words).exception
    assert isinstance(error, UserError)
    return str(error)


def test_the_list_says_since_when_and_that_nobody_looked(history: Path) -> None:
    out = run("history", "list", "--history", history).stdout
    assert "HIGH  bucket-public  (1)" in out
    assert "open since 2026-11-02, not checked since 2026-11-02" in " ".join(out.split())
    assert "1 finding\n" in out
    fixed = run("history", "list", "--history", history, "--status", "fixed").stdout
    assert "fixed on 2026-11-03 (1 day open)" in " ".join(fixed.split())


def test_programs_read_lines(history: Path) -> None:
    lines = [
        json.loads(line)
        for line in run(
            "history", "list", "--status", "all", "-o", "jsonl", "--history", history
        ).stdout.splitlines()
    ]
    assert {line["resource"]: (line["status"], line["days_open"]) for line in lines} == {
        WWW: ("fixed", 1.0),
        LOGS: ("not_checked", 0.0),
    }


def test_one_finding_the_trend_and_the_runs(history: Path) -> None:
    out = run("history", "show", bad().fingerprint[:10], "--history", history).stdout
    assert "first checked" in out
    assert "fixed" in out
    trend = run("history", "trend", "--history", history).stdout
    assert "half of all fixes took no more than 1.0 days" in trend
    assert "1 failed" not in trend
    runs = run("history", "runs", "--history", history).stdout
    assert "2026-11-03 01:30" in runs
    assert "1 fixed, 1 not checked" in runs


def test_findings_of_nobody_are_a_group_of_their_own(history: Path) -> None:
    out = run("history", "list", "--group-by", "owner", "--history", history).stdout
    assert out.startswith("nobody's: no rule of [owners] names an owner: 1 finding\n")


def test_the_environment_and_the_configuration_say_where_it_is(
    history: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "which history?" in refused("history", "runs")
    monkeypatch.setenv("SUREFOOT_HISTORY", str(history))
    assert run("history", "runs").exit_code == 0
    assert "which history?" in refused("history", "runs", "--history", "none")
    monkeypatch.delenv("SUREFOOT_HISTORY")
    Path("surefoot.toml").write_text('[history]\nurl = "history.db"\n')
    assert run("history", "runs").exit_code == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["history", "list", "--status", "closed"], "one of open, not_checked"),
        (["history", "list", "--severity", "bad"], "one of info, low"),
        (["history", "list", "--group-by", "rule"], "it reads owner"),
        (["history", "list", "-o", "csv"], "one of table, jsonl"),
        (["history", "show", "xyz"], "no fingerprint"),
        (["history", "show", "0000"], "no finding has this fingerprint"),
        (["evidence", "--framework", "CIS", "--from", "2026-01-01", "--to", "2026-02-01"], "one of CIS-AWS"),
        (
            ["evidence", "--framework", "CIS-AWS-7.0", "--from", "yesterday", "--to", "2026-02-01"],
            "a day such as",
        ),
        (
            ["evidence", "--framework", "CIS-AWS-7.0", "--from", "2026-03-01", "--to", "2026-02-01"],
            "is later than",
        ),
        (
            ["evidence", "--framework", "CIS-AWS-7.0", "--from", "2026-01-01", "--to", "2026-02-01"],
            "no run was stored",
        ),
    ],
)
def test_what_cannot_be_asked_is_refused_with_what_can(history: Path, words: list[str], said: str) -> None:
    assert said in refused(*words, "--history", history)


def test_runs_that_were_kept_as_files_are_stored_in_their_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    scope = {"provider": "aws", "account": "111122223333", "region": "eu-west-1"}
    for day, outcome in ((3, "pass"), (2, "fail")):
        head = {
            "type": "run",
            "schema": 1,
            "version": "0",
            "started": f"2026-11-{day:02d}T01:30:00Z",
            "scopes": [scope],
        }
        line: dict[str, object] = {
            "type": "verdict", "rule": "bucket-public", "severity": "high", "outcome": outcome, "waived": None, **scope,
            "kind": "Bucket", "resource": WWW, "name": "", "messages": [], "unread": [],
            "fingerprint": bad().fingerprint,
        }  # fmt: skip
        rows = [{**head, "rules": {"bucket-public": 1}}, line, {"type": "end", "complete": True}]
        Path(f"{day}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    added = run("history", "add", "3.jsonl", "2.jsonl", "--history", "h.db")
    assert added.stderr == "2.jsonl: stored\n3.jsonl: stored\n"
    again = run("history", "add", "3.jsonl", "--history", "h.db")
    assert again.stderr == "3.jsonl: was there already\n"
    assert "1 fixed" in run("history", "runs", "--history", "h.db").stdout
