"""Patterns of waivers: `*` stands for any text, `?` for one character, and nothing else is special."""

import re
from functools import cache
from typing import Final

_WILD: Final = re.compile(r"([*?])")


@cache
def compiled(pattern: str, *, fold: bool = False) -> re.Pattern[str]:
    """Return the expression that a whole text has to match; `fold` takes upper and lower case as the same."""
    parts = {"*": ".*", "?": "."}
    text = "".join(parts.get(part) or re.escape(part) for part in _WILD.split(pattern))
    return re.compile(text, re.DOTALL | (re.IGNORECASE if fold else re.NOFLAG))


def matches(pattern: str, text: str, *, fold: bool = False) -> bool:
    """Tell whether a pattern fits a whole text."""
    return compiled(pattern, fold=fold).fullmatch(text) is not None


def is_open(pattern: str) -> bool:
    """Tell whether a pattern says nothing: it is empty, or has wild characters only."""
    return not pattern.strip("*?")
