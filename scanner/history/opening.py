"""Opens the database of the history: one file, or PostgreSQL by a URL; makes its tables and brings them up to date."""

import os
import ssl
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from scanner.errors import UserError

if TYPE_CHECKING:
    from alembic.config import Config
    from sqlalchemy import Connection, Engine
    from sqlalchemy.engine import URL

ENVIRONMENT: Final = "SUREFOOT_HISTORY"
"""Where a URL with a password stands, if it is not to be in a file or on a command line."""

_WAIT: Final = 60
"""Seconds for which a run waits until another one has stored its own."""

_TLS: Final = {"disable": False, "require": True, "verify-full": "verified"}


class HistoryError(UserError):
    """A history that cannot be opened or asked. Names it, never its password; exit code 2."""


def open_history(where: str, *, make: bool = False) -> "Engine":
    """Return the engine of a history; with `make` its tables are made or brought up to date. Raises HistoryError.

    `where` is a path, `sqlite:///PATH` or `postgresql://USER:PASSWORD@HOST/NAME` (`?sslmode=verify-full`, `require`,
    `disable`). A file that is made is readable by its owner only.
    """
    url = _url(where)
    shown = url.render_as_string(hide_password=True)
    if url.get_backend_name() == "sqlite":
        _file(url, make=make)
    from sqlalchemy.exc import SQLAlchemyError

    engine = _engine(url)
    try:
        with engine.begin() as connection:
            _migrated(connection, shown, make=make)
    except (SQLAlchemyError, OSError) as error:
        engine.dispose()
        said = str(getattr(error, "orig", None) or error).splitlines()[0]
        raise HistoryError(f"the history {shown}: {_without(url, said)}") from None
    except BaseException:
        engine.dispose()
        raise
    return engine


def _url(where: str) -> "URL":
    from sqlalchemy import make_url
    from sqlalchemy.exc import ArgumentError

    if "://" not in where:
        where = f"sqlite:///{where}"
    try:
        url = make_url(where)
    except ArgumentError:
        raise HistoryError("--history: neither a path nor a URL (sqlite:///PATH, postgresql://...)") from None
    name = url.drivername
    if name in ("postgres", "postgresql"):
        url = url.set(drivername="postgresql+pg8000")
    elif name not in ("sqlite", "postgresql+pg8000"):
        raise HistoryError(
            f"--history: {name} is not supported; give a path, sqlite:///PATH or postgresql://..."
        )
    if url.get_backend_name() == "sqlite" and url.database in (None, "", ":memory:"):
        raise HistoryError("--history: sqlite:///PATH names no file")
    return url


def _engine(url: "URL") -> "Engine":
    from sqlalchemy import create_engine, event

    if url.get_backend_name() != "sqlite":
        mode = url.query.get("sslmode")
        if mode is not None and mode not in _TLS:
            raise HistoryError(f"--history: sslmode={mode}: one of {', '.join(_TLS)}")
        tls: Any = ssl.create_default_context() if mode == "verify-full" else _TLS.get(str(mode))
        settings = {} if mode is None else {"ssl_context": tls}
        return create_engine(url.difference_update_query(["sslmode"]), connect_args=settings)
    engine = create_engine(url, connect_args={"timeout": _WAIT})

    @event.listens_for(engine, "connect")
    def _settings(connection: Any, _record: object) -> None:
        # 64 MB of pages: four times as many make a night of a million verdicts no faster.
        for pragma in ("cache_size = -65536", "temp_store = MEMORY"):
            connection.execute(f"PRAGMA {pragma}")

    return engine


def _file(url: "URL", *, make: bool) -> None:
    path = Path(str(url.database))
    if path.is_file():
        return
    if not make:
        raise HistoryError(f"{path}: there is no history; `surefoot scan --history {path}` begins one")
    if not path.parent.is_dir():
        raise HistoryError(f"{path}: the folder {path.parent} does not exist")
    try:
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
    except OSError as error:
        raise HistoryError(f"{path}: {error.strerror}") from None


def _migrated(connection: "Connection", shown: str, *, make: bool) -> None:
    from alembic import command
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory

    config = _alembic(connection)
    script = ScriptDirectory.from_config(config)
    head, now = script.get_current_head(), MigrationContext.configure(connection).get_current_revision()
    if now == head:
        return
    if now is not None and now not in {one.revision for one in script.walk_revisions()}:
        raise HistoryError(f"the history {shown} was written by a newer surefoot: its tables are at {now}")
    if not make:
        state = "has no tables" if now is None else f"is at {now}, and this version reads {head}"
        raise HistoryError(f"the history {shown} {state}: the next run that is stored brings it up to date")
    command.upgrade(config, "head")


def _alembic(connection: "Connection") -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _without(url: "URL", text: str) -> str:
    """Return what a driver said without the password, should it repeat it."""
    return text.replace(url.password, "***") if url.password else text
