"""Where logs go: the diagnostic settings of a resource."""

from collections.abc import Callable, Mapping
from typing import Final

from scanner.providers.azure.reading import lower
from scanner.providers.spec import Raw


def _taking(*logs: str) -> Callable[[list[Raw]], str | None]:
    """Return what finds the setting that takes one of these categories of logs, or groups of them."""

    def setting(settings: list[Raw]) -> str | None:
        for one in settings:
            for log in one["properties"].get("logs") or ():
                if log["enabled"] and lower(log.get("category") or log.get("categoryGroup")) in logs:
                    return str(one["id"])
        return None

    return setting


def _some_log(settings: list[Raw]) -> str | None:
    """Return a setting that takes any log at all."""
    for one in settings:
        if any(log["enabled"] for log in one["properties"].get("logs") or ()):
            return str(one["id"])
    return None


WORKSPACE_LOG: Final[Mapping[str, Callable[..., object]]] = {"log": _some_log}
"""What is done in it, of a DataWorkspace."""

BLOB_LOG: Final[Mapping[str, Callable[..., object]]] = {
    "access_log": _taking("storageread", "alllogs", "audit"),
}
"""The log of reads, of a Bucket: from the settings of a storage account's `blobServices/default`."""

GATEWAY_LOG: Final[Mapping[str, Callable[..., object]]] = {
    "access_log": _taking("applicationgatewayaccesslog", "alllogs"),
}
"""The log of requests, of a LoadBalancer: from the settings of an application gateway."""

VAULT_LOG: Final[Mapping[str, Callable[..., object]]] = {
    "audit_log": _taking("auditevent", "alllogs", "audit"),
}
"""The log of who used what, of a KeyVault: from the settings of the vault or the managed HSM."""
