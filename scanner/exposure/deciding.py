"""What one layer does with every packet: its rules worked out, first match first, into bands with evidence."""

from bisect import insort
from collections.abc import Iterator
from functools import lru_cache
from itertools import groupby, pairwise
from typing import NamedTuple

from scanner.exposure.addresses import ANYWHERE, AddressSet, union
from scanner.exposure.bands import Band
from scanner.exposure.layers import OPENNESS, Action, Layer
from scanner.exposure.notation import V6
from scanner.exposure.services import END, FAMILY_BASE, family_at


class Turn(NamedTuple):
    """A rule's turn at some place. Its order comes first and is its own, so that turns sort by it."""

    order: int
    action: Action
    ref: str
    sources: AddressSet
    why: str = ""


class Step(NamedTuple):
    """What a layer lets through at some place, and by which rules.

    Rules that follow each other with the same action are credited together, for each of them lets its packets
    through also when the others are gone: each of `turns` surely decides about some of `sources`. `why` is not
    empty where the rule only may have matched; `doubts` are unresolved rules before it that may have closed some of
    what it lets through.
    """

    sources: AddressSet
    layer: str
    action: Action
    turns: tuple[Turn, ...]
    why: str = ""
    doubts: tuple[Turn, ...] = ()


Steps = tuple[Step, ...]

_CLOSE, _CUT, _OPEN = range(3)
_Event = tuple[int, int, Turn | None]
"""A place, what happens there, and whose turn it is."""


@lru_cache(maxsize=1 << 8)
def decided(layer: Layer) -> tuple[Band[Steps], ...]:
    """What the layer hands on or accepts, in order of place; every other packet is dropped there.

    At one place the steps without a `why` are disjoint; the others may overlap anything.
    """
    events = sorted(_events(layer))
    active: list[Turn] = []
    bands: list[Band[Steps]] = []
    for (start, kind, turn), (stop, _, _) in pairwise([*events, (END, _CUT, None)]):
        if turn is not None:
            if kind == _OPEN:
                insort(active, turn)
            else:
                active.remove(turn)
        if start < stop and (steps := _let_through(layer, active, ANYWHERE[family_at(start)])):
            bands.append((start, stop, steps))
    return tuple(bands)


def _events(layer: Layer) -> Iterator[_Event]:
    if layer.default is not Action.DROP:
        yield 0, _CUT, None
        yield FAMILY_BASE[V6], _CUT, None
    for number, rule in enumerate(layer.rules):
        for start, stop, sources in rule.packets.bands:
            turn = Turn(2 * number, rule.action, rule.ref, sources)
            yield start, _OPEN, turn
            yield stop, _CLOSE, turn
        for start, stop, sources in rule.maybe.bands:
            turn = Turn(2 * number + 1, rule.action, rule.ref, sources, rule.why)
            yield start, _OPEN, turn
            yield stop, _CLOSE, turn


def _let_through(layer: Layer, turns: list[Turn], everyone: AddressSet) -> Steps:
    if layer.default is not Action.DROP or len(turns) > 1:
        return tuple(_steps(layer, turns, everyone))
    # Nearly every place in a security group: one rule or none, and nothing to subtract.
    if not turns or turns[0].action is Action.DROP:
        return ()
    turn = turns[0]
    return (Step(turn.sources, layer.name, turn.action, (turn,), turn.why),)


def _steps(layer: Layer, turns: list[Turn], everyone: AddressSet) -> Iterator[Step]:
    """Let each run of rules with one action take its part of the addresses that no rule before it took."""
    rest, taken = everyone, [AddressSet(everyone.family)]
    unresolved: list[Turn] = []
    for action, run in groupby(turns, key=_action):
        rest -= union(everyone.family, taken)
        hits = [(turn, part) for turn in run if (part := rest & turn.sources)]
        for turn, part in hits:
            if turn.why and action is not Action.DROP:
                yield Step(part, layer.name, action, (turn,), turn.why, _doubts(unresolved, action, part))
        unresolved += [turn for turn, _ in hits if turn.why]
        taken = [part for turn, part in hits if not turn.why]
        if taken and action is not Action.DROP:
            sources = union(everyone.family, taken)
            sure = tuple(turn for turn, _ in hits if not turn.why)
            yield Step(sources, layer.name, action, sure, "", _doubts(unresolved, action, sources))
    rest -= union(everyone.family, taken)
    if rest and layer.default is not Action.DROP:
        turn = Turn(2 * len(layer.rules), layer.default, layer.default_ref, rest)
        yield Step(rest, layer.name, layer.default, (turn,), "", _doubts(unresolved, layer.default, rest))


def _action(turn: Turn) -> Action:
    return turn.action


def _doubts(unresolved: list[Turn], action: Action, sources: AddressSet) -> tuple[Turn, ...]:
    return tuple(
        turn for turn in unresolved if OPENNESS[turn.action] < OPENNESS[action] and turn.sources & sources
    )
