"""Of several pieces of code that set parts of one fact, finds the one that a finding speaks of, by its words."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

T = TypeVar("T")

_BLOCK: Final = re.compile(
    r"(?:\d{1,3}\.){3}\d{1,3}(?:/\d+)?|[0-9a-fA-F]*:[0-9a-fA-F:]*:[0-9a-fA-F.:]*(?:/\d+)?"
)
_NUMBER: Final = re.compile(r"(?<![\w.-])\d{1,5}(?![\w.])")
_RANGE: Final = re.compile(r"(?<![\w.])(\d{1,5}) ?(?:-|to) ?(\d{1,5})(?![\w.])")
_PORTS: Final = re.compile(
    r"\"?\b(from_port|to_port|FromPort|ToPort|ports|destination_port_ranges?)\b\"?\s*[:=]\s*(\[[^\]]*\]|\"[^\"]*\"|-?\d+)"
)


@dataclass(frozen=True, slots=True)
class Hint:
    """The addresses and numbers in a finding's words."""

    blocks: frozenset[str]
    ports: frozenset[int]


def hint_of(messages: Iterable[str]) -> Hint:
    """Read a finding's words."""
    text = " ".join(messages)
    blocks = frozenset(_BLOCK.findall(text))
    plain = _BLOCK.sub(" ", text)
    ports = {int(end) for pair in _RANGE.findall(plain) for end in pair}
    return Hint(blocks, frozenset(ports | {int(number) for number in _NUMBER.findall(plain)}))


def fits(code: str, hint: Hint) -> bool:
    """Tell whether code has an address of the finding, and its ports, where it says any, take in one of its numbers.

    Only what is written out can be compared: a variable is unknown, and unknown does not fit.
    """
    if not hint.blocks.intersection(_BLOCK.findall(code)) and not re.search(r'"(\*|Internet|Any)"', code):
        return False
    ports = [(int(first), int(last)) for first, last in _ranges(code)]
    return not ports or any(first <= port <= last for first, last in ports for port in hint.ports)


def _ranges(code: str) -> list[tuple[str, str]]:
    """Return the port ranges that code writes out: from and to, or as a text `20-25`."""
    said: dict[str, list[str]] = {}
    for name, value in _PORTS.findall(code):
        said.setdefault(name.lower().replace("_", ""), []).append(value.strip('[]" '))
    ends = list(zip(said.pop("fromport", []), said.pop("toport", []), strict=False))
    for values in said.values():
        for value in re.findall(r"\d+(?:-\d+)?", " ".join(values)):
            first, _, last = value.partition("-")
            ends.append((first, last or first))
    return [(first, last) for first, last in ends if (first, last) not in (("0", "0"), ("-1", "-1"))]


def chosen(candidates: Sequence[tuple[str, T]], messages: Iterable[str]) -> T | None:
    """Return the only candidate, or the first whose code fits the words; None where none does."""
    if len(candidates) == 1:
        return candidates[0][1]
    hint = hint_of(messages)
    return next((one for code, one in candidates if fits(code, hint)), None)
