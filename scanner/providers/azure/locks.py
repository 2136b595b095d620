"""Locks: what keeps a resource from being deleted, set on it or on what holds it."""

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from scanner.providers.spec import Raw

#: Levels of a lock, both of which forbid deletion.
_LEVELS: Final = frozenset({"cannotdelete", "readonly"})
_WHERE: Final = "/providers/microsoft.authorization/locks/"


def locked(locks: Iterable[Raw], item: Raw) -> bool:
    """Tell whether one of a subscription's locks keeps an item from being deleted."""
    id_ = item["id"].lower() + "/"
    return any(
        id_.startswith(lock["id"].lower().rpartition(_WHERE)[0] + "/")
        for lock in locks
        if lock["properties"]["level"].lower() in _LEVELS
    )


LOCKED: Final[Mapping[str, Callable[..., object]]] = {"deletion_protected": locked}
"""From `Microsoft.Authorization/locks` of the subscription."""
