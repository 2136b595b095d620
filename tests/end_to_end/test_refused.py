"""Calls that are refused: what was not read is never a verdict, and what is missing is named."""

import itertools
import json
import zlib

import pytest
from between import Asked, Between, Refusal, broken, denied, throttled
from command import Command

from scanner.demo.aws.account import Account

pytest_plugins = ["demo_account"]
pytestmark = pytest.mark.slow

ABOUT_FIREWALLS = {"ssh-open-to-internet", "all-ports-open-to-internet"}

#: Where the IAM action is not the operation's name. Source: the service authorization reference.
ACTIONS = {
    "s3:ListBuckets": "s3:ListAllMyBuckets",
    "s3:GetBucketEncryption": "s3:GetEncryptionConfiguration",
    "s3:GetBucketLifecycleConfiguration": "s3:GetLifecycleConfiguration",
    "s3:GetBucketReplication": "s3:GetReplicationConfiguration",
    "s3:GetObjectLockConfiguration": "s3:GetBucketObjectLockConfiguration",
    "s3:GetPublicAccessBlock": "s3:GetBucketPublicAccessBlock",
    "s3control:GetPublicAccessBlock": "s3:GetAccountPublicAccessBlock",
}

#: Where a service's actions begin otherwise than the SDK's name of it. Same source.
PREFIXES = {
    "accessanalyzer": "access-analyzer",
    "docdb": "rds",
    "efs": "elasticfilesystem",
    "elb": "elasticloadbalancing",
    "elbv2": "elasticloadbalancing",
    "neptune": "rds",
    "opensearch": "es",
}

#: Asked only where an account has what the demo has not: VPCs with block public access.


def action(asked: str) -> str:
    service, _, operation = asked.partition(":")
    return ACTIONS.get(asked, f"{PREFIXES.get(service, service)}:{operation}")


def no_firewalls(asked: Asked) -> Refusal | None:
    return denied(asked) if asked.name == "ec2:DescribeSecurityGroups" else None


def test_denied_security_groups_leave_no_verdict_on_firewalls(
    refused: Command, between: Between, demo: Account
) -> None:
    between.choose = no_firewalls
    ran = refused("scan", "aws", "-o", "jsonl", "--fail-on", "never")
    assert ran.code == 3
    verdicts = ran.of_type("verdict")
    assert "Firewall" not in {line["kind"] for line in verdicts}
    assert ABOUT_FIREWALLS.isdisjoint(line["rule"] for line in verdicts)
    told = {key: outcome for key, outcome in ran.verdicts.items() if outcome in ("pass", "fail")}
    assert told
    assert told.items() <= demo.expected.items()
    gaps = ran.of_type("gap")
    assert {gap["permission"] for gap in gaps} == {"ec2:DescribeSecurityGroups"}
    assert {gap["code"] for gap in gaps} == {"denied"}
    regions = {scope["region"] for scope in ran.lines[0]["scopes"]} - {"global"}
    assert {gap["region"] for gap in gaps if gap["kind"] == "Firewall"} == regions


def test_the_missing_permission_is_named_on_the_screen(refused: Command, between: Between) -> None:
    between.choose = no_firewalls
    ran = refused("scan", "aws", "--fail-on", "never", "--select", "network")
    assert ran.code == 3
    assert "ec2:DescribeSecurityGroups" in ran.out
    assert any(rule in ran.out for rule in ABOUT_FIREWALLS)


def test_findings_and_gaps_together_end_with_1_and_say_so(refused: Command, between: Between) -> None:
    between.choose = no_firewalls
    ran = refused("scan", "aws")
    assert ran.code == 1
    assert "and incomplete" in ran.out.splitlines()[-1]


def test_allow_gaps_accepts_them(refused: Command, between: Between) -> None:
    between.choose = no_firewalls
    assert refused("scan", "aws", "--fail-on", "never", "--allow-gaps").code == 0


@pytest.mark.parametrize("how", [denied, throttled, broken])
def test_a_refused_detail_is_unknown_and_never_a_verdict(
    refused: Command, between: Between, how: object
) -> None:
    assert callable(how)
    between.choose = lambda asked: how(asked) if asked.name == "s3:GetBucketVersioning" else None
    ran = refused("scan", "aws", "-o", "jsonl", "--select", "bucket-*", "--fail-on", "never")
    assert ran.code == 3
    outcomes = {rule: {o for (r, _), o in ran.verdicts.items() if r == rule} for rule, _ in ran.verdicts}
    assert outcomes["bucket-without-versioning"] == {"unknown"}
    assert outcomes["bucket-public"] == {"pass", "fail"}
    unread = [line["unread"] for line in ran.of_type("verdict") if line["outcome"] == "unknown"]
    assert all("s3:GetBucketVersioning" in json.dumps(one) for one in unread)


