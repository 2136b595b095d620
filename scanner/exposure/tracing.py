"""The way of one packet through a chain: which rule decides at each layer."""

import enum
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from scanner.exposure.layers import Action, Chain, Layer, Rule
from scanner.exposure.services import Packet


@dataclass(frozen=True, slots=True)
class Decision:
    """What one layer says to the packet.

    `ref` is the rule's name, or the default's (may be empty). `why` is not empty where an unresolved rule only may
    have decided: the way then goes on as if it had not. `sure` is false for that, and for whatever happens only if
    such a rule handed the packet on.
    """

    layer: str
    ref: str
    action: Action
    why: str = ""
    sure: bool = True


class Fate(enum.StrEnum):
    """How the way ends."""

    ACCEPTED = "accepted"
    DROPPED = "dropped"
    UNRESOLVED = "unresolved"


def trace(chain: Chain, packet: Packet) -> list[Decision]:
    """Every decision on the packet's way, in order; the chain's own default has the layer name ""."""
    way: list[Decision] = []
    sure = True
    for layer in chain.layers:
        here = list(_decisions(layer, packet, sure=sure))
        way += here
        if here[-1].action is not Action.NEXT:
            # An unresolved rule may have handed on what the layer then dropped.
            if here[-1].action is Action.ACCEPT or all(each.action is not Action.NEXT for each in here):
                return way
            sure = False
    return [*way, Decision("", chain.default_ref, chain.default, sure=sure)]


def fate(way: Iterable[Decision]) -> Fate:
    """How a traced way ends, by the laws of `layers`: a sure accept wins over what is only possible."""
    accepts = [each.sure for each in way if each.action is Action.ACCEPT]
    if any(accepts):
        return Fate.ACCEPTED
    return Fate.UNRESOLVED if accepts else Fate.DROPPED


def _decisions(layer: Layer, packet: Packet, *, sure: bool) -> Iterator[Decision]:
    """Unresolved rules that may match, and at last the decision that surely falls."""
    for rule in layer.rules:
        if packet in rule.packets:
            yield _by(layer, rule, sure=sure)
            return
        if packet in rule.maybe:
            yield _by(layer, rule, sure=False, why=rule.why)
    yield Decision(layer.name, layer.default_ref, layer.default, sure=sure)


def _by(layer: Layer, rule: Rule, *, sure: bool, why: str = "") -> Decision:
    return Decision(layer.name, rule.ref, rule.action, why, sure)
