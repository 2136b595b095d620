"""Says in which line of a TOML text a key stands, which tomllib knows but does not tell."""

from __future__ import annotations

import re

Place = tuple[int | None, str]
"""Which table of the list, from 0 (None: the top of the file), and which key there ("": the table itself)."""

_WORDS = re.compile(
    r"""\"\"\"(?:\\.|[^\\])*?\"{3,5}|'''.*?'{3,5}   # text over several lines
    |(?P<key>(?:"(?:\\.|[^"\\\n])*"|'[^'\n]*')(?=[ \t]*=))   # a key in quotes
    |"(?:\\.|[^"\\\n])*"|'[^'\n]*'|\#[^\n]*""",
    re.DOTALL | re.VERBOSE,
)
_MARKS = re.compile(
    r"""^[ \t]*\[\[?[ \t]*(?P<table>[\w"'.-]+)[ \t]*\]\]?[ \t]*$
    |(?P<open>\{)|(?P<close>\})
    |(?P<key>"[^"\n]*"|'[^'\n]*'|[\w-]+)[ \t]*=""",
    re.MULTILINE | re.VERBOSE,
)


def places(text: str, table: str) -> dict[Place, int]:
    """Return the line, from 1, of each key at the top and in each table of the list that is called `table`.

    Knows `[[table]]` and `table = [{...}, {...}]`. `text` is TOML that tomllib has read without an error.
    """
    plain = _WORDS.sub(_blank, text)
    found: dict[Place, int] = {}
    scope: int | None = None
    count, top = 0, ""
    for mark in _MARKS.finditer(plain):
        line = plain.count("\n", 0, mark.start(mark.lastgroup or 0)) + 1
        name = mark[0].strip(" \t[]={").strip("\"'")
        if mark["table"] and name != table:
            scope = -1
            found.setdefault((None, name), line)
        elif mark["table"] or (mark["open"] and top == table):
            scope, count = count, count + 1
            found.setdefault((scope, ""), line)
            found.setdefault((None, table), line)
        elif mark["close"] and top == table:
            scope = None
        elif mark["key"]:
            top = name if scope is None else top
            found.setdefault((scope, name), line)
    return found


def _blank(word: re.Match[str]) -> str:
    """Return spaces for text and comments, which could look like keys, and keep keys and line ends."""
    return word[0] if word["key"] else re.sub(r"[^\n]", " ", word[0])
