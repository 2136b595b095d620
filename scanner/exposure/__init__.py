"""Exact exposure: which packets the internet can send where, computed on sets over all layers of the way.

`addresses` and `packets` are the sets, `layers` what packets meet, `walking` and `tracing` what becomes of them,
`openings` what that comes to. `estate` holds what was read, `aws` and its like build chains from it, `exposures`
asks all of it, and `asking` is for tests that people write. Nothing here reads a file, a clock or a cloud.
"""

from scanner.exposure.addresses import ANYWHERE, NOWHERE, AddressSet, block, by_family, union
from scanner.exposure.asking import Reach, exposure
from scanner.exposure.breadth import Breadth, breadth, share
from scanner.exposure.exposures import Exposures
from scanner.exposure.layers import Action, Chain, Layer, Rule
from scanner.exposure.notation import V4, V6, Family
from scanner.exposure.openings import Opening, in_short, openings
from scanner.exposure.packets import EVERYTHING, NOTHING, PacketSet
from scanner.exposure.services import Packet, Ports
from scanner.exposure.special import PUBLIC
from scanner.exposure.tracing import Decision, Fate, fate, trace
from scanner.exposure.translation import Translation, in_front
from scanner.exposure.walking import Exposure, walk

__all__ = [
    "ANYWHERE",
    "EVERYTHING",
    "NOTHING",
    "NOWHERE",
    "PUBLIC",
    "V4",
    "V6",
    "Action",
    "AddressSet",
    "Breadth",
    "Chain",
    "Decision",
    "Exposure",
    "Exposures",
    "Family",
    "Fate",
    "Layer",
    "Opening",
    "Packet",
    "PacketSet",
    "Ports",
    "Reach",
    "Rule",
    "Translation",
    "block",
    "breadth",
    "by_family",
    "exposure",
    "fate",
    "in_front",
    "in_short",
    "openings",
    "share",
    "trace",
    "union",
    "walk",
]
