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
    """Addresses that came through, and the steps by which they came."""

    sources: AddressSet
    path: Steps = ()
    sure: bool = True


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
    turn = Turn(0, Action.ACCEPT, chain.default_ref, cell.sources)
    return cell._replace(path=(*cell.path, Step(cell.sources, "", Action.ACCEPT, (turn,))))


def _through(layers: tuple[Layer, ...]) -> tuple[tuple[Band[Cells], ...], tuple[Band[Cells], ...]]:
    """What the layers accept, and what the last of them hands on."""
    if not layers:
        return (), _START
    if len(layers) == 1:
        return _first(layers[0])
    accepted, arriving = _begun(layers[:-1])
    here: list[Band[Cells]] = []
    passed: list[Band[Cells]] = []
    for start, stop, cells, steps in overlaps(arriving, decided(layers[-1])) if arriving else ():
        accepts, goes_on = _met(cells, steps)
        if accepts:
            here.append((start, stop, tuple(accepts)))
        if goes_on:
            passed.append((start, stop, tuple(goes_on)))
    return _merged(accepted, tuple(here)), tuple(passed)


def _first(layer: Layer) -> tuple[tuple[Band[Cells], ...], tuple[Band[Cells], ...]]:
    """The first layer gets everything: what it lets through is what comes of it."""
    here: list[Band[Cells]] = []
    passed: list[Band[Cells]] = []
    for start, stop, steps in decided(layer):
        accepts = tuple(_cell(step) for step in steps if step.action is Action.ACCEPT)
        goes_on = tuple(_cell(step) for step in steps if step.action is Action.NEXT)
        if accepts:
            here.append((start, stop, accepts))
        if goes_on:
            passed.append((start, stop, goes_on))
    return tuple(here), tuple(passed)


def _cell(step: Step) -> Cell:
    return Cell(step.sources, (step,), not step.why)


# The layers of a subnet stand before those of its endpoints: many chains begin alike and end differently.
_begun = lru_cache(maxsize=1 << 12)(_through)


def _met(cells: Cells, steps: Steps) -> tuple[list[Cell], list[Cell]]:
    """What arrives, cut by what the layer lets through: accepted, and handed on."""
    accepts: list[Cell] = []
    goes_on: list[Cell] = []
    for step in steps:
        met = accepts if step.action is Action.ACCEPT else goes_on
        for cell in cells:
            sources = cell.sources & step.sources
            if sources.edges:
                met.append(Cell(sources, (*cell.path, step), cell.sure and not step.why))
    return accepts, goes_on


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
