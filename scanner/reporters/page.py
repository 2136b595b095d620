"""What a report for people is written on, and how styled text is put there."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import IO, TYPE_CHECKING, Final

if TYPE_CHECKING:
    from rich.style import Style

_NARROWEST: Final = 40
_WIDEST: Final = 160
_PIPED: Final = 100


@dataclass(frozen=True, slots=True)
class Page:
    """`width` in columns, whether colours and bold show, and whether a program or a file reads on (`piped`)."""

    width: int = _PIPED
    colour: bool = False
    piped: bool = True


def page_of(stream: IO[str] | IO[bytes], environment: Mapping[str, str]) -> Page:
    """Return the page that a stream is: the terminal that it writes to, else plain text of 100 columns."""
    if not stream.isatty():
        return Page()
    from rich.console import Console

    console = Console(_environ=dict(environment))
    plain = environment.get("NO_COLOR") or environment.get("TERM") == "dumb" or console.legacy_windows
    return Page(max(_NARROWEST, min(console.width, _WIDEST)), colour=not plain, piped=False)


#: A run of text in one style: "" is plain, else a key of _STYLES.
Piece = tuple[str, str]

_STYLES: Final = {
    "critical": "bold white on red",
    "high": "bold red",
    "medium": "bold yellow",
    "low": "bold cyan",
    "info": "bold",
    "good": "bold green",
    "warn": "bold magenta",
    "bold": "bold",
    "dim": "dim",
    "code": "cyan",
}


@cache
def _style(name: str) -> "Style":
    from rich.style import Style

    return Style.parse(_STYLES[name])


def line(page: Page, *pieces: Piece) -> str:
    """Put pieces side by side and end the line; spaces at its end are left out."""
    shown = list(pieces)
    while shown and not shown[-1][0].strip(" "):
        shown.pop()
    if shown:
        shown[-1] = (shown[-1][0].rstrip(" "), shown[-1][1])
    if page.colour:
        return "".join(_style(style).render(text) if style else text for text, style in shown) + "\n"
    return "".join(text for text, _ in shown) + "\n"


def encoded(lines: Iterable[str]) -> Iterator[bytes]:
    """Yield text as UTF-8; what UTF-8 cannot say is escaped."""
    for one in lines:
        yield one.encode("utf-8", "backslashreplace")
