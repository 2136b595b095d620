"""Why a verdict is what it is: every fact that its rule read, with its value, its call and the time of reading."""

import itertools
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from scanner.engine import Tuned, Verdict, World, judge
from scanner.errors import UserError
from scanner.inventory import Gap, Header, Listing, read
from scanner.judging import Judging, Only
from scanner.models.resource import IDENTITY, Facts, Resource, Scope, read_at
from scanner.models.watch import NOT_READ, watch
from scanner.providers import provider_of
from scanner.providers.spec import Call
from scanner.reporters.text import clean
from scanner.rule import NOW

SHORTEST = 6


@dataclass(slots=True)
class _Fact:
    resource: Resource
    path: str
    value: Any


@dataclass(slots=True)
class _Seen:
    facts: dict[tuple[str, str, str], _Fact] = field(default_factory=dict)

    def __call__(self, resource: Resource, path: str, value: Any) -> None:
        if path.partition(".")[0] not in IDENTITY and not isinstance(value, Facts):
            self.facts.setdefault((resource.kind(), resource.id, path), _Fact(resource, path, value))

    def whole(self) -> Iterator[_Fact]:
        """Yield each fact once: what stands inside a list that is shown is not shown again."""
        shown: set[tuple[str, str, str]] = set()
        for (kind, id_, path), fact in self.facts.items():
            parents = itertools.accumulate(path.split(".")[:-1], lambda outer, inner: f"{outer}.{inner}")
            if shown.isdisjoint((kind, id_, parent) for parent in parents):
                shown.add((kind, id_, path))
                yield fact


def explanation(fingerprint: str, inventory: Path, rules: Sequence[Tuned]) -> str:
    """Return the explanation of the verdict with this fingerprint (or its first digits).

    Raises UserError when none or more than one verdict has it.
    """
    if len(fingerprint) < SHORTEST:
        raise UserError(f"{fingerprint}: give at least {SHORTEST} digits of the fingerprint")
    judging, started, entries = Judging(rules, NOW, Only()), NOW, []
    for entry in read(inventory):
        entries.append(entry)
        if isinstance(entry, Resource):
            judging.world.hold(entry)
        elif isinstance(entry, Gap):
            judging.world.hold_gap(entry)
        elif isinstance(entry, Header):
            started = entry.started or NOW
    judging.started = started
    resources = [entry for entry in entries if isinstance(entry, Resource)]
    for resource in resources:
        judging.judge(resource)
    found = [verdict for verdict in judging.verdicts if verdict.fingerprint.startswith(fingerprint)]
    if len(found) != 1:
        raise UserError(f"{fingerprint}: {len(found) or 'no'} verdicts in {inventory} have this fingerprint")
    verdict = found[0]
    tuned = next(one for one in rules if one.rule.id == verdict.rule)
    subject = next(r for r in resources if (r.kind(), r.id) == (verdict.kind, verdict.resource))
    listings = [entry for entry in entries if isinstance(entry, Listing)]
    seen = _look_again(tuned, subject, resources, entries, started)
    return "\n".join(_lines(verdict, tuned, seen, listings)) + "\n"


def _look_again(
    tuned: Tuned, subject: Resource, resources: Sequence[Resource], entries: Sequence[Any], started: datetime
) -> _Seen:
    """Judge once more, with resources that note what is read."""
    seen = _Seen()
    world = World([tuned])
    for resource in resources:
        if resource.kind() in world.kinds:
            world.hold(watch(resource, seen))
    for entry in entries:
        if isinstance(entry, Gap):
            world.hold_gap(entry)
    judge(tuned, watch(subject, seen), world, started)
    return seen


def _lines(verdict: Verdict, tuned: Tuned, seen: _Seen, listings: Sequence[Listing]) -> Iterator[str]:
    rule = tuned.rule
    yield f"{verdict.outcome.upper()} {verdict.severity} {rule.id}: {rule.title}"
    yield f"  {verdict.kind} {clean(verdict.resource)}"
    yield f"  in {clean(str(verdict.scope))}, fingerprint {verdict.fingerprint}"
    for message in verdict.messages:
        yield f"  - {clean(message)}"
    for unread in verdict.unread:
        yield f"  - could not read {clean(unread.field)}: {clean(str(unread.why))}"
    for option in rule.signature.options.values():
        yield f"  option {option.name} = {tuned.options.get(option.name, option.default)!r}"
    yield ""
    yield "facts that the rule read:"
    for fact in seen.whole():
        yield f"  {fact.resource.kind()}.{fact.path} = {_value(fact)}"
        other = "" if fact.resource.id == verdict.resource else f" of {clean(fact.resource.id)}"
        yield f"    {_origin(fact, listings)}{other}"
    if not seen.facts:
        yield "  none"


def _value(fact: _Fact) -> str:
    if fact.value is NOT_READ:
        why = fact.resource.why(fact.path.partition(".")[0])
        return f"UNREAD ({why.code}): {clean(str(why))}"
    text = json.dumps(_plain_value(fact.value), ensure_ascii=True, default=str)
    return text if len(text) <= 300 else text[:297] + "..."  # noqa: PLR2004 - a few lines of a terminal


def _plain_value(value: Any) -> Any:
    if isinstance(value, Facts):
        return value.model_dump(mode="json", exclude_defaults=True)
    if isinstance(value, tuple | list):
        return [_plain_value(item) for item in value]
    return value


def _origin(fact: _Fact, listings: Sequence[Listing]) -> str:
    """Say by which call the fact came, and when its listing was read."""
    name = fact.path.partition(".")[0]
    calls = [call.name for call in calls_that_fill(fact.resource.scope, type(fact.resource).__name__, name)]
    when = next((one for one in listings if _is_of(one, fact.resource)), None)
    said = f"by {' or '.join(dict.fromkeys(calls)) or 'the listing'}"
    return f"{said}, read {read_at(when.read_at)} ({when.origin})" if when else said


def _is_of(listing: Listing, resource: Resource) -> bool:
    scope = resource.scope
    return (
        listing.kind == resource.kind()
        and listing.scope[:2] == scope[:2]
        and listing.scope.region
        in (
            scope.region,
            "global",
        )
    )


def calls_that_fill(scope: Scope, kind: str, field_name: str) -> Iterator[Call]:
    """Yield the calls from which a field of a kind is filled in this cloud."""
    for source in provider_of(scope.cloud).sources:
        if source.kind.kind() == kind:
            if field_name in source.fields and isinstance(source.listing, Call):
                yield source.listing
            for detail in source.details:
                yield from detail.calls_for(frozenset({field_name}))
