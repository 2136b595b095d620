"""Adds a waiver to the text of a waivers file and leaves everything else as it stands, comments too."""

import tomllib
from collections.abc import Mapping
from datetime import date

from scanner.known.reading import WaiverError


def with_waiver(text: str, file: str, values: Mapping[str, str | date | None], table: str = "waiver") -> str:
    """Return the text with one more `[[table]]` at its end; values that are None are left out.

    Raises WaiverError where the text lists its waivers in another way (`waiver = [...]`), or is not TOML.
    """
    lines = [f"{key} = {_value(value)}" for key, value in values.items() if value is not None]
    block = "\n".join([f"[[{table}]]", *lines]) + "\n"
    gap = "" if not text else "\n" if text.endswith("\n") else "\n\n"
    whole = text + gap + block
    try:
        before, after = tomllib.loads(text), tomllib.loads(whole)
    except tomllib.TOMLDecodeError as error:
        raise WaiverError(
            f"{file}: cannot take [[{table}]] at its end: {error}; add it by hand:\n{block}"
        ) from None
    given = {key: value for key, value in values.items() if value is not None}
    if after != {**before, table: [*before.get(table, []), given]}:
        raise WaiverError(f"{file}: cannot take [[{table}]] at its end; add it by hand:\n{block}")
    return whole


def _value(value: str | date) -> str:
    if isinstance(value, date):
        return value.isoformat()
    return '"' + "".join(_char(char) for char in value) + '"'


def _char(char: str) -> str:
    if char in '"\\':
        return "\\" + char
    return char if char.isprintable() else f"\\U{ord(char):08X}"
