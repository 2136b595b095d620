"""How a history is opened: who may read it, what is wrong with an address, what its tables are."""

import os
import sqlite3
import stat
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import text

from scanner.history import schema
from scanner.history.opening import HistoryError, open_history

if TYPE_CHECKING:
    from sqlalchemy import Engine


def test_the_file_is_its_owners_only(tmp_path: Path) -> None:
    path = tmp_path / "history.db"
    before = os.umask(0)
    try:
        open_history(str(path), make=True).dispose()
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_migrations_lead_to_the_tables_that_are_asked(engine: "Engine") -> None:
    with engine.connect() as connection:
        found = compare_metadata(
            MigrationContext.configure(connection, opts={"compare_type": True}), schema.metadata
        )
    assert found == []


def test_a_history_that_is_not_there_is_not_made_by_asking(tmp_path: Path) -> None:
    with pytest.raises(HistoryError, match="there is no history"):
        open_history(str(tmp_path / "none.db"))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ("mysql://u:secret@h/d", "mysql is not supported"),
        ("sqlite://", "names no file"),
        ("postgresql://u:secret@127.0.0.1:1/d", "127.0.0.1"),
        ("postgresql://u:secret@h/d?sslmode=maybe", "one of disable, require, verify-full"),
        ("/nowhere/at/all/history.db", "does not exist"),
        ("://", "neither a path nor a URL"),
    ],
)
def test_a_wrong_address_is_told_without_its_password(where: str, said: str) -> None:
    with pytest.raises(HistoryError, match=said) as error:
        open_history(where, make=True)
    assert "secret" not in str(error.value)


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    path = tmp_path / "history.db"
    path.write_text("not a database, but long enough to look like a file of something else " * 20)
    with pytest.raises(HistoryError, match="not a database"):
        open_history(str(path))


def test_a_newer_history_is_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "history.db"
    open_history(str(path), make=True).dispose()
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    with pytest.raises(HistoryError, match="newer surefoot"):
        open_history(str(path), make=True)


def test_a_database_without_tables_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "history.db"
    path.touch()
    with pytest.raises(HistoryError, match="has no tables"):
        open_history(str(path))


def test_a_run_that_fails_half_way_leaves_nothing(engine: "Engine", monkeypatch: pytest.MonkeyPatch) -> None:
    from nights_made_up import all_found, bad, good, kept

    kept(engine, 1, bad())

    def broken(*_: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as patched:
        patched.setattr("scanner.history.keeping.standing", broken)
        with pytest.raises(RuntimeError):
            kept(engine, 2, good())
    assert [one.row.status for one in all_found(engine).values()] == ["open"]
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM change")) == 1
    assert kept(engine, 2, good()).stored


def test_a_disk_that_is_full_is_told_and_leaves_nothing(tmp_path: Path) -> None:
    from nights_made_up import all_found, bad, kept
    from sqlalchemy import event

    engine = open_history(str(tmp_path / "history.db"), make=True)
    kept(engine, 1, bad())
    before = all_found(engine)
    engine.dispose()

    @event.listens_for(engine, "connect")
    def _small(connection: sqlite3.Connection, _: object) -> None:
        connection.execute("PRAGMA max_page_count = 60")

    many = [bad(f"arn:aws:s3:::bucket-{number}", messages=("wrong " * 20,)) for number in range(2_000)]
    with pytest.raises(HistoryError, match="could not take the run: database or disk is full"):
        kept(engine, 2, *many)
    assert all_found(engine) == before
    engine.dispose()
