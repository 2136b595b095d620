"""The fixture `cloud` over a live account: scanned once, however many workers ask."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from scanner.demo.aws import asking
from scanner.demo.aws.account import Account

pytest_plugins = ["demo_account"]
pytestmark = pytest.mark.slow

TEST = """
import json, os
def test_{name}(cloud):
    assert cloud.volume({volume!r}).encrypted is {encrypted}
    asked = [str(cloud.inventory.header.started), os.environ["PYTEST_XDIST_WORKER"]]
    open("{name}.json", "w").write(json.dumps(asked))
    import time; time.sleep(1)  # so that the other worker takes the other test
"""


def test_workers_share_one_scan(demo: Account, tmp_path: Path) -> None:
    [bad, *_] = [
        id_ for (rule, id_), out in demo.expected.items() if (rule, out) == ("volume-unencrypted", "fail")
    ]
    [good, *_] = [
        id_ for (rule, id_), out in demo.expected.items() if (rule, out) == ("volume-unencrypted", "pass")
    ]
    for name, volume, encrypted in (("bad", bad, False), ("good", good, True)):
        (tmp_path / f"test_{name}.py").write_text(TEST.format(name=name, volume=volume, encrypted=encrypted))
    (tmp_path / "surefoot.toml").write_text('select = ["volume-unencrypted"]\n')
    environment = {
        "PYTHONPATH": str(Path(__file__).parents[2]),
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        **asking(demo.url),
    }
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "surefoot", "-n", "2", "--surefoot-cloud", "aws"],
        cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert "2 passed" in ran.stdout, ran.stdout
    asked = [json.loads((tmp_path / f"{name}.json").read_text()) for name in ("bad", "good")]
    assert asked[0][0] == asked[1][0]
    assert {worker for _, worker in asked} == {"gw0", "gw1"}
