"""The composite action as a runner runs it: its steps in order, their conditions, what they hand to each other.

Only two things are not the real ones: GitHub is a server on loopback, and the command that is installed looks at a
saved inventory in place of accounts.
"""

import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml
from loopback import GitHub

from scanner.inventory import load, save

ROOT = Path(__file__).parents[2]
ACTION = yaml.safe_load((ROOT / "action.yml").read_text())
ESTATE = ROOT / "fixtures" / "terraform"
TODAY = "2026-11-23T02:17:00Z"

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the runner's shell is bash")


@dataclass
class Runner:
    """Runs the action in a folder of its own. `ran` are the steps that ran, `log` all that they printed."""

    folder: Path
    github: GitHub
    ran: list[str] = field(default_factory=list)
    log: str = ""
    outputs: dict[str, dict[str, str]] = field(default_factory=dict)

    def __call__(self, inventory: Path, pull: Mapping[str, Any] | None = None, **inputs: str) -> int:
        """Run it once on an inventory; return the code of the step that failed, or 0."""
        self.ran, self.log, self.outputs = [], "", {}
        temp = self.folder / f"temp-{len(list(self.folder.glob('temp-*')))}"
        self.bin(temp, inventory)
        event = self.folder / "event.json"
        event.write_text(json.dumps({"pull_request": pull} if pull else {}))
        given = {name: one.get("default", "") for name, one in ACTION["inputs"].items()}
        given |= {name.replace("_", "-"): value for name, value in inputs.items()}
        self.temp = temp
        words = {**{f"inputs.{name}": value for name, value in given.items()}, "runner.temp": str(temp)}
        words |= {"github.token": "a-token", "github.event_name": "pull_request" if pull else "push"}
        for number, step in enumerate(ACTION["runs"]["steps"]):
            id_ = step.get("id", step.get("uses", "").partition("@")[0] or f"step {number}")
            if "if" in step and not self.holds(step["if"], words):
                continue
            self.ran.append(id_)
            if "run" not in step or "venv" in step["run"]:
                continue  # what is installed is there; what is stored is looked at by the test
            code = self.step(id_, step, words, temp)
            if code:
                return code
        return 0

    def bin(self, temp: Path, inventory: Path) -> None:
        """Install a command that judges an inventory whatever accounts it is to scan."""
        command = temp / "surefoot-venv" / "bin" / "surefoot"
        command.parent.mkdir(parents=True)
        command.write_text(f'#!/bin/sh\nshift\nexec {sys.executable} -m scanner evaluate {inventory} "$@"\n')
        command.chmod(0o755)

    def step(self, id_: str, step: Mapping[str, Any], words: Mapping[str, str], temp: Path) -> int:
        out = temp / f"out-{len(self.ran)}"
        out.touch()
        environment = {
            **{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
            **{name: self.filled(value, words) for name, value in step.get("env", {}).items()},
            "GITHUB_ACTION_PATH": str(ROOT),
            "GITHUB_API_URL": self.github.address,
            "GITHUB_EVENT_PATH": str(self.folder / "event.json"),
            "GITHUB_OUTPUT": str(out),
            "GITHUB_REF": "refs/heads/main",
            "GITHUB_REF_NAME": "main",
            "GITHUB_REPOSITORY": "o/r",
            "GITHUB_SHA": "f" * 40,
            "GITHUB_STEP_SUMMARY": str(self.folder / "summary.md"),
            "PYTHONPATH": str(ROOT),
            "RUNNER_TEMP": str(temp),
        }
        # As the runner calls it: https://docs.github.com/actions, `shell: bash`.
        words_ = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]]
        done = subprocess.run(
            words_, cwd=self.folder, env=environment, capture_output=True, text=True, check=False, timeout=120
        )
        self.log += done.stdout + done.stderr
        said = dict(line.split("=", 1) for line in out.read_text().splitlines())
        self.outputs[id_] = said
        return done.returncode

    def filled(self, value: str, words: Mapping[str, str]) -> str:
        """Fill in `${{ ... }}`."""
        return re.sub(r"\$\{\{ *(.*?) *\}\}", lambda found: self.word(found[1], words), str(value))

    def word(self, name: str, words: Mapping[str, str]) -> str:
        if name.startswith("steps."):
            _, step, _, output = name.split(".")
            return self.outputs.get(step, {}).get(output, "")
        return words[name]

    def holds(self, condition: str, words: Mapping[str, str]) -> bool:
        """Tell whether an `if:` holds; it is made of comparisons with `&&` between them."""
        for part in condition.split(" && "):
            left, operator, right = re.fullmatch(r"(\S+) (==|!=) '([^']*)'", part.strip()).groups()  # type: ignore[union-attr]
            if (self.word(left, words) == right) is not (operator == "=="):
                return False
        return True

    @property
    def set(self) -> dict[str, str]:
        """The outputs of the action."""
        return {name: self.filled(one["value"], {}) for name, one in ACTION["outputs"].items()}

    def stored(self) -> bytes:
        """What the step that stores the run would hand over."""
        return (self.temp / "surefoot" / "run.jsonl.zst").read_bytes()


