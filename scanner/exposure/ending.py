"""The openings of a chain, from those of its last layer alone where that is a union of rules that let in.

So ends nearly every chain of a large estate: with security groups. What their rules let in mostly passes all layers
before them unchanged, so it is summed up once, for the groups by themselves (which is their rule level) and for each
way that leads through them; only what is cut is summed up anew.
"""

from collections.abc import Iterator
from functools import lru_cache

from scanner.exposure.bands import Band, overlaps
from scanner.exposure.deciding import Step, decided
from scanner.exposure.layers import Action, Chain, Layer
from scanner.exposure.openings import Opening, Summary, listed, once_each, openings, summary
from scanner.exposure.walking import Cell, begun, met, walk

Told = tuple[Step, Summary]
"""What a layer lets in at some place by itself, and what that comes to."""


@lru_cache(maxsize=1 << 7)
def openings_of(chain: Chain) -> tuple[Opening, ...]:
    """Return `openings(walk(chain))`, which takes longer."""
    accepted, arriving = begun(chain.layers[:-1])
    ending = None if accepted or not chain.layers else _told(chain.layers[-1])
    if ending is None:
        return openings(walk(chain))
    if len(chain.layers) == 1:
        return listed([(start, stop, found) for start, stop, (_step, found) in ending])
    return listed(list(_arrived(arriving, ending)))


@lru_cache(maxsize=1 << 11)
def _told(layer: Layer) -> tuple[Band[Told], ...] | None:
    """What a layer tells by itself, less what no public address gets to; None where it does not just let in."""
    bands: list[Band[Told]] = []
    for start, stop, steps in decided(layer):
        step = steps[0]
        if len(steps) > 1 or step.action is not Action.ACCEPT or step.why or step.doubts:
            return None
        found = summary((Cell(step.sources, (step,), refs=step.refs),))
        if found is not None:
            bands.append((start, stop, (step, found)))
    return tuple(bands)


def _arrived(
    arriving: tuple[Band[tuple[Cell, ...]], ...], ending: tuple[Band[Told], ...]
) -> Iterator[Band[Summary]]:
    for start, stop, cells, (step, told) in overlaps(arriving, ending):
        breadth, sources, via, _unresolved, _doubts = told
        first = cells[0]
        if len(cells) == 1 and first.refs is not None and (first.sources & sources).edges == sources.edges:
            yield start, stop, (breadth, sources, once_each((*first.refs, *via)), (), ())
            continue
        through = met(cells, step)
        found = summary(through) if through else None
        if found is not None:
            yield start, stop, found
