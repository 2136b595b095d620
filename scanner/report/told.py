"""What reports for people say beside a run's verdicts: owners, names of accounts, the past, and the way in."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from scanner.exposure.survey import Exposed
from scanner.models.endpoint import Endpoint
from scanner.owners import AccountName


@dataclass(frozen=True, slots=True)
class Life:
    """A finding's past: its first and its latest day (UTC), how often it came back, what it did in the latest run."""

    first_seen: str = ""
    last_seen: str = ""
    reopened: int = 0
    step: str = ""


@dataclass(frozen=True, slots=True)
class Night:
    """One run of the past: when it started, how many findings were open after it, by severity, and what changed."""

    started: str
    open: Mapping[str, int]
    not_checked: int = 0
    unknown: int = 0
    changes: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Told:
    """What is told beside the verdicts.

    `owners`: fingerprint → owner. `lives`: fingerprint → its past, where there is a history. `trend`: the oldest
    night first. `exposed` works out what the internet can reach; None where nobody asked. `code_url` is the address
    of a line of code, with `{path}` and `{line}`.
    """

    owners: Mapping[str, str] = field(default_factory=dict)
    accounts: Mapping[tuple[str, str], AccountName] = field(default_factory=dict)
    lives: Mapping[str, Life] = field(default_factory=dict)
    trend: Sequence[Night] = ()
    exposed: Callable[[], Iterable[Exposed]] | None = None
    code_url: str = ""

    def exposure(self) -> dict[tuple[str, str], list[Mapping[str, Any]]]:
        """Return (cloud, account) → its endpoints that can be reached, or may be, as `exposure -o jsonl` has them."""
        found: dict[tuple[str, str], list[Mapping[str, Any]]] = defaultdict(list)
        for one in self.exposed() if self.exposed is not None else ():
            if isinstance(one.of, Endpoint) and (one.effective or one.unread):
                row = one.as_json()
                row.pop("rule_level", None)
                found[one.of.scope.cloud.value, one.of.scope.account].append(row)
        return found
