"""Loads many rows at once by the fastest way of each database: COPY, or the driver's own executemany."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from sqlalchemy import Connection, Table

_ROWS: Final = 20_000
"""So many rows are held at once."""

_VALUES: Final = 900
"""So many values of one statement: older SQLite takes no more than 999."""

_ESCAPES: Final = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


class _Batch(NamedTuple):
    """Rows without what is the same in all of them, which is given once: column → value, where there is one."""

    columns: Sequence[str]
    rows: Sequence[Sequence[Any]]
    same: dict[str, Any]


def load(
    connection: "Connection", table: "Table", columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """Insert rows, whose values stand in the order of `columns`: text, whole numbers, booleans, None."""
    driver: Any = connection.connection.driver_connection
    write = _copied if connection.dialect.name == "postgresql" else _inserted
    remaining = iter(rows)
    cursor = driver.cursor()
    try:
        while some := list(islice(remaining, _ROWS)):
            batch = _parted(columns, some)
            names = ", ".join([f'"{name}"' for name in (*batch.columns, *batch.same)])
            write(cursor, f'"{table.name}" ({names})', batch)
    finally:
        cursor.close()


def _parted(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> _Batch:
    """Take out what is the same in all rows: of the columns of a finding it is often half, and each costs its time."""
    if len(rows) == 1:
        return _Batch(columns, rows, {})
    values = dict(zip(columns, zip(*rows, strict=True), strict=True))
    same = {name: one[0] for name, one in values.items() if _plain(one[0]) and one.count(one[0]) == len(one)}
    varied = [name for name in columns if name not in same] or columns[:1]
    told = {name: one for name, one in same.items() if one is not None and name not in varied}
    return _Batch(varied, list(zip(*(values[name] for name in varied), strict=True)) if same else rows, told)


def _plain(value: Any) -> bool:
    """Tell whether a value can stand in a statement as it is."""
    return value is None or isinstance(value, int) or (value.isascii() and value.isalpha())


def _inserted(cursor: Any, into: str, batch: _Batch) -> None:
    """Insert rows, many by one statement: one for each of them costs half as much more."""
    most = max(1, _VALUES // len(batch.columns))
    marks = f"({', '.join([*('?',) * len(batch.columns), *map(repr, batch.same.values())])})"
    whole = len(batch.rows) - len(batch.rows) % most
    groups = ([*chain.from_iterable(batch.rows[at : at + most])] for at in range(0, whole, most))
    cursor.executemany(f"INSERT INTO {into} VALUES {', '.join([marks] * most)}", groups)  # noqa: S608 - our names
    cursor.executemany(f"INSERT INTO {into} VALUES {marks}", batch.rows[whole:])  # noqa: S608 - the same


def _copied(cursor: Any, into: str, batch: _Batch) -> None:
    """Insert rows in the text format of COPY (PostgreSQL 15, COPY, "Text Format")."""
    cells = [*("%s",) * len(batch.columns), *map(_cell, batch.same.values())]
    lines = _lines("\t".join(cells) + "\n", len(cells) - 1, batch.rows)
    cursor.execute(f"COPY {into} FROM STDIN", stream=["".join(lines).encode()])


def _lines(line: str, tabs: int, rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """Yield rows; most have nothing that must be written otherwise, which their whole line shows."""
    for row in rows:
        none = row.count(None)
        said = line % (tuple(row) if not none else tuple(["\\N" if one is None else one for one in row]))
        plain = said.count("\\") == none and said.count("\t") == tabs and said.find("\n") == len(said) - 1
        yield said if plain and "\r" not in said else line % tuple(map(_cell, row))


def _cell(value: Any) -> str:
    if value is None:
        return "\\N"
    if isinstance(value, str):
        return value if value.isalnum() else value.translate(_ESCAPES)
    return ("t" if value else "f") if isinstance(value, bool) else str(value)


def storable(text: str) -> str:
    """Return text as both databases can keep it: NUL and halves of surrogate pairs are written as escapes."""
    if not text.isascii():
        text = text.encode("utf-8", "backslashreplace").decode()
    return text.replace("\0", "\\x00") if "\0" in text else text
