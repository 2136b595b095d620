"""The openings of a chain, from those of its last layer alone where that is a list of rules that are all resolved.

So ends nearly every chain of a large estate: with security groups, or with the rules of a network. What they let in
mostly passes all layers before them unchanged, so it is summed up once, for the last layer by itself (which is its rule
level) and for each way that leads through it; only what is cut is summed up anew.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import Literal

from scanner.exposure.bands import Band, overlaps
from scanner.exposure.deciding import Steps, decided
from scanner.exposure.layers import Action, Chain, Layer
from scanner.exposure.openings import Opening, Summary, by, listed, once_each, openings, summary
from scanner.exposure.walking import Cell, begun, met, walk


class Told:
    """What a layer lets in at some place by itself, and what that comes to: worked out when it is asked for, once."""

    __slots__ = ("_summary", "steps")

    def __init__(self, steps: Steps) -> None:
        self.steps = steps
        self._summary: Summary | Literal[False] | None = False

    @property
    def summary(self) -> Summary | None:
        """None where no public address gets to it."""
        if self._summary is False:
            first = self.steps[0]
            if len(self.steps) == 1 and first.refs is not None:  # nearly always
                self._summary = by(first.refs, first.sources)
            else:
                cells = [Cell(step.sources, (step,), refs=step.refs) for step in self.steps]
                self._summary = summary(tuple(cells))
        return self._summary


@lru_cache(maxsize=1 << 12)
def openings_of(chain: Chain) -> tuple[Opening, ...]:
    """Return `openings(walk(chain))`, which takes longer."""
    accepted, arriving = begun(chain.layers[:-1])
    ending = (
        None if accepted or not chain.layers else _told(chain.layers[-1], chain.default, chain.default_ref)
    )
    if ending is None:
        return openings(walk(chain))
    if len(chain.layers) == 1:
        return listed(_alone(ending))
    return listed(_arrived(arriving, ending))


@lru_cache(maxsize=1 << 11)
def _told(last: Layer, end: Action, end_ref: str) -> tuple[Band[Told], ...] | None:
    """What the last layer of a chain lets in; None where it is not the same as if it had let in what the end lets in.

    It is not where it is uncertain which of its rules match, for to hand on casts another doubt than to let in. And not
    where what it lets in and what is let in after it are told apart.
    """
    if any(rule.maybe.bands for rule in last.rules):
        return None
    if end is Action.ACCEPT:
        actions = {last.default, *(rule.action for rule in last.rules)}
        if end_ref or {Action.NEXT, Action.ACCEPT} <= actions:
            return None
    return tuple([(start, stop, Told(steps)) for start, stop, steps in decided(last, end)])


def _alone(ending: tuple[Band[Told], ...]) -> Iterator[Band[Summary]]:
    for start, stop, told in ending:
        found = told.summary
        if found is not None:
            yield start, stop, found


def _arrived(
    arriving: tuple[Band[tuple[Cell, ...]], ...], ending: tuple[Band[Told], ...]
) -> Iterator[Band[Summary]]:
    for start, stop, cells, told in overlaps(arriving, ending):
        refs = _unchanged(cells, told.steps)
        if refs is None:
            through = tuple([cell for step in told.steps for cell in met(cells, step)])
            found = summary(through) if through else None
        else:
            found = told.summary
            if found is not None:
                breadth, sources, via, _unresolved, _doubts = found
                found = breadth, sources, once_each(refs + via), (), ()
        if found is not None:
            yield start, stop, found


def _unchanged(cells: tuple[Cell, ...], steps: Steps) -> tuple[str, ...] | None:
    """The rules by which everything arrives that the steps let in, in one cell; None where they cut what arrives."""
    first = cells[0]
    if len(cells) > 1 or first.refs is None:
        return None
    for step in steps:
        if not step.sources <= first.sources:
            return None
    return first.refs
