"""Of several pieces of code that set parts of one fact, finds the one that a finding speaks of, by its words."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

T = TypeVar("T")

_BLOCK: Final = re.compile(
    r"(?:\d{1,3}\.){3}\d{1,3}(?:/\d+)?|[0-9a-fA-F]*:[0-9a-fA-F:]*:[0-9a-fA-F.:]*(?:/\d+)?"
)
_NUMBER: Final = re.compile(r"(?<![\w.-])\d{1,5}(?![\w.])")
_RANGE: Final = re.compile(r"(?<![\w.])(\d{1,5}) ?(?:-|to) ?(\d{1,5})(?![\w.])")
_FURTHER: Final = re.compile(r", unless |; ")
_NOTE: Final = re.compile(r" \([^()]*\)$")
_NAME: Final = re.compile(r'(?<!\w)"?\bname"?\s*[:=]\s*"([^"$]+)"')
_PORTS: Final = re.compile(
    r"\"?\b(from_port|to_port|FromPort|ToPort|ports|destination_port_ranges?)\b\"?\s*[:=]\s*(\[[^\]]*\]|\"[^\"]*\"|-?\d+)"
)


@dataclass(frozen=True, slots=True)
class Hint:
    """The addresses and numbers in a finding's words, and the names of what it blames: `... by NAME, NAME`."""

    blocks: frozenset[str]
    ports: frozenset[int]
    blamed: frozenset[str]


def blamed_in(message: str) -> list[str]:
    """Return what a message blames, in its order: `... by NAME, NAME (note), unless ...; ...`."""
    if " by " not in message:
        return []
    said = _FURTHER.split(message.rpartition(" by ")[2], maxsplit=1)[0]
    return [_NOTE.sub("", name) for name in said.split(", ")]


def hint_of(messages: Iterable[str]) -> Hint:
    """Read a finding's words."""
    messages = list(messages)
    text = " ".join(messages)
    names = [name for message in messages for name in blamed_in(message)]
    # A rule of a group is blamed as `GROUP RULE`.
    blamed = frozenset({*names, *(name.rpartition(" ")[2] for name in names)})
    blocks = frozenset(_BLOCK.findall(text))
    plain = _BLOCK.sub(" ", text)
    ports = {int(end) for pair in _RANGE.findall(plain) for end in pair}
    return Hint(blocks, frozenset(ports | {int(number) for number in _NUMBER.findall(plain)}), blamed)


def fits(code: str, hint: Hint) -> bool | None:
    """Tell whether code has an address of the finding, and ports that take in one of its numbers.

    None: what is written out does not contradict, but a variable may say anything.
    """
    blocks = set(_BLOCK.findall(code))
    everyone = re.search(r'"(\*|Internet|Any)"', code) is not None
    ports = [(int(first), int(last)) for first, last in _ranges(code)]
    covered = any(first <= port <= last for first, last in ports for port in hint.ports)
    if (blocks and not everyone and not blocks & hint.blocks) or (ports and not covered):
        return False
    return True if blocks or everyone else None


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


@dataclass(frozen=True, slots=True)
class Candidate(Generic[T]):
    """A piece of code; `name` is what the cloud calls what it makes, where that is known from elsewhere."""

    code: str
    item: T
    name: str = ""

    @property
    def names(self) -> set[str]:
        """Every name that it may be blamed by."""
        return {self.name, *_NAME.findall(self.code)} - {""}


def chosen(candidates: Sequence[Candidate[T]], messages: Iterable[str]) -> list[T]:
    """Return those that the words name, else those whose code fits them, else the only one that may."""
    hint = hint_of(messages)
    blamed = [one.item for one in candidates if one.names & hint.blamed]
    if blamed:
        return blamed
    fit = [(fits(one.code, hint), one.item) for one in candidates]
    sure = [item for fitting, item in fit if fitting]
    perhaps = [item for fitting, item in fit if fitting is None]
    return sure or (perhaps if len(perhaps) == 1 else [])
