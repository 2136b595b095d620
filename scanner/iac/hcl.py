"""Reads `.tf` and `.tf.json`: which blocks stand where, and in which line a setting is written.

HCL's expressions take in JSON, so one grammar reads both. It is tolerant: what it cannot read is left out.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

from scanner.errors import UserError
from scanner.iac.location import Span

if TYPE_CHECKING:
    from tree_sitter import Node, Parser

INSTALL: Final = "pip install 'surefoot[iac]'"
_TOP: Final = frozenset({"resource", "module", "moved"})


class MissingExtraError(UserError):
    """The packages that read code are not installed."""

    def __init__(self) -> None:
        super().__init__(f"reading Terraform and CloudFormation needs an extra: {INSTALL}")


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """One block: `resource "aws_s3_bucket" "b"`. `header` is its first line, `body` its inside."""

    type: str
    labels: tuple[str, ...]
    header: Span
    body: "Node"
    source: bytes

    def text(self, name: str) -> str:
        """Return what is written for an attribute, without the quotes of a plain text; "" where it is not written."""
        for value in _values(self.body, name):
            return _unquoted(value)
        return ""

    def find(self, path: Sequence[str]) -> tuple[int, Span]:
        """Return how much of a path is written (in parts), and where its last written part is."""
        depth, node = _find(self.body, path)
        return (depth, self.span(node)) if node is not None else (0, self.header)

    def all(self, path: Sequence[str]) -> Iterator["Node"]:
        """Yield every attribute or block at a path."""
        yield from _all(self.body, path)

    def span(self, node: "Node") -> Span:
        """Return the first line of a node: a pull request shows a finding only where all of its lines were changed."""
        return _first_line(self.source, node.start_byte, node.end_byte)


@cache
def _parser() -> "Parser":
    try:
        import tree_sitter
        import tree_sitter_hcl
    except ModuleNotFoundError:
        raise MissingExtraError from None
    return tree_sitter.Parser(tree_sitter.Language(tree_sitter_hcl.language()))


def blocks_of(source: bytes) -> list[Block]:
    """Return the resources, module calls and moves of a file, in its order. Raises MissingExtraError."""
    root = _parser().parse(source).root_node
    found = []
    for child in root.named_children:
        if child.type == "body":
            found += [one for one in _hcl_blocks(child, source, broken=root.has_error) if one.type in _TOP]
        elif child.type == "object":
            found += list(_json_blocks(child, source))
    return found


def _hcl_blocks(body: "Node", source: bytes, *, broken: bool) -> Iterator[Block]:
    """Yield the blocks of a body. In a broken file a missing brace puts what follows inside, where it is looked for."""
    for child in body.named_children:
        if child.type == "block":
            type_, labels, inside = _parts(child)
            header = _first_line(source, child.start_byte, child.end_byte)
            yield Block(type_, labels, header, child if inside is None else inside, source)
            if broken and inside is not None:
                yield from _hcl_blocks(inside, source, broken=True)


def _parts(block: "Node") -> tuple[str, tuple[str, ...], "Node | None"]:
    words, inside = [], None
    for part in block.named_children:
        if part.type in ("identifier", "string_lit"):
            words.append(_unquoted(part))
        elif part.type == "body":
            inside = part
    return words[0] if words else "", tuple(words[1:]), inside


#: How many labels a block of JSON has: keys of the objects around its body.
_LABELS: Final = {"resource": 2, "module": 1, "moved": 0}


def _json_blocks(root: "Node", source: bytes) -> Iterator[Block]:
    for key, value in _members(root):
        if key in _LABELS:
            yield from _labelled(key, (), value, value, source)


def _labelled(
    type_: str, labels: tuple[str, ...], at: "Node", value: "Node", source: bytes
) -> Iterator[Block]:
    for inner in _objects(value):
        if len(labels) == _LABELS[type_]:
            yield Block(type_, labels, _first_line(source, at.start_byte, at.end_byte), inner, source)
            continue
        for element in inner.named_children:
            if element.type == "object_elem":
                key, deeper = _element(element)
                at_key = element.child_by_field_name("key") or element
                yield from _labelled(type_, (*labels, key), at_key, deeper, source)


def _find(body: "Node", path: Sequence[str]) -> "tuple[int, Node | None]":
    """Follow a path through blocks, objects and lists as far as it is written; the longest way wins, then the first."""
    best: tuple[int, Node | None] = (0, None)
    for node, inside in _named(body, path[0]):
        found: tuple[int, Node | None] = (1, node)
        if len(path) > 1:
            for one in inside:
                deeper, last = _find(one, path[1:])
                if last is not None and deeper + 1 > found[0]:
                    found = (deeper + 1, last)
        if found[0] > best[0]:
            best = found
    return best


def _all(body: "Node", path: Sequence[str]) -> "Iterator[Node]":
    for node, inside in _named(body, path[0]):
        if len(path) == 1:
            yield node
        else:
            for one in inside:
                yield from _all(one, path[1:])


def _named(body: "Node", name: str) -> "Iterator[tuple[Node, list[Node]]]":
    """Yield each attribute or block of this name, with the bodies inside it; `dynamic` counts as what it makes."""
    for child in body.named_children:
        if child.type == "attribute" and _word(child.named_children[0]) == name:
            yield child, list(_objects(child.named_children[-1]))
        elif child.type == "object_elem":
            key, value = _element(child)
            if key == name:
                yield child, list(_objects(value))
            elif key == "dynamic":
                yield from _dynamic(child, value, name)
        elif child.type == "block":
            type_, labels, inside = _parts(child)
            if type_ == name:
                yield child, [] if inside is None else [inside]
            elif type_ == "dynamic" and labels == (name,) and inside is not None:
                yield child, [one for _, bodies in _named(inside, "content") for one in bodies]


def _dynamic(node: "Node", value: "Node", name: str) -> "Iterator[tuple[Node, list[Node]]]":
    """The same for JSON: `"dynamic": {"ingress": {"content": {...}}}`."""
    for made in _objects(value):
        for key, inner in _members(made):
            if key == name:
                bodies = [
                    one for body in _objects(inner) for _, found in _named(body, "content") for one in found
                ]
                yield node, bodies


def _values(body: "Node", name: str) -> "Iterator[Node]":
    for node, _ in _named(body, name):
        if node.type == "attribute":
            yield node.named_children[-1]
        elif node.type == "object_elem":
            yield _element(node)[1]


def _objects(node: "Node") -> "Iterator[Node]":
    """Yield the objects that a value is, or that its list holds."""
    if node.type == "object":
        yield node
    elif node.type in ("expression", "collection_value", "tuple"):
        for child in node.named_children:
            yield from _objects(child)


def _members(node: "Node") -> "Iterator[tuple[str, Node]]":
    for child in node.named_children:
        if child.type == "object_elem":
            yield _element(child)


def _element(node: "Node") -> "tuple[str, Node]":
    key, value = node.child_by_field_name("key"), node.child_by_field_name("val")
    if key is None or value is None:  # a broken element: the parser goes on behind it
        return "", node
    return _unquoted(key), value


def _word(node: "Node") -> str:
    return (node.text or b"").decode("utf-8", "replace")


def _unquoted(node: "Node") -> str:
    text = _word(node).strip()
    quoted = len(text) > 1 and text[0] == text[-1] == '"'
    return re.sub(r"\\(.)", r"\1", text[1:-1]) if quoted else text


def _first_line(source: bytes, start: int, end: int) -> Span:
    """Return the part from `start` to `end`, or to the end of its first line where that is nearer."""
    line_end = source.find(b"\n", start, end)
    if line_end >= 0:
        end = line_end - source[:line_end].endswith(b"\r")
    return Span(*_position(source, start), *_position(source, end))


def _position(source: bytes, offset: int) -> tuple[int, int]:
    line_start = source.rfind(b"\n", 0, offset) + 1
    column = len(source[line_start:offset].decode("utf-8", "replace")) + 1
    return source.count(b"\n", 0, offset) + 1, column
