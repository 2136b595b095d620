"""What to ask for the selected rules: kinds and fields in, sources and calls out. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from scanner.models.resource import Resource
from scanner.providers.spec import Call, Detail, Source

Needs = Mapping[type[Resource], frozenset[str]]
"""Kind to the fields that somebody will read."""


@dataclass(frozen=True, slots=True, eq=False)
class Planned:
    """One source as it will be asked: with only the details that fill a needed field."""

    source: Source
    details: tuple[tuple[Detail, frozenset[str]], ...]
    emit: bool
    children: tuple["Planned", ...] = ()

    @property
    def at_account(self) -> bool:
        """Whether the listing is asked once, in the scope `global`."""
        return self.source.level == "account"

    @property
    def listing_name(self) -> str:
        """The listing's call as people write it, or how else the items came."""
        listing = self.source.listing
        if isinstance(listing, Call):
            return listing.name
        return f"within {self.source.under.kind.kind()}" if self.source.under else ""

    def kinds(self) -> Iterator[type[Resource]]:
        """Yield the kinds that this source and those under it yield resources of."""
        if self.emit:
            yield self.source.kind
        for child in self.children:
            yield from child.kinds()

    def leads_to(self, wanted: frozenset[type[Resource]]) -> bool:
        """Tell whether one of these kinds comes from here or from under here."""
        return not wanted.isdisjoint(self.kinds())

    def joined_calls(self) -> Iterator[Call]:
        """Yield the calls whose answers are shared by items."""
        for detail, wanted in self.details:
            yield from _joined(detail, wanted)
        for child in self.children:
            yield from child.joined_calls()

    def calls(self) -> Iterator[Call]:
        """Yield every call that may be sent."""
        if isinstance(self.source.listing, Call):
            yield self.source.listing
        for detail, wanted in self.details:
            yield from detail.calls_for(wanted)
        for child in self.children:
            yield from child.calls()


def _joined(detail: Detail, wanted: frozenset[str]) -> Iterator[Call]:
    if detail.per in ("scope", "shared"):
        yield detail.call
    for lead in detail.leads:
        if not wanted.isdisjoint(lead.filled):
            yield from _joined(lead, wanted)


def _says(source: Source, fields: frozenset[str]) -> bool:
    """Tell whether a listing is worth a call: not when this cloud lacks every field that somebody will read."""
    return not fields or not fields.issubset(source.lacking)


def plan(sources: Sequence[Source], needs: Needs) -> tuple[Planned, ...]:
    """Return the sources to ask, roots first; a parent that nobody needs is listed, but fills nothing."""
    wanted = {source for source in sources if source.kind in needs and _says(source, needs[source.kind])}
    asked = set(wanted)
    for source in wanted:
        parent = source.under
        while parent is not None:
            asked.add(parent)
            parent = parent.under
    return tuple(
        _planned(source, sources, asked, wanted, needs)
        for source in sources
        if source in asked and source.under is None
    )


def _planned(
    source: Source, sources: Sequence[Source], asked: set[Source], wanted: set[Source], needs: Needs
) -> Planned:
    fields = needs.get(source.kind, frozenset())
    details = tuple(
        (detail, detail.filled & fields)
        for detail in source.details
        if source in wanted and not fields.isdisjoint(detail.filled)
    )
    children = tuple(
        _planned(child, sources, asked, wanted, needs)
        for child in sources
        if child in asked and child.under is source
    )
    return Planned(source, details, source in wanted, children)


def calls_of(planned: Iterable[Planned]) -> tuple[Call, ...]:
    """Return every call of a plan once, in a fixed order."""
    found = {call.name: call for one in planned for call in one.calls()}
    return tuple(found[name] for name in sorted(found))


def merge(needs: Iterable[Needs]) -> Needs:
    """Add up what several rules need."""
    merged: dict[type[Resource], frozenset[str]] = {}
    for one in needs:
        for kind, fields in one.items():
            merged[kind] = merged.get(kind, frozenset()) | fields
    return merged
