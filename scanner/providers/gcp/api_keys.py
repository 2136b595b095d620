"""API keys of a project."""

from typing import Final

from scanner.models.credentials import ApiKey
from scanner.models.resource import GLOBAL
from scanner.providers.gcp.calls import GcpCall
from scanner.providers.gcp.places import named_by
from scanner.providers.spec import Raw, Source


def apis(key: Raw) -> tuple[str, ...] | None:
    """Return the APIs that a key is good for; None: every one."""
    targets = (key.get("restrictions") or {}).get("apiTargets")
    return tuple(sorted({one["service"] for one in targets})) if targets else None


KEYS: Final = Source(
    kind=ApiKey,
    listing=GcpCall(
        "apikeys",
        "projects.locations.keys.list",
        "keys",
        path="v2/{+parent}/keys",
        given={"parent": "projects/{account}/locations/global"},
        params={"pageSize": 300},
        asset="apikeys.googleapis.com/Key",
        # Keys are made in the console too, without this API.
        not_in_use=(),
    ),
    level="account",
    id=named_by("apikeys"),
    name="{displayName?}",
    region=lambda _: GLOBAL,
    fields={"created": "createTime", "apis": apis},
    lacking=("tags",),
)

SOURCES: Final = (KEYS,)
