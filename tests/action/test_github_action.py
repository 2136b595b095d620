"""The action: its steps against a GitHub on loopback, and what the examples promise."""

import base64
import gzip
import importlib.util
import json
import re
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml
from loopback import GitHub

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted((ROOT / "docs" / "ci").glob("*.yml"))
ESTATE = ROOT / "fixtures" / "terraform"


@pytest.fixture(scope="module")
def steps() -> ModuleType:
    spec = importlib.util.spec_from_file_location("surefoot_action", ROOT / "action" / "github.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def github(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[GitHub]:
    server = GitHub()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    for name in ("RUNNER_TEMP", "GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"):
        monkeypatch.setenv(name, str(tmp_path / name))
    monkeypatch.setenv("GITHUB_API_URL", server.address)
    monkeypatch.setenv("GITHUB_REPOSITORY", "o/r")
    monkeypatch.setenv("GITHUB_REF", "refs/heads/main")
    monkeypatch.setenv("GITHUB_REF_NAME", "main")
    monkeypatch.setenv("GITHUB_SHA", "f" * 40)
    monkeypatch.setenv("INPUT_TOKEN", "a-token")
    monkeypatch.setenv("INPUT_BASELINE_NAME", "surefoot run/1")
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "GITHUB_EVENT_PATH"):
        monkeypatch.delenv(name, raising=False)
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def event(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, head: str | None = "o/r") -> None:
    repo = None if head is None else {"full_name": head}
    base = {"ref": "main", "sha": "", "repo": {"full_name": "o/r"}}
    (tmp_path / "event.json").write_text(
        json.dumps({"pull_request": {"number": 7, "head": {"repo": repo}, "base": base}})
    )
    monkeypatch.setenv("GITHUB_EVENT_PATH", str(tmp_path / "event.json"))


def outputs(tmp_path: Path) -> dict[str, str]:
    return dict(line.split("=", 1) for line in (tmp_path / "GITHUB_OUTPUT").read_text().splitlines())


@pytest.mark.usefixtures("github")
@pytest.mark.parametrize(("head", "skip"), [("o/r", "false"), ("evil/r", "true"), (None, "true")])
def test_forks_are_skipped_in_so_many_words(
    steps: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, head: str | None, skip: str
) -> None:
    event(monkeypatch, tmp_path, head)
    steps.plan()
    assert outputs(tmp_path) == {"skip": skip}
    assert (tmp_path / "GITHUB_STEP_SUMMARY").exists() is (skip == "true")


def an_artifact(
    id_: int, day: int, branch: str = "main", repository: int = 1, *, expired: bool = False
) -> dict[str, Any]:
    run = {"head_branch": branch, "repository_id": 1, "head_repository_id": repository}
    return {"id": id_, "expired": expired, "created_at": f"2026-11-{day:02}T02:17:00Z", "workflow_run": run}


