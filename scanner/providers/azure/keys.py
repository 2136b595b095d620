"""Keys in Key Vault, from raw JSON to facts."""

import re
from collections.abc import Callable, Mapping
from typing import Final

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


KEY: Final[Mapping[str, Read]] = {
    "own": lambda _: True,
    "enabled": "properties.attributes.enabled",
    "rotatable": lambda _: True,
    "tags": tags,
}
"""From `keys`, under the vault."""

ROTATION: Final[Mapping[str, Callable[..., object]]] = {"rotation_days": rotation_days}
"""From the key itself: the list leaves policies out."""
