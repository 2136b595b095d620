"""How much of the internet a plain list of blocks is, as managed services keep one for their own front door."""

from collections.abc import Iterable, Iterator

from scanner.exposure.addresses import by_family
from scanner.exposure.breadth import Breadth, breadth
from scanner.exposure.notation import Family

_WORDS = {Breadth.WORLD: "the whole internet", Breadth.PART: "a large part of the internet"}


def wide_blocks(blocks: Iterable[str]) -> Iterator[tuple[Family, str]]:
    """Yield, per IP version of which the blocks are a large part, how large: `the whole internet`, or a large part.

    Blocks, ranges and addresses are added up. Raises ValueError for a text that is none of them.
    """
    for addresses in by_family(blocks):
        words = _WORDS.get(breadth(addresses) or Breadth.NARROW)
        if words:
            yield addresses.family, words
