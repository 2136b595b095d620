"""Keys of Cloud KMS: all of a project in one stream of Cloud Asset Inventory, whose data are the API's own.

The API itself lists keys by key ring and rings by location: some forty calls for a project that has none.
"""

from typing import Final

from scanner.models.credentials import KeyAccess
from scanner.models.keys import Key
from scanner.models.resource import GLOBAL
from scanner.models.storage import MAY_ADMIN, MAY_READ, MAY_WRITE
from scanner.providers.gcp.calls import inventory, policy_of
from scanner.providers.gcp.pages import region_in
from scanner.providers.gcp.places import named_by
from scanner.providers.gcp.policies import public_grants
from scanner.providers.spec import Detail, Raw, Source

_SECONDS_A_DAY: Final = 86_400
_SYMMETRIC: Final = "ENCRYPT_DECRYPT"


def enabled(key: Raw) -> bool:
    """Tell whether the version that encrypts can be used; without one nothing can be encrypted."""
    return bool(key.get("primary", {}).get("state") == "ENABLED")


def rotatable(key: Raw) -> bool:
    """Tell whether Cloud KMS can rotate a key: a symmetric one whose material it makes."""
    return key["purpose"] == _SYMMETRIC and not key.get("importOnly", False)


def rotation_days(key: Raw) -> float | None:
    """Return the days after which a key gets a new version; None when nobody set any."""
    period = key.get("rotationPeriod")
    return float(period.removesuffix("s")) / _SECONDS_A_DAY if period else None


KEYS: Final = Source(
    kind=Key,
    listing=inventory("cloudkms.googleapis.com/CryptoKey"),
    level="account",
    id=named_by("cloudkms"),
    name="{name}",
    region=lambda key: region_in(key["name"]) or GLOBAL,
    fields={
        "own": lambda _: True,
        "enabled": enabled,
        "rotatable": rotatable,
        "rotation_days": rotation_days,
        "tags": lambda key: key.get("labels") or {},
    },
    # Other keys have no version that is the one in use, and cannot rotate.
    not_applicable=lambda key: () if key["purpose"] == _SYMMETRIC else ("enabled", "rotation_days"),
    lacking=("expires",),
)

#: Whoever may use a key can read what it encrypts: roles on the key itself, not those of its ring or project.
_ROLES: Final = {
    "roles/cloudkms.cryptoKeyEncrypterDecrypter": (MAY_READ, MAY_WRITE),
    "roles/cloudkms.cryptoKeyDecrypter": (MAY_READ,),
    "roles/cloudkms.cryptoKeyEncrypter": (MAY_WRITE,),
    "roles/cloudkms.admin": (MAY_ADMIN,),
    "roles/owner": (MAY_ADMIN,),
}

ACCESS: Final = Source(
    kind=KeyAccess,
    listing=KEYS.listing,
    level="account",
    id=named_by("cloudkms"),
    name="{name}",
    region=KEYS.region,
    details=[
        Detail(
            call=policy_of("cloudkms", "projects.locations.keyRings.cryptoKeys"),
            fills={"grants": lambda policy: public_grants(policy, _ROLES)},
        )
    ],
    fields={"tags": lambda key: key.get("labels") or {}},
)

SOURCES: Final = (KEYS, ACCESS)
