"""An inventory for a bug report: nobody is in it any more, and every rule says what it said."""

import ipaddress
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from scanner import packs
from scanner.cli import app, commands
from scanner.errors import UserError
from scanner.exposure.addresses import block
from scanner.exposure.special import PUBLIC
from scanner.inventory import load
from scanner.runs.anonymize import Anonymous, anonymize
from scanner.runs.vocabulary import words_of

INVENTORY = Path(__file__).parents[2] / "fixtures" / "terraform" / "inventory.jsonl"
SECRETS = (
    "123456789012",
    "estate",
    "0aa8e6d4",
    "web-blue",
    "orders",
    "sg-",
    "vol-",
    "jump",
    "allow-ssh",
    '"admin"',
)


def test_nobody_is_in_it_any_more(tmp_path: Path) -> None:
    anonymize(INVENTORY, tmp_path / "a.jsonl.zst")
    anonymize(INVENTORY, tmp_path / "b.jsonl")
    text = (tmp_path / "b.jsonl").read_text()
    known = {one.id.rpartition("/")[2] for one in load(INVENTORY).resources} | {SECRETS[0], SECRETS[2]}
    known -= {"default"}  # what every project calls its first network
    assert [secret for secret in (*SECRETS[:5], *SECRETS[7:]) if secret in text] == []
    assert [one for one in known if len(one) > 4 and f'"{one}"' in text] == []
    before, after = load(INVENTORY), load(tmp_path / "b.jsonl")
    assert [one.kind() for one in before.resources] == [one.kind() for one in after.resources]
    assert len({one.id for one in after.resources}) == len({one.id for one in before.resources})
    assert [one.model_dump() for one in load(tmp_path / "a.jsonl.zst").resources] == [
        one.model_dump() for one in after.resources
    ]


def test_one_thing_has_one_stand_in_wherever_it_stands() -> None:
    rows: list[dict[str, Any]] = [
        {"type": "resource", "kind": "Firewall", "provider": "aws", "account": "111122223333", "region": "eu-west-1",
         "id": "arn:aws:ec2:eu-west-1:111122223333:security-group/sg-0123456789abcdef0", "name": "bastion",
         "facts": {"tags": {"Name": "bastion", "team": "bastion", "aws:x": "y"},
                   "text": "arn:aws:iam::111122223333:root",
                   "other": ["sg-0123456789abcdef0", "bastion.internal.acme.example.com", "tcp", "s3.amazonaws.com",
                             "bastion"]},
         "unread": {"rules": {"code": "denied", "permission": "ec2:X", "call": "c", "text": "User bob may not"}}},
        {"type": "gap", "provider": "aws", "account": "111122223333", "region": "eu-west-1", "kind": "Firewall",
         "code": "denied", "permission": "ec2:X", "why": "User bob may not"},
    ]  # fmt: skip
    anonymous = Anonymous()
    for row in rows:
        anonymous.learn(row)
    one, gap = (anonymous.rewritten(row) for row in rows)
    facts = one["facts"]
    assert one["account"] == gap["account"] == "900000000001"
    assert facts["text"] == "arn:aws:iam::900000000001:root"
    assert one["id"].endswith(":security-group/" + facts["other"][0])
    assert facts["other"][0].startswith("sg-")
    assert facts["other"][1] == "host-4.example"
    assert facts["other"][2:4] == ["tcp", "s3.amazonaws.com"]
    assert facts["other"][4] == one["name"] == "name-3"
    assert facts["tags"] == {"tag-1": "tag-2", "tag-3": "tag-2", "aws:x": "tag-4"}
    assert one["unread"]["rules"] == {
        "code": "denied",
        "permission": "ec2:X",
        "call": "c",
        "text": "(left out)",
    }
    assert "bob" not in json.dumps([one, gap])


BLOCKS = st.tuples(st.integers(0, 2**32 - 1), st.integers(0, 32)).map(
    lambda pair: ipaddress.ip_network(pair, strict=False)
)


