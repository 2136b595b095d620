"""What a rule is: one function from one resource to problems, with its manual page and its examples beside it."""

import inspect
import types
import typing
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Any, ClassVar, Final, Generic, Protocol, TypeVar

from scanner.frameworks import Control
from scanner.models.resource import (
    IDENTITY,
    NOTHING_TO_READ,
    Cloud,
    Code,
    Facts,
    Resource,
    Scope,
    UnreadError,
    Why,
)

K = TypeVar("K", bound=Resource)
T = TypeVar("T")
U = TypeVar("U")


class Severity(StrEnum):
    """How bad a finding is; ordered from the mildest to the worst."""

    INFO = "info"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """0 for info to 4 for critical."""
        return _RANKS[self]


_RANKS: Final = {severity: rank for rank, severity in enumerate(Severity)}

#: The instant at which examples run; a scan fills `now` with the time at which the scope was read.
NOW: Final = datetime(2026, 1, 15, 12, 0, tzinfo=UTC)

NOTHING_TO_FIX: Final = "nothing to fix: this cloud does not let it happen"


@dataclass(frozen=True, slots=True)
class Problem:
    """One observed fact that is wrong. `severity` may lower the rule's own, never raise it."""

    text: str
    severity: Severity | None = None


Problems = Iterator[str | Problem]


class Others(Generic[K]):
    """The resources of one kind that a rule looks across.

    Iterating yields all that were read and then raises `UnreadError` when the listing was not whole.
    """

    def __init__(self, items: Sequence[K] = (), missing: UnreadError | None = None) -> None:
        self._items = items
        self._missing = missing
        self._by_id: dict[str, K] | None = None
        self._by_field: dict[str, tuple[dict[Any, list[K]], UnreadError | None]] = {}

    def __iter__(self) -> Iterator[K]:
        yield from self._items
        if self._missing is not None:
            raise self._missing

    def get(self, id: str) -> K | None:
        """Return the resource with this id; None when there is none; raise UnreadError when that is not known."""
        if self._by_id is None:
            self._by_id = {item.canonical_id: item for item in self._items}
        found = self._by_id.get(id) or self._by_id.get(id.lower())
        if found is None and self._missing is not None:
            raise self._missing
        return found

    def where(self, field: str, value: object) -> Iterator[K]:
        """Yield those whose `field` has this value; then raise UnreadError when there may be more of them."""
        if field not in self._by_field:
            self._by_field[field] = self._indexed(field)
        index, unread = self._by_field[field]
        yield from index.get(value, ())
        missing = unread or self._missing
        if missing is not None:
            raise missing

    def _indexed(self, field: str) -> tuple[dict[Any, list[K]], UnreadError | None]:
        index: dict[Any, list[K]] = {}
        first: UnreadError | None = None
        for item in self._items:
            try:
                index.setdefault(getattr(item, field), []).append(item)
            except UnreadError as unread:
                if unread.why.code not in NOTHING_TO_READ:
                    first = first or unread
        return index, first


class InRegion(Others[K]):
    """Resources of a kind in the subject's account and region."""


class InAccount(Others[K]):
    """Resources of a kind in the subject's account, in every region."""


class View(Protocol):
    """What is worked out across many kinds, once for all rules; a rule asks for one by its class.

    It is made with what says why a listing was not whole (for a kind, and the scope of whoever asks), and is given
    every resource of the kinds in `reads`.
    """

    reads: ClassVar[Mapping[type[Resource], frozenset[str]]]

    def __init__(self, missing: Callable[[str, Scope], UnreadError | None]) -> None:
        """Make an empty one."""

    def add(self, resource: Resource, /) -> None:
        """Take a resource."""


@dataclass(frozen=True, slots=True)
class Option:
    """What a keyword-only parameter means, in `Annotated[int, Option("days ...", at_least=1)]`."""

    text: str
    at_least: float | None = None
    at_most: float | None = None
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """An example that needs more than its subject: what the rule looks across."""

    subject: Resource
    others: Sequence[Resource] = ()


@dataclass(frozen=True, slots=True)
class Across:
    """One parameter by which a rule looks across a kind."""

    parameter: str
    kind: type[Resource]
    within: type[InRegion[Any]] | type[InAccount[Any]]


