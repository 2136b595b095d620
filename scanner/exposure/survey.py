"""The exposure of a whole saved inventory, as lines that programs read: endpoints, firewalls on nothing, gaps."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scanner.exposure.asking import missing_in
from scanner.exposure.breadth import Breadth
from scanner.exposure.exposures import Exposures, has_ways, reads_of
from scanner.exposure.openings import Opening, openings
from scanner.exposure.walking import either
from scanner.inventory import End, Gap, Header, Listing, gap_fields, read, scope_fields
from scanner.models.endpoint import Endpoint
from scanner.models.network import Firewall
from scanner.models.resource import GLOBAL, Cloud, Code, Resource, Scope, UnreadError

Covers = Callable[[Scope], bool]
"""Whether what stands in a scope is looked at."""


@dataclass(frozen=True, slots=True)
class Exposed:
    """One endpoint, or one firewall that is on no endpoint, and what the internet can reach, or could.

    `attached` of a firewall is None where it is not known whether it is on anything. `unread` says why nothing is
    known of it.
    """

    of: Endpoint | Firewall
    rule_level: tuple[Opening, ...] = ()
    effective: tuple[Opening, ...] = ()
    owner: str | None = None
    addresses: tuple[str, ...] = ()
    attached: bool | None = True
    unread: str = ""

    @property
    def unresolved(self) -> bool:
        """Whether something that was not read decides."""
        openings_ = self.effective if isinstance(self.of, Endpoint) else self.rule_level
        return bool(self.unread) or any(one.breadth is Breadth.UNRESOLVED for one in openings_)

    def as_json(self) -> dict[str, Any]:
        """The object of one line."""
        common = {**scope_fields(self.of.scope), "name": self.of.name}
        level = [one.as_json() for one in self.rule_level]
        extra = {"unread": self.unread} if self.unread else {}
        if isinstance(self.of, Firewall):
            firewall = {"firewall": self.of.canonical_id, "attached": self.attached}
            return {"type": "firewall", **common, **firewall, "rule_level": level, **extra}
        return {
            "type": "exposure",
            **common,
            "endpoint": self.of.canonical_id,
            "owner": self.owner,
            "addresses": list(self.addresses),
            "effective": [one.as_json() for one in self.effective],
            "rule_level": level,
            **extra,
        }


@dataclass(slots=True)
class Survey:
    """Everything that chains are built from, of one inventory. `waiting`: firewalls that are on no endpoint."""

    exposures: Exposures = field(default_factory=Exposures)
    waiting: list[Exposed] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    complete: bool = True

    @classmethod
    def of(cls, path: Path) -> "Survey":
        """Read an inventory. Raises InventoryError, OSError."""
        survey, header = cls(), Header()
        kinds = {kind.kind() for kind in Exposures.reads}
        for entry in read(path, only=kinds - {Firewall.kind()}):
            match entry:
                case Header():
                    header = entry
                case Gap():
                    survey.gaps.append(entry)
                case Resource():
                    survey.exposures.add(entry)
                case End():
                    survey.complete = entry.complete
                case Listing():
                    pass
        survey.gaps += _not_collected(header)
        survey.exposures.estate.missing = missing_in(survey.gaps)
        # Firewalls are most of a large account: they are read when all else is there, and only what counts is kept.
        for entry in read(path, only=[Firewall.kind()]):
            if isinstance(entry, Firewall):
                survey.take(entry)
        return survey

    def take(self, firewall: Firewall) -> None:
        """Take a firewall; everything else must have been taken."""
        if firewall.scope.cloud is not Cloud.GCP:
            attached = _attached(self.exposures, firewall)
            if not attached:
                self.waiting.append(_firewall(self.exposures, firewall, attached=attached))
        self.exposures.condense(firewall)

    def exposed(self, covers: Covers = lambda _: True) -> Iterator[Exposed]:
        """Yield every endpoint that counts by itself, then every firewall that is on none."""
        for endpoint in self.exposures.endpoints():
            if covers(endpoint.scope):
                yield _endpoint(self.exposures, endpoint)
        for one in sorted(self._waiting(), key=lambda one: (one.of.scope, one.of.id)):
            if covers(one.of.scope):
                yield one

    def _waiting(self) -> Iterator[Exposed]:
        yield from self.waiting
        # There it hangs on other firewalls what one of them lets in.
        for firewall in self.exposures.estate.all(Firewall):
            if firewall.scope.cloud is Cloud.GCP:
                attached = _attached(self.exposures, firewall)
                if not attached:
                    yield _firewall(self.exposures, firewall, attached=attached)


def lines(exposed: Iterable[Exposed], gaps: Sequence[Gap], *, complete: bool) -> Iterator[Mapping[str, Any]]:
    """Yield the object of each line: endpoints and firewalls, gaps, and the end."""
    counts = {"endpoints": 0, "firewalls": 0, "gaps": len(gaps)}
    for one in exposed:
        counts["endpoints" if isinstance(one.of, Endpoint) else "firewalls"] += 1
        yield one.as_json()
    for gap in gaps:
        yield {"type": "gap", **gap_fields(gap)}
    yield {"type": "end", "complete": complete, "counts": counts}


def exposed_by(exposures: Exposures) -> Iterator[Exposed]:
    """Yield every endpoint that counts by itself, of what rules were given to look across."""
    for endpoint in exposures.endpoints():
        yield _endpoint(exposures, endpoint)


def _not_collected(header: Header) -> Iterator[Gap]:
    for scope in sorted({scope._replace(region=GLOBAL) for scope in header.scopes if has_ways(scope.cloud)}):
        for kind in sorted(one.kind() for one in reads_of(scope.cloud)):
            if kind not in header.kinds:
                text = f"this inventory was collected without kind {kind}"
                yield Gap(scope, kind, Code.NOT_ASKED, text=text)


def _endpoint(exposures: Exposures, endpoint: Endpoint) -> Exposed:
    unread = ""
    effective: tuple[Opening, ...] = ()
    level: tuple[Opening, ...] = ()
    try:
        effective = exposures.effective_openings(endpoint)
        level = exposures.rule_level_openings(endpoint)
    except UnreadError as error:
        unread = str(error)
    return Exposed(
        endpoint,
        level,
        effective,
        owner=endpoint.owner if endpoint.known("owner") else None,
        addresses=exposures.addresses(endpoint) if endpoint.known("addresses") else (),
        unread=unread,
    )


def _firewall(exposures: Exposures, firewall: Firewall, *, attached: bool | None) -> Exposed:
    try:
        level = openings(either(exposures.of_firewall(firewall).exposures))
    except UnreadError as error:
        return Exposed(firewall, attached=attached, unread=str(error))
    return Exposed(firewall, level, attached=attached)


def _attached(exposures: Exposures, firewall: Firewall) -> bool | None:
    try:
        return exposures.carried(firewall)
    except UnreadError:
        return None