@pytest.fixture
def runner(tmp_path: Path) -> Iterator[Runner]:
    server = GitHub()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    (tmp_path / "surefoot.toml").write_text('select = ["volume-unencrypted", "bucket-without-versioning"]\n')
    for words in (["init", "-q"], ["add", "surefoot.toml"], ["commit", "-qm", "settings"]):
        config = ["-c", "user.name=t", "-c", "user.email=t@example.com"]
        subprocess.run(["git", *config, *words], cwd=tmp_path, check=True)  # noqa: S607 - wherever it is
    yield Runner(tmp_path, server)
    server.shutdown()
    thread.join()
    server.server_close()


def pull(runner: Runner, head: str = "o/r") -> dict[str, Any]:
    base = subprocess.run(
        ["git", "rev-parse", "HEAD"],  # noqa: S607 - wherever it is
        cwd=runner.folder,
        check=True,
        capture_output=True,
        text=True,
    )
    return {
        "number": 7,
        "head": {"repo": {"full_name": head}},
        "base": {"ref": "main", "sha": base.stdout.strip(), "repo": {"full_name": "o/r"}},
    }


def night(runner: Runner, inventory: Path) -> int:
    """Run it on the base branch, and put what it stores where the next run looks for it."""
    code = runner(inventory)
    runner.github.run = runner.stored()
    origin = {"head_branch": "main", "repository_id": 1, "head_repository_id": 1}
    runner.github.artifacts = [{"id": 1, "expired": False, "created_at": TODAY, "workflow_run": origin}]
    return code


def changed(runner: Runner, name: str, *, gone: str = "", plain: str = "", account: str = "") -> Path:
    """An inventory like the estate's, with a volume less, one more that is plain, or as another account's."""
    kept = load(ESTATE / "inventory.jsonl")
    volumes = [one for one in kept.resources if one.kind() == "Volume"]
    kept.resources = [one for one in kept.resources if not gone or one.id != gone]
    if plain:
        encrypted = next(one for one in volumes if getattr(one, "encrypted", False))
        kept.resources.append(encrypted.model_copy(update={"id": plain, "encrypted": False}))
    path = runner.folder / name
    save(kept, path)
    if account:
        path.write_text(
            path.read_text()
            .replace("123456789012", account)
            .replace("estate-prod", "x")
            .replace("0aa8e6d4", "1bb")
        )
    return path


