"""Settles which findings, UNKNOWNs and gaps of a run are accepted, and what became of each waiver. Pure."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final, TypeVar

from scanner.engine import Outcome, Tuned, Verdict
from scanner.inventory import ANY_KIND, Gap
from scanner.known.patterns import matches
from scanner.known.waiver import AcceptedGap, Terms, Waiver, WaiverFile
from scanner.models.resource import Cloud, Scope

Tags = Mapping[tuple[str, str], Mapping[str, str]]
"""(kind, resource id) → the resource's tags; what is not in it has no tag that a waiver could ask for."""

T = TypeVar("T", Waiver, AcceptedGap)

_ACCOUNT: Final = re.compile(
    r"arn:[^:]*:[^:]*:[^:]*:(\d{12}):|.*/projects/([^/*?]+)/|/subscriptions/([^/*?]+)/", re.IGNORECASE
)


class State(StrEnum):
    """What became of a waiver in one run."""

    USED = "used"
    UNUSED = "unused"
    """What it accepts was looked for, and is not there: it can be deleted."""
    EXPIRED = "expired"
    """Its last day is over: what it hid is back."""
    NOT_CHECKED = "not checked"
    """This run did not look everywhere where it might be of use."""


@dataclass(frozen=True, slots=True)
class Use:
    """One waiver in one run. `hides` counts what it accepts, or would accept had it not expired."""

    terms: Terms
    state: State
    hides: int


@dataclass(frozen=True, slots=True)
class Settled:
    """Fingerprint of a FAIL (`waived`) or an UNKNOWN (`unknowns`) → its waiver; gap → its waiver; every waiver."""

    waived: Mapping[str, Terms] = field(default_factory=dict)
    unknowns: Mapping[str, Terms] = field(default_factory=dict)
    gaps: Mapping[Gap, Terms] = field(default_factory=dict)
    uses: tuple[Use, ...] = ()


@dataclass(frozen=True, slots=True)
class Run:
    """What a run came to, as far as waivers ask."""

    verdicts: Sequence[Verdict]
    gaps: Sequence[Gap]
    rules: Mapping[str, Tuned]
    scopes: tuple[Scope, ...]
    tags: Tags = field(default_factory=dict)


def settle(file: WaiverFile, run: Run, today: date) -> Settled:
    """Match every waiver with what a run found. Of those that fit, one in force wins, the first in the file."""
    waivers, unread = _by_rule(file.waiver, run, today), _by_rule(file.gap, run, today)
    accepted: dict[Outcome, dict[str, Terms]] = {Outcome.FAIL: {}, Outcome.UNKNOWN: {}}
    gaps: dict[Gap, Terms] = {}
    hides: Counter[str] = Counter()
    open_: set[str] = set()
    for verdict in run.verdicts:
        found: Terms | None = None
        if verdict.outcome is Outcome.FAIL:
            found = next((one for one in waivers[verdict.rule] if _fits(one, verdict, file, run)), None)
        elif verdict.outcome is not Outcome.PASS:
            open_ |= {one.place for one in waivers[verdict.rule] if _fits(one, verdict, file, run)}
            if verdict.outcome is Outcome.UNKNOWN:
                found = next((one for one in unread[verdict.rule] if _accepts(one, verdict, file)), None)
        if found is not None:
            hides[found.place] += 1
            if not found.expired(today):
                accepted[verdict.outcome][verdict.fingerprint] = found
    for gap in run.gaps:
        allowed = next(
            (one for one in _in_force_first(file.gap, today) if one.accepts(gap, file.units)), None
        )
        if allowed is not None:
            hides[allowed.place] += 1
            if not allowed.expired(today):
                gaps[gap] = allowed
    uses = tuple(
        Use(one, _state(one, hides[one.place], one.place in open_, file, run, today), hides[one.place])
        for one in file.all
    )
    return Settled(accepted[Outcome.FAIL], accepted[Outcome.UNKNOWN], gaps, uses)


