"""Untrusted text inside Markdown: no markup, no HTML, no mention, no link comes out of it."""

import re
from typing import Final

from scanner.reporters.text import clean

_MARKUP: Final = frozenset("\\`*_[]<>#|~&$")
_LINK: Final = re.compile(r"://|www\.", re.IGNORECASE)
_BREAK: Final = "&#8203;"
"""A space of no width. GitHub looks for mentions and references in the finished page, where no escape holds."""


def prose(text: str) -> str:
    """Return text as Markdown that shows just this text, in a paragraph or a cell of a table.

    What Markdown or HTML would read is written as character references, which are never structure (CommonMark
    0.31.2, section 2.5).
    """
    shown = "".join(f"&#{ord(char)};" if char in _MARKUP else char for char in clean(text))
    shown = _LINK.sub(lambda found: found[0].replace(":", "&#58;").replace(".", "&#46;"), shown)
    shown = shown.replace("@", f"@{_BREAK}")
    return re.sub(r"(&#35;|\bGH-)(?=\d)", rf"\1{_BREAK}", shown)


def code(text: str) -> str:
    """Return text as a code span that fits into a cell of a table, whatever backticks and pipes it has."""
    shown = clean(text) or " "
    longest = max((len(run) for run in re.findall(r"`+", shown)), default=0)
    fence = "`" * (longest + 1)
    space = " " if longest and (shown[0] == "`" or shown[-1] == "`") else ""
    return f"{fence}{space}{shown}{space}{fence}".replace("|", r"\|")


def block(text: str) -> str:
    """Return text as a fenced code block. Its lines stay lines."""
    lines = [clean(one) for one in text.splitlines()]
    longest = max((len(run) for one in lines for run in re.findall(r"`+", one)), default=0)
    fence = "`" * max(3, longest + 1)
    return "\n".join((fence, *lines, fence))
