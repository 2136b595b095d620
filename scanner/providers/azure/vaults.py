"""Keys and secrets of key vaults, certificates of web apps, and keys of storage accounts, from raw JSON to facts."""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Final

from scanner.providers.azure.reading import tags
from scanner.providers.spec import PARENT, Raw, Read

#: Periods as ISO 8601 writes them, in years, months, weeks and days: `P90D`, `P1Y6M`.
_PERIOD: Final = re.compile(r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?", re.IGNORECASE)
_DAYS: Final = (365, 30, 7, 1)


def rotation_days(key: Raw) -> float | None:
    """Return after how many days a key is rotated; before its end means that many days after it was made, less these.

    A policy that only notifies rotates nothing. Raises ValueError for a period that is none.
    """
    policy = key["properties"].get("rotationPolicy") or {}
    for action in policy.get("lifetimeActions") or ():
        if action["action"]["type"].lower() != "rotate":
            continue
        trigger = action["trigger"]
        if trigger.get("timeAfterCreate"):
            return _days(trigger["timeAfterCreate"])
        return _days(policy["attributes"]["expiryTime"]) - _days(trigger["timeBeforeExpiry"])
    return None


def _days(period: str) -> float:
    found = _PERIOD.fullmatch(period)
    if found is None or not any(found.groups()):
        raise ValueError(f"says {period!r}, which is no period of days")
    return float(sum(int(count or 0) * days for count, days in zip(found.groups(), _DAYS, strict=True)))


def changed(secret: Raw) -> datetime:
    """Return when a secret was last changed, from seconds since 1970."""
    return datetime.fromtimestamp(secret["properties"]["attributes"]["updated"], UTC)


def account_keys(account: Raw) -> Iterator[Raw]:
    """Yield both access keys of a storage account, with when each was made; the keys themselves are never asked for."""
    times = account["properties"].get("keyCreationTime") or {}
    for name in ("key1", "key2"):
        yield {"name": name, "created": times.get(name)}


def usable(key: Raw) -> bool:
    """Tell whether an account takes requests that are signed with its keys; it does unless somebody forbade it."""
    return key[PARENT]["properties"].get("allowSharedKeyAccess") is not False


KEY: Final[Mapping[str, Read]] = {
    "own": lambda _: True,
    "enabled": "properties.attributes.enabled",
    "rotatable": lambda _: True,
    "rotation_days": rotation_days,
    "tags": tags,
}
"""From `Microsoft.KeyVault/vaults/keys` of one key: the list leaves out its `rotationPolicy`."""

SECRET: Final[Mapping[str, Read]] = {"changed": changed, "tags": tags}
"""From `Microsoft.KeyVault/vaults/secrets`; no secret's value is in it."""

SECRET_LACKS: Final = ("rotates",)

CERTIFICATE: Final[Mapping[str, Read]] = {
    "expires": "properties.expirationDate",
    "in_use": lambda _: None,
    "renews": lambda certificate: bool(certificate["properties"].get("canonicalName")),
    "tags": tags,
}
"""From `Microsoft.Web/certificates`, listed for a subscription."""

ACCESS_KEY: Final[Mapping[str, Read]] = {"active": usable, "created": "created"}
"""From `account_keys` of `Microsoft.Storage/storageAccounts`. Accounts from before May 2021 do not say when."""

ACCESS_KEY_LACKS: Final = ("used", "tags")
