"""From a cloud's own word to ours, for every cloud alike."""

from collections.abc import Mapping
from typing import TypeVar

T = TypeVar("T")
W = TypeVar("W")


def known(words: Mapping[W, T], word: W) -> T:
    """Return what a cloud's word means. Raises ValueError for a word that is not listed: it must never pass for one."""
    try:
        return words[word]
    except KeyError:
        raise ValueError(f"says {word!r}, which this version does not know") from None


def optional(answer: Mapping[str, T], name: str, *beside: str) -> T | None:
    """Return what an answer says under `name`; None when it says nothing at all, or only what may stand `beside`.

    Raises ValueError for an answer that says something else instead: that is another answer, not "there is none".
    """
    if answer and not {name, *beside} & answer.keys():
        raise ValueError(f"says {', '.join(sorted(answer))} in place of {name}")
    return answer.get(name)
