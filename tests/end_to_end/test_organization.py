"""An organization of twenty accounts, one of which may not be entered and one of which throttles: one report."""

import json
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from command import Command
from organization import BASE, REGION, RULES, Organization, organization

COUNT = 20
SELECTED = [word for rule in RULES for word in ("--select", rule)]


@pytest.fixture(scope="module")
def served() -> Iterator[Organization]:
    with organization(COUNT) as made:
        yield made


@pytest.fixture
def surefoot(served: Organization, tmp_path: Path) -> Iterator[Command]:
    served.reset()
    command = served.command(tmp_path)
    yield command
    command.close()


SCAN = ("scan", "aws", "--organization", "aws", "--role", "audit", "--region", REGION, *SELECTED)


def test_one_report_and_a_gap_for_each_account_that_failed(served: Organization, surefoot: Command) -> None:
    refused, slow = served.accounts[3], served.accounts[11]
    served.refused, served.throttled = {refused}, {slow}
    ran = surefoot(*SCAN, "-o", "jsonl", "--fail-on", "never")
    assert ran.code == 3, ran.err
    run = ran.of_type("run")[0]
    assert {scope["account"] for scope in run["scopes"]} == {BASE, *served.accounts}

    gaps = Counter(
        (gap["account"], gap["kind"], gap["code"], gap["permission"]) for gap in ran.of_type("gap")
    )
    assert gaps.pop((refused, "*", "denied", "sts:AssumeRole")) == 1
    assert {(account, code) for account, _, code, _ in gaps} == {(slow, "throttled")}
    assert "audit" in next(gap["why"] for gap in ran.of_type("gap") if gap["account"] == refused)

    volumes = Counter(
        verdict["account"] for verdict in ran.of_type("verdict") if verdict["rule"] == "volume-unencrypted"
    )
    expected = {account: 1 + number % 3 for number, account in enumerate(served.accounts)}
    assert volumes == {account: n for account, n in expected.items() if account not in (refused, slow)}


def test_a_role_may_do_what_the_rules_read_and_nothing_else(served: Organization, surefoot: Command) -> None:
    ran = surefoot(*SCAN, "--external-id", "nightly", "-o", "jsonl", "--fail-on", "never")
    assert ran.code == 0, ran.err
    assert {given["RoleArn"] for given in served.assumed} == {
        f"arn:aws:iam::{account}:role/audit" for account in served.accounts
    }
    (policy,) = {given["Policy"] for given in served.assumed}
    assert {given["ExternalId"] for given in served.assumed} == {"nightly"}
    allowed = set(json.loads(policy)["Statement"][0]["Action"])
    assert {"ec2:DescribeVolumes", "rds:DescribeDBInstances", "s3:GetBucketVersioning"} <= allowed
    assert not any(action.startswith("iam:") for action in allowed)
    # Every rule: still one policy, within what AWS takes.
    served.assumed.clear()
    whole = surefoot("scan", "aws", "--account", served.accounts[0], "--role", "audit", "--region", REGION)
    assert whole.code in (0, 1, 3), whole.err
    assert max(len(given["Policy"]) for given in served.assumed) <= 2048


