"""The resources among which chains are built: found by the names that others call them by, with what was not read."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final, TypeVar

from scanner.models.resource import Code, Resource, Scope, UnreadError, Why

K = TypeVar("K", bound=Resource)
T = TypeVar("T")

_NOT_MADE: Final = object()

Missing = Callable[[str, Scope], UnreadError | None]
"""Says, for a kind and the scope of whoever asks, why its listing was not whole; None: it was."""

Names = Callable[[Any], Iterable[str]]
"""What other resources call a resource by. Raises UnreadError where that was not read."""


Index = tuple[Mapping[str, list[Any]], list[UnreadError]]
"""Resources by a name, and why some could not be named."""


def called(resource: Resource) -> tuple[str, ...]:
    """Return the ids by which others refer to a resource.

    Its own, and of what has an ARN of EC2 the last part, which is unique in all of AWS (`sg-...`).
    """
    own = resource.canonical_id
    return (own, own.rpartition("/")[2]) if own.startswith("arn:") and ":ec2:" in own else (own,)


class Estate:
    """Everything that chains are built from, of all accounts: what is shared has an owner elsewhere.

    Add resources in any order; what was worked out is forgotten when one is added.
    """

    def __init__(self, missing: Missing = lambda _kind, _scope: None) -> None:
        self.missing = missing
        self.unread: dict[str, UnreadError] = {}
        """By the words with which an exposure calls something unresolved, what was not read."""
        self._items: dict[str, dict[str, Resource]] = defaultdict(dict)
        self._condensed: dict[str, Any] = {}
        self._indexes: dict[str, dict[Names, Index]] = defaultdict(dict)
        self._made: dict[Any, Any] = {}

    def add(self, resource: Resource) -> None:
        """Take a resource."""
        kind = resource.kind()
        self._items[kind][resource.canonical_id] = resource
        self._indexes.pop(kind, None)
        self._made.clear()

    def condense(self, resource: Resource, to: object) -> None:
        """Take what chains need of a resource in place of all that was read of it: of many, the rest is a burden."""
        self.add(type(resource)(id=resource.id, name=resource.name, scope=resource.scope))
        self._condensed[resource.canonical_id] = to

    def condensed(self, resource: K, condense: Callable[[K, "Estate"], T]) -> T:
        """Return what was taken in place of a resource, or what `condense` makes of one that was taken whole."""
        found: T | None = self._condensed.get(resource.canonical_id)
        return condense(resource, self) if found is None else found

    def all(self, kind: type[K]) -> Iterator[K]:
        """Yield the resources of a kind that were read, in the order of their ids."""
        items: Any = self._items.get(kind.kind(), {})
        for id_ in sorted(items):
            yield items[id_]

    def by(self, kind: type[K], names: Names, key: str, scope: Scope) -> list[K]:
        """Return the resources of a kind that `names` calls `key`.

        Raises UnreadError when there is none, and for all that was read there could be one: `scope` is that of
        whoever asks, whose own listings count.
        """
        found = self.named(kind, names, key)
        if not found:
            missing = self.missing(kind.kind(), scope)
            if missing is not None:
                raise missing
            _, unread = self._index(kind, names)
            if unread:
                raise unread[0]
        return found

    def named(self, kind: type[K], names: Names, key: str) -> list[K]:
        """Return those of a kind that were read and that `names` calls `key`."""
        index, _ = self._index(kind, names)
        return index.get(key, [])

    def one(self, kind: type[K], id: str, scope: Scope, names: Names = called) -> K:
        """Return the resource that others call `id`. Raises UnreadError when it was not read."""
        found = self.by(kind, names, id, scope)
        if found:
            return found[0]
        why = Why(code=Code.UNAVAILABLE, text=f"{id} is named, but is not among what was read")
        raise UnreadError(f"the list of kind {kind.kind()}", why)

    def seen(self, kind: type[K], scope: Scope) -> Iterable[K]:
        """Return the resources of a kind in one scope; after the last, UnreadError is raised when not all were read."""
        return _Seen(self, kind, scope)

    def once(self, make: Callable[..., T], *key: Any) -> T:
        """Return `make(self, *key)`, made once: layers that are the same object are worked out once."""
        found = self._made.get((make, key), _NOT_MADE)
        if found is _NOT_MADE:
            found = self._made[make, key] = make(self, *key)
        result: T = found
        return result

    def _index(self, kind: type[Resource], names: Names) -> Index:
        made = self._indexes[kind.kind()].get(names)
        if made is None:
            index: dict[str, list[Any]] = defaultdict(list)
            unread: list[UnreadError] = []
            for resource in self.all(kind):
                try:
                    for name in names(resource):
                        index[name].append(resource)
                except UnreadError as error:
                    unread.append(error)
            made = self._indexes[kind.kind()][names] = (index, unread)
        return made


class _Seen(Iterable[K]):
    def __init__(self, estate: Estate, kind: type[K], scope: Scope) -> None:
        self._estate, self._kind, self._scope = estate, kind, scope

    def __iter__(self) -> Iterator[K]:
        yield from self._estate.named(self._kind, _scope, str(self._scope))
        missing = self._estate.missing(self._kind.kind(), self._scope)
        if missing is not None:
            raise missing


def _scope(resource: Resource) -> Iterable[str]:
    return (str(resource.scope),)
