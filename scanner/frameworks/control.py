"""What a framework is: a numbered list of controls, looked up by number so that a typo cannot pass."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches


@dataclass(frozen=True, slots=True)
class Control:
    """One requirement of a framework.

    `framework` is the id of its framework ("CIS-AWS-7.0"), `number` its place there ("3.2.1"). `automated` is
    what the framework itself says: false means that a person has to look. `cloud` is "aws", "gcp" or "azure",
    or None where every cloud counts. Built-in controls have no `rules`: rules name the controls that they
    check; a user's own framework names the ids of its rules here. `part` marks a control in a rule's own list
    that this rule checks only partly. `look` says where a person has to look, and at what.
    """

    framework: str
    version: str
    number: str
    title: str
    automated: bool
    cloud: str | None = None
    rules: tuple[str, ...] = ()
    part: bool = False
    look: str = ""

    @property
    def id(self) -> str:
        """Return what verdicts and reports call this control, the same whether checked whole or partly."""
        return f"{self.framework}:{self.number}"

    def partly(self) -> Control:
        """Return this control as one that a rule checks only partly."""
        return replace(self, part=True)


@dataclass(frozen=True, slots=True)
class Framework:
    """One version of a framework; `controls` maps number to control, in the framework's own order."""

    id: str
    name: str
    version: str
    cloud: str | None
    controls: Mapping[str, Control] = field(hash=False, repr=False)
    source: str = ""

    def __getitem__(self, number: str) -> Control:
        """Return the control of that number, or raise a KeyError that lists the nearest numbers."""
        try:
            return self.controls[number]
        except KeyError:
            raise KeyError(f"{self.id} has no control {number!r}; {self._near(number)}") from None

    def _near(self, number: str) -> str:
        near = get_close_matches(number, self.controls, n=4)
        if near:
            return f"the nearest are {', '.join(near)}"
        some = ", ".join([*self.controls][:4])
        return f"it has {len(self.controls)}: {some} ..."
