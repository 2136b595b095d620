"""Results of accounts as one saved inventory, streamed: the same file as if one account after the other were read."""

import heapq
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import orjson

from scanner.inventory import Gap, Header, once_each, tidy, to_line, writing
from scanner.models.resource import Resource, Scope
from scanner.runs.judged import Guests
from scanner.runs.result import Result


def save(
    path: Path, header: Header, results: Sequence[Result], gaps: Sequence[Gap], *, complete: bool
) -> None:
    """Write an inventory. Raises OSError."""
    guests = Guests(results)
    with writing(path) as writer:
        writer.write(header)
        for listing in once_each(one for result in results for one in result.summary.listings):
            writer.write(listing)
        strays = sorted(guests.kept(results), key=_order)
        for _, line in heapq.merge(_own(results), ((_order(one), to_line(one)) for one in strays)):
            writer.write_line(line, "resources")
        for gap in gaps:
            writer.write(gap)
        writer.end(complete=complete)


def all_gaps(results: Sequence[Result]) -> list[Gap]:
    """Return the gaps of all accounts, sorted."""
    listings = [one for result in results for one in result.summary.listings]
    return tidy((gap for result in results for gap in result.summary.gaps), listings)


def _order(resource: Resource) -> tuple[Scope, str, str]:
    return resource.scope, resource.kind(), resource.id


def _own(results: Sequence[Result]) -> Iterator[tuple[Any, bytes]]:
    for result in sorted(results, key=lambda result: result.summary.key):
        for line in result.lines(guests=False):
            row = orjson.loads(line)
            yield ((row["provider"], row["account"], row["region"]), row["kind"], row["id"]), line
