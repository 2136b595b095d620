"""A week of nights over an organization: an account that is shut, a waiver that ends, a killed run, two runs at once.

The real command, a process per night, against moto behind a proxy; a webhook on this machine hears of each night.
"""

import json
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import boto3
import pytest
from between import Asked
from command import NIGHT, Command, Ran
from organization import BASE, REGION, Organization, organization

pytestmark = pytest.mark.slow

SETTINGS = """
fail_on = "never"
select = ["bucket-without-versioning", "volume-unencrypted"]
waivers.file = "waivers.toml"

[history]
url = "history.db"

[[owners.rules]]
owner = "{team}"
tag = { team = "*" }

[[notify.webhooks]]
url_env = "HOOK"
"""

WAIVER = """
[[waiver]]
rule = "bucket-*"
account = "{account}"
reason = "moved before long"
owner = "web"
approved_by = "ann@example.com"
until = 2026-11-17
"""

HOSTILE = "<img src=x onerror=alert(1)> *all* <!channel>"


@dataclass
class Nights:
    """The command, what arrived since somebody asked, and the accounts."""

    command: Command
    served: Organization
    hook: str
    posts: list[str] = field(default_factory=list)

    def words(self, *more: str) -> tuple[str, ...]:
        given = more if "--account" in more else ("--organization", "aws", *more)
        return ("scan", "aws", "--role", "audit", "--region", REGION, "--allow-gaps", *given)

    def environment(self, day: int, zone: str = "UTC") -> dict[str, str]:
        return {"NIGHT": f"2026-11-{day:02d}T01:30:00+00:00", "HOOK": self.hook, "TZ": zone}

    def night(self, day: int, *more: str) -> str:
        """Run the audit of one night; return what the webhook heard, or nothing."""
        ran = self.command(*self.words(*more), **self.environment(day))
        assert ran.code == 0, ran.err
        assert "not told" not in ran.err
        return self.heard()

    def heard(self) -> str:
        found = "\n".join(self.posts)
        self.posts.clear()
        return found

    def asked(self, *words: str) -> Ran:
        ran = self.command("history", *words, "-o", "jsonl")
        assert ran.code == 0, ran.err
        return ran

    def findings(self) -> list[dict[str, Any]]:
        lines = self.asked("list", "--status", "all").lines
        return [line for line in lines if line["first_seen"]]

    def statuses(self, account: str) -> Counter[str]:
        """How the findings of one account stand, and on which day they were last seen."""
        return Counter(
            f"{one['status']} {one['last_seen'][8:10]}"
            for one in self.findings()
            if one["account"] == account
        )


@pytest.fixture
def nights(tmp_path: Path) -> Iterator[Nights]:
    posts: list[str] = []

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            posts.append(json.loads(self.rfile.read(int(self.headers["content-length"])))["text"])
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Hook)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    with organization(3) as served:
        command = served.command(tmp_path)
        with (tmp_path / "guard" / "sitecustomize.py").open("a") as guard:
            guard.write(NIGHT)
        (tmp_path / "surefoot.toml").write_text(SETTINGS)
        (tmp_path / "waivers.toml").write_text(WAIVER.format(account=served.accounts[0]))
        yield Nights(command, served, f"http://127.0.0.1:{server.server_port}/x", posts)
        command.close()
    server.shutdown()
    server.server_close()


def test_a_week_of_accounts(nights: Nights) -> None:
    shut_and_back(nights)
    some_rules_and_a_killed_run(nights)
    two_at_once(nights)
    hostile_and_gone(nights)
    trend(nights)


