"""Questions that tests ask of an account: `cloud.database("orders").reachable_from("198.51.100.0/24", port=5432).only`.

Every answer says why: a test that fails prints the rules that let packets through, or what could not be read.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from scanner.errors import UserError
from scanner.exposure import Exposures, Reach, openings
from scanner.exposure.asking import missing_in
from scanner.exposure.estate import called
from scanner.exposure.exposures import has_ways, reads_of
from scanner.inventory import Gap, Inventory, load
from scanner.models import kinds
from scanner.models.endpoint import Endpoint
from scanner.models.resource import Code, Resource, UnreadError, Why

_SHOWN: Final = 5


@dataclass(frozen=True, slots=True)
class Answer:
    """Yes or no, and why; in an `assert` it is as good as a bool, and a failure shows the reason."""

    true: bool
    why: str

    def __bool__(self) -> bool:
        return self.true

    def __repr__(self) -> str:
        return f"{'yes' if self.true else 'no'}: {self.why}"


@dataclass(frozen=True, slots=True)
class Reachable:
    """Who can reach one port of one resource. True when somebody among the sources asked about can."""

    name: str
    sources: tuple[str, ...]
    port: int | None
    protocol: str
    reaches: tuple[Reach, ...]

    def __bool__(self) -> bool:
        return self.answer.true

    def __repr__(self) -> str:
        return repr(self.answer)

    @property
    def answer(self) -> Answer:
        """Whether anybody among the sources can. Raises UnreadError where what was not read decides."""
        can = _any(
            self.reaches,
            lambda one: one.reachable(port=self.port, source=self.sources, protocol=self.protocol),
        )
        return Answer(
            true=can, why=self._said("can be reached" if can else "cannot be reached", self.sources)
        )

    @property
    def only(self) -> Answer:
        """Whether somebody among the sources can, and nobody else on the internet. Raises UnreadError."""
        alone = not _any(
            self.reaches,
            lambda one: not one.only_from(self.sources, port=self.port, protocol=self.protocol),
        )
        if alone:
            return self.answer
        others = f"others than {', '.join(self.sources)} reach {self._what}"
        return Answer(true=False, why=f"{others}: {self._openings()}")

    @property
    def _what(self) -> str:
        port = "" if self.port is None else f" {self.port}"
        return f"{self.protocol}{port} of {self.name}"

    def _said(self, verb: str, sources: Iterable[str]) -> str:
        return f"{self._what} {verb} from {', '.join(sources)}: {self._openings()}"

    def _openings(self) -> str:
        found = [
            f"{', '.join(one.sources.cidrs()[:_SHOWN])} by {', '.join(one.via) or 'nothing in between'}"
            for reach in self.reaches
            for one in openings(reach.exposure, (self.protocol,))
            if self.port is None or one.ports[0] <= self.port <= one.ports[1]
        ]
        return "; ".join(found) or "it is open to nobody on the internet"


def _any(reaches: Iterable[Reach], ask: Callable[[Reach], bool]) -> bool:
    """Kleene's or over endpoints: one that is sure decides, whatever is unread of the others."""
    first: UnreadError | None = None
    for reach in reaches:
        try:
            if ask(reach):
                return True
        except UnreadError as error:
            first = first or error
    if first is not None:
        raise first
    return False


class Asked:
    """One resource. Its facts are attributes; one that was not read raises UnreadError."""

    def __init__(self, resource: Resource, cloud: "Cloud") -> None:
        self.resource = resource
        self._cloud = cloud

    def __getattr__(self, name: str) -> Any:
        return getattr(self.resource, name)

    def __repr__(self) -> str:
        return f"{self.resource.title} {self.resource.name or self.resource.id}"

    def reachable_from(self, *sources: str, port: int | None = None, protocol: str = "tcp") -> Reachable:
        """Ask who of these addresses or blocks can reach a port. Raises UnreadError, and ValueError for bad words."""
        if not sources:
            raise ValueError("say from where: an address, or a block such as 198.51.100.0/24")
        reaches = self._cloud.reaches(self.resource)
        return Reachable(repr(self), sources, port, protocol, reaches)


