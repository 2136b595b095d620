"""Who may do everything in a subscription: its owners, who gives access, and roles that amount to an owner."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from scanner.providers.spec import Raw

#: Roles that Azure brings along, by the last part of their ids. Source: "Azure built-in roles".
OWNER: Final = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"
ACCESS_ADMINISTRATOR: Final = "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9"

_EVERYTHING: Final = "*"
#: Scopes that hold a whole subscription: it, a management group, or everything.
_WIDE: Final = re.compile(
    r"|/subscriptions/[^/]+|/providers/microsoft\.management/managementgroups/[^/]+", re.IGNORECASE
)


def _holders(assignments: Iterable[Raw], role: str) -> tuple[str, ...]:
    """Return who holds a role on the subscription or on what it stands in: each once, by the ids of the directory."""
    held = (one["properties"] for one in assignments)
    return tuple(
        sorted({one["principalId"] for one in held if one["roleDefinitionId"].lower().endswith(role)})
    )


def owners(assignments: Iterable[Raw]) -> tuple[str, ...]:
    """Return who owns the subscription; a group is one, whoever is in it."""
    return _holders(assignments, OWNER)


def access_administrators(assignments: Iterable[Raw]) -> tuple[str, ...]:
    """Return who may give anybody access to anything in the subscription."""
    return _holders(assignments, ACCESS_ADMINISTRATOR)


def like_owners(definitions: Iterable[Raw]) -> tuple[str, ...]:
    """Return the roles of one's own that may do everything, and can be given on a whole subscription or more."""
    return tuple(sorted(one["properties"]["roleName"] for one in definitions if _is_whole(one["properties"])))


def _is_whole(role: Raw) -> bool:
    wide = any(_WIDE.fullmatch(scope.rstrip("/")) for scope in role["assignableScopes"])
    return wide and any(_EVERYTHING in (one.get("actions") or ()) for one in role["permissions"])


ASSIGNED: Final[Mapping[str, Callable[..., object]]] = {
    "owners": owners,
    "access_administrators": access_administrators,
}
"""From `Microsoft.Authorization/roleAssignments` that hold for the subscription as a whole."""
