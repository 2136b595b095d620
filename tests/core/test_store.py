"""Results left by workers: whole under their own name, found again, and never those of another run."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from scanner.errors import UserError
from scanner.inventory import to_line
from scanner.models.resource import Cloud, Scope
from scanner.models.storage import Bucket
from scanner.runs.result import Key, Result, Summary, write
from scanner.runs.store import Store

KEY = Key(Cloud.GCP, "example.com:project")
WHEN = datetime(2026, 1, 1, tzinfo=UTC)


def result(folder: Path) -> Result:
    folder.mkdir()
    path = folder / KEY.file
    bucket = Bucket(id="b", scope=Scope(*KEY))
    return Result(path, write(path, Summary(KEY, (Scope(*KEY),), started=WHEN), [to_line(bucket)]))


@pytest.mark.parametrize("scheme", ["", "file://"], ids=["folder", "fsspec"])
def test_what_was_left_is_found(scheme: str, tmp_path: Path) -> None:
    store = Store(f"{scheme}{tmp_path}/shared/tonight", WHEN)
    here = tmp_path / "here"
    here.mkdir()
    assert store.get(KEY, here) is None
    store.put(result(tmp_path / "worker"))
    store.put(result(tmp_path / "again"))
    found = store.get(KEY, here)
    assert found is not None
    assert [one.id for one in found.resources()] == ["b"]
    assert [path.name for path in (tmp_path / "shared" / "tonight").iterdir()] == [KEY.file]


@pytest.mark.parametrize("scheme", ["", "file://"], ids=["folder", "fsspec"])
def test_what_is_not_whole_or_of_another_run_is_not(scheme: str, tmp_path: Path) -> None:
    store = Store(f"{scheme}{tmp_path}/shared", WHEN)
    store.put(result(tmp_path / "worker"))
    here = tmp_path / "here"
    here.mkdir()
    assert Store(store.url, datetime(2026, 1, 2, tzinfo=UTC)).get(KEY, here) is None
    left = tmp_path / "shared" / KEY.file
    left.write_bytes(left.read_bytes()[:-1])
    assert store.get(KEY, here) is None


def test_an_address_that_nobody_reads_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="--store nowhere://x"):
        Store("nowhere://x", WHEN).put(result(tmp_path / "worker"))
