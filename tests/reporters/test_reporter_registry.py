"""Formats by name, and writing them."""

import io
import subprocess
import sys
from pathlib import Path

import pytest
from made_up_reports import ordinary, report, text

from scanner.errors import UserError
from scanner.reporters import FORMATS, Page, page_of, reporter, write


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize(
    "made", [ordinary(), report(), report(scopes=(), rules=())], ids=["ordinary", "empty", "none"]
)
def test_every_format_writes_every_report_twice_the_same(name: str, made: object) -> None:
    for page in (Page(), Page(40), Page(140, colour=True, piped=False)):
        assert text(reporter(name), made, page) == text(reporter(name), made, page) != ""  # type: ignore[arg-type]


def test_an_unknown_format_is_named_with_those_that_there_are() -> None:
    with pytest.raises(
        UserError, match=r"no format is called 'sarf'; did you mean sarif\? there are: table, jsonl"
    ):
        reporter("sarf")


def test_a_file_is_whole_or_not_there(tmp_path: Path) -> None:
    made = ordinary()
    write(made, "jsonl", tmp_path / "run.jsonl")
    assert (tmp_path / "run.jsonl").read_text() == text(reporter("jsonl"), made, Page())
    stream = io.BytesIO()
    write(made, "table", stream, Page(80))
    assert stream.getvalue().decode() == text(reporter("table"), made, Page(80))
    with pytest.raises(FileNotFoundError):
        write(made, "json", tmp_path / "no" / "run.json")
    assert [path.name for path in tmp_path.iterdir()] == ["run.jsonl"]


def test_a_format_is_loaded_when_it_is_asked_for() -> None:
    code = (
        "import sys, scanner.reporters; print([m for m in sys.modules if m.startswith('scanner.reporters.')])"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True).stdout
    assert shown.strip() == "['scanner.reporters.page']"


def test_a_page_is_plain_without_a_terminal() -> None:
    assert page_of(io.StringIO(), {"COLUMNS": "60"}) == Page(100, colour=False, piped=True)
    assert page_of(io.BytesIO(), {}) == Page()


@pytest.mark.parametrize(
    ("environment", "page"),
    [
        ({"COLUMNS": "80", "TERM": "xterm"}, Page(80, colour=True, piped=False)),
        ({"COLUMNS": "80", "TERM": "xterm", "NO_COLOR": "1"}, Page(80, colour=False, piped=False)),
        ({"COLUMNS": "20", "TERM": "dumb"}, Page(40, colour=False, piped=False)),
        ({"COLUMNS": "400", "TERM": "xterm"}, Page(160, colour=True, piped=False)),
    ],
)
def test_a_page_is_the_terminal(environment: dict[str, str], page: Page) -> None:
    assert page_of(Screen(), environment) == page