def shut_and_back(nights: Nights) -> None:
    """From the 16th to the 18th. In the accounts there are 0, 1 and 2 findings on volumes, and 1 on a bucket each."""
    first, second, third = nights.served.accounts
    assert "Looked at for the first time: 5 findings" in nights.night(16)
    assert [nights.statuses(one).total() for one in (first, second, third)] == [1, 2, 3]

    # 17th: the second account cannot be entered. Its waiver of the first holds until the end of the day.
    nights.served.refused = {second}
    text = nights.night(17)
    assert "not checked this time: 2 findings" in text
    assert "Not readable any more: 1 list" in text
    assert "sts:AssumeRole" in text
    assert "Fixed" not in text
    assert "Gone" not in text
    assert nights.statuses(second) == {"not_checked 16": 2}
    assert nights.statuses(third) == {"open 17": 3}

    # 18th: it is back, as it was; and the waiver has run out.
    nights.served.refused = set()
    text = nights.night(18)
    assert "No longer accepted: 1 finding" in text
    assert "New" not in text
    assert nights.statuses(second) == {"open 18": 2}


def some_rules_and_a_killed_run(nights: Nights) -> None:
    """The 19th and the 20th."""
    third = nights.served.accounts[2]
    # 19th: one rule only. What the other one found stands as it was last seen.
    assert nights.night(19, "--select", "bucket-without-versioning") == ""
    assert nights.statuses(third) == {"open 19": 1, "open 18": 2}

    # 20th: the run is killed while it reads, and nothing of it is kept.
    reads, over = threading.Event(), threading.Event()

    def held(asked: Asked) -> None:
        if asked.name == "ec2:DescribeVolumes":
            reads.set()
            over.wait(60)

    nights.served.between.choose = held
    killed = nights.command.start(*nights.words(), **nights.environment(20))
    assert reads.wait(60)
    killed.kill()
    killed.wait()
    over.set()
    nights.served.between.pass_everything()
    assert nights.heard() == ""
    assert len(nights.asked("runs").lines) == 4


def two_at_once(nights: Nights) -> None:
    """The 21st: each account by a run of its own, at the same second, on machines half a day of clocks apart."""
    _, second, third = nights.served.accounts
    both = [
        nights.command.start(*nights.words("--account", account), **nights.environment(21, zone))
        for account, zone in ((second, "America/Los_Angeles"), (third, "Pacific/Auckland"))
    ]
    for one in both:
        out, err = one.communicate(timeout=100)
        assert one.returncode == 0, out + err
    assert nights.heard() == ""
    assert nights.statuses(second) == {"open 21": 2}
    assert nights.statuses(third) == {"open 21": 3}
    runs = nights.asked("runs").lines
    assert [run["started"][8:19] for run in runs[-2:]] == ["21T01:30:00"] * 2


def hostile_and_gone(nights: Nights) -> None:
    """The 22nd and the 23rd: a volume comes, whose owner is no name, and goes."""
    ec2 = boto3.client(
        "ec2",
        endpoint_url=nights.served.url,
        region_name=REGION,
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
    )
    tags = [{"Key": "team", "Value": HOSTILE}]
    volume = ec2.create_volume(
        AvailabilityZone=f"{REGION}a",
        Size=1,
        Encrypted=False,
        TagSpecifications=[{"ResourceType": "volume", "Tags": tags}],
    )["VolumeId"]
    text = nights.night(22)
    assert "New: 1 finding" in text
    assert volume in text

    ec2.delete_volume(VolumeId=volume)
    text = nights.night(23, "-o", "html=report.html")
    assert "Gone with its resource: 1 finding" in text
    [gone] = [one for one in nights.findings() if one["status"] == "gone"]
    assert gone["account"] == BASE
    assert gone["owner"] == HOSTILE
    table = nights.command("history", "list", "--status", "gone", "--group-by", "owner").out
    assert f"owner {HOSTILE}: 1 finding" in table
    assert "<img" not in (nights.command.folder / "report.html").read_text()


def trend(nights: Nights) -> None:
    lines = [line for line in nights.asked("trend").lines if line["type"] == "night"]
    assert [sum(line["open"].values()) for line in lines] == [6, 6, 6, 6, 6, 6, 7, 6]
    assert [line["not_checked"] for line in lines] == [0, 2, 0, 0, 0, 0, 0, 0]
    assert [line["changes"].get("lapsed", 0) for line in lines] == [0, 0, 1, 0, 0, 0, 0, 0]
