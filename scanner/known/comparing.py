"""Compares two runs: what is new, what is over, and what one of the two did not look at. Pure."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from scanner.engine import Outcome, Verdict
from scanner.inventory import ANY_KIND, Gap
from scanner.known.past import Past, Seen, place
from scanner.models.resource import GLOBAL, Scope


class Change(StrEnum):
    """What became of one finding between two runs, in the order in which people want to read it."""

    NEW = "new"
    """Found now; the earlier run looked and did not find it."""
    FIRST_CHECKED = "first_checked"
    """Found now; the earlier run could not or did not look, so nobody knows since when."""
    CHANGED = "changed"
    """Found by both, with other words, another severity, or accepted by one of them only."""
    UNCHANGED = "unchanged"
    FIXED = "fixed"
    """The later run looked at the resource, and it is all right."""
    GONE = "gone"
    """The resource is no longer in a listing that was read to its end."""
    NOT_CHECKED = "not_checked"
    """The later run could not look: UNKNOWN, a broken rule, or a gap. It may be as it was."""
    OUT_OF_SCOPE = "out_of_scope"
    """The later run was not to look there: another account or region, other rules, other tags."""
    BY_RULE = "by_rule"
    """The rule is new, or was revised, or set otherwise: the change is not the cloud's."""


class Entry(NamedTuple):
    """One finding in two runs. `seems` is what a change by a rule would be otherwise; `why` says more, in words."""

    change: Change
    before: Seen | None
    now: Seen | None
    why: str = ""
    seems: Change | None = None

    @property
    def seen(self) -> Seen:
        """The finding as the later run saw it, or as the earlier did where the later has nothing."""
        found = self.now or self.before
        assert found is not None  # noqa: S101 - an entry is made from at least one of the two
        return found

    @property
    def waived(self) -> bool:
        """Whether the finding is accepted in the latest run that has it."""
        return self.seen.waived is not None

    @property
    def worse(self) -> bool:
        """Whether its severity rose."""
        before, now = self.before, self.now
        return bool(before and now and now.verdict.severity.rank > before.verdict.severity.rank)


@dataclass(frozen=True)
class Comparison:
    """Two runs compared. `newly_unknown` could be judged before (or were not there); `new_gaps` were listed before."""

    before: Past
    now: Past
    entries: tuple[Entry, ...]
    newly_unknown: tuple[Seen, ...]
    new_gaps: tuple[Gap, ...]
    closed_gaps: tuple[Gap, ...]

    def of(self, change: Change) -> list[Entry]:
        """Return the entries of one group."""
        return [entry for entry in self.entries if entry.change is change]

    @cached_property
    def counts(self) -> Mapping[str, int]:
        """How many of each group, accepted findings among them."""
        found = Counter(entry.change for entry in self.entries)
        return {
            **{change.value: found[change] for change in Change},
            "newly_unknown": len(self.newly_unknown),
            "new_gaps": len(self.new_gaps),
        }

    @cached_property
    def gating(self) -> tuple[Entry, ...]:
        """Findings that a gate on new ones stops at: new, checked for the first time, or worse than before."""
        return tuple(
            entry
            for entry in self.entries
            if not entry.waived
            and (
                entry.change in (Change.NEW, Change.FIRST_CHECKED)
                or (entry.change is Change.CHANGED and entry.worse)
            )
        )


Needs = Mapping[str, Collection[str]]
"""Rule → the kinds that it reads."""


def compare(before: Past, now: Past, needs: Needs | None = None) -> Comparison:
    """Compare two runs. Only a PASS seen now is a fix, and only a PASS or absence seen before makes a finding new.

    With `needs`, a gap in a kind that only rules new to the comparison read is theirs, and not new. What was carried
    forward to the earlier run counts as found by it.
    """
    asked = {kind for rule, kinds in (needs or {}).items() if rule in before.rules for kind in kinds}
    fingerprints = dict.fromkeys((*now.seen, *before.seen, *before.carried))
    pairs = [(before.seen.get(fingerprint), now.seen.get(fingerprint)) for fingerprint in fingerprints]
    known = [(before.last(fingerprint), now.seen.get(fingerprint)) for fingerprint in fingerprints]
    entries = [entry for pair in known if (entry := _entry(before, now, *pair)) is not None]
    return Comparison(
        before,
        now,
        tuple(sorted(entries, key=_order)),
        tuple(sorted(_newly_unknown(before, now, pairs), key=lambda seen: seen.verdict.order)),
        tuple(
            gap
            for gap in now.gaps
            if not _covered(gap, before) and (needs is None or gap.kind in asked or gap.kind == ANY_KIND)
        ),
        tuple(gap for gap in before.gaps if not _covered(gap, now) and gap.scope in now.scopes),
    )


def _order(entry: Entry) -> tuple[object, ...]:
    verdict = entry.seen.verdict
    return (_RANK[entry.change], -verdict.severity.rank, verdict.rule, *verdict.order)


_RANK = {change: rank for rank, change in enumerate(Change)}


def _failed(seen: Seen | None) -> bool:
    return seen is not None and seen.verdict.outcome is Outcome.FAIL


