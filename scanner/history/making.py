"""Makes rows of verdicts: what is kept of each, and a mark that changes with any of it."""

import hashlib
from collections.abc import Mapping, Sequence
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

_NO_PAST: Final = (None, None, None, None, None, 0)


class Rows:
    """Makes rows of the verdicts of one night."""

    def __init__(self, night: Night, places: Places, run: int) -> None:
        self._owners, self._locations, self._run = night.owners, night.locations, run
        self._rules, self._scopes = places.rules, places.scopes
        self._heads: dict[Any, str] = {}
        self._words: dict[tuple[str, ...], str] = {}

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

    def brief(self, seen: Seen) -> tuple[str, str, int, int]:
        """Return what tells a verdict from what is known of it: fingerprint, digest, rule, scope."""
        rule, _, _, _, scope, kind, _, _, _, _ = seen.verdict
        return seen.fingerprint, self.digest(seen), self._rules[rule, kind], self._scopes[scope]

    def passed(self, seen: Seen) -> tuple[Any, ...]:
        """Return the row of an identity that is met for the first time, and passes: settled."""
        fingerprint, verdict, waived = seen
        rule, _, _, severity, scope, kind, resource, name, _, _ = verdict
        return (
            fingerprint,
            self._rules[rule, kind],
            self._scopes[scope],
            storable(resource),
            storable(name),
            self.digest(seen),
            _RANK[severity],
            "pass",
            "pass",
            _PASSING,
            None,
            None,
            _kept(waived),
            _kept(self._owners.get(fingerprint)),
            _kept(self._locations.get(fingerprint)),
            self._run,
            "pass",
            *_NO_PAST,
        )

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