def _in_force_first(all_terms: Iterable[T], today: date) -> list[T]:
    return sorted(all_terms, key=lambda one: one.expired(today))


def _by_rule(all_terms: Iterable[T], run: Run, today: date) -> Mapping[str, list[T]]:
    """Return, for each rule of the run, the waivers that name it by its id or by a former one."""
    found: dict[str, list[T]] = defaultdict(list)
    for terms in _in_force_first(all_terms, today):
        for id_, tuned in run.rules.items():
            if _names(terms, tuned):
                found[id_].append(terms)
    return found


def _names(terms: Waiver | AcceptedGap, tuned: Tuned) -> bool:
    return any(matches(terms.rule, id_) for id_ in (tuned.rule.id, *tuned.rule.formerly))


def _fits(waiver: Waiver, verdict: Verdict, file: WaiverFile, run: Run) -> bool:
    """Tell whether a waiver, which names the verdict's rule, fits the rest of it."""
    fold = verdict.scope.cloud is Cloud.AZURE
    if not matches(waiver.resource, verdict.resource, fold=fold) or not waiver.covers(
        verdict.scope, file.units
    ):
        return False
    if waiver.tags:
        tags = run.tags.get((verdict.kind, verdict.resource), {})
        if not all(
            matches(pattern, tags.get(name, "")) and name in tags for name, pattern in waiver.tags.items()
        ):
            return False
    return waiver.fingerprint is None or waiver.fingerprint == verdict.fingerprint


def _accepts(accepted: AcceptedGap, verdict: Verdict, file: WaiverFile) -> bool:
    """Tell whether a UNKNOWN may stay one: each fact that it misses is among those that need not be read."""
    fold = verdict.scope.cloud is Cloud.AZURE
    return (
        accepted.covers(verdict.scope, file.units)
        and matches(accepted.kind, verdict.kind)
        and matches(accepted.resource, verdict.resource, fold=fold)
        and all(matches(accepted.permission, unread.why.permission) for unread in verdict.unread)
    )


def _state(terms: Terms, hides: int, is_open: bool, file: WaiverFile, run: Run, today: date) -> State:  # noqa: FBT001
    if terms.expired(today):
        return State.EXPIRED
    if hides:
        return State.USED
    looked = not is_open and _looked(terms, file, run)
    return State.UNUSED if looked else State.NOT_CHECKED


def _looked(terms: Terms, file: WaiverFile, run: Run) -> bool:
    """Tell whether the run would have met what a waiver accepts, were it still there."""
    scopes = [scope for scope in run.scopes if terms.covers(scope, file.units)]
    if not scopes:
        return False
    if isinstance(terms, AcceptedGap):
        return True
    if isinstance(terms, Waiver):
        named = _ACCOUNT.match(terms.resource)
        account = next((part for part in named.groups() if part), None) if named else None
        if account is not None and account not in {scope.account for scope in scopes}:
            return False
        rules = [tuned.rule for tuned in run.rules.values() if _names(terms, tuned)]
        kinds = {kind.kind() for rule in rules for kind in rule.subjects}
        hidden = [
            gap for gap in run.gaps if gap.kind in (ANY_KIND, *kinds) and terms.covers(gap.scope, file.units)
        ]
        return bool(kinds) and not hidden
    return True


def notes(uses: Iterable[Use]) -> Iterable[str]:
    """Yield a line for every waiver that somebody ought to look at: expired, unused, or broad."""
    for use in uses:
        terms = use.terms
        if use.state is State.EXPIRED:
            back = f"{use.hides} of what it hid {'is' if use.hides == 1 else 'are'} back"
            yield f"{terms.place}: ended on {terms.until}, {terms.owner}'s: {terms.subject}: {back}"
        elif use.state is State.UNUSED:
            yield f"{terms.place}: hides nothing any more: {terms.subject} ({terms.owner})"
        if terms.broad and use.state is not State.EXPIRED:
            yield f"{terms.place}: is broad, and hides {use.hides}: {terms.subject} ({terms.owner})"