def test_the_baseline_is_the_newest_run_of_the_base_branch_itself(
    steps: ModuleType, github: GitHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    event(monkeypatch, tmp_path)
    github.artifacts = [
        an_artifact(1, 20),
        an_artifact(2, 21),
        an_artifact(3, 23, "feature"),
        an_artifact(4, 23, "main", 99),
        an_artifact(5, 23, expired=True),
    ]
    steps.baseline()
    file = Path(outputs(tmp_path)["file"])
    assert file.read_text() == "/blob/2"
    assert github.asked[0][1] == "actions/artifacts?name=surefoot%20run/1&per_page=100"
    assert [asked[3] for asked in github.asked] == ["Bearer a-token", "Bearer a-token", ""], (
        "no token where it lies"
    )


def test_without_a_baseline_everything_counts(
    steps: ModuleType, github: GitHub, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    github.artifacts = [an_artifact(3, 23, "feature")]
    steps.baseline()
    assert outputs(tmp_path) == {"file": ""}
    assert "::warning title=Surefoot::no baseline of main yet" in capsys.readouterr().out


@pytest.mark.usefixtures("github")
def test_inputs_become_words_and_never_a_shell(steps: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "FAIL_ON": "high",
        "REGION": "eu-west-1\n\n us-east-1 ",
        "ONLY": "tag:branch=$(rm -rf /); `x`",
        "ARGS": "--max-rate 5 --only 'tag:a=b c'",
        "BASELINE": "b.jsonl",
    }.items():
        monkeypatch.setenv(f"INPUT_{name}", value)
    assert steps.options() == [
        "--fail-on", "high", "--region", "eu-west-1", "--region", "us-east-1",
        "--only", "tag:branch=$(rm -rf /); `x`", "--baseline", "b.jsonl", "--max-rate", "5", "--only", "tag:a=b c",
    ]  # fmt: skip


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-in for the command is a shell script")
def test_a_scan_sets_the_outputs_and_writes_the_page(
    steps: ModuleType, github: GitHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "surefoot.toml").write_text('select = ["volume-unencrypted"]\n')
    wrapper = tmp_path / "surefoot"
    wrapper.write_text(
        f'#!/bin/sh\nshift\nexec {sys.executable} -m scanner evaluate {ESTATE / "inventory.jsonl"} "$@"\n'
    )
    wrapper.chmod(0o755)
    monkeypatch.setenv("SUREFOOT", str(wrapper))
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    steps.scan()
    first = outputs(tmp_path)
    assert first == {"code": "1", "findings": "3", "new": "3", "incomplete": "false"}
    assert "## Surefoot: 3 findings (3 medium)" in (tmp_path / "GITHUB_STEP_SUMMARY").read_text()
    stored = tmp_path / "RUNNER_TEMP" / "surefoot" / "run.jsonl.zst"
    stored.rename(tmp_path / "baseline.jsonl.zst")
    (tmp_path / "GITHUB_OUTPUT").unlink()
    event(monkeypatch, tmp_path)
    monkeypatch.setenv("INPUT_BASELINE", "baseline.jsonl.zst")
    steps.scan()
    assert outputs(tmp_path) == {"code": "0", "findings": "3", "new": "0", "incomplete": "false"}
    steps.upload()
    [(method, path, body, _)] = github.asked
    assert (method, path, body["ref"]) == ("POST", "code-scanning/sarifs", "refs/pull/7/merge")
    assert json.loads(gzip.decompress(base64.b64decode(body["sarif"])))["version"] == "2.1.0"


def test_where_code_scanning_is_off_the_gate_goes_on(
    steps: ModuleType, github: GitHub, capsys: pytest.CaptureFixture[str]
) -> None:
    (steps.work() / "findings.sarif").write_text("{}")
    github.refuse = 403
    steps.upload()
    assert "::warning title=Surefoot::code scanning takes nothing here (403)" in capsys.readouterr().out
    github.refuse = 422
    with pytest.raises(steps.GateError, match="refused the findings: 422: no"):
        steps.upload()


def test_one_comment_is_brought_up_to_date(
    steps: ModuleType, github: GitHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (steps.work() / "summary.md").write_text("## Surefoot\n")
    steps.comment()
    assert github.asked == [], "no pull request, no comment"
    event(monkeypatch, tmp_path)
    steps.comment()
    assert [asked[:2] for asked in github.asked] == [
        ("GET", "issues/7/comments?per_page=100&page=1"),
        ("POST", "issues/7/comments"),
    ]
    body = github.asked[-1][2]["body"]
    assert body.startswith("<!-- surefoot: surefoot run/1 -->\n## Surefoot")
    github.comments = [{"id": n, "body": "hello"} for n in range(150)] + [{"id": 999, "body": body}]
    steps.comment()
    assert github.asked[-1][:2] == ("PATCH", "issues/comments/999")
    github.refuse = 403
    github.comments = []
    steps.comment()


ACTION = yaml.safe_load((ROOT / "action.yml").read_text())


def test_every_input_is_handed_to_a_step_by_the_environment_and_never_by_its_text() -> None:
    text = (ROOT / "action.yml").read_text()
    for name in ACTION["inputs"]:
        assert f"inputs.{name}" in text, name
    for step in ACTION["runs"]["steps"]:
        assert "${{" not in step.get("run", ""), step
    assert ACTION["outputs"].keys() == {"new", "findings", "incomplete"}


@pytest.mark.parametrize(
    "path",
    [ROOT / "action.yml", *EXAMPLES, ROOT / ".github" / "workflows" / "test.yml"],
    ids=lambda path: path.name,
)
def test_actions_are_pinned_by_hash_and_no_example_runs_foreign_code_with_credentials(path: Path) -> None:
    text = path.read_text()
    assert yaml.safe_load(text)
    for used in re.findall(r"^\s*(?:- )?uses: (\S+)(.*)$", text, re.MULTILINE):
        # Not `./` either: on a pull request that is the branch's own action.
        assert re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", used[0]), used
        assert re.search(r"# v\d+\.\d+\.\d+$", used[1]), used
    assert "on:\n  pull_request_target" not in text
    assert not re.search(r"pull_request_target:", text)
    assert not re.search(r"secrets\.(?!GITHUB_TOKEN)", text)
    assert not re.search(r"(?i)(access.?key|client.?secret|password)\s*[:=]", text)


@pytest.mark.parametrize(
    "path", [one for one in EXAMPLES if one.name.startswith("github")], ids=lambda path: path.name
)
def test_workflows_ask_for_no_more_than_they_need(path: Path) -> None:
    workflow = yaml.safe_load(path.read_text())
    assert workflow["permissions"] == {}
    for job in workflow["jobs"].values():
        writes = {name for name, level in job["permissions"].items() if level == "write"}
        assert writes <= {"id-token", "security-events", "pull-requests"}
        [ours] = [step for step in job["steps"] if str(step.get("uses")).startswith("OWNER/surefoot@")]
        inputs = ours["with"]
        assert inputs.keys() <= ACTION["inputs"].keys()
        checkout = job["steps"][0]["with"]
        assert checkout["persist-credentials"] is False
