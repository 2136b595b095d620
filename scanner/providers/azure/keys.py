"""Key vaults and managed HSMs, and the keys and secrets in them, from raw JSON to facts."""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Final

from scanner.providers.azure.networks import networks, private_endpoint
from scanner.providers.azure.reading import lower, tags
from scanner.providers.spec import Raw, Read

_DURATION: Final = re.compile(r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?", re.IGNORECASE)
_DAYS: Final = (365, 30, 7, 1)


def days(duration: str) -> float:
    """Return a duration of ISO 8601 in days: `P18M`, `P90D`. Raises ValueError."""
    parts = _DURATION.fullmatch(duration)
    if parts is None or not any(parts.groups()):
        raise ValueError(f"says {duration!r}, which is no number of days, months or years")
    return sum(int(part or 0) * length for part, length in zip(parts.groups(), _DAYS, strict=True))


def rotation_days(key: Raw) -> float | None:
    """Return after how many days a key is rotated by its own policy; None: never."""
    policy = key["properties"].get("rotationPolicy") or {}
    for action in policy.get("lifetimeActions") or ():
        if lower(action["action"]["type"]) == "rotate":
            trigger = action["trigger"]
            if trigger.get("timeAfterCreate"):
                return days(trigger["timeAfterCreate"])
            return days(policy["attributes"]["expiryTime"]) - days(trigger["timeBeforeExpiry"])
    return None


def _moment(seconds: float) -> datetime:
    """Return a moment from seconds since 1970."""
    return datetime.fromtimestamp(seconds, UTC)


def changed(secret: Raw) -> datetime:
    """Return when a secret was last changed."""
    return _moment(secret["properties"]["attributes"]["updated"])


def expires(kept: Raw) -> datetime | None:
    """Return when a key or a secret ends; one without an end leaves it out."""
    end = kept["properties"]["attributes"].get("exp")
    return None if end is None else _moment(end)


def without_end(kept: Raw) -> Iterable[str]:
    """Return what is of no matter for a key or a secret that is switched off."""
    attributes = kept["properties"].get("attributes") or {}
    return () if attributes.get("enabled", True) else ("expires",)


VAULT: Final[Mapping[str, Read]] = {
    "purge_protected": lambda vault: bool(vault["properties"].get("enablePurgeProtection")),
    "by_roles": lambda vault: bool(vault["properties"].get("enableRbacAuthorization")),
    "networks": networks,
    "private_endpoint": private_endpoint,
    "tags": tags,
}
"""Fields of a KeyVault from `Microsoft.KeyVault/vaults`."""

HSM: Final[Mapping[str, Read]] = {**VAULT, "by_roles": lambda _: True}
"""The same from `Microsoft.KeyVault/managedHSMs`, which know roles of their own and nothing else."""

KEY: Final[Mapping[str, Read]] = {
    "own": lambda _: True,
    "enabled": "properties.attributes.enabled",
    "rotatable": lambda _: True,
    "expires": expires,
    "tags": tags,
}
"""From `keys`, under the vault or the managed HSM."""

ROTATION: Final[Mapping[str, Callable[..., object]]] = {"rotation_days": rotation_days}
"""From the key itself: the list leaves policies out."""

SECRET: Final[Mapping[str, Read]] = {"changed": changed, "expires": expires, "tags": tags}
"""From `secrets`, under the vault; no secret's value is in what the control plane answers."""

#: Whoever renews a secret is told of its end by events; that somebody listens to them, the vault does not say.
SECRET_LACKS: Final = ("rotates",)
