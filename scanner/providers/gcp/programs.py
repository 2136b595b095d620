"""Functions, topics and subscriptions, from raw JSON to facts."""

from collections.abc import Callable, Mapping
from typing import Final

from scanner.models.compute import MAY_INVOKE, FunctionUrl
from scanner.models.storage import (
    ANY_ACCOUNT,
    EVERYONE,
    MAY_ADMIN,
    MAY_OTHER,
    MAY_READ,
    MAY_WRITE,
    PublicGrant,
)
from scanner.providers.spec import Raw, Read

_PUBLIC: Final = {"allUsers": EVERYONE, "allAuthenticatedUsers": ANY_ACCOUNT}

# What each role lets one do, as the API's description of bindings says it.
_INVOKERS: Final = {
    "roles/run.invoker": (MAY_INVOKE,),
    "roles/cloudfunctions.invoker": (MAY_INVOKE,),
    "roles/run.admin": (MAY_INVOKE, MAY_ADMIN),
    "roles/cloudfunctions.admin": (MAY_INVOKE, MAY_ADMIN),
}
_MESSAGES: Final = {
    "roles/pubsub.publisher": (MAY_WRITE,),
    "roles/pubsub.subscriber": (MAY_READ,),
    "roles/pubsub.editor": (MAY_READ, MAY_WRITE),
    "roles/pubsub.admin": (MAY_READ, MAY_WRITE, MAY_ADMIN),
}


def _grants(answer: Raw, roles: Mapping[str, tuple[str, ...]]) -> tuple[PublicGrant, ...]:
    """Return the grants to the public; one under a condition is limited, and one of another role may do something."""
    return tuple(
        PublicGrant(who=_PUBLIC[member], may=roles.get(binding["role"], (MAY_OTHER,)), said=binding["role"])
        for binding in answer.get("bindings", ())
        for member in binding["members"]
        if member in _PUBLIC
    )


def url(function: Raw) -> FunctionUrl | None:
    """Return where a function of either generation takes requests; the policy alone decides whose."""
    found = function.get("serviceConfig", {}).get("uri") or function.get("httpsTrigger", {}).get("url")
    return FunctionUrl(address=found, signed=False) if found else None


FUNCTION: Final[Mapping[str, Read]] = {"url": url, "tags": lambda raw: dict(raw.get("labels") or {})}
"""From `cloudfunctions.projects.locations.functions.list`, of either version."""

FUNCTION_POLICY: Final[Mapping[str, Callable[..., object]]] = {
    "policy_grants": lambda answer: _grants(answer, _INVOKERS)
}
"""From `cloudfunctions.projects.locations.functions.getIamPolicy`."""

MESSAGES_POLICY: Final[Mapping[str, Callable[..., object]]] = {
    "policy_grants": lambda answer: _grants(answer, _MESSAGES)
}
"""From `pubsub.projects.topics.getIamPolicy`, and that of subscriptions, which are queues."""

QUEUE_LACKS: Final = ("encrypted",)
"""Messages are always encrypted where they wait."""
