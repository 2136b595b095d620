"""Lists of bands: values that hold over ranges of places, sorted and disjoint. The merges under all the algebra."""

from collections.abc import Iterable, Iterator
from typing import TypeVar

A = TypeVar("A")
B = TypeVar("B")

Band = tuple[int, int, A]
"""A range [start, stop) of places, and what holds there."""


def overlaps(a: tuple[Band[A], ...], b: tuple[Band[B], ...]) -> Iterator[tuple[int, int, A, B]]:
    """The places of which both lists speak, and what each says."""
    i = j = 0
    while i < len(a) and j < len(b):
        first, second = a[i], b[j]
        start, stop = max(first[0], second[0]), min(first[1], second[1])
        if start < stop:
            yield start, stop, first[2], second[2]
        if first[1] < second[1]:
            i += 1
        else:
            j += 1


def overlaid(a: tuple[Band[A], ...], b: tuple[Band[B], ...]) -> Iterator[tuple[int, int, A | None, B | None]]:
    """The places of which either list speaks, cut at the edges of both, and what each says or None."""
    edges = sorted({edge for bands in (a, b) for start, stop, _ in bands for edge in (start, stop)})
    for start, stop, ours, theirs in zip(
        edges, edges[1:], _pieces(a, edges), _pieces(b, edges), strict=False
    ):
        if ours is not None or theirs is not None:
            yield start, stop, ours, theirs


def _pieces(bands: tuple[Band[A], ...], edges: list[int]) -> Iterator[A | None]:
    """What holds on every piece between neighbouring edges, among which are all edges of the bands."""
    i = 0
    for place in edges[:-1]:
        while i < len(bands) and bands[i][1] <= place:
            i += 1
        yield bands[i][2] if i < len(bands) and bands[i][0] <= place else None


def joined(bands: Iterable[Band[A | None]]) -> tuple[Band[A], ...]:
    """Sorted, disjoint bands without the empty (false) ones, as one where neighbours touch and are equal."""
    kept: list[Band[A]] = []
    for start, stop, value in bands:
        if not value:
            continue
        if kept and kept[-1][1] == start and kept[-1][2] == value:
            kept[-1] = (kept[-1][0], stop, value)
        else:
            kept.append((start, stop, value))
    return tuple(kept)
