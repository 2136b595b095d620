"""Seven nights over an account that changes: what the history, the page and the messages say of each finding.

The real command, a process per night, against moto behind a proxy that refuses what it is told to; the messages
arrive at a webhook and a mail server on this machine.
"""

import json
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import boto3
import pytest
from aiosmtpd.controller import Controller
from between import Between, denied
from browser import browser, complaints, opened, requests
from command import NIGHT, Command, Ran

pytestmark = pytest.mark.slow

SETTINGS = """
fail_on = "never"
select = ["bucket-without-versioning", "volume-unencrypted"]

[history]
url = "history.db"

[aws]
regions = ["eu-west-1"]

[[owners.rules]]
owner = "{{team}}"
tag = {{ team = "*" }}

[[notify.webhooks]]
url_env = "HOOK"

[[notify.mail]]
server = "127.0.0.1"
port = {port}
tls = "none"
sender = "surefoot@example.com"
to = ["security@example.com"]
at_least = "medium"
"""


@dataclass
class Received:
    """What arrived since the last night."""

    posts: list[dict[str, Any]] = field(default_factory=list)
    letters: list[str] = field(default_factory=list)

    def hook(self) -> str:
        """The text of the only post, or nothing."""
        assert len(self.posts) <= 1
        return self.posts.pop()["text"] if self.posts else ""

    def letter(self) -> str:
        assert len(self.letters) <= 1
        return self.letters.pop() if self.letters else ""


@pytest.fixture
def received() -> Iterator[tuple[Received, str, int]]:
    """A webhook and a mail server; the first post of all is answered with 503."""
    got = Received()
    refused: list[bool] = []

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            status = 200 if refused else 503
            if refused:
                got.posts.append(json.loads(body))
            refused.append(True)
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    class Mailbox:
        async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's
            got.letters.append(envelope.content.decode())
            return "250 OK"

    server = HTTPServer(("127.0.0.1", 0), Hook)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    mail = Controller(Mailbox(), hostname="127.0.0.1", port=port)
    mail.start()
    yield got, f"http://127.0.0.1:{server.server_port}/services/SECRET-PATH", port
    mail.stop()
    server.shutdown()
    server.server_close()


@dataclass
class Week:
    """The account, the command and what it left behind."""

    command: Command
    received: Received
    hook: str
    nights: int = 0

    def night(self, *words: str) -> Ran:
        """Run the audit of the next night."""
        self.nights += 1
        ran = self.command(
            *("scan", "aws", "--allow-gaps", "-o", "table", "-o", "html=report.html", *words),
            NIGHT=f"2026-11-{15 + self.nights:02d}T01:30:00+00:00",
            HOOK=self.hook,
        )
        assert ran.code == 0, ran.err
        assert "SECRET-PATH" not in ran.out + ran.err
        return ran

    def findings(self) -> dict[str, dict[str, Any]]:
        """Name of each resource → its finding."""
        ran = self.command("history", "list", "--status", "all", "-o", "jsonl")
        assert ran.code == 0, ran.err
        return {line["resource"].rpartition(":")[2]: line for line in ran.lines if line["first_seen"]}


