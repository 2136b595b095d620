"""Comma-separated values for a spreadsheet: a row per verdict, then a row per gap, whose outcome is `gap`.

Columns: outcome, severity, rule, title, provider, account, region, kind, name, resource, messages, unread (each
`field: why`), permissions (those that were missing), controls, waived (the reason), fingerprint. Several values
in one cell stand behind semicolons. As in RFC 4180 lines end in CR LF and quotes are doubled. A cell that a
spreadsheet would take for a formula starts with an apostrophe, and what does not print is escaped.
"""

import csv
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from scanner.report import Report
from scanner.reporters.page import Page
from scanner.reporters.rows import gap_row, verdict_row
from scanner.reporters.text import clean

COLUMNS: Final = (
    *("outcome", "severity", "rule", "title", "provider", "account", "region", "kind", "name", "resource"),
    *("messages", "unread", "permissions", "controls", "waived", "fingerprint"),
)
# The last four are what spreadsheets of East Asia take for the first four.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")


class _Line:
    """A file for csv.writer that hands each line back."""

    def write(self, text: str) -> str:
        return text


def render(report: Report, page: Page) -> Iterator[bytes]:  # noqa: ARG001 - data has no width
    """Yield the header and the rows."""
    writer = csv.writer(_Line(), lineterminator="\r\n")
    for cells in _rows(report):
        text: Any = writer.writerow([_harmless(cell) for cell in cells])
        yield text.encode("utf-8", "backslashreplace")


def _rows(report: Report) -> Iterator[list[str]]:
    yield list(COLUMNS)
    for verdict in report.verdicts:
        row = verdict_row(report, verdict)
        row["title"] = report.rule(verdict).title
        row["permissions"] = [unread["permission"] for unread in row["unread"] if unread["permission"]]
        row["unread"] = [f"{unread['field']}: {unread['why']}" for unread in row["unread"]]
        yield _cells(row)
    for gap in report.gaps:
        fields = gap_row(report, gap)
        yield _cells(
            {**fields, "outcome": "gap", "unread": [fields["why"]], "permissions": [fields["permission"]]}
        )


def _cells(row: Mapping[str, Any]) -> list[str]:
    return [_joined(row.get(column)) for column in COLUMNS]


def _joined(value: str | Iterable[str] | None) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    return "; ".join(dict.fromkeys(value))


def _harmless(cell: str) -> str:
    shown = clean(cell)
    return f"'{shown}" if cell.startswith(_FORMULA) else shown
