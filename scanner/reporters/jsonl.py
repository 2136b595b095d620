"""JSON Lines: one object per line, the contract that other programs read."""

from collections.abc import Iterator

from scanner.report import Report
from scanner.reporters.page import Page
from scanner.reporters.rows import dumps, rows


def render(report: Report, page: Page) -> Iterator[bytes]:  # noqa: ARG001 - data has no width
    """Yield the run, the verdicts, the gaps and the end, a line each."""
    for row in rows(report):
        yield dumps(row) + b"\n"
