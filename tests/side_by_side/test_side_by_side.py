"""What is recorded of the two scanners: the pairs exist, every difference has its reason, and our side still holds."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "end_to_end"))

import beside
from beside import (
    Difference,
    Reason,
    Said,
    differences,
    explained,
    key_of,
    leaders,
    ours,
    pairs,
    read,
    reasons,
)
from command import Command
from shipped import RULES

from scanner.demo.aws import asking, furnish
from scanner.demo.aws.process import serving

HERE = Path(__file__).parent
SCRIPT = HERE.parents[2] / "shared" / "bench" / "seed_aws.py"
RECORDED = ("seeded", "demo")
RIGHT = {"ours", "leader", "both"}


def leader_of(account: str) -> beside.Verdicts:
    with (HERE / f"{account}_leader.csv").open(newline="") as rows:
        return leaders(rows, pairs())


def test_every_pair_is_of_rules_that_exist_and_of_checks_that_stand_once() -> None:
    table = pairs()
    assert {rule for pair in table for rule in pair.rules} <= RULES.keys()
    checks = [check for pair in table for check in pair.checks]
    assert sorted(set(checks)) == sorted(checks)
    assert all(re.fullmatch(r"[a-z0-9]+(_[a-z0-9]+)+", check) for check in checks)
    assert {pair.by for pair in table} <= {"account", "load balancer", "region", "resource", "user"}
    assert len(table) > 70


@pytest.mark.parametrize("reason", reasons(), ids=lambda one: f"{one.rules[0]}-{one.ours}-{one.leader}")
def test_a_reason_is_of_pairs_that_exist_and_says_who_is_right_and_by_what(reason: Reason) -> None:
    assert set(reason.rules) <= {pair.rule for pair in pairs()} | {"*"}
    assert reason.right in RIGHT
    assert reason.why.strip()
    assert reason.document.strip()
    assert {reason.ours, reason.leader} <= {*beside.ORDER, "*"}
    assert reason.ours != reason.leader or reason.ours == "*"
    for pattern in (reason.said, reason.theirs, reason.resource):
        re.compile(pattern)


@pytest.mark.parametrize("account", RECORDED)
def test_every_recorded_difference_is_explained_in_a_line(account: str) -> None:
    rows = read(HERE / f"{account}.tsv")
    said = leader_of(account)
    assert len(rows) > 40
    for row in rows:
        assert list(row) == list(beside.COLUMNS)
        assert row["right"] in RIGHT, row
        assert row["why"], row
        assert row["document"], row
        known = said.get(row["rule"], {}).get(row["resource"], Said())
        assert known.outcome == row["leader"], row


@pytest.mark.parametrize(
    ("by", "resource", "region", "key"),
    [
        ("resource", "arn:aws:ec2:eu-west-1::snapshot/snap-1", "eu-west-1", "ec2:eu-west-1:snapshot/snap-1"),
        ("resource", "arn:aws:ec2:eu-west-1:1:snapshot/snap-1", "x", "ec2:eu-west-1:snapshot/snap-1"),
        ("resource", "arn:aws:s3:::b", "eu-west-1", "s3:global:b"),
        ("resource", "arn:aws:neptune:r:1:cluster:c", "r", "rds:r:cluster:c"),
        ("resource", "arn:aws:rds:r:1:snapshot:rds:db-2026-11-23-04-49", "r", "rds:r:snapshot:rds:db-MINUTE"),
        (
            "resource",
            "arn:aws:secretsmanager:r:1:secret:db-main-a1B2c3",
            "r",
            "secretsmanager:r:secret:db-main",
        ),
        ("user", "arn:aws:iam::1:user/anna/access-key/AKIA", "global", "iam:global:user/anna"),
        (
            "load balancer",
            "arn:aws:elasticloadbalancing:r:1:listener/app/web/0f/1e",
            "r",
            "elasticloadbalancing:r:loadbalancer/app/web/0f",
        ),
        (
            "load balancer",
            "arn:aws:elasticloadbalancing:r:1:loadbalancer/old/listener/80",
            "r",
            "elasticloadbalancing:r:loadbalancer/old",
        ),
        ("region", "aws:1:r", "r", "r"),
        ("account", "arn:aws:iam::1:root", "global", "account"),
    ],
)
def test_what_is_compared(by: str, resource: str, region: str, key: str) -> None:
    assert key_of(by, resource, region) == key


def test_of_several_verdicts_on_one_resource_the_worst_counts() -> None:
    table = [pair for pair in pairs() if pair.rule == "bucket-public"]
    rows = [
        "CHECK_ID;STATUS;STATUS_EXTENDED;RESOURCE_UID;REGION",
        "s3_bucket_public_access;PASS;fine;arn:aws:s3:::b;r",
        "s3_bucket_public_write_acl;FAIL;written;arn:aws:s3:::b;r",
        "another_check;FAIL;else;arn:aws:s3:::b;r",
    ]
    assert leaders(rows, table) == {"bucket-public": {"s3:global:b": Said("fail", "written")}}


def test_a_file_that_is_no_run_is_refused() -> None:
    with pytest.raises(ValueError, match="no whole run"):
        ours(['{"type":"gap"}'], pairs())


def test_a_difference_that_nobody_has_thought_of_ends_with_1(tmp_path: Path) -> None:
    mine = tmp_path / "ours.jsonl"
    verdict = (
        '{"type":"verdict","provider":"aws","rule":"snapshot-unencrypted","outcome":"fail","messages":["plain"],'
        '"unread":[],"resource":"arn:aws:ec2:r::snapshot/s","region":"r"}'
    )
    mine.write_text(f'{{"type":"run"}}\n{verdict}\n{{"type":"end"}}\n')
    theirs = tmp_path / "leader.csv"
    head = "CHECK_ID;STATUS;STATUS_EXTENDED;RESOURCE_UID;REGION"
    theirs.write_text(f"{head}\nec2_ebs_snapshots_encrypted;PASS;fine;arn:aws:ec2:r:1:snapshot/s;r\n")
    assert beside.main([str(mine), str(theirs)]) == 1
    theirs.write_text(f"{head}\nec2_ebs_snapshots_encrypted;FAIL;plain;arn:aws:ec2:r:1:snapshot/s;r\n")
    assert beside.main([str(mine), str(theirs)]) == 0


# -- our side, seen again ---------------------------------------------------------------------------------------


def told(one: Difference) -> dict[str, Any]:
    return beside.row_of(one, explained(one, reasons()))


def held(account: str, command: Command, *regions: str) -> None:
    """Scan again, compare with what the leader said, and expect what is recorded."""
    places = [word for region in regions for word in ("--region", region)]
    ran = command("scan", "aws", "-o", "jsonl", "--fail-on", "never", *places)
    found = differences(ours(ran.out.splitlines(), pairs()), leader_of(account), pairs())
    recorded = read(HERE / f"{account}.tsv")
    assert sorted(map(named, map(told, found))) == sorted(map(named, recorded))


def named(row: dict[str, Any]) -> tuple[str, ...]:
    """Return a row to compare: moto draws the ids of FSx from elsewhere than its other ids."""
    return tuple(re.sub(r"^(fsx:.*/)fs-.*", r"\1fs-*", value) for value in row.values())


@pytest.fixture
def empty() -> Iterator[str]:
    """Run moto's server as it is, in a process of its own: its ids come out the same each time."""
    words = [sys.executable, "-c", SERVER]
    quiet = {"stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(words, stdin=subprocess.PIPE, text=True, **quiet) as process:  # type: ignore[call-overload]
        assert process.stdout is not None
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
        process.kill()


# Of a secret that rotates moto runs the function, in a container where it can: none is to start, and where the library
# for it is installed moto draws a number more, so that every id after it is another.
SERVER = """
import os, sys
sys.modules["docker"] = None
os.environ["MOTO_EC2_LOAD_DEFAULT_AMIS"] = "false"
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server
import logging
logging.getLogger("werkzeug").setLevel(logging.ERROR)
server = make_server("127.0.0.1", 0, DomainDispatcherApplication(create_backend_app), threaded=True)
print(server.server_port, flush=True)
server.serve_forever()
"""


@pytest.mark.slow
@pytest.mark.skipif(not SCRIPT.is_file(), reason="the measuring bench is not beside this checkout")
def test_our_side_of_the_seeded_account(empty: str, tmp_path: Path) -> None:
    subprocess.run([sys.executable, str(SCRIPT), "--endpoint", empty, "--reset", "--quiet"], check=True)
    held("seeded", Command(tmp_path, {**asking(empty), "AWS_DEFAULT_REGION": "us-east-1"}), "us-east-1")


@pytest.mark.slow
def test_our_side_of_the_demo(tmp_path: Path) -> None:
    with serving() as url:
        furnish(url)
        held("demo", Command(tmp_path, asking(url)), "eu-west-1", "us-east-1")