@dataclass(frozen=True, slots=True)
class Parameter:
    """One option of a rule: its type, its default and what it means."""

    name: str
    type: Any
    default: Any
    option: Option | None = None


@dataclass(frozen=True)
class Rule:
    """A rule as the engine, the reports and the manual read it. Made by `@rule`, called like the function."""

    id: str
    severity: Severity
    check: Callable[..., Problems]
    passes: Mapping[str, Case]
    fails: Mapping[str, Case]
    fix: Mapping[Cloud, str]
    controls: tuple[Control, ...] = ()
    applies: Callable[[Any], bool] | None = None
    revision: int = 1
    formerly: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    pack: str = field(default="", compare=False)

    def __call__(self, *args: Any, **options: Any) -> Problems:
        """Run the rule's function."""
        return self.check(*args, **options)

    @cached_property
    def signature(self) -> "Signature":
        """What the function's signature says that it needs."""
        return read_signature(self.check)

    @property
    def folder(self) -> str:
        """The folder that its file lies in: `storage`; its pack's name for a file beside no folder."""
        package = self.check.__module__.split(".")[1:-1]
        return package[-1] if package else self.pack

    @property
    def subject(self) -> type[Resource]:
        """The kind that the rule judges; `Resource` where there are several."""
        return self.subjects[0] if len(self.subjects) == 1 else Resource

    @property
    def subjects(self) -> tuple[type[Resource], ...]:
        """Every kind that the rule judges."""
        return self.signature.subjects

    @cached_property
    def doc(self) -> str:
        """The manual page: the docstring without its indentation."""
        return inspect.getdoc(self.check) or ""

    @cached_property
    def title(self) -> str:
        """The first line of the docstring, without its full stop."""
        return self.doc.partition("\n")[0].rstrip(".")

    @cached_property
    def reason(self) -> str:
        """The docstring below its first line: why it matters."""
        return self.doc.partition("\n")[2].strip()

    @cached_property
    def identity(self) -> str:
        """The id that fingerprints are made from: the oldest, so that a renamed rule keeps its findings."""
        return self.formerly[0] if self.formerly else self.id

    @cached_property
    def needs(self) -> Mapping[type[Resource], frozenset[str]]:
        """Kind to the fields that the rule reads: the fields that its examples set, and what its views read."""
        fields: dict[type[Resource], set[str]] = {kind: set() for kind in self.signature.kinds}
        for kind in self.subjects:
            fields.setdefault(kind, set())
        for case in (*self.passes.values(), *self.fails.values()):
            for resource in (case.subject, *case.others):
                names = resource.model_fields_set | resource.unread.keys()
                fields.setdefault(type(resource), set()).update(names - IDENTITY)
        for view in self.signature.views.values():
            for kind, read in view.reads.items():
                fields[kind] |= read
        return {kind: frozenset(names) for kind, names in fields.items()}

    def controls_of(self, cloud: Cloud) -> tuple[Control, ...]:
        """Return the controls that this cloud's verdicts count for."""
        return tuple(control for control in self.controls if control.cloud in (None, cloud.value))


@dataclass(frozen=True, slots=True)
class Signature:
    """A rule's parameters by what they mean; `subjects` are the kinds of the first."""

    subjects: tuple[type[Resource], ...]
    across: tuple[Across, ...]
    now: bool
    options: Mapping[str, Parameter]
    views: Mapping[str, type[View]]

    @property
    def kinds(self) -> frozenset[type[Resource]]:
        """The kinds that the rule looks across."""
        return frozenset(across.kind for across in self.across).union(
            *(view.reads for view in self.views.values())
        )


