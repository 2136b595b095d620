"""CloudFormation: from the tags that a stack leaves on its resources to the lines of its template."""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from scanner.iac.choosing import Candidate, chosen
from scanner.iac.hcl import MissingExtraError
from scanner.iac.location import Location, Span
from scanner.iac.settings import Setting
from scanner.iac.sources import SKIPPED

if TYPE_CHECKING:
    from yaml import Node

STACK: Final = "aws:cloudformation:stack-name"
LOGICAL_ID: Final = "aws:cloudformation:logical-id"

_ENDINGS: Final = (".yaml", ".yml", ".json", ".template")
_LARGEST: Final = 1 << 20
"""Bytes: CloudFormation takes no larger template."""


@dataclass(frozen=True, slots=True)
class Declared:
    """One resource of a template: its type, where its name stands, and its properties, if it has any."""

    type: str
    at: "Node"
    properties: "Node | None"


@dataclass(frozen=True, slots=True)
class Template:
    """One template; `path` is relative to the repository."""

    path: str
    text: str
    resources: Mapping[str, Declared]


class Templates:
    """Every template under a folder."""

    def __init__(self, folder: Path, repository: Path) -> None:
        self.templates = [
            Template(path.relative_to(repository).as_posix(), text, resources)
            for path, text in _texts(folder.resolve())
            if (resources := _resources(text))
        ]

    def locate(
        self, stack: str, logical_id: str, settings: Sequence[Setting], words: Sequence[str]
    ) -> Location | None:
        """Return where a resource of a stack, or one of its settings, is written; None where that is not clear."""
        template = self._template(stack, logical_id)
        if template is None:
            return None
        own = template.resources[logical_id]
        address = f"{stack}/{logical_id}"
        for setting in settings:
            if setting.owner:
                parts = [one for one in template.resources.values() if _is_part(one, setting, logical_id)]
                if setting.many:
                    parts = chosen([Candidate(_code(template, one.properties), one) for one in parts], words)
                if parts:
                    return _location(
                        template, _find(parts[0].properties, setting.path) or parts[0].at, address
                    )
        for setting in settings:
            if setting.type == own.type and not setting.owner and own.properties is not None:
                node = _own_setting(template, own.properties, setting, words)
                if node is not None:
                    return _location(template, node, address)
        return _location(template, own.at, address)

    def _template(self, stack: str, logical_id: str) -> Template | None:
        """Return the only template that has a resource of this name, or the one that is named as its stack is."""
        found = [one for one in self.templates if logical_id in one.resources]
        if len(found) > 1:
            named = [one for one in found if Path(one.path).stem.split(".")[0] == stack]
            found = named or [one for one in found if Path(one.path).stem.split(".")[0] in stack]
        return found[0] if len(found) == 1 else None


def _own_setting(
    template: Template, properties: "Node", setting: Setting, words: Sequence[str]
) -> "Node | None":
    if not setting.many:
        return _find(properties, setting.path)
    items = [
        item for key, value in _members(properties) if key.value == setting.path[0] for item in _items(value)
    ]
    found = chosen([Candidate(_code(template, item), item) for item in items], words)
    return found[0] if found else None


def _texts(folder: Path) -> Iterator[tuple[Path, str]]:
    for here, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in SKIPPED and not name.startswith("."))
        for name in sorted(names):
            path = Path(here, name)
            if name.endswith(_ENDINGS) and path.is_file() and path.stat().st_size <= _LARGEST:
                text = path.read_text(encoding="utf-8", errors="replace")
                if "AWS::" in text and "Resources" in text:
                    yield path, text


def _resources(text: str) -> dict[str, Declared]:
    """Return the resources of a template; none where the text is no template, or no YAML."""
    try:
        import yaml
    except ModuleNotFoundError:
        raise MissingExtraError from None
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        root = yaml.compose(text, Loader=loader)
    except (yaml.YAMLError, ValueError, RecursionError):
        return {}
    found = {}
    for name, body in _members(_member(root, "Resources")):
        type_ = _member(body, "Type")
        if type_ is not None and isinstance(type_.value, str):
            found[str(name.value)] = Declared(type_.value, name, _member(body, "Properties"))
    return found


def _members(node: "Node | None") -> "Iterator[tuple[Node, Node]]":
    """Yield the pairs of a mapping; nothing for what is none."""
    if node is not None and isinstance(node.value, list):
        yield from (pair for pair in node.value if isinstance(pair, tuple))


def _member(node: "Node | None", name: str) -> "Node | None":
    return next((value for key, value in _members(node) if key.value == name), None)


def _items(node: "Node") -> "list[Node]":
    """Return the items of a list; what is no list is its own only item."""
    items = (
        [item for item in node.value if not isinstance(item, tuple)] if isinstance(node.value, list) else []
    )
    return items or [node]


def _find(node: "Node | None", path: Sequence[str]) -> "Node | None":
    """Return the key at a path, or the last one on the way to it that is written."""
    if not path:
        return None
    for item in _items(node) if node is not None else ():
        for key, value in _members(item):
            if key.value == path[0]:
                return _find(value, path[1:]) or key
    return None


def _is_part(declared: Declared, setting: Setting, logical_id: str) -> bool:
    """Tell whether a resource of the template names the other as what it is a part of: `!Ref`, `!GetAtt`, `!Sub`."""
    if declared.type != setting.type:
        return False
    owner = _member(declared.properties, setting.owner)
    if owner is None:
        return False
    named = next((value for _, value in _members(owner)), owner)  # {"Ref": ...}, {"Fn::GetAtt": [..., ...]}
    first = _items(named)[0]
    if not isinstance(first.value, str):
        return False
    said = first.value.removeprefix("${").removesuffix("}")  # !Sub "${Www}"
    return said.split(".")[0] == logical_id


def _code(template: Template, node: "Node | None") -> str:
    return "" if node is None else template.text[node.start_mark.index : node.end_mark.index]


def _location(template: Template, node: "Node", address: str) -> Location:
    start, end = node.start_mark, node.end_mark
    if end.line > start.line:
        line = template.text.splitlines()[start.line]
        span = Span(start.line + 1, start.column + 1, start.line + 1, len(line) + 1)
    else:
        span = Span(start.line + 1, start.column + 1, end.line + 1, end.column + 1)
    return Location(template.path, *span, address=address, method="cloudformation")