def test_a_unit_is_the_accounts_in_it(served: Organization, surefoot: Command) -> None:
    words = ("--region", REGION, *SELECTED, "-o", "jsonl", "--fail-on", "never")
    ran = surefoot("scan", "aws", "--organization", served.unit, *words)
    assert {scope["account"] for scope in ran.of_type("run")[0]["scopes"]} == set(
        served.accounts[: COUNT // 2]
    )
    whole = surefoot("scan", "--organization", *words)
    assert {scope["account"] for scope in whole.of_type("run")[0]["scopes"]} == {BASE, *served.accounts}


ACCOUNTS = """
[[account]]
cloud = "aws"
id = "{0}"
name = "payments"
environment = "prod"
owner = "payments@example.com"
role = "audit"

[[account]]
cloud = "aws"
id = "{1}"
environment = "dev"
role = "other/audit"
external_id = "of-dev"
regions = ["eu-west-1", "us-east-1"]

[environments.prod.rules.volume-unencrypted]
severity = "critical"

[environments.dev.rules.volume-unencrypted]
enabled = false
"""


def test_accounts_of_a_file_are_what_it_says(served: Organization, surefoot: Command) -> None:
    prod, dev = served.accounts[1], served.accounts[2]
    (surefoot.folder / "accounts.toml").write_text(ACCOUNTS.format(prod, dev))
    words = ("scan", "--accounts", "accounts.toml", *SELECTED, "-o", "jsonl", "--fail-on", "never")
    ran = surefoot(*words, "--save", "kept.jsonl")
    assert ran.code == 0, ran.err
    run = ran.of_type("run")[0]
    regions = {(scope["account"], scope["region"]) for scope in run["scopes"]}
    assert {region for account, region in regions if account == dev} == {"global", "eu-west-1", REGION}
    assert len({region for account, region in regions if account == prod}) > 3
    assert run["options"]["accounts"][f"aws:{prod}"]["name"] == "payments"

    found = [verdict for verdict in ran.of_type("verdict") if verdict["rule"] == "volume-unencrypted"]
    assert {verdict["account"] for verdict in found} == {prod}
    assert {verdict["severity"] for verdict in found} == {"critical"}
    assert {given["RoleArn"].partition("role/")[2] for given in served.assumed} == {"audit", "other/audit"}
    assert {given.get("ExternalId") for given in served.assumed} == {None, "of-dev"}

    wrong = (surefoot.folder / "accounts.toml").read_text().replace('"dev"', '"dve"', 1)
    (surefoot.folder / "accounts.toml").write_text(wrong)
    refused = surefoot(*words)
    assert refused.code == 2
    assert (
        "accounts.toml:13: account.1.environment: 'dve' is no environment; there are: prod, dev"
        in refused.err
    )


def test_interrupted_it_says_what_is_missing_and_how_to_go_on(
    served: Organization, surefoot: Command
) -> None:
    served.between.delay = 0.3
    process = surefoot.start(*SCAN, "-o", "jsonl", "--fail-on", "never")
    limit = time.monotonic() + 60
    while served.between.asked["ec2:DescribeVolumes"] < 2:
        assert time.monotonic() < limit
        time.sleep(0.01)
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 143
    lines = [json.loads(line) for line in out.splitlines()]
    assert {scope["account"] for scope in lines[0]["scopes"]} == {BASE, *served.accounts}
    gaps = [line for line in lines if line["type"] == "gap"]
    assert gaps
    assert all("interrupted" in gap["why"] for gap in gaps)
    assert lines[-1]["complete"] is False
    name = re.search(r"--resume (\S+)", err)
    assert name is not None

    served.between.delay = 0.0
    resumed = surefoot("scan", "--resume", name[1])
    assert resumed.code == 0, resumed.err
    assert resumed.of_type("gap") == []
    whole = surefoot(*SCAN, "-o", "jsonl", "--fail-on", "never")
    assert resumed.lines[1:] == whole.lines[1:]


#: The limit ends with the command: what measures which lines ran has to write its own file afterwards.
LIMITED = """
import resource, runpy, sys
_, most = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv.pop(1)), most))
try:
    runpy.run_module("scanner", run_name="__main__")
finally:
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit on the size of files")
def test_a_full_disk_ends_the_run_and_leaves_what_can_be_gone_on_with(surefoot: Command) -> None:
    before = surefoot(*SCAN, "-o", "jsonl", "--fail-on", "never", "--run", "before")
    assert before.code == 0, before.err
    # Room for what the run is, and not for the journal of an account.
    room = (surefoot.folder / "before" / "run").stat().st_size + 20
    words = [*SCAN, "--run", "night", "-o", "jsonl", "--fail-on", "never"]
    ran = subprocess.run(
        [sys.executable, "-c", LIMITED, str(room), *words],
        cwd=surefoot.folder,
        env=surefoot.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 2, ran.stderr
    assert "File too large" in ran.stderr
    assert ran.stderr.rstrip().endswith("surefoot scan --resume night")
    assert "Traceback" not in ran.stderr
    resumed = surefoot("scan", "--resume", "night")
    assert resumed.code == 0, resumed.err
    assert resumed.lines[1:] == before.lines[1:]