def read_signature(check: Callable[..., Any]) -> Signature:
    """Read a rule's needs from its signature. Raises TypeError that names the parameter."""
    hints = typing.get_type_hints(check, include_extras=True)
    parameters = list(inspect.signature(check).parameters.values())
    first = hints.get(parameters[0].name) if parameters else None
    subjects = typing.get_args(first) if isinstance(first, types.UnionType) else (first,)
    if not all(_is_kind(one) for one in subjects):
        raise TypeError(
            f"{check.__name__}: the first parameter must be typed as a kind, or as several: `bucket: Bucket`"
        )
    across, now, options, views = [], False, {}, {}
    for parameter in parameters[1:]:
        hint = hints.get(parameter.name)
        origin = typing.get_origin(hint)
        if parameter.kind is parameter.KEYWORD_ONLY:
            options[parameter.name] = _option(check, parameter, hint)
        elif origin in (InRegion, InAccount) and _is_kind(typing.get_args(hint)[0]):
            across.append(Across(parameter.name, typing.get_args(hint)[0], origin))
        elif parameter.name == "now" and hint is datetime:
            now = True
        elif isinstance(hint, type) and hasattr(hint, "reads"):
            views[parameter.name] = hint
        else:
            raise TypeError(
                f"{check.__name__}: parameter `{parameter.name}` must be InRegion[Kind], InAccount[Kind], "
                "Exposures, `now: datetime`, or an option behind `*`"
            )
    return Signature(
        subjects,
        tuple(across),
        now,
        types.MappingProxyType(options),
        types.MappingProxyType(views),
    )


def _is_kind(hint: object) -> bool:
    return isinstance(hint, type) and issubclass(hint, Resource)


def _option(check: Callable[..., Any], parameter: inspect.Parameter, hint: Any) -> Parameter:
    if parameter.default is parameter.empty:
        raise TypeError(f"{check.__name__}: option `{parameter.name}` needs a default")
    notes = typing.get_args(hint)[1:] if typing.get_origin(hint) is Annotated else ()
    plain = typing.get_args(hint)[0] if notes else hint
    note = next((note for note in notes if isinstance(note, Option)), None)
    return Parameter(parameter.name, plain, parameter.default, note)


Example = Resource | Case


def rule(
    id: str,
    *,
    severity: Severity,
    passes: Mapping[str, Example],
    fails: Mapping[str, Example],
    fix: Mapping[Cloud, str],
    controls: Sequence[Control] = (),
    applies: Callable[[Any], bool] | None = None,
    revision: int = 1,
    formerly: Sequence[str] = (),
    references: Sequence[str] = (),
) -> Callable[[Callable[..., Problems]], Rule]:
    """Turn a function from one resource to problems into a rule.

    `passes` and `fails` map a caption to an example: they are its tests, its documentation, and they say what
    it reads. `applies` false means no verdict. `formerly` lists older ids, the oldest first. Raises TypeError
    for a signature that says something unknown.
    """

    def made(check: Callable[..., Problems]) -> Rule:
        read_signature(check)
        return Rule(
            id=id,
            severity=severity,
            check=check,
            passes=_cases(passes),
            fails=_cases(fails),
            fix=types.MappingProxyType(dict(fix)),
            controls=tuple(controls),
            applies=applies,
            revision=revision,
            formerly=tuple(formerly),
            references=tuple(references),
        )

    return made


def _cases(examples: Mapping[str, Example]) -> Mapping[str, Case]:
    cases = {caption: ex if isinstance(ex, Case) else Case(ex) for caption, ex in examples.items()}
    return types.MappingProxyType(cases)


def each(items: Iterable[T], check: Callable[[T], Iterable[U]]) -> Iterator[U]:
    """Judge every item, yield what comes of it, and raise the first UnreadError only when all were looked at."""
    first: UnreadError | None = None
    iterator = iter(items)
    while True:
        try:
            item = next(iterator)
        except StopIteration:
            break
        except UnreadError as unread:
            first = first or unread
            break
        try:
            yield from check(item)
        except UnreadError as unread:
            first = first or unread
    if first is not None:
        raise first


def any_of(*facts: Callable[[], bool]) -> bool:
    """Kleene's or: true when one is true, whatever is unread; else the first UnreadError, if any."""
    return not all_of(*(_negated(fact) for fact in facts))


def all_of(*facts: Callable[[], bool]) -> bool:
    """Kleene's and: false when one is false, whatever is unread; else the first UnreadError, if any."""
    first: UnreadError | None = None
    for fact in facts:
        try:
            if not fact():
                return False
        except UnreadError as unread:
            first = first or unread
    if first is not None:
        raise first
    return True


def _negated(fact: Callable[[], bool]) -> Callable[[], bool]:
    return lambda: not fact()


def unknown_value(facts: Facts, field_name: str, value: object) -> UnreadError:
    """Build the error for a value that a rule does not know: malformed to it, never a pass."""
    why = Why(code=Code.MALFORMED, text=f"{value!r} is not a value that this version knows")
    return UnreadError(f"{type(facts).__name__}.{field_name}", why)