def test_half_of_all_calls_failing_still_ends_with_every_failure_named(
    refused: Command, between: Between
) -> None:
    refusals: set[str] = set()
    ways = (denied, throttled, broken)

    def choose(asked: Asked) -> Refusal | None:
        """Refuse the same half each time that it is asked, whatever order the calls come in."""
        if asked.service == "sts" or asked.operation == "DescribeRegions":
            return None
        particular = repr((asked.name, asked.region, sorted(asked.given.items())))
        number = zlib.crc32(particular.encode())
        if number % 2:
            return None
        refusals.add(asked.name)
        return ways[number // 2 % 3](asked)

    between.choose = choose
    ran = refused("scan", "aws", "-o", "jsonl", "--fail-on", "never", "--save", "kept.jsonl")
    assert ran.code == 3
    assert ran.lines[-1]["type"] == "end"
    # Listings are named in the output; of facts, the output names those that a rule was held up by.
    lines = [json.loads(line) for line in (refused.folder / "kept.jsonl").read_text().splitlines()]
    said = json.dumps([line for line in lines if line["type"] == "gap" or line.get("unread")])
    assert {name for name in refusals if name not in said and action(name) not in said} == set()
    assert len(refusals) > 10
    # What came through is judged as before.
    assert {"pass", "fail", "unknown"} <= set(ran.verdicts.values())


def test_verdicts_under_failure_never_differ_from_the_truth(
    refused: Command, between: Between, demo: Account
) -> None:
    """Whatever third of the kinds of calls is denied, a PASS stays a true PASS."""
    operations = sorted(name for name in _asked_by_a_scan(refused, between) if not name.startswith("sts:"))
    for third in range(3):
        denied_ones = set(itertools.islice(operations, third, None, 3)) - {"ec2:DescribeRegions"}
        between.choose = lambda asked, ones=denied_ones: denied(asked) if asked.name in ones else None  # type: ignore[misc]
        ran = refused("scan", "aws", "-o", "jsonl", "--fail-on", "never")
        assert ran.code == 3
        told = {key: outcome for key, outcome in ran.verdicts.items() if outcome in ("pass", "fail")}
        assert told.items() <= demo.expected.items()


def _asked_by_a_scan(command: Command, between: Between) -> set[str]:
    between.pass_everything()
    assert command("scan", "aws", "-o", "jsonl").code == 1
    return set(between.asked)


def test_the_policy_of_permissions_is_enough_and_no_more(refused: Command, between: Between) -> None:
    policy = json.loads(refused("permissions", "aws").out)
    allowed = {one for statement in policy["Statement"] for one in _listed(statement["Action"])}
    between.choose = lambda asked: None if action(asked.name) in allowed else denied(asked)
    ran = refused("scan", "aws", "-o", "jsonl", "--fail-on", "never")
    assert ran.of_type("gap") == []
    unknown = [line["unread"] for line in ran.of_type("verdict") if line["outcome"] == "unknown"]
    assert unknown == []
    assert ran.code == 0
    assert {action(name) for name in between.asked} == allowed


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def test_fewer_rules_ask_fewer_calls(refused: Command, between: Between) -> None:
    refused("scan", "aws", "--select", "volume-unencrypted", "-o", "jsonl")
    assert {name for name in between.asked if not name.startswith("sts:")} == {
        "ec2:DescribeRegions",
        "ec2:DescribeVolumes",
    }


def test_every_call_says_who_asks(refused: Command, between: Between) -> None:
    between.agents.clear()
    ran = refused("scan", "aws", "-o", "jsonl", "--select", "bucket-public")
    first = ran.lines[0]
    assert between.agents
    assert all(
        agent.startswith(f"surefoot/{first['version']} run/{first['run']}") for agent in between.agents
    )


def test_a_sign_in_that_does_not_work_is_2(refused: Command, between: Between) -> None:
    unknown = Refusal("InvalidClientTokenId", "The security token included in the request is invalid.", 403)
    between.choose = lambda asked: unknown if asked.service == "sts" else None
    ran = refused("scan", "aws", "-o", "jsonl")
    assert (ran.code, ran.out) == (2, "")
    assert "InvalidClientTokenId" in ran.err or "security token" in ran.err


def test_a_dry_run_sends_nothing(refused: Command, between: Between) -> None:
    ran = refused("scan", "aws", "--dry-run")
    assert ran.code == 0
    assert "ec2:DescribeSecurityGroups" in ran.out
    assert not between.asked


def test_a_denial_that_covers_a_region_is_one_gap(refused: Command, between: Between) -> None:
    between.choose = lambda asked: denied(asked) if asked.region == "eu-north-1" else None
    ran = refused("scan", "aws", "-o", "jsonl", "--fail-on", "never")
    assert ran.code == 3
    assert [(gap["region"], gap["kind"], gap["code"]) for gap in ran.of_type("gap")] == [
        ("eu-north-1", "*", "denied")
    ]
