"""An account is read into a journal that may be cut anywhere; what comes of it is as if nothing had been cut."""

import os
import threading
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest
from kinds import ACCOUNT, GET_LOCK, LIST_DOORS, REGIONS, SOURCES, Door, Home, denied

from scanner.collect import Whole
from scanner.inventory import ANY_KIND
from scanner.models.resource import GLOBAL, Cloud, Code, Scope
from scanner.providers import plan as planning
from scanner.providers.pace import PaceSettings
from scanner.providers.plan import Planned
from scanner.providers.spec import CallError, SignInError
from scanner.runs import reading
from scanner.runs.engines import read_all, threads
from scanner.runs.frames import frames
from scanner.runs.journal import Journal
from scanner.runs.reading import Asked, Crew, Reader, UsageError
from scanner.runs.result import Key, Result, ResultError

KEY = Key(Cloud.AWS, ACCOUNT)
FAST = PaceSettings(share=1.0, first_wait=0.001)
KINDS = {"Door": ("lock", "open"), "Window": ("barred",), "House": ("alarm",)}
WHEN = datetime(2026, 1, 1, tzinfo=UTC)


class AskedHere(Asked):
    """Asks the sources of these tests."""

    def plan(self, cloud: Cloud) -> tuple[Planned, ...]:  # noqa: ARG002
        kinds = {source.kind.kind(): source.kind for source in SOURCES}
        return planning.plan(SOURCES, {kinds[name]: frozenset(fields) for name, fields in self.kinds.items()})


