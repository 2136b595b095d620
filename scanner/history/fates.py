"""What became of the verdicts that differ from what is known: asked of `scanner.known`, once for all that are alike."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from scanner.engine import Outcome
from scanner.history.deciding import Fate, Row, as_seen
from scanner.history.places import Places, blind_gaps
from scanner.inventory import Gap
from scanner.known import Change, Past, Seen, compare
from scanner.known import lost as lost_by
from scanner.models.resource import Cloud, Scope

if TYPE_CHECKING:
    from sqlalchemy import Connection


Alike = tuple[str, str, Scope, bool]
"""Rule, kind and scope of an identity that was never met before, and whether it fails: all of these fare alike."""

_AS_IT_WAS: Final = Fate(Change.UNCHANGED)


@dataclass(slots=True)
class _Compared:
    """What one comparison gave."""

    found: dict[str, Fate] = field(default_factory=dict)
    newly: set[str] = field(default_factory=set)


class Fates:
    """Compares a run with what is known, for each set of rules that looked at a scope before."""

    def __init__(self, connection: "Connection", past: Past, places: Places) -> None:
        self._past, self._places = past, places
        self._scope_of, self._rule_of = places.scope_of, places.rule_of
        self._blind = blind_gaps(connection, places)
        self._compared = _Compared()
        self._first: dict[Alike, str] = {}
        self._left: dict[tuple[int, int, bool], Fate] = {}

    def compare(self, fresh: Iterable[Seen], changed: Mapping[str, Row], gone: Mapping[str, Row]) -> None:
        """Compare verdicts that fail or are unknown: those never met before, and what was kept of the others."""
        before: dict[int | None, dict[str, Seen]] = {}
        now: dict[int | None, dict[str, Seen]] = {}
        for seen in self._one_of_each(fresh):
            now.setdefault(self._set_of(seen), {})[seen.fingerprint] = seen
        for fingerprint, row in changed.items():
            # Where it is now counts: what it is compared with stands beside it, wherever it was before.
            seen = self._past.seen[fingerprint]
            of = self._set_of(seen)
            now.setdefault(of, {})[fingerprint] = seen
            if (was := self._as_seen(row)) is not None:
                before.setdefault(of, {})[fingerprint] = was
        for row in gone.values():
            if row.known == "fail" and (was := self._as_seen(row)) is not None:
                before.setdefault(self._places.rulesets[row.scope], {})[row.fingerprint] = was
        for of in {*before, *now}:
            then = self._before(of, before.get(of, {}), self._blind)
            found = compare(then, replace(self._past, seen=now.get(of, {}), carried={}))
            self._compared.found |= {
                entry.seen.fingerprint: Fate(entry.change, entry.why) for entry in found.entries
            }
            if of is not None:
                self._compared.newly |= {seen.fingerprint for seen in found.newly_unknown}

    def _set_of(self, seen: Seen) -> int | None:
        return self._places.rulesets[self._places.scopes[seen.verdict.scope]]

    def _as_seen(self, row: Row) -> Seen | None:
        return as_seen(row, self._rule_of[row.rule], self._scope_of[row.scope])

    def _one_of_each(self, fresh: Iterable[Seen]) -> Iterable[Seen]:
        for seen in fresh:
            if self._first.setdefault(_alike(seen), seen.fingerprint) == seen.fingerprint:
                yield seen

    def _before(self, of: int | None, seen: Mapping[str, Seen], blind: Sequence[Gap]) -> Past:
        if of is None:
            # Nobody ever looked at all of these scopes: their rules are not new, their findings are.
            return Past(rules=self._past.rules, options=self._past.options, seen=seen)
        rules = self._places.sets[of]
        scopes = frozenset(
            scope for scope, id_ in self._places.scopes.items() if self._places.rulesets[id_] == of
        )
        return Past(
            scopes=scopes,
            rules={name: revision for name, (revision, _) in rules.items()},
            options={name: options for name, (_, options) in rules.items() if options is not None},
            seen=seen,
            gaps=blind,
        )

    def of(self, seen: Seen, *, met: bool) -> tuple[Fate, bool]:
        """Return what became of a verdict, and whether an earlier run would have judged it; `met`: not the first."""
        asked = seen.fingerprint if met else self._first[_alike(seen)]
        return self._compared.found.get(asked, _AS_IT_WAS), asked in self._compared.newly

    def of_lost(self, row: Row) -> Fate:
        """Return what became of a row on which this run has no verdict."""
        found = self._compared.found.get(row.fingerprint)
        if found is not None:
            return found
        scope = self._scope_of[row.scope]
        resource = row.resource.lower() if scope.cloud is Cloud.AZURE else row.resource
        key = (row.rule, row.scope, (scope.cloud.value, resource) in self._past.present)
        if key not in self._left:
            seen = as_seen(row._replace(outcome="pass", known="pass"), self._rule_of[row.rule], scope)
            assert seen is not None  # noqa: S101 - a PASS is there
            self._left[key] = Fate(*lost_by(self._past, seen))
        return self._left[key]


def _alike(seen: Seen) -> Alike:
    verdict = seen.verdict
    return verdict.rule, verdict.kind, verdict.scope, verdict.outcome is Outcome.FAIL