@settings(deadline=None, max_examples=60)
@given(st.lists(BLOCKS, min_size=2, max_size=6))
def test_blocks_keep_their_size_their_class_and_what_lies_in_what(
    blocks: list[ipaddress.IPv4Network],
) -> None:
    anonymous = Anonymous()
    moved = [ipaddress.ip_network(anonymous._text(str(one)), strict=False) for one in blocks]
    for one, other in zip(blocks, moved, strict=True):
        assert one.prefixlen == other.prefixlen
        assert bool(block(str(one)) & PUBLIC[4]) is bool(block(str(other)) & PUBLIC[4])
    plain = [one != other for one, other in zip(blocks, moved, strict=True)]
    for first in range(len(blocks)):
        for second in range(len(blocks)):
            if plain[first] and plain[second]:
                within = blocks[first].subnet_of(blocks[second])
                assert within is moved[first].subnet_of(moved[second])  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text",
    [
        "0.0.0.0/0",
        "10.1.2.3",
        "192.168.0.0/16",
        "::/0",
        "fd00::/8",
        "8.0.0.0/8",
        "02:17:00",
        "1.2.3",
        "a::b:c:xyz",
    ],
)
def test_what_says_nothing_of_anybody_stays(text: str) -> None:
    assert Anonymous()._text(text) == text


def test_public_addresses_move() -> None:
    anonymous = Anonymous()
    moved = [anonymous._text(f"8.8.{number}.0/24") for number in range(16)]
    assert len(set(moved)) == 16
    assert moved != [f"8.8.{number}.0/24" for number in range(16)]
    assert anonymous._text("2a00:1450:4001:81b::200e") != "2a00:1450:4001:81b::200e"


def test_the_command_compares_the_verdicts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commands.register(app)
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(app, ["anonymize", str(INVENTORY), "-o", "out.jsonl"])
    assert result.exit_code == 0, result.output
    assert "verdicts, the same as before" in result.stderr
    kinds = Counter(orjson.loads(line)["type"] for line in (tmp_path / "out.jsonl").read_bytes().splitlines())
    assert kinds["resource"] == len(load(INVENTORY).resources)


def test_a_name_that_was_mistaken_for_a_word_is_told_and_nothing_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commands.register(app)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "bucket_named.py").write_text(
        '"""Names."""\n\nfrom scanner import Bucket, Problems, Severity, rule\n\n\n'
        '@rule(\n    "bucket-named",\n    severity=Severity.LOW,\n    passes={"a": Bucket(versioning="on")},\n'
        '    fails={"b": Bucket(versioning="off")},\n    fix={},\n)\n'
        'def bucket_named(bucket: Bucket) -> Problems:\n    """Bucket is called estate."""\n'
        '    if "estate" in bucket.name and bucket.versioning:\n        yield "it is"\n'
    )
    result = CliRunner().invoke(app, ["anonymize", str(INVENTORY), "-o", "out.jsonl", "--rules", "mine"])
    assert isinstance(result.exception, UserError)
    assert "with other names these rules judge otherwise: bucket-named" in str(result.exception)
    assert not (tmp_path / "out.jsonl").exists()


def test_people_and_accounts_are_told_apart_and_words_of_rules_stay() -> None:
    texts = [
        "user:ines@example.com",
        "serviceAccount:service-415104041262@compute-system.iam.gserviceaccount.com",
        "415104041262-compute@developer.gserviceaccount.com",
        "arn:aws:iam::999988887777:root",
        "microsoft.sql/servers/firewallrules/delete",
        "postgres",
    ]
    anonymous = Anonymous({"microsoft.sql", "postgres"})
    anonymous.learn(
        {
            "type": "resource",
            "provider": "aws",
            "account": "1" * 12,
            "region": "eu-west-1",
            "id": "aws:1:eu-west-1",
            "name": "postgres",
        }
    )
    found = [anonymous._text(text) for text in texts]
    assert found[0].startswith("user:name-")
    assert "ines" not in found[0]
    number = found[1].partition("@")[0].rpartition("-")[2]
    assert number != "415104041262"
    assert found[2] == f"{number}-compute@developer.gserviceaccount.com"
    assert "999988887777" not in found[3]
    assert found[4:] == texts[4:]
    assert anonymous._text("eu-west-1") == "eu-west-1"


def test_the_words_of_rules_are_those_that_facts_are_compared_with() -> None:
    words = words_of(packs.load([]).rules.values())
    assert {"tcp", "postgres"} <= words
    assert "upload-inbox" not in words


@pytest.mark.slow
def test_the_demo_of_all_clouds_is_judged_the_same(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "scanner"]
    ran = subprocess.run(
        [*command, "demo", "--fail-on", "never"], cwd=tmp_path, check=False, capture_output=True, timeout=300
    )
    kept = tmp_path / "demo-report" / "inventory.jsonl.zst"
    assert kept.exists(), ran.stderr
    done = subprocess.run(
        [*command, "anonymize", str(kept), "-o", "a.jsonl"],
        cwd=tmp_path,
        check=False,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    text = (tmp_path / "a.jsonl").read_text()
    assert [
        one
        for one in ("123456789012", "demo-project", "5b7f3c2e", "demo-shop", "415104041262")
        if one in text
    ] == []
