"""Lays text out in columns of a terminal, in which a character may be two wide or none."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from rich.cells import cell_len, chop_cells

from scanner.reporters.page import Page, Piece, line


class Cell(NamedTuple):
    """One cell of a row: its lines, its width in columns, its style."""

    lines: Sequence[str]
    width: int
    style: str = ""


def widest(texts: Iterable[str]) -> int:
    """Return the columns that the widest text takes; 0 for none."""
    return max(map(cell_len, texts), default=0)


def pad(text: str, width: int) -> str:
    """Fill text with spaces to `width` columns."""
    return text + " " * (width - cell_len(text))


def wrap(text: str, width: int, *, hang: int = 0) -> list[str]:
    """Break text at spaces into lines of at most `width` columns; all but the first are indented by `hang`.

    A word that is too long for a line is broken where the line ends, so that nothing is lost.
    """
    if cell_len(text) <= width:
        return [text]
    lines: list[str] = []
    current = ""
    for word in _words(text, max(1, width - hang)):
        if current and cell_len(current) + 1 + cell_len(word) > width:
            lines.append(current)
            current = " " * hang + word
        else:
            current = f"{current} {word}" if current else word
    return [*lines, current]


def _words(text: str, width: int) -> Iterator[str]:
    for word in text.split():
        if cell_len(word) <= width:
            yield word
        else:
            yield from chop_cells(word, width)


def paragraph(page: Page, text: str, indent: int, style: str = "", *, hang: int = 0) -> Iterator[str]:
    """Yield text as wrapped lines behind an indent."""
    for part in wrap(text, page.width - indent, hang=hang):
        yield line(page, (" " * indent, ""), (part, style))


def row(page: Page, indent: int, cells: Sequence[Cell]) -> Iterator[str]:
    """Yield cells side by side, two spaces between them."""
    for number in range(max(len(cell.lines) for cell in cells)):
        pieces: list[Piece] = [(" " * indent, "")]
        for cell in cells:
            text = cell.lines[number] if number < len(cell.lines) else ""
            pieces += [(text, cell.style), (" " * (cell.width + 2 - cell_len(text)), "")]
        yield line(page, *pieces)
