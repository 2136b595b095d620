"""Takes values out of one table of a framework's TOML file, each of the one type that it may have."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from scanner.errors import UserError
from scanner.frameworks.lines import places

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


class FrameworkError(UserError, ValueError):
    """A framework file cannot be used; the text names file, line (where one is known) and what is allowed."""

    def __init__(self, path: Path, line: int | None, text: str) -> None:
        self.path = path
        self.line = line
        super().__init__(f"{path}:{line}: {text}" if line else f"{path}: {text}")


@dataclass(frozen=True, slots=True)
class Table:
    """The values of one table of the file: of the top (`index` None), or of a control, counted from 0."""

    path: Path
    text: str
    values: dict[str, Any]
    index: int | None

    def wrong(self, key: str, text: str, item: str | None = None) -> FrameworkError:
        """Return the error for a key, at its line, or at the line of one item of its list."""
        lines = places(self.text, "control")
        line = lines.get((self.index, key)) or lines.get((self.index, "")) or 1
        if item is not None:
            rest = self.text.split("\n")[line - 1 :]
            quoted = re.compile(f"[\"']{re.escape(item)}[\"']")
            line += next((after for after, words in enumerate(rest) if quoted.search(words)), 0)
        where = "" if self.index is None else f"control {self.values.get('number', self.index + 1)!r}: "
        shown = key if re.fullmatch(r"[\w-]*", key) else repr(key)
        return FrameworkError(self.path, line, where + (f"{shown}: {text}" if key else text))

    def refuse_others(self, keys: tuple[str, ...]) -> None:
        """Raise the error for a key that is none of these."""
        for key in self.values:
            if key not in keys:
                raise self.wrong(
                    key, f"no key of this table, which may have {', '.join(keys)}{near(key, keys)}"
                )

    def word(self, key: str, *, required: bool = False) -> str:
        """Return a text of one line, or "" for a key that is not there and need not be."""
        if key not in self.values:
            if required:
                raise self.wrong("", f"{key!r} is missing")
            return ""
        return self._printable(key, self.values[key])

    def words(self, key: str) -> tuple[str, ...]:
        """Return a list of texts, none of them twice; empty for a key that is not there."""
        value = self.values.get(key, [])
        if not isinstance(value, list):
            raise self.wrong(
                key, f'{value!r} is not a list of texts; write it as in {key} = ["bucket-public"]'
            )
        words = tuple(self._printable(key, item) for item in value)
        for index, word in enumerate(words):
            if word in words[:index]:
                raise self.wrong(key, f"{word!r} stands twice", item=word)
        return words

    def flag(self, key: str, *, default: bool) -> bool:
        """Return true or false."""
        value = self.values.get(key, default)
        if not isinstance(value, bool):
            raise self.wrong(key, f"{value!r} is neither true nor false")
        return value

    def tables(self, key: str) -> list[Table]:
        """Return the tables of a list, of which there is at least one."""
        value = self.values.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            raise self.wrong(key, f"write each control as a table of its own, under [[{key}]]")
        if not value:
            raise self.wrong(key, f"there is none; write each control under [[{key}]]")
        return [Table(self.path, self.text, item, index) for index, item in enumerate(value)]

    def _printable(self, key: str, value: object) -> str:
        if not isinstance(value, str):
            raise self.wrong(key, f'{value!r} is not text; write it in quotes, as in {key} = "..."')
        if not value.isprintable() or not value or value != value.strip():
            raise self.wrong(
                key, f"{value!r} has to be one printable line, not empty, without blanks around it"
            )
        return value


def near(word: str, words: Iterable[str]) -> str:
    """Return "; is ... meant?" for the nearest of these words, or nothing where none is near."""
    found = get_close_matches(word, words, n=1)
    return f"; is {found[0]!r} meant?" if found else ""