class Cloud:
    """What was read of some accounts, found by kind and name: `database`, `bucket`, `load_balancer` and so on."""

    def __init__(self, inventory: Inventory) -> None:
        self.inventory = inventory
        gaps = [*inventory.gaps, *_not_collected(inventory)]
        self._missing = missing_in(gaps)
        self.exposures = Exposures(self._missing)
        self._by_kind: dict[str, list[Resource]] = defaultdict(list)
        for resource in inventory.resources:
            self._by_kind[resource.kind()].append(resource)
            self.exposures.add(resource)

    @classmethod
    def of(cls, path: Path) -> "Cloud":
        """Read a saved inventory. Raises InventoryError, OSError."""
        return cls(load(path))

    def __getattr__(self, name: str) -> Callable[[str], Asked]:
        kind = _methods().get(name)
        if kind is None:
            raise AttributeError(f"{name}: no such kind; there are {', '.join(sorted(_methods()))}")
        return lambda of: self.find(kind, of)

    def every(self, kind: str) -> Iterator[Asked]:
        """Yield every resource of a kind (`Database`), then raise UnreadError when not all were read."""
        known = self._kind(kind)
        for resource in self._by_kind[known]:
            yield Asked(resource, self)
        for scope in self.inventory.header.scopes:
            missing = self._missing(known, scope)
            if missing is not None:
                raise missing

    def find(self, kind: str, name: str) -> Asked:
        """Return the resource of this name, id, or end of an id. Raises UserError for none or several, UnreadError."""
        known = self._kind(kind)
        found = [one for one in self._by_kind[known] if name in _names(one)]
        exact = [one for one in found if one.id == name]
        if len(exact or found) == 1:
            return Asked((exact or found)[0], self)
        if found:
            raise UserError(f"{name}: {len(found)} of kind {known}: {', '.join(one.id for one in found)}")
        for scope in self.inventory.header.scopes:
            missing = self._missing(known, scope)
            if missing is not None:
                raise missing
        there = ", ".join(sorted(one.name or one.id for one in self._by_kind[known])[:_SHOWN])
        raise UserError(f"{name}: no {known} has this name or id; there is {there or 'none at all'}")

    def reaches(self, resource: Resource) -> tuple[Reach, ...]:
        """Return what can be reached of each endpoint of a resource. Raises UnreadError when these are not known."""
        known = {*called(resource), resource.canonical_id, resource.id}
        members = _known(resource, "members") or ()
        names = {*known, *members}
        endpoints = [
            endpoint
            for endpoint in self.exposures.estate.all(Endpoint)
            if endpoint.id in names or endpoint.canonical_id in names or _owner(endpoint) in names
        ]
        if not endpoints:
            missing = self._missing(Endpoint.kind(), resource.scope)
            if missing is not None:
                raise missing
            if _known(resource, "public"):
                why = Why(code=Code.UNAVAILABLE, text="it is public, and no endpoint of it was read")
                raise UnreadError(f"the endpoint of {resource.id}", why)
        return tuple(Reach(one, self.exposures.of(one), self.exposures) for one in endpoints)

    @staticmethod
    def _kind(kind: str) -> str:
        if kind not in kinds():
            raise UserError(f"{kind}: no such kind; there are {', '.join(kinds())}")
        return kind


def _known(resource: Resource, fact: str) -> Any:
    """Return a fact that only some kinds have; None where it is not known."""
    return getattr(resource, fact) if resource.known(fact) else None


def _owner(endpoint: Endpoint) -> str | None:
    return endpoint.owner if endpoint.known("owner") else None


def _names(resource: Resource) -> set[str]:
    id_ = resource.id
    return {resource.name, id_, id_.rpartition("/")[2], id_.rpartition(":")[2]} - {""}


def _methods() -> Mapping[str, str]:
    """Return the kinds by the words with which tests ask for one: `load_balancer`."""
    return {re.sub(r"(?<!^)(?=[A-Z])", "_", kind).lower(): kind for kind in kinds()}


def _not_collected(inventory: Inventory) -> Iterator[Gap]:
    """A kind that ways are made of, and that this inventory was never asked for, is a gap."""
    header = inventory.header
    for scope in header.scopes:
        for kind in reads_of(scope.cloud) if has_ways(scope.cloud) else ():
            if kind.kind() not in header.kinds:
                text = f"this inventory was collected without kind {kind.kind()}"
                yield Gap(scope, kind.kind(), Code.NOT_ASKED, text=text)
