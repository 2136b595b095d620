"""Loads many rows at once by the fastest way of each database: COPY, or the driver's own executemany."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from sqlalchemy import Connection, Table

_ROWS: Final = 5_000
"""So many rows make one message to the server."""

_ESCAPES: Final = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def load(
    connection: "Connection", table: "Table", columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """Insert rows, whose values stand in the order of `columns`: text, whole numbers, booleans, None."""
    names = ", ".join(f'"{name}"' for name in columns)
    driver: Any = connection.connection.driver_connection
    cursor = driver.cursor()
    try:
        if connection.dialect.name == "postgresql":
            cursor.execute(f'COPY "{table.name}" ({names}) FROM STDIN', stream=_chunks(iter(rows)))
        else:
            marks = ", ".join("?" * len(columns))
            cursor.executemany(f'INSERT INTO "{table.name}" ({names}) VALUES ({marks})', rows)  # noqa: S608 - our names
    finally:
        cursor.close()


def _chunks(rows: Iterator[Sequence[Any]]) -> Iterator[bytes]:
    """Yield rows in the text format of COPY (PostgreSQL 15, COPY, "Text Format")."""
    while some := list(islice(rows, _ROWS)):
        yield "".join("\t".join(map(_cell, row)) + "\n" for row in some).encode()


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