@pytest.fixture
def week(moto: str, tmp_path: Path, received: tuple[Received, str, int]) -> Iterator[tuple[Week, Between]]:
    got, hook, port = received
    between = Between(moto)
    environment = {
        "AWS_ENDPOINT_URL": between.address,
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    command = Command(tmp_path, environment)
    with (tmp_path / "guard" / "sitecustomize.py").open("a") as guard:
        guard.write(NIGHT)
    (tmp_path / "surefoot.toml").write_text(SETTINGS.format(port=port))
    yield Week(command, got, hook), between
    command.close()
    between.close()


def days(finding: dict[str, Any]) -> tuple[str, str, str, str | None]:
    """How it stands; and the days on which it was first and last seen, and over."""
    return (
        finding["status"],
        finding["first_seen"][8:10],
        finding["last_seen"][8:10],
        finding["closed"] and finding["closed"][8:10],
    )


def test_a_week_of_nights(week: tuple[Week, Between], tmp_path: Path) -> None:
    audit, between = week
    volume = first_nights(audit)
    outage(audit, between, volume)
    last_nights(audit, between, volume)
    what_the_history_says(audit)
    what_the_page_says(tmp_path, volume)


HERE: dict[str, Any] = {"CreateBucketConfiguration": {"LocationConstraint": "eu-west-1"}}


def first_nights(audit: Week) -> str:
    """From the 16th to the 18th; return the volume that is there all the week."""
    s3, ec2, got = boto3.client("s3", "eu-west-1"), boto3.client("ec2", "eu-west-1"), audit.received

    # 16th: everything is looked at for the first time, whether it is a finding for an hour or a year.
    s3.create_bucket(Bucket="attic", **HERE)
    s3.put_bucket_tagging(Bucket="attic", Tagging={"TagSet": [{"Key": "team", "Value": "web"}]})
    volume: str = ec2.create_volume(AvailabilityZone="eu-west-1a", Size=1, Encrypted=False)["VolumeId"]
    audit.night()
    text = got.hook()
    assert "Looked at for the first time: " in text
    assert "attic" in text
    assert volume in text
    assert f"volume/{volume}" in audit.findings()
    assert volume in got.letter()

    # 17th: a bucket comes.
    s3.create_bucket(Bucket="cellar", **HERE)
    audit.night()
    assert "New: 1 finding" in (text := got.hook())
    assert "cellar" in text
    assert "attic" not in text
    got.letters.clear()

    # 18th: one is mended.
    s3.put_bucket_versioning(Bucket="attic", VersioningConfiguration={"Status": "Enabled"})
    audit.night()
    assert "Fixed: 1 finding" in (text := got.hook())
    assert "attic" in text
    assert days(audit.findings()["attic"]) == ("fixed", "16", "18", "18")
    got.letters.clear()

    return volume


def outage(audit: Week, between: Between, volume: str) -> None:
    """The 19th."""
    got = audit.received

    # 19th: volumes cannot be listed, nor one setting of buckets. Nothing is fixed by that, and nothing new.
    def choose(asked: Any) -> Any:
        refused = {"DescribeVolumes", "GetBucketVersioning"}
        return denied(asked) if asked.operation in refused else None

    between.choose = choose
    ran = audit.night()
    assert "incomplete" in ran.out
    text = got.hook()
    assert "not checked this time: 2 findings" in text
    assert "No longer readable: 1 finding" in text
    assert "Not readable any more: 1 list" in text
    assert "ec2:DescribeVolumes" in text
    assert "Fixed" not in text
    assert "Gone" not in text
    found = audit.findings()
    assert days(found[f"volume/{volume}"]) == ("not_checked", "16", "18", None)
    assert days(found["cellar"]) == ("not_checked", "17", "18", None)
    got.letters.clear()


def last_nights(audit: Week, between: Between, volume: str) -> None:
    """From the 20th to the 22nd."""
    s3, got = boto3.client("s3", "eu-west-1"), audit.received

    # 20th: all is readable again; the volume is as it was, the bucket that was mended is not.
    between.pass_everything()
    s3.put_bucket_versioning(Bucket="attic", VersioningConfiguration={"Status": "Suspended"})
    audit.night()
    text = got.hook()
    assert "New: 1 finding" in text
    assert "came back" in text
    found = audit.findings()
    assert days(found["attic"]) == ("open", "16", "20", None)
    assert found["attic"]["reopened"] == 1
    assert found["attic"]["owner"] == "web"
    assert days(found[f"volume/{volume}"]) == ("open", "16", "20", None)
    got.letters.clear()

    # 21st: a bucket goes.
    s3.delete_bucket(Bucket="cellar")
    audit.night()
    assert "Gone with its resource: 1 finding" in got.hook()
    assert days(audit.findings()["cellar"]) == ("gone", "17", "20", "21")
    got.letters.clear()

    # 22nd: nothing changes, and nobody is told.
    audit.night()
    assert (got.hook(), got.letter()) == ("", "")


def what_the_history_says(audit: Week) -> None:
    shown = audit.command("history", "show", audit.findings()["attic"]["fingerprint"], "-o", "jsonl")
    steps = [(line["started"][8:10], line["step"]) for line in shown.lines[1:]]
    assert steps == [("16", "first_checked"), ("18", "fixed"), ("19", "unknown"), ("20", "reopened")]
    trend = [
        line for line in audit.command("history", "trend", "-o", "jsonl").lines if line["type"] == "night"
    ]
    assert [sum(night["open"].values()) for night in trend] == [2, 3, 2, 2, 3, 2, 2]
    assert [night["not_checked"] for night in trend] == [0, 0, 0, 2, 0, 0, 0]


def what_the_page_says(tmp_path: Path, volume: str) -> None:
    with browser(tmp_path) as chrome:
        address = f"file://{tmp_path / 'report.html'}"
        opened(chrome, f"{address}#outcome=FNXG&group=resource")
        chrome.execute_script("[...document.querySelectorAll('#actions button')][0].click()")
        rows = chrome.execute_script(
            "return [...document.querySelectorAll('.row')].map(row => row.innerText)"
        )
        assert any("gone" in row.lower() and "bucket-without" not in row for row in rows)
        facts = {}
        for index in range(chrome.execute_script("return document.querySelectorAll('.row').length")):
            chrome.execute_script("document.querySelectorAll('.row')[arguments[0]].click()", index)
            name = chrome.execute_script("return document.querySelector('#detail pre').textContent")
            pairs = chrome.execute_script(
                "return [...document.querySelectorAll('dl.facts dt')].map(dt => "
                "[dt.textContent, dt.nextElementSibling.textContent])"
            )
            facts[name.rpartition(":")[2]] = dict(pairs)
        assert facts["attic"]["First seen"] == "2026-11-16"
        assert facts["attic"]["Open since"] == "2026-11-20"
        assert facts["attic"]["Came back"] == "1 time"
        assert facts["attic"]["Owner"] == "web"
        assert facts["cellar"]["Gone"] == "2026-11-21"
        assert facts[f"volume/{volume}"]["Last seen"] == "2026-11-22"
        opens = chrome.execute_script(
            "return [...document.querySelectorAll('#nights tbody tr')].map(row => row.cells[1].textContent)"
        )
        assert opens == ["2", "2", "3", "2", "2", "3", "2"]
        assert complaints(chrome) == []
        assert requests(chrome, "file://") == []
