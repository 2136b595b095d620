"""A saved inventory that is cut into its accounts and joined again says the same; so do its parts."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from scanner.config import Config
from scanner.errors import UserError
from scanner.inventory import Gap, Header, Inventory, Listing, save, to_line
from scanner.models.resource import Cloud, Code, Resource, Scope
from scanner.models.routing import Network, Subnet
from scanner.models.storage import Bucket, Volume
from scanner.packs import load
from scanner.run import Choice, Scan
from scanner.runs.judged import neighbourhoods
from scanner.runs.result import Key, Result, Summary, write
from scanner.runs.shards import Shard
from scanner.tuning import tune

FIXTURES = Path(__file__).parents[2] / "fixtures"
INVENTORIES = sorted(FIXTURES.rglob("*inventory*.jsonl*"))
ONE, TWO, THREE = (f"{number}" * 12 for number in (1, 2, 3))
WHEN = datetime(2026, 1, 1, tzinfo=UTC)
LATER = datetime(2026, 1, 2, tzinfo=UTC)


def scan() -> Scan:
    return Scan(Config(), Choice(), tune(load([]), Config()))


@pytest.mark.parametrize("path", INVENTORIES, ids=lambda path: path.parent.name)
def test_merging_one_inventory_is_judging_it(path: Path, tmp_path: Path) -> None:
    saved, merged = scan().saved(path), scan().merged([path], tmp_path / "again.jsonl")
    assert list(merged.verdicts) == list(saved.verdicts)
    assert [(gap.scope, gap.kind, gap.code) for gap in merged.gaps] == [
        (gap.scope, gap.kind, gap.code) for gap in saved.gaps
    ]
    assert (merged.scopes, merged.resources) == (saved.scopes, saved.resources)
    again = scan().saved(tmp_path / "again.jsonl")
    assert list(again.verdicts) == list(saved.verdicts)


def volume(account: str, name: str, *, encrypted: bool = False) -> Volume:
    return Volume(id=f"arn:{account}:{name}", scope=Scope(Cloud.AWS, account, "r-1"), encrypted=encrypted)


def inventory(
    path: Path,
    accounts: Sequence[str],
    resources: Sequence[Resource],
    *,
    gaps: Sequence[Gap] = (),
    others: Sequence[str] = (),
    started: datetime = WHEN,
    complete: bool = True,
) -> Path:
    scopes = tuple(Scope(Cloud.AWS, account, region) for account in accounts for region in ("global", "r-1"))
    kinds = {"Volume": ("encrypted",)}
    header = Header(kinds, scopes, (), started, others=tuple(("aws", other) for other in others))
    listings = [Listing(scopes[1], "Volume", "ec2:DescribeVolumes", started, count=len(resources))]
    save(Inventory(list(resources), list(gaps), listings, header, complete), path)
    return path


def encrypted() -> Scan:
    return Scan(Config(), Choice(), tune(load([]), Config(), ["volume-unencrypted"]))


def test_shards_are_every_nth_of_all() -> None:
    keys = [Key(Cloud.AWS, f"{number:012d}") for number in range(10)]
    shards = [Shard(number, 3).own(keys) for number in (1, 2, 3)]
    assert sorted(key for shard in shards for key in shard) == keys
    assert [len(shard) for shard in shards] == [4, 3, 3]
    assert Shard(1, 1).own(keys) == keys
    assert Shard(5, 20).own(keys) == [keys[4]]
    assert Shard(15, 20).own(keys) == []


def test_a_part_that_is_missing_is_a_gap_for_each_of_its_accounts(tmp_path: Path) -> None:
    part = inventory(tmp_path / "1.jsonl", [ONE], [volume(ONE, "v")], others=[TWO, THREE])
    report = encrypted().merged([part])
    assert [(gap.scope.account, gap.kind, gap.code) for gap in report.gaps] == [
        (TWO, "*", Code.UNAVAILABLE),
        (THREE, "*", Code.UNAVAILABLE),
    ]
    assert "1.jsonl" in report.gaps[0].text
    assert report.incomplete


def test_of_two_results_of_an_account_one_counts(tmp_path: Path) -> None:
    cut = inventory(tmp_path / "cut.jsonl", [ONE], [volume(ONE, "old")], started=LATER, complete=False)
    first = inventory(tmp_path / "1.jsonl", [ONE], [volume(ONE, "first")])
    later = inventory(tmp_path / "2.jsonl", [ONE], [volume(ONE, "later")], started=LATER)
    report = encrypted().merged([cut, later, first])
    assert [verdict.resource for verdict in report.verdicts] == [f"arn:{ONE}:later"]
    assert report.complete
    assert [verdict.resource for verdict in encrypted().merged([cut, first]).verdicts] == [f"arn:{ONE}:first"]
    assert not encrypted().merged([cut]).complete


def test_what_belongs_to_an_account_that_nobody_read_counts_once(tmp_path: Path) -> None:
    shared = volume(THREE, "shared")
    parts = [
        inventory(tmp_path / f"{account}.jsonl", [account], [volume(account, "v"), shared])
        for account in (ONE, TWO)
    ]
    report = encrypted().merged(parts, tmp_path / "all.jsonl")
    assert [verdict.scope.account for verdict in report.verdicts] == [ONE, TWO, THREE]
    assert list(encrypted().saved(tmp_path / "all.jsonl").verdicts) == list(report.verdicts)
    owner = inventory(tmp_path / "owner.jsonl", [THREE], [volume(THREE, "shared", encrypted=True)])
    whole = encrypted().merged([*parts, owner])
    assert [verdict.outcome.value for verdict in whole.verdicts] == ["fail", "fail", "pass"]


def test_gaps_stay_with_their_accounts_and_a_kind_that_was_not_asked_is_one(tmp_path: Path) -> None:
    denied = Gap(Scope(Cloud.AWS, TWO, "r-1"), "Volume", Code.DENIED, "ec2:DescribeVolumes")
    parts = [
        inventory(tmp_path / "1.jsonl", [ONE], [volume(ONE, "v")]),
        inventory(tmp_path / "2.jsonl", [TWO], [], gaps=[denied]),
    ]
    report = encrypted().merged(parts)
    assert [(gap.scope.account, gap.code) for gap in report.gaps] == [(TWO, Code.DENIED)]
    whole = scan().merged(parts)
    assert {gap.scope.account for gap in whole.gaps if gap.code is Code.NOT_ASKED} == {ONE, TWO}


def test_only_accounts_whose_networks_name_each_other_are_looked_at_together(tmp_path: Path) -> None:
    def result(account: str, *resources: Resource) -> Result:
        key = Key(Cloud.GCP, account)
        path = tmp_path / key.file
        return Result(path, write(path, Summary(key, (Scope(*key),)), map(to_line, resources)))

    def at(project: str, name: str) -> str:
        return f"//compute.googleapis.com/projects/{project}/{name}"

    host = result("host", Network(id=at("host", "n"), scope=Scope(Cloud.GCP, "host")))
    guest = result(
        "guest", Subnet(id=at("guest", "s"), scope=Scope(Cloud.GCP, "guest"), network=at("host", "n"))
    )
    alone = result("alone", Bucket(id=at("host", "b"), scope=Scope(Cloud.GCP, "alone")))
    groups = neighbourhoods([alone, guest, host])
    assert [[one.summary.key.account for one in group] for group in groups] == [["alone"], ["guest", "host"]]


def test_nothing_is_said_when_nothing_was_read(tmp_path: Path) -> None:
    save(Inventory(header=Header(started=WHEN)), tmp_path / "none.jsonl")
    with pytest.raises(UserError, match=r"none\.jsonl: no account was read there"):
        encrypted().merged([tmp_path / "none.jsonl"])
