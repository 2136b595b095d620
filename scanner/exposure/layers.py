"""What a packet meets on its way: rules in layers, layers in a chain.

In a layer the first rule that matches decides. `accept` and `drop` end the way; `next` hands the packet to the next
layer; where no rule matches, the layer's default decides. That is enough for all three clouds: an AWS network
ACL is a layer whose allows are `next`, the union of security groups a layer of `accept` rules, Google Cloud's goto_next
and Azure's admin Allow are `next`, and whoever builds a layer puts its rules in the order of their priorities and ties.

A rule whose sources cannot be resolved (an unreadable prefix list, a region code) has two parts: the packets that it
surely matches, and those that it may match. The laws:

- What is surely accepted on one way is accepted, whatever may happen besides: sure wins over maybe.
- What an unresolved rule may open is reported as unresolved: neither open nor closed.
- What an unresolved rule may close stays open, and the result names the rule as its doubt: nobody is told that
  a port is closed on the strength of a list that was not read.
"""

import enum
from dataclasses import dataclass
from typing import Final

from scanner.exposure.packets import NOTHING, PacketSet


class Action(enum.StrEnum):
    """What a rule does with a packet."""

    DROP = "drop"
    NEXT = "next"
    ACCEPT = "accept"


OPENNESS: Final = {Action.DROP: 0, Action.NEXT: 1, Action.ACCEPT: 2}
"""An unresolved rule casts doubt on what follows only where that is more open than the rule itself."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of a layer.

    `ref` names it to people, in evidence. `packets` are those that it surely matches, `maybe` those that it may
    match besides (an upper bound: every address of a family where nothing is known), and `why` says what could not
    be resolved. ValueError when `maybe` has no `why`.
    """

    ref: str
    action: Action
    packets: PacketSet = NOTHING
    maybe: PacketSet = NOTHING
    why: str = ""

    def __post_init__(self) -> None:
        if self.maybe.bands and not self.why:
            raise ValueError(f"rule {self.ref!r} may match packets, but says not why that is uncertain")


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """Rules in the order in which they are tried, and what happens to a packet that none matches.

    Layers compare by identity: build the layer of a group, ACL or policy once and put the same object into
    every chain that has it, and it is worked out once. `default_ref` names the default in evidence; leave it
    empty where it's not worth a word.
    """

    name: str
    rules: tuple[Rule, ...] = ()
    default: Action = Action.DROP
    default_ref: str = ""


@dataclass(frozen=True, slots=True)
class Chain:
    """Layers in order; `default` decides about packets that the last layer hands on. ValueError if it is `next`."""

    layers: tuple[Layer, ...]
    default: Action = Action.DROP
    default_ref: str = ""

    def __post_init__(self) -> None:
        if self.default is Action.NEXT:
            raise ValueError("a chain ends with accept or drop: there is no next layer after the last")
