"""What every kind shares: identity, scope, and facts that are known, absent or unread.

A fact that was not read is never a value. Its field is taken out of the object, so that reading it raises
`UnreadError`, and `unread[field]` says why. `None` keeps its honest meaning: it was looked at, and there is none.
"""

import enum
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, Final, NamedTuple, Self

from pydantic import BaseModel, ConfigDict, Field


class Cloud(enum.StrEnum):
    """Where an account lives. The value is the word used on the command line and in every output."""

    AWS = "aws"
    GCP = "gcp"
    AZURE = "azure"
    PROBE = "probe"
    """No cloud: what a vantage point sees of machines from outside. Its account is the vantage point's name."""
    HOST = "host"
    """No cloud: what machines say of themselves. Its account is the name of the place from which they are asked."""


GLOBAL: Final = "global"


class Scope(NamedTuple):
    """One region of one account of one cloud; what is global has the region `global`."""

    cloud: Cloud
    account: str
    region: str = GLOBAL

    def __str__(self) -> str:
        return f"{self.cloud}:{self.account}/{self.region}"


EXAMPLE: Final = Scope(Cloud.AWS, "000000000000", "example-1")


class Code(enum.StrEnum):
    """Why a fact is unread. The last two are answers: there is nothing that could be read."""

    DENIED = "denied"
    THROTTLED = "throttled"
    UNAVAILABLE = "unavailable"
    MALFORMED = "malformed"
    NOT_ASKED = "not_asked"
    LACKING = "lacking"
    NOT_APPLICABLE = "not_applicable"


NOTHING_TO_READ: Final = frozenset({Code.LACKING, Code.NOT_APPLICABLE})


class Why(BaseModel):
    """Why one field is unread: the code, the permission that would help, the call and the cloud's own words."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: Code
    permission: str = ""
    call: str = ""
    text: str = ""

    def __str__(self) -> str:
        said = ": ".join(part for part in (self.permission or self.call, self.text) if part)
        return said or self.code.replace("_", " ")


NOT_ASKED: Final = Why(code=Code.NOT_ASKED, text="no selected rule asked for it")
NO_CODE: Final = Why(code=Code.NOT_APPLICABLE, text="no code was given: --iac DIR --state FILE")


class UnreadError(LookupError):
    """A fact that a rule needs was not read.

    It is a LookupError and not an AttributeError, so that `getattr(x, "field", default)` cannot hide it.
    """

    def __init__(self, field: str, why: Why) -> None:
        super().__init__(f"{field}: {why}")
        self.field = field
        self.why = why

    def __reduce__(self) -> tuple[type[Self], tuple[str, Why]]:
        return type(self), (self.field, self.why)


class _Unread(enum.Enum):
    """The mark of a fact that was not read; an enum member survives copies and pickles as itself."""

    UNREAD = "unread"

    def __repr__(self) -> str:
        return "UNREAD"


# Any: to the type checker a field keeps its plain type, and rule code stays plain.
UNREAD: Final[Any] = _Unread.UNREAD


class Facts(BaseModel):
    """A frozen group of facts, every one of them UNREAD until somebody sets it.

    `unread` maps a field to why it is not there; a field that nobody asked for has the code `not_asked`.
    Raises `UnreadError` when such a field is read.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", protected_namespaces=())

    unread: Mapping[str, Why] = Field(default_factory=dict, repr=False)

    _alike: ClassVar[set[str]] = set()

    def model_post_init(self, _context: object, /) -> None:
        """Take the fields that nobody set out of the object, so that reading one raises."""
        facts = self.__dict__
        fields_set = self.__pydantic_fields_set__
        if len(facts) != len(fields_set) + ("unread" not in fields_set):
            for field in [field for field, value in facts.items() if value is UNREAD]:
                del facts[field]
                fields_set.discard(field)
        # Of one kind the same fields are mostly set: their names are kept once, for a set is half of a small object.
        cls = type(self)
        if fields_set == cls._alike:
            object.__setattr__(self, "__pydantic_fields_set__", cls._alike)
        else:
            cls._alike = fields_set

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            if name in type(self).__pydantic_fields__:
                raise UnreadError(f"{type(self).__name__}.{name}", self.why(name))
            return super().__getattr__(name)

    def why(self, field: str) -> Why:
        """Why `field` is unread (`not_asked` when nothing was noted)."""
        unread: Mapping[str, Why] = self.__dict__.get("unread", {})
        return unread.get(field, NOT_ASKED)

    def known(self, field: str) -> bool:
        """Tell whether `field` was read. For reports and mapping; a rule just reads the field."""
        return field in self.__dict__


class Resource(Facts):
    """One instance of a kind in the scope of its owner. Equal when kind and id are equal."""

    #: The words of reports: singular name of the kind for people ("load balancer").
    title: ClassVar[str] = "resource"

    id: str = "example"
    name: str = ""
    scope: Scope = EXAMPLE
    tags: Mapping[str, str] = UNREAD
    """Labels that the owner gave, name to value."""
    managed_by: str | None = UNREAD
    """The code that owns it (`terraform ADDRESS`, `cloudformation STACK/ID`); None: none of the code that was given
    does. Said by `--iac` and `--state` before judging, and by no cloud; without them there is nothing to judge."""

    @classmethod
    def kind(cls) -> str:
        """The name of the kind: the class's own name."""
        return cls.__name__

    @classmethod
    def fact_fields(cls) -> tuple[str, ...]:
        """Fields that a source fills: everything but identity."""
        return tuple(name for name in cls.model_fields if name not in IDENTITY)

    def why(self, field: str) -> Why:
        """Why `field` is unread. Without `--iac` there is nothing to know about who owns it, and so no verdict."""
        why = super().why(field)
        return NO_CODE if field == "managed_by" and why is NOT_ASKED else why

    @property
    def canonical_id(self) -> str:
        """The id for comparing and hashing: Azure's ids are equal whatever their case."""
        return self.id.lower() if self.scope.cloud is Cloud.AZURE else self.id

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Resource):
            return NotImplemented
        return self.kind() == other.kind() and self.canonical_id == other.canonical_id

    def __hash__(self) -> int:
        return hash((self.kind(), self.canonical_id))


IDENTITY: Final = frozenset({"id", "name", "scope", "unread", "managed_by"})
"""Fields that no source fills from a fact of the cloud."""


def read_at(value: datetime) -> str:
    """A time as every file writes it: UTC, whole seconds, `Z`."""
    return value.strftime("%Y-%m-%dT%H:%M:%SZ")
