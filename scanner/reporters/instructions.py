"""Lays out how something is fixed: commands that can be copied, and words between them."""

import re
from collections.abc import Iterator
from typing import Final

from rich.cells import cell_len

from scanner.reporters.layout import paragraph, wrap
from scanner.reporters.page import Page, line
from scanner.reporters.text import clean

_SHELL: Final = ("aws ", "gcloud ", "gsutil ", "bq ", "az ")
_PROSE: Final = re.compile(r"[,;:] [a-z]")
_OPENING: Final = {'"': '"', "'": "'", "<": ">"}


def instructions(page: Page, text: str, indent: int) -> Iterator[str]:
    """Yield a fix behind an indent: its commands continued with backslashes, its comments and its prose wrapped."""
    for raw in text.splitlines():
        one = clean(raw.strip())
        if one.startswith(_SHELL) and not _PROSE.search(one):
            yield from _command(page, one, indent)
        elif one.startswith("# "):
            for part in wrap(one[2:], page.width - indent - 2):
                yield line(page, (" " * indent, ""), (f"# {part}", "dim"))
        else:
            yield from paragraph(page, one, indent)


def _command(page: Page, text: str, indent: int) -> Iterator[str]:
    width = page.width - indent
    current = ""
    for part in _arguments(text):
        if current and cell_len(current) + 1 + cell_len(part) + 2 > width:
            yield line(page, (" " * indent, ""), (f"{current} \\", "code"))
            current = "    " + part
        else:
            current = f"{current} {part}" if current else part
    yield line(page, (" " * indent, ""), (current, "code"))


def _arguments(text: str) -> Iterator[str]:
    """Split a command into words, an option together with the first word of its value."""
    option = ""
    for word in _shell_words(text):
        if option and not word.startswith("-"):
            yield f"{option} {word}"
            option = ""
            continue
        if option:
            yield option
        option = word if word.startswith("-") and "=" not in word else ""
        if not option:
            yield word
    if option:
        yield option


def _shell_words(text: str) -> Iterator[str]:
    """Split at the spaces that stand outside quotes and angle brackets."""
    closing, word = "", ""
    for char in text:
        if char == " " and not closing:
            if word:
                yield word
            word = ""
            continue
        if char == closing:
            closing = ""
        elif not closing and char in _OPENING:
            closing = _OPENING[char]
        word += char
    if word:
        yield word
