"""Turns a report into text: a module per format, loaded when it is asked for."""

from collections.abc import Callable, Iterator, Mapping
from difflib import get_close_matches
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path
from types import MappingProxyType
from typing import IO, Final

from scanner.errors import UserError
from scanner.files import whole_file
from scanner.report import Report
from scanner.reporters.page import Page, page_of

#: A format: the report's UTF-8 bytes, in chunks of any size. Pure: the same report and page give the same bytes.
Reporter = Callable[[Report, Page], Iterator[bytes]]

#: The group of entry points by which a package of your own adds formats: `name = module:function`, a `Reporter`.
ENTRY_POINTS: Final = "surefoot.reporters"

_OURS: Final = (
    *("table", "jsonl", "json", "csv", "markdown", "html", "sarif", "compliance"),
    *("junit", "ocsf", "asff", "codequality"),
)

#: Format → `module:function`. Ours cannot be replaced by another package's of the same name.
FORMATS: Final[Mapping[str, str]] = MappingProxyType(
    {
        **{name: f"{__name__}.{name}:render" for name in _OURS},
        **{one.name: one.value for one in entry_points(group=ENTRY_POINTS) if one.name not in _OURS},
    }
)


class UnknownFormatError(UserError):
    """A format that there is not. The text lists those that there are; exit code 2."""


def reporter(name: str) -> Reporter:
    """Return the reporter of a format. Raises UnknownFormatError."""
    place = FORMATS.get(name)
    if place is None:
        near = get_close_matches(name, FORMATS, n=1)
        hint = f"did you mean {near[0]}? " if near else ""
        raise UnknownFormatError(f"no format is called {name!r}; {hint}there are: {', '.join(FORMATS)}")
    module, _, function = place.partition(":")
    found: Reporter = getattr(import_module(module), function)
    return found


def write(
    report: Report, name: str, target: Path | IO[bytes], page: Page | None = None, *, redact: bool = False
) -> None:
    """Write a report in one format to a file, which is whole or not there, or to an open binary stream.

    `redact` hides accounts and addresses in formats that others see. Raises UnknownFormatError, OSError.
    """
    chunks = reporter(name)(report, page or Page())
    if redact:
        chunks = _redacted(report, name, chunks)
    if isinstance(target, Path):
        with whole_file(target) as stream:
            for chunk in chunks:  # a stream that compresses has no writelines
                stream.write(chunk)
    else:
        target.writelines(chunks)
        target.flush()


def write_folder(report: Report, folder: Path, *, redact: bool = False) -> None:
    """Write SARIF as files that GitHub takes, a folder for each repository of code. Raises OSError."""
    from scanner.reporters.sarif import files

    for name, content in files(report):
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        with whole_file(path) as stream:
            stream.write(b"".join(_redacted(report, "sarif", iter([content]))) if redact else content)


def _redacted(report: Report, name: str, chunks: Iterator[bytes]) -> Iterator[bytes]:
    from scanner.reporters.redaction import REDACTED, redactor

    if name in REDACTED:
        yield redactor(report)(b"".join(chunks))
    else:
        yield from chunks


__all__ = [
    "FORMATS",
    "Page",
    "Reporter",
    "UnknownFormatError",
    "page_of",
    "reporter",
    "write",
    "write_folder",
]
