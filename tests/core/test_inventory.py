"""The file keeps everything, and a file that was cut is never taken for a whole one."""

import stat
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from kinds import Door, Lock
from shipped import RULES

import scanner.inventory as inventory_module
from scanner.engine import Outcome, Tuned
from scanner.files import whole_file
from scanner.inventory import (
    ANY_KIND,
    End,
    Gap,
    Header,
    Inventory,
    InventoryError,
    Listing,
    load,
    read,
    save,
    tidy,
)
from scanner.judging import Judging, Only
from scanner.models import kinds as real_kinds
from scanner.models.resource import GLOBAL, Cloud, Code, Scope, UnreadError, Why

HERE = Scope(Cloud.AWS, "111122223333", "here-1")
WHEN = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inventory_module, "kinds", lambda: {"Door": Door})


def whole() -> Inventory:
    door = Door(
        id="door:1",
        name="front",
        scope=HERE,
        open=False,
        panes=(Lock(pins=1),),
        tags={"a": "b"},
        unread={"lock": Why(code=Code.DENIED, permission="home:GetLock", call="home:GetLock", text="no")},
    )
    return Inventory(
        resources=[door],
        gaps=[Gap(HERE, "Window", Code.THROTTLED, "home:ListWindows", text="slow down")],
        listings=[Listing(HERE, "Door", "home:ListDoors", WHEN, "live", 1)],
        header=Header({"Door": ("open", "lock")}, (HERE,), ("aws:1/far-1",), WHEN, "0.1.0"),
    )


@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.zst"])
def test_round_trip(tmp_path: Path, name: str) -> None:
    save(whole(), tmp_path / name)
    again = load(tmp_path / name)
    assert again.header == whole().header
    assert again.listings == whole().listings
    assert again.gaps[0].permission == "home:ListWindows"
    door = again.resources[0]
    assert isinstance(door, Door)
    assert door.panes[0].pins == 1
    assert not door.open
    assert door.tags == {"a": "b"}
    assert door.scope == HERE
    with pytest.raises(UnreadError, match="home:GetLock"):
        _ = door.lock
    assert again.complete
    if sys.platform != "win32":
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600


def test_the_packed_file_is_packed(tmp_path: Path) -> None:
    save(whole(), tmp_path / "a.jsonl.zst")
    assert (tmp_path / "a.jsonl.zst").read_bytes()[:4] == b"\x28\xb5\x2f\xfd"


@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.zst"])
def test_a_file_cut_anywhere_is_never_whole(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    save(whole(), path)
    data = path.read_bytes()
    for length in {*range(1, len(data) - 1, 13), len(data) - 2}:
        path.write_bytes(data[:length])
        try:
            again = load(path)
        except InventoryError:
            continue  # not even the header is there
        assert not again.complete
        assert any(gap.kind == ANY_KIND and "cut short" in gap.text for gap in again.gaps)


def test_damage_in_the_middle_is_refused_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    save(whole(), path)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([lines[0], b"{broken\n", *lines[1:]]))
    with pytest.raises(InventoryError, match=r"a\.jsonl:2: not JSON"):
        load(path)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b'{"type":"run","schema":1}', "not an inventory"),
        (b'{"type":"inventory","format":99,"version":"9.9"}', "newer.*9.9"),
        (b"[]", "not an inventory"),
        (b"", "empty|not JSON|not an inventory"),
    ],
)
def test_what_is_no_inventory_is_refused(tmp_path: Path, line: bytes, said: str) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(line + b"\n" if line else b"")
    with pytest.raises(InventoryError, match=said):
        load(path)


