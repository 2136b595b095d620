"""Where in code a resource, or one of its settings, is written."""

from dataclasses import dataclass
from typing import NamedTuple


class Span(NamedTuple):
    """Part of a file: lines and columns from 1, in characters; the end column is the first behind it."""

    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True, slots=True)
class Call:
    """One `module` block on the way to a resource. `path` is relative to the repository."""

    path: str
    line: int
    column: int
    name: str
    source: str


@dataclass(frozen=True, slots=True)
class Location:
    """The lines that own a live resource, or the setting that a finding is about.

    `path` is relative to the repository, with `/`; `repository` names it, where there are several. `address` is what
    the tool calls the resource there. `chain` holds the calls of the modules around it, the outermost first. `inside`
    names the module that holds the resource where it is not in the repository (from a registry, from git): then the
    lines are those of its call.
    """

    path: str
    line: int
    column: int
    end_line: int
    end_column: int
    address: str
    method: str = "terraform"
    chain: tuple[Call, ...] = ()
    inside: str = ""
    repository: str = ""

    def __str__(self) -> str:
        calls = "".join(f", called from {call.path}:{call.line}" for call in reversed(self.chain))
        inside = f" inside {self.inside}" if self.inside else ""
        return f"{self.path}:{self.line}: {self.address}{inside}{calls}"
