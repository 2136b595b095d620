"""A rule's examples as test cases, and what a rule really reads: for our own pack and for users' packs alike."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from scanner.engine import Outcome, Verdict, run_case
from scanner.models.resource import IDENTITY, Facts, Resource
from scanner.models.watch import watch
from scanner.rule import Case, Rule


@dataclass(frozen=True, slots=True)
class Example:
    """One example of one rule: its caption, its case, and the outcome that it must have."""

    rule: Rule
    caption: str
    case: Case
    outcome: Outcome

    @property
    def id(self) -> str:
        """The test id: rule, outcome and caption."""
        return f"{self.rule.id}[{self.outcome}: {self.caption}]"

    def problem(self) -> str | None:
        """Return what is wrong with the rule or the example; None when the outcome is the right one."""
        verdict = run_case(self.rule, self.case)
        if verdict is None:
            return "the rule does not apply to this example"
        if verdict.outcome is self.outcome:
            return None
        return f"expected {self.outcome}, got {verdict.outcome}: {_said(verdict)}"


def _said(verdict: Verdict) -> str:
    unread = [f"{fact.field}: {fact.why}" for fact in verdict.unread]
    return "; ".join((*verdict.messages, *unread)) or "no message"


def examples(rule: Rule) -> Iterator[Example]:
    """Yield the passing examples, then the failing ones."""
    for caption, case in rule.passes.items():
        yield Example(rule, caption, case, Outcome.PASS)
    for caption, case in rule.fails.items():
        yield Example(rule, caption, case, Outcome.FAIL)


def fields_read(rule: Rule) -> frozenset[str]:
    """`Kind.field` for every fact that is read when all examples run, nested ones as `Kind.field.inner`."""
    read: set[str] = set()

    def seen(resource: Resource, path: str, _value: Any) -> None:
        if path.partition(".")[0] not in IDENTITY:
            read.add(f"{resource.kind()}.{path}")

    for example in examples(rule):
        subject = watch(example.case.subject, seen)
        others = [watch(other, seen) for other in example.case.others]
        run_case(rule, Case(subject, others))
    return frozenset(read)


def fields_set(rule: Rule) -> frozenset[str]:
    """`Kind.field` for every fact that an example sets, nested ones as `Kind.field.inner`."""
    return frozenset(
        f"{resource.kind()}.{path}"
        for example in examples(rule)
        for resource in (example.case.subject, *example.case.others)
        for path in _paths(resource)
        if path.partition(".")[0] not in IDENTITY
    )


def _paths(value: Any, path: str = "") -> Iterator[str]:
    """Yield the dotted path of every field that is set below `value`, including those that say why they are unread."""
    if isinstance(value, Facts):
        for name in value.model_fields_set - {"unread"}:
            inner = f"{path}.{name}" if path else name
            yield inner
            yield from _paths(getattr(value, name), inner)
        yield from (f"{path}.{name}" if path else name for name in value.unread)
    elif type(value) is tuple:
        for item in value:
            yield from _paths(item, path)
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _paths(item, path)


def style_problems(rule: Rule, clouds: Mapping[str, Any] | None = None) -> list[str]:
    """Return what is wrong with a rule's house style, in words; empty when nothing is.

    `clouds` maps a cloud to anything true when one of its sources fills the rule's kind: the rule must then say a
    fix for it.
    """
    file = rule.check.__code__.co_filename.replace("\\", "/").rpartition("/")[2].removesuffix(".py")
    problems = []
    if file.replace("_", "-") != rule.id:
        problems.append(f"the file is called {file}.py, the rule {rule.id}")
    if not rule.passes or not rule.fails:
        problems.append("it needs at least one example under `passes` and one under `fails`")
    if len(rule.reason) < 40:  # noqa: PLR2004 - less is no reason
        problems.append("the docstring lacks the reason: say below its first line why it matters")
    if not rule.title or len(rule.title) > 90:  # noqa: PLR2004 - what fits a line of a report
        problems.append("the docstring's first line is the title: one sentence of at most 90 characters")
    problems += [
        f"no fix for {cloud}" for cloud, has in (clouds or {}).items() if has and cloud not in rule.fix
    ]
    read, set_ = fields_read(rule), fields_set(rule)
    problems += [f"{path} is set by an example but never read" for path in sorted(set_ - read)]
    problems += [f"{path} is read but no example sets it" for path in sorted(read - set_)]
    problems += [f"example {example.id}: {said}" for example in examples(rule) if (said := example.problem())]
    return problems
