"""Makes rows of verdicts: what is kept of each, and a mark that changes with any of it."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final
from zlib import crc32

import orjson

from scanner.engine import Outcome
from scanner.history.bulk import storable
from scanner.history.deciding import Row, Status
from scanner.history.night import Night
from scanner.history.places import Places
from scanner.known import Seen
from scanner.rule import Severity

_MARK: Final = {outcome: outcome.value[0] for outcome in Outcome}
_VALUE: Final = {outcome: outcome.value for outcome in Outcome}
_RANK: Final = {severity: severity.rank for severity in Severity}
_PASSING: Final = Status.PASSING.value

PASSED: Final = ("fingerprint", "rule", "scope", "resource", "name", "digest", "severity")
"""The columns of an identity that is met for the first time, and passes; and what is the same for all of these."""
TOLD: Final = ("owner", "location")
"""The columns that follow where anything is known of owners and code."""


def same_of_passed(run: int) -> dict[str, str | int]:
    """Return what is the same for all identities that are met for the first time in a run, and pass."""
    return {
        "met_run": run,
        "outcome": "pass",
        "known": "pass",
        "status": _PASSING,
        "met_outcome": "pass",
        "reopened": 0,
    }


class Rows:
    """Makes rows of the verdicts of one night."""

    def __init__(self, night: Night, places: Places, run: int) -> None:
        self._owners, self._locations, self._run = night.owners, night.locations, run
        self._rules, self._scopes = places.rules, places.scopes
        self._heads: dict[Any, str] = {}
        self._words: dict[tuple[str, ...], str] = {}
        self.told = bool(night.owners or night.locations)

    def digest(self, seen: Seen) -> str:
        """Return what changes with anything that is kept of a verdict."""
        fingerprint, verdict, waived = seen
        _, _, outcome, severity, _, _, _, name, messages, unread = verdict
        key = (
            outcome, severity, waived, self._owners.get(fingerprint), self._locations.get(fingerprint), messages,
            tuple((one.field, one.why.code, one.why.permission) for one in unread) if unread else None,
        )  # fmt: skip
        head = self._heads.get(key)
        if head is None:
            said = hashlib.sha256(repr(key).encode("utf-8", "surrogatepass")).hexdigest()[:24]
            head = self._heads[key] = f"{_MARK[outcome]}{said}"
        return f"{head}{crc32(name.encode('utf-8', 'surrogatepass')):x}" if name else head

    def passed(self, found: Iterable[Seen]) -> Iterator[tuple[Any, ...]]:
        """Yield the columns `PASSED`, and `TOLD` where anything is told, of identities met for the first time."""
        rules, scopes, digest = self._rules, self._scopes, self.digest
        owners, locations, told = self._owners, self._locations, self.told
        for seen in found:
            fingerprint, verdict, _ = seen
            rule, _, _, severity, scope, kind, resource, name, _, _ = verdict
            row = (
                fingerprint,
                rules[rule, kind],
                scopes[scope],
                storable(resource),
                storable(name),
                digest(seen),
                _RANK[severity],
            )
            yield (*row, _kept(owners.get(fingerprint)), _kept(locations.get(fingerprint))) if told else row

    def row(self, seen: Seen, was: Row | None) -> Row:
        """Return the row of a verdict, with what its identity's row says of the past; not settled yet."""
        fingerprint, verdict, waived = seen
        rule, _, judged, severity, scope, kind, resource, name, messages, unread = verdict
        outcome = _VALUE[judged]
        return Row(
            fingerprint,
            self._rules[rule, kind],
            self._scopes[scope],
            storable(resource),
            storable(name),
            self.digest(seen),
            _RANK[severity],
            outcome,
            None,
            _PASSING,
            self._said(messages) if messages else None,
            _unread(seen) if unread else None,
            _kept(waived),
            _kept(self._owners.get(fingerprint)),
            _kept(self._locations.get(fingerprint)),
            *((self._run, outcome) if was is None else was.past),
        )

    def _said(self, messages: tuple[str, ...]) -> str:
        """Return messages as they are kept; the same words of many findings are one text."""
        found = self._words.get(messages)
        if found is None:
            found = self._words[messages] = as_json([storable(one) for one in messages])
        return found


def _kept(text: str | None) -> str | None:
    return None if text is None else storable(text)


def _unread(seen: Seen) -> str:
    return as_json(
        [
            (one.field, one.why.code.value, one.why.permission, storable(str(one.why)))
            for one in seen.verdict.unread
        ]
    )


def as_json(value: Any) -> str:
    """Return a value as the tables keep it; half of a surrogate pair is written as an escape."""
    try:
        return orjson.dumps(value, default=str).decode()
    except orjson.JSONEncodeError:
        return orjson.dumps(_speakable(value), default=str).decode()


def _speakable(value: Any) -> Any:
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, Mapping):
        return {_speakable(key): _speakable(inner) for key, inner in value.items()}
    if isinstance(value, Sequence):
        return [_speakable(inner) for inner in value]
    return value
