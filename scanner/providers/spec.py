"""What a provider is made of: declared calls, and sources that fill one kind from their answers. Data only."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final, Literal, Protocol

from scanner.errors import UserError
from scanner.models.resource import Cloud, Code, Resource, Scope

Raw = Mapping[str, Any]
"""One item of an answer, in the cloud's own field names."""

Read = str | Callable[[Any], object]
"""How one field is read from a raw answer: a dotted path (`?` at its end: None when absent), or a pure function."""

PARENT: Final = "^"
"""Key under which an item that was listed under another finds its parent's raw item."""

EACH: Final = "each"
"""Key under which a call that is sent for each of an item's parts finds the part."""

OPEN: Final = object()
"""What a detail's function returns when its answer leaves the fact open: `then` is asked for this item."""


@dataclass(frozen=True, kw_only=True)
class Call:
    """One declared API call. Each provider adds what its client needs to send it.

    `items` is the dotted path to the list in a page ("" when the answer itself is the one item). `given` maps a
    parameter to a template over the item (`{Name}`) and the scope (`{account}`, `{region}`, `{partition}`);
    `params` are constant. `absent` lists the cloud's error codes that mean "there is none"; `unavailable` those
    that mean "this service does not exist or is not in use here". `row` makes an object of an item that is none, as
    where a listing is of bare names. `made` makes the request of the arguments and the time, where one is in it.
    `regional`: who answers depends on the scope's region; else an equal call is sent once for all of them. `at`: the
    path in the item to the region that is asked about it, where that is not the one in which it stands.
    """

    service: str
    operation: str
    items: str = ""
    permission: str = ""
    given: Mapping[str, Any] = field(default_factory=dict)
    params: Mapping[str, Any] = field(default_factory=dict)
    absent: tuple[str, ...] = ()
    not_in_use: tuple[str, ...] = ()
    row: Callable[[Any], Raw] | None = None
    made: Callable[[Mapping[str, Any], datetime], Mapping[str, Any]] | None = None
    regional: bool = True
    at: str = ""

    def prepared(self, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the arguments as they are sent now."""
        return arguments if self.made is None else self.made(arguments, datetime.now(UTC))

    @property
    def name(self) -> str:
        """The call as people write it: `ec2:DescribeVolumes`."""
        return f"{self.service}:{self.operation}"

    def __hash__(self) -> int:
        return id(self)

    def __eq__(self, other: object) -> bool:
        return self is other


@dataclass(frozen=True, slots=True)
class Within:
    """A listing without a call: the items stand inside the parent's raw item."""

    items: Callable[[Raw], Iterable[Raw]]


@dataclass(frozen=True, slots=True)
class Once:
    """A listing without a call: exactly one item per scope (the account, the region's settings)."""


Per = Literal["item", "each", "batch", "scope", "shared"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Detail:
    """A further call that fills fields of an item.

    per="item": one call per item; its function gets the answer (the list of all pages' items when the call has
    `items`). per="shared": the same, and equal calls are sent once. per="scope": one call per scope, and
    per="batch": one for up to `size` items; `join=(key in the answer's item, template over the item)` picks the
    answer's items that belong to an item, and the function gets that list.
    per="each": one call for each part that `over` finds in the item, whose templates find it under `EACH`, and equal
    calls are sent once; the function gets the list of answers. `when` false: the call is not sent, and the fields
    that neither the listing nor another detail fills are not applicable. `with_item`: the function gets (answer,
    item). An absent answer ("there is none") is None. `then` (per="item", with the same fields) is asked for those
    items for which this one's function returned OPEN: one bulk call settles most, a call each the rest.
    `leads`: details that are asked once the answer, or the first row which was joined, stands in the item under the key
    `brings` (None: there was none), where their templates and functions find it; with `key[]`, all of the rows.
    """

    call: Call
    fills: Mapping[str, Callable[..., object]]
    per: Per = "item"
    size: int = 1
    join: tuple[str, str] = ("", "")
    over: Callable[[Raw], Sequence[Any]] | None = None
    when: Callable[[Raw], bool] | None = None
    with_item: bool = False
    then: "Detail | None" = None
    brings: str = ""
    leads: Sequence["Detail"] = ()

    @property
    def calls(self) -> Iterator[Call]:
        """The call, then those that are asked where its answer leaves a fact open, or leads on."""
        return self.calls_for(self.filled)

    def calls_for(self, wanted: frozenset[str]) -> Iterator[Call]:
        """Yield the calls that it takes to fill these fields."""
        if wanted.isdisjoint(self.filled):
            return
        yield self.call
        if self.then is not None:
            yield from self.then.calls_for(wanted)
        for lead in self.leads:
            yield from lead.calls_for(wanted)

    @property
    def filled(self) -> frozenset[str]:
        """Every field that this detail fills, or those to which it leads."""
        return frozenset(self.fills).union(*(lead.filled for lead in self.leads))


@dataclass(frozen=True, kw_only=True, eq=False)
class Source:
    """How one provider fills one kind: what lists it, how a field is read, which calls fill the rest.

    `id` and `name` are templates over the raw item and the scope; `id` may be a function. `region`, `account` are
    paths to where an item stands when that is not the scope of the call. `level` says in which scopes the listing
    is asked: `account` in the scope `global`, `region` in every region. `under`: the listing is asked for (or
    stands within) each item of that source; with `once_for`, a template over the item, for the first only of those for
    which that is the same. `keep` false leaves an item to another source. `lacking`: fields that this cloud does not
    have.
    """

    kind: type[Resource]
    listing: Call | Within | Once
    id: str | Callable[[Raw], str]
    fields: Mapping[str, Read] = field(default_factory=dict)
    name: str = ""
    level: Literal["account", "region"] = "region"
    region: str | Callable[[Raw], str] = ""
    account: str = ""
    under: "Source | None" = None
    once_for: str = ""
    keep: Callable[[Raw], bool] | None = None
    details: Sequence[Detail] = ()
    lacking: tuple[str, ...] = ()
    not_applicable: Callable[[Raw], Iterable[str]] | None = None

    @property
    def found_by(self) -> Call | Within | Once:
        """The listing that its items come from: the parent's, where they stand within it."""
        if isinstance(self.listing, Within) and self.under is not None:
            return self.under.found_by
        return self.listing

    @property
    def filled(self) -> frozenset[str]:
        """Every field that this source can fill."""
        return frozenset(self.fields).union(*(detail.filled for detail in self.details))

    @property
    def calls(self) -> Iterator[Call]:
        """The listing's call, then those of the details."""
        if isinstance(self.listing, Call):
            yield self.listing
        for detail in self.details:
            yield from detail.calls


class CallError(Exception):
    """A call that brought no answer, in our words and in the cloud's.

    `error` is the cloud's error code. `permission` is set when the cloud names what is missing. `again`: the same
    call may succeed later; `after` is how long the cloud asks to wait, in seconds. `fatal`: nothing further can be
    asked with this sign-in (it has expired and could not be renewed).
    """

    def __init__(
        self,
        code: Code,
        error: str,
        text: str = "",
        *,
        permission: str = "",
        again: bool = False,
        after: float | None = None,
        fatal: bool = False,
    ) -> None:
        super().__init__(f"{error}: {text}" if text else error)
        self.code = code
        self.error = error
        self.text = text
        self.permission = permission
        self.again = again
        self.after = after
        self.fatal = fatal


class SignInError(UserError):
    """No working sign-in. The text says what to do; exit code 2."""


@dataclass(frozen=True, slots=True)
class Limit:
    """A token bucket that a cloud keeps: calls per second, and how many may come at once.

    `key` tells buckets apart (account, region and API, as the cloud counts them).
    """

    key: tuple[str, ...]
    rate: float
    burst: float


@dataclass(frozen=True, slots=True)
class Page:
    """One page of an answer, and the token that asks for the next one (None: this was the last).

    `missing`: parts that the cloud says it left out, each as its region ("": not of one region) and why.
    """

    answer: Raw
    next: Any = None
    missing: Sequence[tuple[str, CallError]] = ()


class Session(Protocol):
    """One account's working sign-in. Safe to share between threads."""

    cloud: Cloud
    account: str
    partition: str
    #: Where answers come from: live, recorded, or the name of a bulk inventory service.
    origin: str
    #: The region that is asked when the list of regions cannot be read.
    home: str
    #: Who is signed in, in the cloud's own words (an ARN, an e-mail address).
    identity: str

    def regions(self) -> Sequence[str]:
        """Regions that are enabled for the account, sorted. Raises CallError."""

    def send(self, call: Call, scope: Scope, arguments: Mapping[str, Any], token: Any = None) -> Page:
        """Send the call once, without a retry. Raises CallError."""

    def limit(self, call: Call, scope: Scope) -> Limit:
        """Return the bucket that the cloud counts this call in, as documented (not yet halved)."""


class Provider(Protocol):
    """One cloud: what it can list, how to sign in."""

    cloud: Cloud

    @property
    def sources(self) -> Sequence[Source]:
        """Every source, in a fixed order; importing them loads no SDK."""

    @property
    def session_calls(self) -> Sequence[Call]:
        """Calls that a session itself sends (identity, regions), for permissions and the dry run."""

    def sign_in(self, settings: Any, run: str) -> Sequence[Session]:
        """Sign in to every account that the settings name. `run` goes into the user agent. Raises SignInError."""
