"""An account that another script has furnished, judged by what its script says."""

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from command import Command, Ran
from test_scan import timeless

from scanner.demo.aws import asking
from scanner.demo.aws.process import serving

SCRIPT = Path(__file__).parents[3] / "shared" / "bench" / "seed_aws.py"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not SCRIPT.is_file(), reason="the measuring bench is not beside this checkout"),
]

#: Rule → (how the script names what it creates, whether number i of them has to fail). By the script's own text.
SAID: dict[str, tuple[str, Callable[[int], bool]]] = {
    # 0: port 22 from everywhere, 3: everything, 4: a range around it, 7: a prefix list with everyone in it.
    "ssh-open-to-internet": (r"seed-sg-(\d+)", lambda i: i % 10 in (0, 3, 4, 7)),
    "all-ports-open-to-internet": (r"seed-sg-(\d+)", lambda i: i % 10 == 3),
    # 2: over IPv6, 3: everything, 4: a range with 3389, but 3306 too, and 23 and the like.
    "rdp-open-to-internet": (r"seed-sg-(\d+)", lambda i: i % 10 in (2, 3, 4)),
    # 6: from half of the world.
    "database-port-open-to-internet": (r"seed-sg-(\d+)", lambda i: i % 10 in (3, 4, 6)),
    "admin-port-open-to-internet": (r"seed-sg-(\d+)", lambda i: i % 10 in (3, 4)),
    "topic-public": (r"seed-topic-(\d+)", lambda i: i % 2 == 0),
    "queue-public": (r"seed-queue-(\d+)", lambda i: i % 2 == 0),
    "queue-unencrypted": (r"seed-queue-(\d+)", lambda i: i % 3 == 0),
    # ACLs are ignored by the whole account; of policies, every fifth names everyone, and nothing holds it back.
    "bucket-public": (r"seed-bucket-(\d+)", lambda i: i % 5 == 1),
    "bucket-allows-plain-http": (r"seed-bucket-(\d+)", lambda i: i % 5 != 2),
    "bucket-without-versioning": (r"seed-bucket-(\d+)", lambda i: i % 2 == 1),
    "bucket-without-access-log": (r"seed-bucket-(\d+)", lambda i: i % 2 == 0),
    "bucket-without-own-key": (r"seed-bucket-(\d+)", lambda i: i % 3 != 0),
    "database-unencrypted": (r"seed-db-(\d+)", lambda i: i % 2 == 0),
    "database-public": (r"seed-db-(\d+)", lambda i: i % 3 == 0),
    # 0: none, 1: for a day.
    "database-without-backup": (r"seed-db-(\d+)", lambda i: i % 4 in (0, 1)),
}


@pytest.fixture(scope="module")
def seeded() -> Iterator[str]:
    with serving() as url:
        families = "kms,ec2,acm,elbv2,s3,rds,sns,sqs"
        sizes = ["--sgs", "30", "--buckets", "30", "--rds", "30", "--sns", "30", "--sqs", "30", "--quiet"]
        words = [sys.executable, str(SCRIPT), "--endpoint", url, "--reset", "--only", families, *sizes]
        subprocess.run(words, check=True, timeout=120)
        yield url


@pytest.fixture(scope="module")
def two_scans(seeded: str, tmp_path_factory: pytest.TempPathFactory) -> tuple[Ran, Ran]:
    command = Command(tmp_path_factory.mktemp("seeded"), asking(seeded))
    return command("scan", "aws", "-o", "jsonl"), command("scan", "aws", "-o", "jsonl")


def test_two_scans_print_the_same_to_the_byte_but_for_the_run(two_scans: tuple[Ran, Ran]) -> None:
    first, second = two_scans
    assert timeless(first.out) == timeless(second.out)


def test_it_is_read_whole_and_every_fingerprint_is_its_own(two_scans: tuple[Ran, Ran]) -> None:
    ran, _ = two_scans
    assert ran.code == 1
    assert [
        line for line in ran.lines if line["type"] == "gap" or line.get("outcome") in ("unknown", "error")
    ] == []
    fingerprints = [line["fingerprint"] for line in ran.of_type("verdict")]
    assert len(set(fingerprints)) == len(fingerprints) > 250


@pytest.mark.parametrize("rule", sorted(SAID))
def test_verdicts_follow_from_what_the_script_does(two_scans: tuple[Ran, Ran], rule: str) -> None:
    pattern, fails = SAID[rule]
    judged = {}
    for line in two_scans[0].of_type("verdict"):
        number = re.fullmatch(pattern, line["name"])
        if line["rule"] == rule and number:
            judged[int(number[1])] = line["outcome"]
    assert judged == {i: "fail" if fails(i) else "pass" for i in range(30)}
