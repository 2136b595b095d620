"""`surefoot demo`: the whole of it, as somebody runs it who has just installed it."""

import os
import signal
import time

import pytest
from command import Command
from test_scan import timeless

pytest_plugins = ["demo_account"]
pytestmark = pytest.mark.slow

#: What a person's machine may hold that has nothing to do with the demo.
MACHINE = {
    "AWS_PROFILE": "production",
    "AWS_ACCESS_KEY_ID": "",
    "AWS_ENDPOINT_URL": "http://192.0.2.1",
    "AWS_CONFIG_FILE": "/nonexistent/config",
    "HTTP_PROXY": "http://192.0.2.1:3128",
    "http_proxy": "http://192.0.2.1:3128",
    "REQUESTS_CA_BUNDLE": "/nonexistent/bundle.pem",
}
REPORTS = {
    "inventory.jsonl.zst",
    "verdicts.jsonl",
    "findings.sarif",
    "summary.md",
    "compliance.txt",
    "report.html",
}


def test_the_demo_finds_and_reports_and_ends_with_0(surefoot: Command) -> None:
    ran = surefoot("demo", "--fail-on", "never", **MACHINE)
    assert ran.code == 0, ran.err
    assert "web-assets" in ran.out
    assert "demo-report" in ran.err
    folder = surefoot.folder / "demo-report"
    assert {path.name for path in folder.iterdir()} == REPORTS
    verdicts = (folder / "verdicts.jsonl").read_text()
    assert '"gap"' not in verdicts
    assert '"unknown":0' in verdicts

    assert surefoot("demo", "--folder", "again").code == 1
    again = (surefoot.folder / "again" / "verdicts.jsonl").read_text()
    assert timeless(again) == timeless(verdicts)


def test_a_surefoot_toml_for_other_accounts_is_left_alone(surefoot: Command) -> None:
    (surefoot.folder / "surefoot.toml").write_text('fail_on = "never"\n[aws]\nprofiles = ["production"]\n')
    assert surefoot("demo").code == 1


def test_without_moto_one_line_says_what_to_install(surefoot: Command) -> None:
    hide = surefoot.folder / "guard" / "sitecustomize.py"
    hide.write_text(hide.read_text() + "import sys\nsys.modules['moto'] = None\n")
    ran = surefoot("demo")
    assert (ran.code, ran.out) == (2, "")
    assert "pip install 'surefoot[demo]'" in ran.err
    assert "Traceback" not in ran.err


@pytest.mark.skipif(os.name == "nt", reason="Windows has no process groups to signal")
def test_no_server_is_left_behind(surefoot: Command) -> None:
    process = surefoot.start("demo")
    assert process.stderr is not None
    children: list[int] = []
    limit = time.monotonic() + 30
    while not children and time.monotonic() < limit:
        children = _children_of(process.pid)
        time.sleep(0.05)
    assert children
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=10)
    while any(_is_alive(child) for child in children) and time.monotonic() < limit:
        time.sleep(0.05)
    assert not [child for child in children if _is_alive(child)]


def _children_of(pid: int) -> list[int]:
    try:
        with open(f"/proc/{pid}/task/{pid}/children") as children:  # noqa: PTH123 - no file of ours
            return [int(child) for child in children.read().split()]
    except OSError:
        pytest.skip("this system does not tell a process's children")


def _is_alive(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat") as stat:  # noqa: PTH123 - no file of ours
            return stat.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