def test_a_wrong_value_and_an_unknown_kind_name_the_line(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    save(whole(), path)
    good = path.read_text()
    path.write_text(good.replace('"open":false', '"open":"ajar"'))
    with pytest.raises(InventoryError, match=r":3: Door\.open"):
        load(path)
    path.write_text(
        good.replace(
            '"kind":"Door","provider":"aws","account":"111122223333","region":"here-1","id"',
            '"kind":"Gate","provider":"aws","account":"111122223333","region":"here-1","id"',
        )
    )
    with pytest.raises(InventoryError, match="Gate"):
        load(path)


def test_only_some_kinds_are_read_when_asked(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    save(whole(), path)
    assert not [entry for entry in read(path, only=["Window"]) if isinstance(entry, Door)]


@pytest.mark.parametrize("lost", [1, 2, 40])
def test_a_file_cut_behind_resources_that_nobody_asked_for_is_not_whole(tmp_path: Path, lost: int) -> None:
    path = tmp_path / "a.jsonl"
    save(whole(), path)
    lines = path.read_bytes().splitlines(keepends=True)
    until = max(number for number, line in enumerate(lines) if b'"kind":"Door"' in line)
    path.write_bytes(b"".join(lines[: until + 1])[:-lost])
    entries = list(read(path, only=["Window"]))
    assert entries[-1] == End(complete=False)
    assert [entry.kind for entry in entries if isinstance(entry, Gap)][-1] == ANY_KIND


def test_a_file_is_whole_or_not_there(tmp_path: Path) -> None:
    path = tmp_path / "out.txt"
    path.write_text("before")

    def fail() -> None:
        with whole_file(path) as stream:
            stream.write(b"half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert path.read_text() == "before"
    assert [entry.name for entry in tmp_path.iterdir()] == ["out.txt"]


class TestTidy:
    def test_equal_gaps_are_one(self) -> None:
        gaps = [Gap(HERE, "Door", Code.DENIED, "p", "c", text) for text in ("b", "a", "c")]
        assert tidy(gaps, []) == [Gap(HERE, "Door", Code.DENIED, "p", "c", "a (and 2 more like it)")]

    def test_a_region_in_which_everything_is_denied_is_one_gap(self) -> None:
        kinds = ("Door", "House", "Window")
        listings = [Listing(HERE, kind, f"List{kind}", WHEN) for kind in kinds]
        gaps = [Gap(HERE, kind, Code.DENIED, f"home:List{kind}", text="explicit deny") for kind in kinds]
        other = Gap(HERE._replace(region=GLOBAL), "Door", Code.DENIED, "home:x")
        (one, two) = tidy([*gaps, other], listings)
        assert other in (one, two)
        region = one if two == other else two
        assert region.kind == ANY_KIND
        assert "home:ListHouse" in region.text
        assert "explicit deny" in region.text

    def test_one_listing_that_worked_keeps_the_permissions_apart(self) -> None:
        kinds = ("Door", "House", "Window", "Roof")
        listings = [Listing(HERE, kind, f"List{kind}", WHEN) for kind in kinds]
        gaps = [Gap(HERE, kind, Code.DENIED, f"home:List{kind}") for kind in kinds[:3]]
        assert len(tidy(gaps, listings)) == 3


def test_a_file_of_each_format_stays_readable(monkeypatch: pytest.MonkeyPatch) -> None:
    """Format 1, as version 0.1.0 wrote it: a later version reads it, and judges it without an error."""
    monkeypatch.setattr(inventory_module, "kinds", real_kinds)
    inventory = load(Path(__file__).parent / "data" / "inventory-format-1.jsonl")
    assert inventory.header.format == 1
    assert {resource.kind() for resource in inventory.resources} >= {
        "Bucket",
        "Firewall",
        "Database",
        "Listener",
    }
    assert inventory.gaps[0].permission == "ec2:DescribeSnapshots"
    judging = Judging([Tuned(rule) for rule in RULES.values()], WHEN, Only())
    for resource in inventory.resources:
        judging.world.hold(resource)
    for resource in inventory.resources:
        judging.judge(resource)
    outcomes = {verdict.outcome for verdict in judging.verdicts}
    assert outcomes >= {Outcome.PASS, Outcome.FAIL}
    assert Outcome.ERROR not in outcomes


def test_the_end_counts_resources_and_gaps_and_nothing_else(tmp_path: Path) -> None:
    path, here = tmp_path / "x.jsonl", Scope(Cloud.AWS, "111122223333", "here-1")
    listing = Listing(here, "Door", "home:ListDoors", datetime(2026, 1, 1, tzinfo=UTC))
    save(Inventory([Door(id="d")], listings=[listing], gaps=[Gap(here, "Window", Code.DENIED)]), path)
    assert path.read_text().splitlines()[-1].endswith('"counts":{"resources":1,"gaps":1}}')
