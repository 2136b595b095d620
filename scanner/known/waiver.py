"""Waivers: findings, UNKNOWNs and gaps that somebody accepts, why, who, and until which day."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PrivateAttr, model_validator

from scanner.inventory import ANY_KIND, Gap
from scanner.known.patterns import is_open, matches
from scanner.models.resource import Cloud, Scope


def _line(text: str) -> str:
    if not text.strip() or not text.isprintable():
        raise ValueError("must be one printable line that is not empty")
    return text.strip()


Line = Annotated[str, AfterValidator(_line)]
"""One printable line."""


class Terms(BaseModel):
    """What every waiver says: where it holds, the reason, the owner, the last day on which it holds (UTC)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    reason: Line
    owner: Line
    until: date
    provider: Cloud | None = None
    account: Line = "*"
    region: Line = "*"
    ou: Line | None = None
    approved_by: Line | None = None
    ticket: Line | None = None

    _place: str = PrivateAttr(default="")

    @property
    def place(self) -> str:
        """Where it is written: `file:line`."""
        return self._place

    def placed(self, place: str) -> None:
        """Note where it is written; called once, by the reader of the file."""
        self._place = place

    def expired(self, today: date) -> bool:
        """Tell whether its last day is over."""
        return self.until < today

    @property
    def broad(self) -> bool:
        """Whether it accepts whatever comes."""
        raise NotImplementedError

    @property
    def subject(self) -> str:
        """What it accepts, in a few words."""
        raise NotImplementedError

    def covers(self, scope: Scope, units: "Units") -> bool:
        """Tell whether it holds in a scope. An `ou` holds in the accounts that the file lists under its name."""
        return (
            (self.provider is None or self.provider is scope.cloud)
            and matches(self.account, scope.account)
            and matches(self.region, scope.region)
            and (self.ou is None or units.has(self.ou, scope))
        )


class Waiver(Terms):
    """`[[waiver]]`: accepted findings. `rule` and `resource` are patterns, `tags` must all be on the resource."""

    rule: Line = "*"
    resource: Line = "*"
    fingerprint: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")] | None = None
    tags: Mapping[str, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _says_what(self) -> "Waiver":
        if self.fingerprint is None and not self.model_fields_set & {"rule"}:
            raise ValueError("says neither `rule` nor `fingerprint`: what is accepted?")
        return self

    @property
    def broad(self) -> bool:
        """Whether it hides whatever comes: any rule, or any resource."""
        if self.fingerprint:
            return False
        return is_open(self.rule) or (is_open(self.resource) and not self.tags)

    @property
    def subject(self) -> str:
        """What it accepts, in a few words."""
        if self.fingerprint:
            return self.fingerprint
        tags = [f"tag {key}={value}" for key, value in self.tags.items()]
        return " ".join([self.rule, "on", self.resource, *tags])


class AcceptedGap(Terms):
    """`[[gap]]`: listings and facts that may stay unread. `kind`, `permission`, `rule`, `resource` are patterns."""

    kind: Line = "*"
    permission: Line = "*"
    rule: Line = "*"
    resource: Line = "*"

    @property
    def broad(self) -> bool:
        """Whether it accepts whatever could not be read."""
        return all(is_open(pattern) for pattern in (self.kind, self.permission, self.rule, self.resource))

    @property
    def subject(self) -> str:
        """What it accepts, in a few words."""
        said = {
            "kind": self.kind,
            "permission": self.permission,
            "rule": self.rule,
            "resource": self.resource,
        }
        return "unread " + (" ".join(f"{k} {v}" for k, v in said.items() if not is_open(v)) or "anything")

    def accepts(self, gap: Gap, units: "Units") -> bool:
        """Tell whether it accepts a listing that was not whole. A gap over a whole scope needs `kind` left open."""
        return (
            self.covers(gap.scope, units)
            and is_open(self.rule)
            and is_open(self.resource)
            and (is_open(self.kind) if gap.kind == ANY_KIND else matches(self.kind, gap.kind))
            and matches(self.permission, gap.permission)
        )


class Units:
    """The `[ou]` table: a name to the accounts in it, each as `111122223333`, `gcp:my-project` or a pattern."""

    def __init__(self, accounts: Mapping[str, tuple[str, ...]] | None = None) -> None:
        self.accounts = dict(accounts or {})

    def has(self, name: str, scope: Scope) -> bool:
        """Tell whether an account is in a unit."""
        both = (scope.account, f"{scope.cloud}:{scope.account}")
        return any(matches(entry, one) for entry in self.accounts.get(name, ()) for one in both)


class WaiverFile(BaseModel):
    """The whole file: `[[waiver]]` and `[[gap]]` tables, and `[ou]` with lists of accounts."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    waiver: tuple[Waiver, ...] = ()
    gap: tuple[AcceptedGap, ...] = ()
    ou: Mapping[str, tuple[Line, ...]] = Field(default_factory=dict)

    @property
    def units(self) -> Units:
        """The accounts by unit."""
        return Units(self.ou)

    @property
    def tag_names(self) -> frozenset[str]:
        """Every tag that some waiver asks for."""
        return frozenset(name for one in self.waiver for name in one.tags)

    @property
    def all(self) -> tuple[Terms, ...]:
        """Every waiver of the file, those for findings first."""
        return (*self.waiver, *self.gap)
