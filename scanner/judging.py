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
    """Verdicts so far. `take` resources in any order, then `ready` an account, and the verdicts are the same.

    `meet` is called with each resource first; what it returns is judged.
    """

    def __init__(
        self,
        rules: Sequence[Tuned],
        started: datetime,
        only: Only,
        meet: Callable[[Resource], Resource] | None = None,
    ) -> None:
        self.world = World(rules)
        self.started = started
        self.only = only
        self.meet = meet
        self.verdicts: list[Verdict] = []
        self.listings: list[Listing] = []
        self.resources = 0
        self.held_kinds = frozenset(kind for one in rules for kind in one.rule.signature.kinds)
        self._alone: dict[type[Resource], list[Tuned]] = defaultdict(list)
        self._across: dict[type[Resource], list[Tuned]] = defaultdict(list)
        for tuned in rules:
            by_kind = self._across if tuned.rule.signature.kinds else self._alone
            for kind in tuned.rule.subjects:
                by_kind[kind].append(tuned)
        self._ready: set[str] = set()
        self._waiting: dict[str, list[Resource]] = defaultdict(list)

    def take(self, resources: Iterable[Resource]) -> None:
        """Judge what can be judged now; keep what has to wait until its account is ready."""
        for resource in resources if self.meet is None else map(self.meet, resources):
            self.resources += 1
            self.world.hold(resource)
            self._judge(resource, self._alone.get(type(resource), ()))
            if type(resource) in self._across:
                if resource.scope.account in self._ready:
                    self._judge(resource, self._across[type(resource)])
                else:
                    self._waiting[resource.scope.account].append(resource)

    def ready(self, account: str) -> None:
        """Everything that rules look across in this account has been taken."""
        self._ready.add(account)
        for resource in self._waiting.pop(account, ()):
            self._judge(resource, self._across[type(resource)])

    def judge(self, resource: Resource) -> None:
        """Judge one resource by all rules of its kind; what they look across must be in `world` already."""
        self.resources += 1
        if self.meet is not None:
            resource = self.meet(resource)
        kind = type(resource)
        self._judge(resource, (*self._alone.get(kind, ()), *self._across.get(kind, ())))

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
