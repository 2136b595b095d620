"""Reads a framework from TOML: the catalogues beside this file, and users' own."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, Any

from scanner.frameworks.control import Control, Framework
from scanner.frameworks.table import FrameworkError, Table, near

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

CLOUDS = ("aws", "gcp", "azure")
_TOP_KEYS = ("id", "name", "version", "cloud", "source", "control")
_CONTROL_KEYS = ("number", "title", "automated", "rules", "look")
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def read(path: Path, known_rules: Collection[str] | None = None, taken: Collection[str] = ()) -> Framework:
    """Return the framework of one TOML file, or raise a FrameworkError.

    Refused are also an id that is `taken` and, where `known_rules` is given, a rule that is not among them.
    """
    text = _text(path)
    top = Table(path, text, _parsed(path, text), None)
    top.refuse_others(_TOP_KEYS)
    framework_id = _id(top, taken)
    cloud = _cloud(top)
    version = top.word("version", required=True)
    controls: dict[str, Control] = {}
    for table in top.tables("control"):
        control = _control(table, framework_id, version, cloud, known_rules)
        if control.number in controls:
            raise table.wrong("number", f"{control.number!r} stands twice; each control has one table")
        controls[control.number] = control
    name = top.word("name", required=True)
    return Framework(framework_id, name, version, cloud, controls, source=top.word("source"))


def _id(top: Table, taken: Collection[str]) -> str:
    framework_id = top.word("id", required=True)
    if not _ID.fullmatch(framework_id):
        raise top.wrong("id", f"{framework_id!r} may hold letters, digits, '.', '_' and '-' alone")
    if framework_id in taken:
        raise top.wrong("id", f"{framework_id!r} is a built-in framework; choose another id")
    return framework_id


def _cloud(top: Table) -> str | None:
    cloud = top.word("cloud") or None
    if cloud not in (None, *CLOUDS):
        raise top.wrong("cloud", f"{cloud!r} is not one of {', '.join(CLOUDS)}; leave it out for all clouds")
    return cloud


def _text(path: Path) -> str:
    try:
        data = path.read_bytes()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise FrameworkError(path, None, f"cannot be read: {reason}") from None
    try:
        # An editor may have put a byte order mark in front, which TOML does not know.
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise FrameworkError(path, line, "is not UTF-8 text, which TOML has to be") from None


def _parsed(path: Path, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except ValueError as error:
        at = re.search(r" \(at (?:line (\d+), column \d+|end of document)\)$", str(error))
        line = (int(at[1]) if at[1] else text.count("\n") + 1) if at else None
        reason = str(error)[: at.start()] if at else str(error)
        raise FrameworkError(path, line, f"is not TOML: {reason}") from None
    except RecursionError:
        raise FrameworkError(path, None, "is not a framework: its lists are nested too deeply") from None


def _control(
    table: Table, framework: str, version: str, cloud: str | None, known_rules: Collection[str] | None
) -> Control:
    table.refuse_others(_CONTROL_KEYS)
    return Control(
        framework=framework,
        version=version,
        number=table.word("number", required=True),
        title=table.word("title", required=True),
        automated=table.flag("automated", default=True),
        cloud=cloud,
        rules=_rules(table, known_rules),
        look=table.word("look"),
    )


def _rules(table: Table, known_rules: Collection[str] | None) -> tuple[str, ...]:
    rules = table.words("rules")
    for rule in rules:
        if known_rules is not None and rule not in known_rules:
            raise table.wrong("rules", f"there is no rule {rule!r}{near(rule, known_rules)}", item=rule)
    return rules
