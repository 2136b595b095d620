"""From results to verdicts: account by account, and together only those that share networks."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence

from scanner.engine import World
from scanner.judging import Judging
from scanner.models.resource import Cloud, Resource, Scope
from scanner.runs.result import Key, Result
from scanner.runs.verdicts import Verdicts


def judge_all(
    results: Sequence[Result],
    judging: Judging,
    verdicts: Verdicts,
    seen: Callable[[World], None] | None = None,
    covers: Callable[[Scope], bool] = lambda _: True,
) -> None:
    """Judge every resource of these accounts once.

    What rules look across is held in memory for one neighbourhood at a time; `seen` is called with each.
    """
    guests = Guests(results)
    for group in neighbourhoods(results):
        judging.begin()
        for result in group:
            for gap in result.summary.gaps:
                judging.world.hold_gap(gap)
            for resource in result.resources(judging.world.kinds):
                if guests.is_judged(resource, result):
                    judging.world.hold(resource)
        for result in group:
            for resource in result.resources():
                if covers(resource.scope) and guests.is_judged(resource, result):
                    judging.judge(resource)
            verdicts.add(judging.taken())
        if seen is not None:
            seen(judging.world)


def neighbourhoods(results: Sequence[Result]) -> list[list[Result]]:
    """Return the results in groups: those whose networks' facts name each other are in one, and else each is alone."""
    root = {result.summary.key: result.summary.key for result in results}
    named = {(key.cloud, key.account.lower()): key for key in root}

    def top(key: Key) -> Key:
        while root[key] != key:
            root[key] = key = root[root[key]]
        return key

    for result in results:
        key = result.summary.key
        for link in result.summary.links:
            other = named.get((key.cloud, link))
            if other is not None:
                low, high = sorted((top(key), top(other)))
                root[high] = low
    groups: dict[Key, list[Result]] = defaultdict(list)
    for result in results:
        groups[top(result.summary.key)].append(result)
    return [groups[key] for key in sorted(groups)]


class Guests:
    """What several accounts see belongs to one: its owner where that one lists it too, else the first that sees it."""

    def __init__(self, results: Iterable[Result]) -> None:
        self._host: dict[tuple[Cloud, str, str], Key] = {}
        results = sorted(results, key=lambda result: result.summary.key)
        for result in results:
            key = result.summary.key
            for kind, id_ in result.summary.guests:
                self._host.setdefault((key.cloud, kind, id_), key)
        kinds = {kind for _, kind, _ in self._host}
        for result in results if kinds else ():
            for resource in result.resources(kinds, guests=False):
                at = (resource.scope.cloud, resource.kind(), resource.canonical_id)
                if at in self._host:
                    self._host[at] = result.summary.key

    def is_judged(self, resource: Resource, result: Result) -> bool:
        """Tell whether this is the account in whose result a resource counts."""
        if not self._host:
            return True
        at = (resource.scope.cloud, resource.kind(), resource.canonical_id)
        return self._host.get(at, result.summary.key) == result.summary.key

    def kept(self, results: Iterable[Result]) -> Iterator[Resource]:
        """Yield the guests that stay guests, of which the owner was not read."""
        for result in results:
            for resource in result.resources() if result.summary.guests else ():
                if resource.scope.account != result.summary.key.account and self.is_judged(resource, result):
                    yield resource