def _entry(before: Past, now: Past, was: Seen | None, is_: Seen | None) -> Entry | None:
    """Return what became of one finding; None where neither run has one."""
    if not _failed(was) and not _failed(is_):
        return None
    if _failed(is_):
        assert is_ is not None  # noqa: S101 - mypy does not follow _failed
        change, why = _found(before, was, is_)
        cause = _cause(before, now, is_.verdict.rule)
        if cause and change is not Change.UNCHANGED and not (change is Change.CHANGED and why == _WAIVER):
            return Entry(Change.BY_RULE, was if _failed(was) else None, is_, cause, change)
        return Entry(change, was if _failed(was) else None, is_, why)
    assert was is not None  # noqa: S101 - the same
    change, why = lost(now, was, is_)
    cause = _cause(before, now, was.verdict.rule)
    if cause and change is Change.FIXED:
        return Entry(Change.BY_RULE, was, is_, cause, change)
    return Entry(change, was, is_ if change is Change.NOT_CHECKED else None, why)


_WAIVER = "accepted by one of the two runs only"


def _found(before: Past, was: Seen | None, is_: Seen) -> tuple[Change, str]:
    """Return what a finding of today is, and more words on it."""
    verdict = is_.verdict
    if was is None or was.verdict.outcome is not Outcome.FAIL:
        unseen = _unseen(before, was, verdict)
        return (Change.FIRST_CHECKED, unseen) if unseen else (Change.NEW, "")
    old = was.verdict
    if old.severity is not verdict.severity:
        return Change.CHANGED, f"severity {old.severity} before, {verdict.severity} now"
    if old.messages != verdict.messages:
        return Change.CHANGED, "other facts"
    return (
        (Change.UNCHANGED, "") if (was.waived is None) is (is_.waived is None) else (Change.CHANGED, _WAIVER)
    )


def _unseen(before: Past, was: Seen | None, verdict: Verdict) -> str:
    """Return why the earlier run would not have found it, had it been there; "" when it would have."""
    if was is not None:
        return (
            ""
            if was.verdict.outcome is Outcome.PASS
            else f"the earlier run could not judge it: {_reason(was)}"
        )
    if verdict.scope not in before.scopes:
        return f"the earlier run did not look at {verdict.scope}"
    if before.only and place(verdict) not in before.present:
        return "the earlier run chose among resources"
    return _hidden(before, verdict.kind, verdict.scope)


def lost(now: Past, was: Seen, is_: Seen | None = None) -> tuple[Change, str]:
    """Return what became of a verdict that the later run does not have (a finding: a PASS counts), and why."""
    verdict = was.verdict
    if is_ is not None:
        passed = is_.verdict.outcome is Outcome.PASS
        return (Change.FIXED, "") if passed else (Change.NOT_CHECKED, _reason(is_))
    beyond = _beyond(now, verdict)
    if beyond:
        return Change.OUT_OF_SCOPE, beyond
    if place(verdict) in now.present:
        return Change.FIXED, "the rule no longer applies to it"
    hidden = _hidden(now, verdict.kind, verdict.scope)
    return (Change.NOT_CHECKED, hidden) if hidden else (Change.GONE, "")


def _beyond(now: Past, verdict: Verdict) -> str:
    """Return why the later run was not to look at this; "" when it was."""
    if verdict.rule not in now.rules:
        return "the later run did not have this rule"
    if verdict.scope not in now.scopes and not now.shut(verdict.scope):
        return f"the later run did not look at {verdict.scope}"
    if now.only and place(verdict) not in now.present:
        return "the later run chose among resources"
    return ""


def _reason(seen: Seen) -> str:
    verdict = seen.verdict
    said = [f"{one.field}: {one.why}" for one in verdict.unread] or list(verdict.messages)
    return "; ".join(said) or verdict.outcome.value


def _hidden(past: Past, kind: str, scope: Scope) -> str:
    """Return why a resource of this kind might be there unseen; "" when it would have been seen."""
    for gap in past.gaps:
        if gap.kind in (kind, ANY_KIND) and gap.scope[:2] == scope[:2]:
            here = gap.scope.region == scope.region or GLOBAL in (gap.scope.region, scope.region)
            if here:
                return f"the list of kind {kind} was not whole: {gap.permission or gap.why}"
    return ""


def _cause(before: Past, now: Past, rule: str) -> str:
    """Return how a rule differs between the two runs; "" when it does not, or did not run in one of them by choice."""
    if rule not in now.rules:
        return ""
    if rule not in before.rules:
        return "the rule is new to this comparison"
    if before.rules[rule] != now.rules[rule]:
        return f"revision {before.rules[rule]} of the rule before, {now.rules[rule]} now"
    if before.options.get(rule) != now.options.get(rule):
        return "the rule has other options or another severity in surefoot.toml"
    return ""


def _newly_unknown(before: Past, now: Past, pairs: list[tuple[Seen | None, Seen | None]]) -> Iterator[Seen]:
    for was, is_ in pairs:
        if is_ is None or is_.verdict.outcome not in (Outcome.UNKNOWN, Outcome.ERROR):
            continue
        known = was is not None and was.verdict.outcome in (Outcome.UNKNOWN, Outcome.ERROR)
        verdict = is_.verdict
        hidden = was is None and _hidden(before, verdict.kind, verdict.scope)
        if not known and not hidden and not _cause(before, now, verdict.rule):
            yield is_


def _covered(gap: Gap, other: Past) -> bool:
    """Tell whether another run has the same gap, or a wider one."""
    return any(
        one.scope == gap.scope
        and (one.kind == ANY_KIND or (one.kind == gap.kind and one.permission == gap.permission))
        for one in other.gaps
    )
