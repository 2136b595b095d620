"""What is set on a storage account as a whole, from raw JSON to facts."""

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from scanner.providers.azure.networks import networks, private_endpoint
from scanner.providers.azure.reading import lower, tags
from scanner.providers.spec import Raw, Read
from scanner.providers.values import known

_TLS: Final[Mapping[str | None, str]] = {
    None: "TLSv1.0",
    "tls1_0": "TLSv1.0",
    "tls1_1": "TLSv1.1",
    "tls1_2": "TLSv1.2",
    "tls1_3": "TLSv1.3",
}
#: Kinds of redundancy that keep a copy in another region. Source: "Azure Storage redundancy" (GRS, GZRS, and the same
#: with read access).
_ELSEWHERE: Final = frozenset({"grs", "ragrs", "gzrs", "ragzrs"})
_HERE: Final = frozenset({"lrs", "zrs"})


def oldest_tls(account: Raw) -> str:
    """Return the oldest version that is taken; an account that does not say takes all of them."""
    return known(_TLS, lower(account["properties"].get("minimumTlsVersion")))


def lets_services_in(account: Raw) -> bool:
    """Tell whether services that Azure trusts come past the list of networks: `Logging, Metrics, AzureServices`."""
    words = str(account["properties"]["networkAcls"].get("bypass") or "None").lower().split(",")
    return "azureservices" in (word.strip() for word in words)


def reminder_days(account: Raw) -> float | None:
    """Return after how many days keys count as old; None: nobody set it."""
    policy = account["properties"].get("keyPolicy")
    return policy["keyExpirationPeriodInDays"] if policy else None


def elsewhere(account: Raw) -> bool:
    """Tell whether there is a copy in another region: `Standard_RAGRS`. Raises ValueError for an unknown kind."""
    kind = account["sku"]["name"].lower().rpartition("_")[2]
    return known(dict.fromkeys(_ELSEWHERE, True) | dict.fromkeys(_HERE, False), kind)


def days_of(policy: str) -> Callable[[Raw], float | None]:
    """Return what reads for how many days something that was deleted can be brought back, by one policy."""

    def read(service: Raw) -> float | None:
        said = service["properties"].get(policy) or {}
        return said["days"] if said.get("enabled") else None

    return read


def without(account: Raw) -> Iterable[str]:
    """Return what is of no matter: whom a list lets past that is not asked."""
    said = account["properties"]
    asked = lower(said.get("publicNetworkAccess")) in (None, "enabled")
    chosen = lower((said.get("networkAcls") or {}).get("defaultAction")) == "deny"
    return () if asked and chosen else ("lets_services_in",)


ACCOUNT: Final[Mapping[str, Read]] = {
    "oldest_tls": oldest_tls,
    # The API says what absence means for new accounts, and not for those that were there before.
    "other_tenants": "properties.allowCrossTenantReplication",
    "private_endpoint": private_endpoint,
    "networks": networks,
    "lets_services_in": lets_services_in,
    "by_identity": lambda account: bool(account["properties"].get("defaultToOAuthAuthentication")),
    "reminder_days": reminder_days,
    "elsewhere": elsewhere,
    "tags": tags,
}
"""From `Microsoft.Storage/storageAccounts`."""

BLOBS: Final[Mapping[str, Callable[..., object]]] = {
    "soft_delete_days": days_of("deleteRetentionPolicy"),
    "container_days": days_of("containerDeleteRetentionPolicy"),
}
"""From `blobServices/default`."""
