"""One JSON document with the objects of JSON Lines: `run`, `verdicts`, `gaps`, `carried`, `end`."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from scanner.report import Report
from scanner.reporters.page import Page
from scanner.reporters.rows import carried_row, dumps, end_row, gap_row, run_row, verdict_row


def render(report: Report, page: Page) -> Iterator[bytes]:  # noqa: ARG001 - data has no width
    """Yield the document, each object on a line of its own."""
    yield b'{"run":' + dumps(run_row(report))
    yield b',\n"verdicts":['
    yield from _separated(verdict_row(report, verdict) for verdict in report.verdicts)
    yield b'],\n"gaps":['
    yield from _separated(gap_row(report, gap) for gap in report.gaps)
    yield b'],\n"carried":['
    yield from _separated(carried_row(seen, why) for seen, why in report.carried)
    yield b'],\n"end":' + dumps(end_row(report)) + b"}\n"


def _separated(rows: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    separator = b"\n"
    for row in rows:
        yield separator + dumps(row)
        separator = b",\n"
