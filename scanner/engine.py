"""Judges resources by rules. Pure: no clock, network, file or log."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, NamedTuple, TypeVar

from scanner.inventory import ANY_KIND, Gap
from scanner.models.resource import NOTHING_TO_READ, Resource, Scope, UnreadError, Why
from scanner.rule import NOW, Across, Case, InRegion, Others, Problem, Rule, Severity, View

V = TypeVar("V")


class Outcome(StrEnum):
    """What came of one rule on one resource."""

    FAIL = "fail"
    ERROR = "error"
    UNKNOWN = "unknown"
    PASS = "pass"  # noqa: S105 - not a password


class Unread(NamedTuple):
    """One fact that a verdict missed."""

    field: str
    why: Why


class Verdict(NamedTuple):
    """Rule × resource. Small on purpose: what the rule says of itself is joined at output."""

    rule: str
    identity: str
    outcome: Outcome
    severity: Severity
    scope: Scope
    kind: str
    resource: str
    name: str
    messages: tuple[str, ...] = ()
    unread: tuple[Unread, ...] = ()

    @property
    def fingerprint(self) -> str:
        """Who and what, and nothing else: 32 hexadecimal digits of SHA-256 over rule, cloud and canonical id."""
        canonical = self.resource.lower() if self.scope.cloud == "azure" else self.resource
        key = f"{self.identity}\0{self.scope.cloud}\0{canonical}"
        return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:32]

    @property
    def order(self) -> tuple[Any, ...]:
        """The key that sorts verdicts: by scope, rule, resource."""
        return (self.scope, self.rule, self.kind, self.resource)


class Tuned(NamedTuple):
    """A rule as the user set it: severity (None: as declared) and options."""

    rule: Rule
    severity: Severity | None = None
    options: Mapping[str, Any] = {}


class World:
    """What rules look across: resources of the kinds that some rule's signature names, by scope, and gaps."""

    def __init__(self, rules: Iterable[Tuned]) -> None:
        signatures = [tuned.rule.signature for tuned in rules]
        self.kinds: Final = frozenset(kind.kind() for one in signatures for kind in one.kinds)
        self._across: Final = frozenset(across.kind.kind() for one in signatures for across in one.across)
        self._by_account: dict[tuple[str, str, str], list[Resource]] = defaultdict(list)
        self._gaps: list[Gap] = []
        self._made: dict[tuple[Any, ...], Others[Any]] = {}
        views = dict.fromkeys(view for one in signatures for view in one.views.values())
        self._views: dict[type[View], View] = {view: view(self._missing) for view in views}

    def hold(self, resource: Resource) -> None:
        """Keep a resource when some rule looks across its kind."""
        if resource.kind() in self._across:
            self._by_account[_key(resource.scope, resource.kind())].append(resource)
            self._made.clear()
        for view in self._views.values():
            view.add(resource)

    def hold_gap(self, gap: Gap) -> None:
        """Remember that a listing was not whole."""
        self._gaps.append(gap)
        self._made.clear()

    def seen(self, asked: type[V]) -> V | None:
        """Return the view of this class; None where no rule asks for it."""
        return next((view for view in self._views.values() if isinstance(view, asked)), None)

    def view(self, asked: type[View]) -> View:
        """Return the view of this class: one for all accounts."""
        return self._views[asked]

    def others(self, across: Across, scope: Scope) -> Others[Any]:
        """Return what `across` asks for, seen from `scope`."""
        regional = across.within is InRegion
        key = (across.kind, across.within, scope.cloud, scope.account, scope.region if regional else "")
        made = self._made.get(key)
        if made is None:
            kind = across.kind.kind()
            items = self._by_account[_key(scope, kind)]
            if regional:
                items = [item for item in items if item.scope.region == scope.region]
            items = sorted(items, key=_by_scope_and_id)
            made = across.within(items, self._missing(kind, scope, regional=regional))
            self._made[key] = made
        return made

    def _missing(self, kind: str, scope: Scope, *, regional: bool = True) -> UnreadError | None:
        for gap in self._gaps:
            same_account = gap.scope[:2] == scope[:2]
            same_region = not regional or gap.scope.region in (scope.region, "global")
            if same_account and same_region and gap.kind in (kind, ANY_KIND):
                why = Why(code=gap.code, permission=gap.permission, call=gap.call, text=gap.text)
                return UnreadError(f"the list of kind {kind}", why)
        return None


def _by_scope_and_id(resource: Resource) -> tuple[Scope, str]:
    return (resource.scope, resource.id)


def _key(scope: Scope, kind: str) -> tuple[str, str, str]:
    return (scope.cloud, scope.account, kind)


def judge(tuned: Tuned, resource: Resource, world: World, now: datetime) -> Verdict | None:
    """Judge one resource by one rule; None when the rule does not apply to it."""
    rule = tuned.rule
    severity = tuned.severity or rule.severity
    problems: list[str | Problem] = []
    outcome = Outcome.PASS
    unread: tuple[Unread, ...] = ()
    try:
        if rule.applies is not None and not rule.applies(resource):
            return None
        for problem in rule.check(resource, **_arguments(tuned, resource, world, now)):
            problems.append(problem)  # noqa: PERF402 - what was found before an exception stands
    except UnreadError as error:
        if not problems and error.why.code in NOTHING_TO_READ:
            return None
        outcome, unread = Outcome.UNKNOWN, (Unread(error.field, error.why),)
    except Exception as error:  # noqa: BLE001 - the one broad except: a broken rule must not stop the others
        text = f"the rule is broken: {type(error).__name__}: {error}"
        return _verdict(tuned, resource, Outcome.ERROR, severity, (text,), ())
    if problems:
        outcome = Outcome.FAIL
        severity = _worst(problems, rule.severity, severity)
    messages = tuple(problem if isinstance(problem, str) else problem.text for problem in problems)
    return _verdict(tuned, resource, outcome, severity, messages, unread)


def _arguments(tuned: Tuned, resource: Resource, world: World, now: datetime) -> Mapping[str, Any]:
    signature = tuned.rule.signature
    if not signature.across and not signature.views and not signature.now:
        return tuned.options
    arguments = dict(tuned.options)
    for across in signature.across:
        arguments[across.parameter] = world.others(across, resource.scope)
    for parameter, view in signature.views.items():
        arguments[parameter] = world.view(view)
    if signature.now:
        arguments["now"] = now
    return arguments


def _worst(problems: Iterable[str | Problem], declared: Severity, allowed: Severity) -> Severity:
    """Return the worst problem's severity. A user's override moves the ceiling; a problem may only lower it."""
    worst = max(
        (
            problem.severity if isinstance(problem, Problem) and problem.severity else declared
            for problem in problems
        ),
        key=lambda severity: severity.rank,
    )
    return allowed if worst.rank >= declared.rank or allowed.rank < worst.rank else worst


def _verdict(
    tuned: Tuned,
    resource: Resource,
    outcome: Outcome,
    severity: Severity,
    messages: tuple[str, ...],
    unread: tuple[Unread, ...],
) -> Verdict:
    rule = tuned.rule
    return Verdict(
        rule.id,
        rule.identity,
        outcome,
        severity,
        resource.scope,
        resource.kind(),
        resource.id,
        resource.name,
        messages,
        unread,
    )


def run_case(rule: Rule, case: Case, now: datetime = NOW, **options: Any) -> Verdict | None:
    """Judge one example: its subject, with its `others` as the whole world of the subject's scope."""
    tuned = Tuned(rule, None, options)
    world = World([tuned])
    world.hold(case.subject)
    for other in case.others:
        world.hold(other)
    return judge(tuned, case.subject, world, now)
