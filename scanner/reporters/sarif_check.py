"""Checks SARIF for what GitHub's code scanning refuses, ignores or takes amiss, and no schema says.

Limits: docs.github.com, "SARIF support for code scanning" and "SARIF results exceed one or more limits".
"""

import gzip
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from scanner.reporters.sarif_flaws import Flaw, error, items, of_result, value_at, warning

_PACKED: Final = 10 * 1000 * 1000
"""Bytes of a file after gzip."""
_RUNS: Final = 20
_RESULTS, _SHOWN = 25_000, 5_000
_RULES: Final = 25_000
_EXTENSIONS: Final = 100
_TAGS, _TAGS_SHOWN = 20, 10
_NAME, _TEXT = 255, 1_024
_WORST: Final = 10.0
_DATE: Final = re.compile(r"(.*[/_T.-])?(20\d\d-?[01]\d-?[0-3]\d|[0-9a-f]{40})([/_T.-].*)?")


def flaws(path: Path) -> Iterator[Flaw]:
    """Yield what is wrong with a file, in its order. Raises OSError."""
    raw = path.read_bytes()
    packed = len(gzip.compress(raw, compresslevel=6, mtime=0))
    if packed > _PACKED:
        yield error("file", f"{packed:,} bytes after gzip; {_PACKED:,} are taken")
    try:
        log = json.loads(raw)
    except ValueError as broken:
        yield error("file", f"not JSON: {broken}")
        return
    if not isinstance(log, dict) or log.get("version") != "2.1.0":
        yield error("version", "must be 2.1.0")
        return
    if not log.get("$schema"):
        yield error("$schema", "is missing")
    runs = items(log.get("runs"))
    if not runs:
        yield error("runs", "is empty: a scan without findings has one run with `results: []`")
    if len(runs) > _RUNS:
        yield error("runs", f"{len(runs)}; {_RUNS} are taken in a file")
    yield from _categories(runs)
    for number, run in enumerate(runs):
        yield from _run(run, f"runs[{number}]")


def _categories(runs: list[Any]) -> Iterator[Flaw]:
    seen: Counter[tuple[str, str]] = Counter()
    for number, run in enumerate(runs):
        tool = str(value_at(run, "tool", "driver", "name") or "")
        id_ = str(value_at(run, "automationDetails", "id") or "")
        category = id_.rpartition("/")[0]
        seen[tool, category] += 1
        where = f"runs[{number}].automationDetails.id"
        if not category:
            yield Flaw(where, f"{id_!r} has no category: it has to read CATEGORY/RUN", grave=len(runs) > 1)
        elif _DATE.fullmatch(category):
            yield error(where, f"a date or commit in the category {category!r}: alerts would never close")
    for (tool, category), count in seen.items():
        if count > 1:
            yield error("runs", f"{count} runs of tool {tool!r} with the category {category!r}: one is taken")


def _run(run: Any, where: str) -> Iterator[Flaw]:
    driver = value_at(run, "tool", "driver")
    if not isinstance(driver, Mapping) or not driver.get("name"):
        yield error(f"{where}.tool.driver.name", "is missing")
        return
    rules, results = items(driver.get("rules")), run.get("results")
    if not isinstance(results, list):
        yield error(f"{where}.results", "is missing: nothing found is `[]`")
        return
    for what, count, most in (
        ("results", len(results), _RESULTS),
        ("tool.driver.rules", len(rules), _RULES),
        ("tool.extensions", len(items(value_at(run, "tool", "extensions"))), _EXTENSIONS),
    ):
        if count > most:
            yield error(f"{where}.{what}", f"{count:,}; {most:,} are taken")
    if len(results) > _SHOWN:
        yield warning(f"{where}.results", f"{len(results):,}; only {_SHOWN:,} are shown")
    for number, rule in enumerate(rules):
        yield from _rule(rule, f"{where}.tool.driver.rules[{number}]")
    ids = [str(value_at(rule, "id")) for rule in rules]
    seen: set[tuple[str, str, str]] = set()
    for number, result in enumerate(results):
        yield from of_result(result, ids, seen, f"{where}.results[{number}]")


def _rule(rule: Any, where: str) -> Iterator[Flaw]:
    for key in ("id", "shortDescription.text", "fullDescription.text", "help.text"):
        if not value_at(rule, *key.split(".")):
            yield error(f"{where}.{key}", "is missing or empty")
    for key, most in (("name", _NAME), ("shortDescription.text", _TEXT), ("fullDescription.text", _TEXT)):
        length = len(str(value_at(rule, *key.split(".")) or ""))
        if length > most:
            yield error(f"{where}.{key}", f"{length:,} characters; {most:,} are taken")
    tags = items(value_at(rule, "properties", "tags"))
    if len(tags) > _TAGS_SHOWN:
        yield Flaw(
            f"{where}.properties.tags", f"{len(tags)}; {_TAGS_SHOWN} are kept", grave=len(tags) > _TAGS
        )
    yield from _severity(value_at(rule, "properties", "security-severity"), tags, f"{where}.properties")


def _severity(severity: Any, tags: list[Any], where: str) -> Iterator[Flaw]:
    if severity is None:
        return
    try:
        in_range = isinstance(severity, str) and 0 < float(severity) <= _WORST
    except ValueError:
        in_range = False
    if not in_range:
        yield error(f"{where}.security-severity", f"{severity!r} is no text of a number over 0.0, up to 10.0")
    elif severity == "9.0":
        yield warning(f"{where}.security-severity", "9.0 is high by one page and critical by another")
    if "security" not in tags:
        yield error(f"{where}.tags", "without the tag `security`, security-severity is ignored")