def test_a_night_stores_its_run_and_a_pull_request_stops_only_at_what_is_new(runner: Runner) -> None:
    estate = ESTATE / "inventory.jsonl"
    assert night(runner, estate) == 0, runner.log
    assert "no baseline of main yet: every finding counts" in runner.log
    assert runner.ran[-2:] == ["actions/upload-artifact", "step 7"]
    everything = runner.set
    assert everything["new"] == everything["findings"] != "0"
    uploads = [one for one in runner.github.asked if one[1] == "code-scanning/sarifs"]
    assert [one[2]["ref"] for one in uploads] == ["refs/heads/main"]

    assert runner(estate, pull(runner), fail_on="low") == 0, runner.log
    assert runner.set == {**everything, "new": "0"}
    assert "actions/upload-artifact" not in runner.ran, (
        "what a pull request stores could stand in for its base"
    )
    assert len(runner.github.comments) == 1

    worse = changed(
        runner, "worse.jsonl", plain="arn:aws:ec2:eu-west-1:123456789012:volume/vol-0f00f00f00f00f00f"
    )
    assert runner(worse, pull(runner), fail_on="low") == 1
    assert runner.set["new"] == "1"
    assert runner.outputs["scan"]["code"] == "1"
    [patched] = [one for one in runner.github.asked if one[0] == "PATCH"]
    assert patched[1] == "issues/comments/1", "the same comment, brought up to date"
    assert "vol-0f00f00f00f00f00f" in patched[2]["body"]
    assert len(runner.github.comments) == 1


def test_what_was_fixed_does_not_stop_anything_and_is_counted(runner: Runner) -> None:
    estate = ESTATE / "inventory.jsonl"
    night(runner, estate)
    before = int(runner.set["findings"])
    plain = next(
        one.id
        for one in load(estate).resources
        if one.kind() == "Volume" and getattr(one, "encrypted", None) is False
    )
    assert runner(changed(runner, "better.jsonl", gone=plain), pull(runner), fail_on="low") == 0, runner.log
    assert (runner.set["new"], int(runner.set["findings"])) == ("0", before - 1)


def test_a_baseline_of_another_account_is_refused(runner: Runner) -> None:
    night(runner, changed(runner, "other.jsonl", account="999988887777"))
    assert runner(ESTATE / "inventory.jsonl", pull(runner)) == 2
    assert "the baseline is a run of aws:999988887777" in runner.log
    assert runner.ran[-1] == "scan", (
        "nothing is uploaded and nothing said of a comparison that makes no sense"
    )


def test_an_old_baseline_is_warned_about(runner: Runner) -> None:
    estate = ESTATE / "inventory.jsonl"
    night(runner, changed(runner, "old.jsonl"))
    old = runner.folder / "old.jsonl"
    started = json.loads(estate.read_text().partition("\n")[0])["started"]
    old.write_text(estate.read_text().replace(started, "2025-01-01T00:00:00Z"))
    night(runner, old)
    assert runner(estate, pull(runner), fail_on="low") == 0
    assert re.search(r"the baseline is \d{3} days old", runner.log)


def test_settings_that_the_branch_brings_are_not_applied(runner: Runner) -> None:
    night(runner, ESTATE / "inventory.jsonl")
    (runner.folder / "surefoot.toml").write_text(
        'select = ["bucket-without-versioning"]\nfail_on = "never"\n'
    )
    worse = changed(
        runner, "worse.jsonl", plain="arn:aws:ec2:eu-west-1:123456789012:volume/vol-0f00f00f00f00f00f"
    )
    assert runner(worse, pull(runner), fail_on="low") == 1
    assert "not applied" in runner.log


def test_a_fork_is_skipped_whole(runner: Runner) -> None:
    assert runner(ESTATE / "inventory.jsonl", pull(runner, head="evil/r")) == 0
    assert runner.ran == ["plan"]
    assert runner.github.asked == []
    assert "comes from a fork" in (runner.folder / "summary.md").read_text()


def test_the_gate_goes_on_where_code_scanning_is_off(runner: Runner) -> None:
    runner.github.refuse = 403
    assert runner(ESTATE / "inventory.jsonl", pull(runner), fail_on="low", compare="false") == 1
    assert "code scanning takes nothing here (403)" in runner.log
    assert "no comment could be written (403)" in runner.log
