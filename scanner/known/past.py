"""An earlier run as the file of `-o jsonl` tells it: what a later run is compared with."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

import orjson

from scanner.engine import Outcome, Tuned, Unread, Verdict
from scanner.errors import UserError
from scanner.files import lines_of
from scanner.inventory import ANY_KIND, Gap
from scanner.models.resource import GLOBAL, Cloud, Code, Scope, Why
from scanner.rule import Severity

SCHEMA: Final = 1


class RunError(UserError):
    """A file that is not a run that this version can read. Names the file and the line; exit code 2."""


class Seen(NamedTuple):
    """One verdict of a run, and the reason for which it was accepted, if it was."""

    fingerprint: str
    verdict: Verdict
    waived: str | None = None


@dataclass(frozen=True, slots=True)
class Past:
    """One run. `rules`: id → revision; `options`: id → what the user set; `only`: what chose resources.

    `seen` holds every verdict by its fingerprint, and `present` every (cloud, resource id) that was met, also where
    no rule had anything to say of it. A run that was cut short has a gap over each of its scopes. `carried` holds, by
    its fingerprint, what an even earlier run found and this one could not look at.
    """

    started: datetime | None = None
    version: str = ""
    scopes: frozenset[Scope] = frozenset()
    rules: Mapping[str, int] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
    only: Mapping[str, Any] = field(default_factory=dict)
    seen: Mapping[str, Seen] = field(default_factory=dict)
    gaps: Sequence[Gap] = ()
    present: frozenset[tuple[str, str]] = frozenset()
    carried: Mapping[str, Seen] = field(default_factory=dict)

    def last(self, fingerprint: str) -> Seen | None:
        """Return what is known of a finding: as it was carried forward to here, else as this run saw it."""
        return self.carried.get(fingerprint) or self.seen.get(fingerprint)

    def shut(self, scope: Scope) -> bool:
        """Tell whether this run was to look at an account, and could not even ask which regions that has."""
        if scope in self.scopes or scope[:2] not in self._shut:
            return False
        return all(one.region == GLOBAL for one in self.scopes if one[:2] == scope[:2])

    @property
    def _shut(self) -> set[tuple[Cloud, str]]:
        return {one.scope[:2] for one in self.gaps if one.kind == ANY_KIND and one.scope.region == GLOBAL}

    @property
    def accounts(self) -> frozenset[tuple[str, str]]:
        """(cloud, account) of every scope."""
        return frozenset((scope.cloud.value, scope.account) for scope in self.scopes)


def type_of(path: Path) -> str:
    """Return what the first line says that a file is: `run`, `inventory`, or "" for neither. Raises OSError."""
    for line in lines_of(path):
        try:
            row = orjson.loads(line)
        except orjson.JSONDecodeError:
            return ""
        return str(row.get("type", "")) if isinstance(row, dict) else ""
    return ""


def started_of(path: Path) -> datetime:
    """Return when a run started, from its first line alone; UTC where it names no zone. Raises RunError, OSError."""
    for line in lines_of(path):
        try:
            started = datetime.fromisoformat(_head(orjson.loads(line))["started"])
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise RunError(f"{path}:1: not the first line of a run: {error}") from None
        return started if started.tzinfo is not None else started.replace(tzinfo=UTC)
    raise RunError(f"{path}: empty, not a run")


def read_run(path: Path, rules: Mapping[str, Tuned] | None = None) -> Past:
    """Read the file that `-o jsonl` wrote. Raises RunError, OSError.

    `rules` are those of today: with them, verdicts of a rule that has another id by now are given the new one.
    """
    reading = _Reading(rules or {})
    number = 0
    lines = enumerate(lines_of(path), 1)
    for number, line in lines:
        try:
            row = orjson.loads(line)
            if number == 1:
                reading.head = _head(row)
            else:
                reading.take(row)
        except orjson.JSONDecodeError as error:
            if next(lines, None) is None and number > 1:
                break
            raise RunError(f"{path}:{number}: not JSON: {error}") from None
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise RunError(f"{path}:{number}: not a line of a run: {error}") from None
    if not number:
        raise RunError(f"{path}: empty, not a run")
    try:
        return reading.past(path.name)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise RunError(f"{path}:1: not the first line of a run: {error}") from None


class _Reading:
    """A run while its lines are read."""

    def __init__(self, rules: Mapping[str, Tuned]) -> None:
        self.head: dict[str, Any] = {}
        self._rules = {
            id_: tuned.rule for tuned in rules.values() for id_ in (tuned.rule.id, *tuned.rule.formerly)
        }
        self._seen: dict[str, Seen] = {}
        self._carried: dict[str, Seen] = {}
        self._gaps: list[Gap] = []
        self._ended = False

    def take(self, row: Any) -> None:
        """Keep what a line says. Lines of a type that is not known here are for others."""
        kind = row["type"]
        if kind in ("verdict", "carried"):
            rule = self._rules.get(row["rule"])
            verdict = _verdict(row, self._id(row["rule"]), rule.identity if rule else row["rule"])
            kept = self._seen if kind == "verdict" else self._carried
            kept[row["fingerprint"]] = Seen(row["fingerprint"], verdict, row["waived"])
        elif kind == "gap":
            gap = Gap(_scope(row), row["kind"], Code(row["code"]), row["permission"], text=row["why"])
            self._gaps.append(gap)
        self._ended = kind == "end"

    def past(self, name: str) -> Past:
        """Return the whole run; without its last line it was cut short."""
        scopes = frozenset(_scope(scope) for scope in self.head["scopes"])
        cut = f"{name} was cut short"
        gaps = [Gap(scope, ANY_KIND, Code.UNAVAILABLE, text=cut) for scope in sorted(scopes)]
        options = self.head.get("options") or {}
        return Past(
            started=datetime.fromisoformat(self.head["started"]),
            version=self.head.get("version", ""),
            scopes=scopes,
            rules={self._id(id_): revision for id_, revision in self.head["rules"].items()},
            options={self._id(id_): value for id_, value in (options.get("rules") or {}).items()},
            only=options.get("only") or {},
            seen=self._seen,
            gaps=self._gaps if self._ended else [*self._gaps, *gaps],
            present=present_in(one.verdict for one in self._seen.values()),
            carried=self._carried,
        )

    def _id(self, rule: str) -> str:
        return self._rules[rule].id if rule in self._rules else rule


def present_in(verdicts: Iterable[Verdict]) -> frozenset[tuple[str, str]]:
    """Return (cloud, canonical resource id) of everything that verdicts are about."""
    return frozenset(place(verdict) for verdict in verdicts)


def place(verdict: Verdict) -> tuple[str, str]:
    """Return (cloud, canonical resource id)."""
    cloud = verdict.scope.cloud
    return (cloud.value, verdict.resource.lower() if cloud is Cloud.AZURE else verdict.resource)


def _head(row: Any) -> dict[str, Any]:
    if not isinstance(row, dict) or row.get("type") != "run":
        raise ValueError("its first line must have the type `run`: a file that `-o jsonl` wrote")
    if not isinstance(row.get("schema"), int) or row["schema"] > SCHEMA:
        raise ValueError(
            f"schema {row.get('schema')!r} is newer than {SCHEMA}, the newest that this version reads: "
            f"it was written by surefoot {row.get('version') or '?'}"
        )
    missing = [key for key in ("started", "scopes", "rules") if key not in row]
    if missing:
        raise ValueError(f"lacks {', '.join(missing)}")
    return row


def _verdict(row: Mapping[str, Any], rule: str, identity: str) -> Verdict:
    return Verdict(
        rule,
        identity,
        Outcome(row["outcome"]),
        Severity(row["severity"]),
        _scope(row),
        row["kind"],
        row["resource"],
        row["name"],
        tuple(row["messages"]),
        tuple(_unread(unread) for unread in row["unread"]),
    )


def _unread(row: Mapping[str, Any]) -> Unread:
    return Unread(row["field"], Why(code=Code(row["code"]), permission=row["permission"], text=row["why"]))


def _scope(row: Mapping[str, Any]) -> Scope:
    return Scope(Cloud(row["provider"]), row["account"], row["region"])
