"""Certificates, secrets and keys of service accounts, from raw JSON to facts."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from scanner.providers.spec import Raw, Read
from scanner.providers.values import known

_MANAGED: Final = {"MANAGED": True, "SELF_MANAGED": False}


def renews(certificate: Raw) -> bool:
    """Tell whether Google renews a certificate; one without a type is as old as the API, and was uploaded."""
    return known(_MANAGED, certificate.get("type", "SELF_MANAGED"))


def made_by_user(key: Raw) -> bool:
    """Tell whether users look after a key of a service account; Google replaces its own by itself."""
    return known({"USER_MANAGED": True, "SYSTEM_MANAGED": False}, key["keyType"])


def _time(raw: Raw, name: str) -> datetime:
    return datetime.fromisoformat(raw[name])


CERTIFICATE: Final[Mapping[str, Read]] = {
    "expires": "expireTime?",
    "in_use": lambda _: None,
    "renews": renews,
}
"""From `compute.sslCertificates.aggregatedList`."""

SECRET: Final[Mapping[str, Read]] = {
    "rotates": lambda secret: "nextRotationTime" in secret.get("rotation", {}),
    "tags": lambda raw: dict(raw.get("labels") or {}),
}
"""From `secretmanager.projects.secrets.list`."""

SECRET_VERSION: Final = {"changed": lambda rows: max(_time(row, "createTime") for row in rows)}
"""From the rows of `secretmanager.projects.secrets.versions.list`."""

ACCESS_KEY: Final[Mapping[str, Read]] = {
    "active": lambda key: not key.get("disabled", False),
    "created": "validAfterTime",
}
"""From `iam.projects.serviceAccounts.keys.list`, of the keys that are `made_by_user`."""

ACCESS_KEY_LACKS: Final = ("used", "tags")
