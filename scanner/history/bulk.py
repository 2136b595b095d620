"""Loads many rows at once by the fastest way of each database: COPY, or the driver's own executemany."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from sqlalchemy import Connection, Table

_ROWS: Final = 5_000
"""So many rows make one message to the server."""

_ESCAPES: Final = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def load(
    connection: "Connection",
    table: "Table",
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
    fixed: Mapping[str, str | int] | None = None,
) -> None:
    """Insert rows, whose values stand in the order of `columns`: text, whole numbers, booleans, None.

    `fixed`: what is the same in every row; text of letters and digits only. It costs next to nothing.
    """
    fixed = fixed or {}
    names = ", ".join(f'"{name}"' for name in (*columns, *fixed))
    driver: Any = connection.connection.driver_connection
    cursor = driver.cursor()
    try:
        if connection.dialect.name == "postgresql":
            lines = _chunks(iter(rows), len(columns), [_plain(value) for value in fixed.values()])
            cursor.execute(f'COPY "{table.name}" ({names}) FROM STDIN', stream=lines)
        else:
            same = [one if one.isdecimal() else f"'{one}'" for one in map(_plain, fixed.values())]
            marks = ", ".join([*("?",) * len(columns), *same])
            cursor.executemany(f'INSERT INTO "{table.name}" ({names}) VALUES ({marks})', rows)  # noqa: S608 - our names
    finally:
        cursor.close()


def _plain(value: str | int) -> str:
    said = str(value)
    if not (said.isascii() and said.isalnum()):
        raise ValueError(said)
    return said


def _chunks(rows: Iterator[Sequence[Any]], wide: int, fixed: Sequence[str]) -> Iterator[bytes]:
    """Yield rows in the text format of COPY (PostgreSQL 15, COPY, "Text Format")."""
    line = "\t".join([*("%s",) * wide, *fixed]) + "\n"
    tabs = wide + len(fixed) - 1
    while some := list(islice(rows, _ROWS)):
        yield "".join([_line(line, tabs, row) for row in some]).encode()


def _line(line: str, tabs: int, row: Sequence[Any]) -> str:
    """Return a row; most have nothing that must be written otherwise, which their whole line shows."""
    if None not in row:
        said = line % tuple(row)
        if (
            "\\" not in said
            and said.count("\t") == tabs
            and said.find("\n") == len(said) - 1
            and "\r" not in said
        ):
            return said
    return line % tuple(map(_cell, row))


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
