"""The whole way: what a chain of layers lets through, and by which rules."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NamedTuple

from scanner.exposure.addresses import ANYWHERE, AddressSet, union
from scanner.exposure.bands import Band, joined, overlaid, overlaps
from scanner.exposure.deciding import Step, Steps, Turn, decided
from scanner.exposure.layers import Action, Chain, Layer
from scanner.exposure.notation import V4, V6
from scanner.exposure.packets import PacketSet
from scanner.exposure.services import END, FAMILY_BASE, family_at


class Cell(NamedTuple):
    """Addresses that came through, and the steps by which they came.

    `refs` are those of all steps, None where one has none: nearly always this is all the evidence, ready to be named.
    """

    sources: AddressSet
    path: Steps = ()
    sure: bool = True
    refs: tuple[str, ...] | None = ()


Cells = tuple[Cell, ...]

_START: Final[tuple[Band[Cells], ...]] = (
    (0, FAMILY_BASE[V6], (Cell(ANYWHERE[V4]),)),
    (FAMILY_BASE[V6], END, (Cell(ANYWHERE[V6]),)),
)


@dataclass(frozen=True, slots=True, eq=False)
class Exposure:
    """What a chain accepts, with its evidence: at each range of places the cells that came through.

    Sure cells of one chain at one place are disjoint; the others may overlap anything, and sure wins. Compares by
    identity.
    """

    bands: tuple[Band[Cells], ...] = ()

    @property
    def accepted(self) -> PacketSet:
        """The packets that are surely accepted."""
        return self._packets(sure=True)

    @property
    def maybe(self) -> PacketSet:
        """The packets whose fate hangs on what could not be resolved; none of them is in `accepted`."""
        return self._packets(sure=False) - self.accepted

    def _packets(self, *, sure: bool) -> PacketSet:
        return PacketSet(
            joined(
                (start, stop, union(family_at(start), [each.sources for each in cells if each.sure is sure]))
                for start, stop, cells in self.bands
            )
        )


@lru_cache(maxsize=1 << 7)
def walk(chain: Chain) -> Exposure:
    """What the chain lets through, exactly.

    Chains of the same layer objects give the same exposure, and those that begin with the same share that part.
    """
    accepted, passed = _through(chain.layers)
    if chain.default is Action.ACCEPT:
        ends = tuple(
            (start, stop, tuple(_ended(each, chain) for each in cells)) for start, stop, cells in passed
        )
        return Exposure(_merged(accepted, ends))
    return Exposure(accepted)


def _ended(cell: Cell, chain: Chain) -> Cell:
    turn = Turn(Action.ACCEPT, chain.default_ref, cell.sources)
    named = (turn.ref,) if turn.ref else ()
    step = Step(cell.sources, "", Action.ACCEPT, (turn,), refs=named)
    return Cell(cell.sources, (*cell.path, step), cell.sure, None if cell.refs is None else cell.refs + named)


def _through(layers: tuple[Layer, ...]) -> tuple[tuple[Band[Cells], ...], tuple[Band[Cells], ...]]:
    """What the layers accept, and what the last of them hands on."""
    if not layers:
        return (), _START
    if len(layers) == 1:
        return _first(layers[0])
    accepted, arriving = begun(layers[:-1])
    here: list[Band[Cells]] = []
    passed: list[Band[Cells]] = []
    for start, stop, cells, steps in overlaps(arriving, decided(layers[-1])) if arriving else ():
        if len(steps) == 1:  # nearly always
            through = met(cells, steps[0])
            if through:
                (here if steps[0].action is Action.ACCEPT else passed).append((start, stop, through))
            continue
        for action, bands in ((Action.ACCEPT, here), (Action.NEXT, passed)):
            found = [cell for step in steps if step.action is action for cell in met(cells, step)]
            if found:
                bands.append((start, stop, tuple(found)))
    return _merged(accepted, tuple(here)), tuple(passed)


def _first(layer: Layer) -> tuple[tuple[Band[Cells], ...], tuple[Band[Cells], ...]]:
    """The first layer gets everything: what it lets through is what comes of it."""
    here: list[Band[Cells]] = []
    passed: list[Band[Cells]] = []
    for start, stop, steps in decided(layer):
        if len(steps) == 1:  # nearly always
            (here if steps[0].action is Action.ACCEPT else passed).append((start, stop, (_cell(steps[0]),)))
            continue
        for action, bands in ((Action.ACCEPT, here), (Action.NEXT, passed)):
            found = [_cell(step) for step in steps if step.action is action]
            if found:
                bands.append((start, stop, tuple(found)))
    return tuple(here), tuple(passed)


def _cell(step: Step) -> Cell:
    return Cell(step.sources, (step,), not step.why, step.refs)


# The layers of a subnet stand before those of its endpoints: many chains begin alike and end differently.
begun = lru_cache(maxsize=1 << 12)(_through)


def met(cells: Cells, step: Step) -> Cells:
    """What arrives, cut by what a step lets through."""
    theirs, sure, named = step.sources, not step.why, step.refs
    through: list[Cell] = []
    for ours, path, was_sure, refs in cells:
        sources = ours & theirs
        if sources.edges:
            both = None if refs is None or named is None else refs + named
            through.append(Cell(sources, (*path, step), was_sure and sure, both))
    return tuple(through)


def _merged(a: tuple[Band[Cells], ...], b: tuple[Band[Cells], ...]) -> tuple[Band[Cells], ...]:
    """What was accepted early and what late in one list, side by side where they share a place."""
    if not (a and b):
        return a or b
    return tuple((start, stop, (ours or ()) + (theirs or ())) for start, stop, ours, theirs in overlaid(a, b))


def either(exposures: Iterable[Exposure]) -> Exposure:
    """What any of several chains lets through, each with its evidence. Cells at one place may then overlap."""
    different = tuple(dict.fromkeys(exposures))
    if len(different) == 1:
        return different[0]
    bands: tuple[Band[Cells], ...] = ()
    for exposure in different:
        bands = _merged(bands, exposure.bands)
    return Exposure(bands)
