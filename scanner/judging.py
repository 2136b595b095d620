"""Judges resources as they arrive: at once by most rules, and once the others are there by rules that look across."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from scanner.engine import Outcome, Tuned, Unread, Verdict, World, judge
from scanner.inventory import Listing
from scanner.models.resource import Code, Resource, UnreadError

NOT_TAGGED = frozenset({Code.LACKING, Code.NOT_APPLICABLE, Code.NOT_ASKED})


@dataclass(frozen=True, slots=True)
class Only:
    """Which resources are judged: those of one of the kinds that have all of the tags and are managed by a state.

    What is empty leaves no resource out. `states` names the states that `managed` looks into.
    """

    tags: Mapping[str, str] = field(default_factory=dict)
    kinds: frozenset[str] = frozenset()
    states: tuple[str, ...] = ()
    managed: Callable[[Resource], bool] | None = field(default=None, compare=False)

    @property
    def said(self) -> Mapping[str, Any]:
        """What a run's first line says of it; empty where every resource is judged."""
        parts = {"tags": dict(self.tags), "kinds": sorted(self.kinds), "states": list(self.states)}
        return {name: value for name, value in parts.items() if value}

    def matches(self, resource: Resource) -> bool:
        """Tell whether the resource is chosen. Raises UnreadError when its tags were not read."""
        if self.kinds and resource.kind() not in self.kinds:
            return False
        if self.managed is not None and not self.managed(resource):
            return False
        return self._is_tagged(resource)

    def _is_tagged(self, resource: Resource) -> bool:
        if not self.tags:
            return True
        try:
            tags = resource.tags
        except UnreadError as unread:
            if unread.why.code in NOT_TAGGED:
                return False
            raise
        return all(tags.get(key) == value for key, value in self.tags.items())


class Judging:
    """Verdicts so far. What rules look across is held in `world` first; then each resource is judged.

    `meet` is called with each resource first; what it returns is judged. `elsewhere` holds the rules of accounts in
    which they have other severities or options: by cloud and account, the same rules or fewer.
    """

    def __init__(
        self,
        rules: Sequence[Tuned],
        started: datetime,
        only: Only,
        meet: Callable[[Resource], Resource] | None = None,
        elsewhere: Mapping[tuple[str, str], Sequence[Tuned]] | None = None,
    ) -> None:
        self.rules = rules
        self.started = started
        self.only = only
        self.meet = meet
        self.verdicts: list[Verdict] = []
        self.listings: list[Listing] = []
        self.resources = 0
        self._by_kind = _by_kind(rules)
        made: dict[int, Mapping[type[Resource], list[Tuned]]] = {}
        self._elsewhere = {
            account: made.setdefault(id(theirs), _by_kind(theirs))
            for account, theirs in (elsewhere or {}).items()
        }
        self.begin()

    def begin(self) -> None:
        """Forget what rules look across: the next accounts have nothing to do with those before."""
        self.world = World(self.rules)

    def judge_all(self, resources: Sequence[Resource]) -> None:
        """Judge resources that are all in memory; they are what rules look across."""
        for resource in resources:
            self.world.hold(resource)
        for resource in resources:
            self.judge(resource)

    def judge(self, resource: Resource) -> None:
        """Judge one resource by all rules of its kind; what they look across must be in `world` already."""
        self.resources += 1
        if self.meet is not None:
            resource = self.meet(resource)
        by_kind = self._elsewhere.get(resource.scope[:2], self._by_kind)
        self._judge(resource, by_kind.get(type(resource), ()))

    def taken(self) -> list[Verdict]:
        """Return the verdicts so far, and go on without them."""
        verdicts, self.verdicts = self.verdicts, []
        return verdicts

    def _judge(self, resource: Resource, rules: Iterable[Tuned]) -> None:
        try:
            if not self.only.matches(resource):
                return
        except UnreadError as error:
            self.verdicts += [_unknown(tuned, resource, error) for tuned in rules]
            return
        for tuned in rules:
            verdict = judge(tuned, resource, self.world, self.started)
            if verdict is not None:
                self.verdicts.append(verdict)


def _by_kind(rules: Iterable[Tuned]) -> Mapping[type[Resource], list[Tuned]]:
    found: dict[type[Resource], list[Tuned]] = defaultdict(list)
    for tuned in rules:
        for kind in tuned.rule.subjects:
            found[kind].append(tuned)
    return found


def _unknown(tuned: Tuned, resource: Resource, error: UnreadError) -> Verdict:
    rule = tuned.rule
    return Verdict(
        rule.id,
        rule.identity,
        Outcome.UNKNOWN,
        tuned.severity or rule.severity,
        resource.scope,
        resource.kind(),
        resource.id,
        resource.name,
        (),
        (Unread(error.field, error.why),),
    )
