"""What one layer does with every packet: its rules worked out, first match first, into bands with evidence."""

from bisect import insort
from collections.abc import Iterator
from functools import lru_cache
from itertools import groupby
from typing import NamedTuple

from scanner.exposure.addresses import ANYWHERE, AddressSet, union
from scanner.exposure.bands import Band
from scanner.exposure.layers import OPENNESS, Action, Layer
from scanner.exposure.notation import V6
from scanner.exposure.services import END, FAMILY_BASE, family_at


class Turn(NamedTuple):
    """A rule's turn at some place."""

    action: Action
    ref: str
    sources: AddressSet
    why: str = ""


class Step(NamedTuple):
    """What a layer lets through at some place, and by which rules.

    Rules that follow each other with the same action are credited together, for each of them lets its packets
    through also when the others are gone: each of `turns` surely decides about some of `sources`. `why` is not
    empty where the rule only may have matched; `doubts` are unresolved rules before it that may have closed some of
    what it lets through. `refs` names the one rule of a step that is sure and beyond doubt, if it has a name; None
    where it depends on the addresses which rules are to be named.
    """

    sources: AddressSet
    layer: str
    action: Action
    turns: tuple[Turn, ...]
    why: str = ""
    doubts: tuple[Turn, ...] = ()
    refs: tuple[str, ...] | None = None


Steps = tuple[Step, ...]

_Edge = tuple[int, bool, int]
"""A place, whether a rule's turn begins or ends there, and the number of the turn; at one place ends come first."""


@lru_cache(maxsize=1 << 8)
def decided(layer: Layer, end: Action = Action.NEXT) -> tuple[Band[Steps], ...]:
    """What the layer hands on or accepts, in order of place; every other packet is dropped there.

    At one place the steps without a `why` are disjoint; the others may overlap anything. `end` is what becomes of what
    it hands on: of the last layer the chain's default, so that it need not say what is dropped in the end.
    """
    default = end if layer.default is Action.NEXT else layer.default
    turns, edges = _turns(layer, default, end)
    active: list[int] = []
    bands: list[Band[Steps]] = []
    shut = default is Action.DROP
    start = 0
    for stop, begins, turn in edges:
        if start < stop:
            here = [turns[one] for one in active]
            while shut and here and here[-1].action is Action.DROP:
                here.pop()  # what is last and closes changes nothing: all else is closed too
            if here or not shut:
                steps = _let_through(layer, default, here, start)
                if steps:
                    bands.append((start, stop, steps))
            start = stop
        if begins:
            insort(active, turn)
        elif turn < len(turns):
            active.remove(turn)
    return tuple(bands)


def _turns(layer: Layer, default: Action, end: Action) -> tuple[list[Turn], list[_Edge]]:
    """The turns in the order of the rules, and the edges at which they begin and end, sorted."""
    bands = [
        (start, stop, Turn(end if rule.action is Action.NEXT else rule.action, rule.ref, sources, why))
        for rule in layer.rules
        for packets, why in ((rule.packets, ""), (rule.maybe, rule.why))
        for start, stop, sources in packets.bands
    ]
    turns = [turn for _, _, turn in bands]
    edges = [(start, True, number) for number, (start, _, _) in enumerate(bands)]
    edges += [(stop, False, number) for number, (_, stop, _) in enumerate(bands)]
    if default is not Action.DROP:
        # What holds where no rule speaks ends with its family.
        edges += ((FAMILY_BASE[V6], False, len(turns)), (END, False, len(turns)))
    edges.sort()
    return turns, edges


def _let_through(layer: Layer, default: Action, turns: list[Turn], start: int) -> Steps:
    if default is Action.DROP:
        if len(turns) == 1:  # nearly every place in a security group
            action, ref, sources, why = turns[0]
            return (Step(sources, layer.name, action, (turns[0],), why, (), _named(ref, why)),)
        action = turns[0].action
        if all(one.action is action and not one.why for one in turns):
            # Rules that agree: nothing to subtract.
            sources = union(family_at(start), [one.sources for one in turns])
            return (Step(sources, layer.name, action, tuple(turns)),)
    return tuple(_steps(layer, default, turns, ANYWHERE[family_at(start)]))


def _named(ref: str, why: str) -> tuple[str, ...] | None:
    return None if why else (ref,) if ref else ()


def _steps(layer: Layer, default: Action, turns: list[Turn], everyone: AddressSet) -> Iterator[Step]:
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
            yield _sure(sources, layer, action, sure, _doubts(unresolved, action, sources))
    rest -= union(everyone.family, taken)
    if rest and default is not Action.DROP:
        turn = Turn(default, layer.default_ref, rest)
        yield _sure(rest, layer, default, (turn,), _doubts(unresolved, default, rest))


def _sure(
    sources: AddressSet, layer: Layer, action: Action, turns: tuple[Turn, ...], doubts: tuple[Turn, ...]
) -> Step:
    refs = None if doubts or len(turns) > 1 else _named(turns[0].ref, "")
    return Step(sources, layer.name, action, turns, "", doubts, refs)


def _action(turn: Turn) -> Action:
    return turn.action


def _doubts(unresolved: list[Turn], action: Action, sources: AddressSet) -> tuple[Turn, ...]:
    return tuple(
        turn
        for turn in unresolved
        if OPENNESS[turn.action] < OPENNESS[action] and turn.sources.meets(sources)
    )