@pytest.fixture(autouse=True)
def _unsynced(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether the disk has it is not what is tested, and waiting for it takes long."""
    monkeypatch.setattr(os, "fsync", lambda _: None)


@pytest.fixture
def crew() -> Iterator[Crew]:
    with Crew(FAST) as made:
        yield made


def reader(crew: Crew, folder: Path, home: Any, **asked: Any) -> Reader:
    return Reader(AskedHere(KINDS, started=WHEN, **asked), {KEY: home}, crew, folder)


def facts(result: Result) -> tuple[Any, ...]:
    """All that a result says, but for times."""
    summary = result.summary
    listings = [(one.scope, one.kind, one.call, one.count) for one in summary.listings]
    return (list(result.lines()), listings, summary.gaps, summary.scopes, summary.complete, summary.resources)


def test_an_account_becomes_one_whole_file(crew: Crew, tmp_path: Path) -> None:
    result = reader(crew, tmp_path, Home(pages=2)).read(KEY)
    assert result.summary.complete
    assert result.summary.scopes == tuple(Scope(*KEY, region) for region in (GLOBAL, *REGIONS))
    assert result.summary.calls == crew.sender.progress.calls
    rows = [orjson.loads(line) for line in result.lines()]
    order = [(row["region"], row["kind"], row["id"]) for row in rows]
    assert order == sorted(order)
    assert {row["kind"] for row in rows} == set(KINDS)
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == [KEY.file]
    assert facts(Result.at(result.path)) == facts(result)


def test_a_result_that_was_cut_is_none(crew: Crew, tmp_path: Path) -> None:
    one = reader(crew, tmp_path, Home())
    path = one.read(KEY).path
    whole = path.read_bytes()
    for length in range(0, len(whole), 7):
        path.write_bytes(whole[:length])
        with pytest.raises(ResultError):
            Result.at(path)
    asked = Home()
    path.write_bytes(whole[:-1])
    again = reader(crew, tmp_path, asked).read(KEY)
    assert asked.sent
    assert again.summary.complete


def test_what_is_whole_is_not_read_again(crew: Crew, tmp_path: Path) -> None:
    before = reader(crew, tmp_path, Home()).read(KEY)
    home = Home()
    assert facts(reader(crew, tmp_path, home).read(KEY)) == facts(before)
    assert home.sent == []


def journal_of(crew: Crew, folder: Path) -> tuple[bytes, Mapping[str, Any]]:
    """The journal of an account right before its result takes its place."""
    one = reader(crew, folder, Home(pages=2))
    kept: list[bytes] = []
    close = Journal.close

    def keep(journal: Journal, *, delete: bool = False) -> None:
        kept.append(journal._path.read_bytes())
        close(journal, delete=delete)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Journal, "close", keep)
        one.read(KEY)
    return kept[0], one.asked.as_json(KEY)


def cuts(journal: bytes, folder: Path) -> list[int]:
    """Every kind of place: the ends of frames, right before and behind them, inside heads, and every 97th byte."""
    path = folder / "journal-to-cut"
    path.write_bytes(journal)
    with path.open("rb") as stream:
        ends = [frame.end for frame in frames(stream)]
    near = {end + by for end in [0, *ends] for by in (-1, 0, 1, 4, 9)}
    return sorted(at for at in {*near, *range(0, len(journal), 97)} if 0 <= at <= len(journal))


@pytest.mark.slow
def test_cut_anywhere_the_journal_goes_on_to_the_same_result(crew: Crew, tmp_path: Path) -> None:
    whole = reader(crew, tmp_path / "whole", Home(pages=2)).read(KEY)
    journal, asked = journal_of(crew, tmp_path / "kept")
    folder = tmp_path / "cut"
    for at in cuts(journal, tmp_path):
        home = Home(pages=2)
        one = reader(crew, folder, home)
        (folder / "accounts" / KEY.file).unlink(missing_ok=True)
        (folder / "journal" / KEY.file).write_bytes(journal[:at])
        known = Journal(folder / "journal" / KEY.file, asked)
        done = {scope.region for scope in known.read.whole}
        known.close()
        assert facts(one.read(KEY)) == facts(whole), f"cut at {at}"
        assert {region for _, region in home.sent}.isdisjoint(done), f"cut at {at}"


def test_a_journal_about_something_else_is_no_use(crew: Crew, tmp_path: Path) -> None:
    journal, _ = journal_of(crew, tmp_path / "kept")
    one = reader(crew, tmp_path, Home(pages=2), regions={KEY: (REGIONS[0],)})
    (tmp_path / "journal" / KEY.file).write_bytes(journal)
    result = one.read(KEY)
    assert {scope.region for scope in result.summary.scopes} == {GLOBAL, REGIONS[0]}


def test_what_an_attempt_found_of_a_scope_that_is_not_whole_is_not_counted_twice(tmp_path: Path) -> None:
    asked: dict[str, Any] = {"kinds": {}}
    here, there = Scope(*KEY, "here-1"), Scope(*KEY, "there-1")
    path = tmp_path / "journal"
    first = Journal(path, asked)
    first.found([here, there], [], [])
    first.take(here, [Door(id="d1", scope=here, open=True)], 1)
    first.take(there, [Door(id="d2", scope=there, open=True)], 2)
    first.take(here, Whole(here), 3)
    first.close()
    second = Journal(path, asked)
    assert second.read.whole == {here}
    second.take(there, [Door(id="d3", scope=there, open=False)], 4)
    second.take(there, Whole(there), 5)
    lines, _, _ = second.entries()
    second.close()
    assert sorted(orjson.loads(line)["id"] for line in lines) == ["d1", "d3"]


def test_a_refused_account_is_its_own_gap_and_the_others_go_on(crew: Crew, tmp_path: Path) -> None:
    class Closed(Home):
        def regions(self) -> Any:
            raise CallError(Code.DENIED, "AccessDenied", "no", permission="sts:AssumeRole", fatal=True)

    other = Key(Cloud.AWS, "210987654321")
    one = Reader(AskedHere(KINDS), {KEY: Closed(), other: Home(account=other.account)}, crew, tmp_path)
    keys = (KEY, other)
    results = {
        result.summary.key: result for result in read_all(keys, one.read, threads(keys), crew.stop.set)
    }
    (gap,) = results[KEY].summary.gaps
    assert (gap.scope, gap.kind, gap.permission) == (Scope(*KEY), ANY_KIND, "sts:AssumeRole")
    assert results[KEY].summary.scopes == (Scope(*KEY),)
    assert results[other].summary.gaps == ()
    assert results[other].summary.resources > 0
    with pytest.raises(SignInError, match=ACCOUNT):
        reader(crew, tmp_path / "alone", Closed(), alone=True).read(KEY)


def test_a_region_that_only_some_accounts_have_is_a_gap_of_the_others(crew: Crew, tmp_path: Path) -> None:
    asked = {"regions": {KEY: (REGIONS[0], "mars-1")}}
    result = reader(crew, tmp_path, Home(), **asked).read(KEY)
    assert [(gap.scope.region, gap.kind) for gap in result.summary.gaps] == [("mars-1", ANY_KIND)]
    with pytest.raises(UsageError, match="mars-1"):
        reader(crew, tmp_path / "alone", Home(), alone=True, **asked).read(KEY)


def test_a_full_disk_ends_the_run_and_leaves_no_result(
    crew: Crew, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    one = reader(crew, tmp_path, Home(pages=2))
    monkeypatch.setattr(reading, "write", full)
    with pytest.raises(OSError, match="No space"):
        list(read_all((KEY,), one.read, threads((KEY,)), crew.stop.set))
    assert crew.stop.is_set()
    monkeypatch.undo()
    assert not list((tmp_path / "accounts").iterdir())
    with Crew(FAST) as later:
        home = Home(pages=2)
        assert reader(later, tmp_path, home).read(KEY).summary.complete
        assert home.sent == []


def test_stopped_accounts_keep_what_they_have_and_say_that_it_is_not_all(tmp_path: Path) -> None:
    stop = threading.Event()
    release = threading.Event()

    class Slow(Home):
        def _answer(self, call: Any, scope: Any, arguments: Any, token: Any) -> Any:
            if call is GET_LOCK:
                stop.set()
                release.wait(5)
            return super()._answer(call, scope, arguments, token)

    with Crew(FAST, stop) as crew:
        result = reader(crew, tmp_path, Slow()).read(KEY)
        release.set()
        other = Key(Cloud.AWS, "210987654321")
        late = Reader(AskedHere(KINDS), {other: Home(account=other.account)}, crew, tmp_path).read(other)
    assert not result.summary.complete
    assert result.path.parent.name == "partial"
    assert any("interrupted" in gap.why for gap in result.summary.gaps)
    assert [(gap.kind, gap.scope) for gap in late.summary.gaps] == [(ANY_KIND, Scope(*other))]
    home = Home()
    with Crew(FAST) as again:
        whole = reader(again, tmp_path, home).read(KEY)
    assert whole.summary.complete
    assert home.sent


def test_gaps_keep_their_words(crew: Crew, tmp_path: Path) -> None:
    result = reader(crew, tmp_path, Home(always={LIST_DOORS: denied(LIST_DOORS)})).read(KEY)
    again = Result.at(result.path)
    assert again.summary.gaps == result.summary.gaps
    assert {gap.permission for gap in again.summary.gaps} == {LIST_DOORS.permission}
    assert all(gap.call and gap.text for gap in again.summary.gaps)
