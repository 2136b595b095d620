"""Reads a waivers file; what is wrong with it is said with the file, the line, the key and what is allowed."""

import tomllib
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from scanner.errors import UserError
from scanner.frameworks.lines import places
from scanner.known.waiver import AcceptedGap, Terms, Waiver, WaiverFile


class WaiverError(UserError):
    """A waivers file that cannot be used. Names the file, the line and the key; exit code 2."""


def load(path: Path, today: date, max_days: int | None = None) -> WaiverFile:
    """Read a waivers file. `max_days` caps how far ahead of `today` one may end. Raises WaiverError."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise WaiverError(f"{path}: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise WaiverError(f"{path}: not UTF-8: {error.reason} at byte {error.start}") from None
    return parse(text, str(path), today, max_days)


def parse(text: str, file: str, today: date, max_days: int | None = None) -> WaiverFile:
    """Read the text of a waivers file; `file` is what errors call it. Raises WaiverError."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise WaiverError(f"{file}: not TOML: {error}") from None
    lines = {table: places(text, table) for table in ("waiver", "gap")}
    try:
        found = WaiverFile.model_validate(data)
    except ValidationError as error:
        said = [_said(file, lines, entry) for entry in error.errors(include_url=False)]
        raise WaiverError("\n".join(said)) from None
    tables: tuple[tuple[str, tuple[Terms, ...]], ...] = (("waiver", found.waiver), ("gap", found.gap))
    for table, all_terms in tables:
        for index, terms in enumerate(all_terms):
            terms.placed(f"{file}:{lines[table].get((index, ''), 1)}")
            wrong = _wrong(terms, found, today, max_days)
            if wrong:
                line = lines[table].get((index, wrong[0]), 1)
                raise WaiverError(f"{file}:{line}: {wrong[0]}: {wrong[1]}")
    return found


def _wrong(terms: Terms, found: WaiverFile, today: date, max_days: int | None) -> tuple[str, str] | None:
    """Return the key that is wrong though its type is right, and why."""
    if max_days is not None and terms.until > today + timedelta(days=max_days):
        return "until", (
            f"{terms.until} is {(terms.until - today).days} days ahead, and `max_days` of [waivers] in "
            f"surefoot.toml allows {max_days}: {today + timedelta(days=max_days)} at the latest"
        )
    if terms.ou is not None and terms.ou not in found.ou:
        return "ou", f"{terms.ou!r} is no unit; the table [ou] has: {', '.join(sorted(found.ou)) or 'none'}"
    return None


def _said(file: str, lines: dict[str, Any], entry: Any) -> str:
    loc = [part for part in entry["loc"] if not str(part).startswith("function-")]
    table = str(loc[0]) if loc else ""
    index = loc[1] if len(loc) > 1 and isinstance(loc[1], int) else None
    key = str(loc[2]) if index is not None and len(loc) > 2 else ""  # noqa: PLR2004 - table, index, key
    found = lines.get(table, {})
    line = found.get((index, key)) or found.get((index, "")) or lines["waiver"].get((None, table)) or 1
    text = entry["msg"].removeprefix("Value error, ")
    if entry["type"] == "extra_forbidden":
        tables: dict[str, type[BaseModel]] = {"waiver": Waiver, "gap": AcceptedGap}
        known = tables.get(table, WaiverFile) if index is not None else WaiverFile
        text = f"no such key; allowed here: {', '.join(sorted(known.model_fields))}"
    elif entry["type"] == "missing":
        text = "is missing: a waiver says `reason`, `owner` and `until`"
    name = key or table or "the file"
    return f"{file}:{line}: {name}: {text}"
