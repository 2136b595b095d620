"""Certificates, secrets and keys of service accounts."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from scanner.models.credentials import ServiceAccount
from scanner.models.identity import AccessKey
from scanner.models.keys import Certificate, Secret
from scanner.models.resource import GLOBAL
from scanner.providers.gcp.calls import GcpCall, compute_aggregated, inventory
from scanner.providers.gcp.errors import NOT_FOUND
from scanner.providers.gcp.places import full_id, named_by, region, region_of_name
from scanner.providers.gcp.storage import labels
from scanner.providers.spec import Detail, Raw, Read, Source
from scanner.providers.values import known

# -- certificates -----------------------------------------------------------------------------------------------------

_MANAGED: Final = {"MANAGED": True, "SELF_MANAGED": False}


def renews(certificate: Raw) -> bool:
    """Tell whether Google renews a certificate; one without a type is as old as the API, and was uploaded."""
    return known(_MANAGED, certificate.get("type", "SELF_MANAGED"))


CERTIFICATE: Final[Mapping[str, Read]] = {
    "expires": "expireTime?",
    "in_use": lambda _: None,
    "renews": renews,
}
"""From `compute.sslCertificates.aggregatedList`; they have no labels."""

CERTIFICATES: Final = Source(
    kind=Certificate,
    listing=compute_aggregated("sslCertificates", asset="SslCertificate"),
    level="account",
    id=full_id,
    name="{name}",
    region=region,
    fields=CERTIFICATE,
    lacking=("tags",),
)

MANAGER_CERTIFICATE: Final[Mapping[str, Read]] = {
    "expires": "expireTime?",
    "in_use": lambda _: None,
    "renews": lambda certificate: "selfManaged" not in certificate,
    "tags": labels,
}
"""From `certificatemanager.projects.locations.certificates.list`."""

MANAGER_CERTIFICATES: Final = Source(
    kind=Certificate,
    listing=GcpCall(
        "certificatemanager",
        "projects.locations.certificates.list",
        "certificates",
        path="v1/{+parent}/certificates",
        given={"parent": "projects/{account}/locations/-"},
        params={"pageSize": 1000},
        permission="certificatemanager.certs.list",
        asset="certificatemanager.googleapis.com/Certificate",
    ),
    level="account",
    id=named_by("certificatemanager"),
    name="{name}",
    region=region_of_name,
    fields=MANAGER_CERTIFICATE,
)


# -- secrets ----------------------------------------------------------------------------------------------------------


def changed(newest: Raw | None, secret: Raw) -> str:
    """Return when a secret last got a value, or when it was made where it never got one."""
    return str((newest or secret)["createTime"])


def changed_last(versions: Sequence[Raw], secret: Raw) -> str:
    """Return when the newest version of a secret was made, of the versions of all; without one, the secret itself."""
    own = [one["createTime"] for one in versions if one["name"].startswith(f"{secret['name']}/versions/")]
    return str(max(own, default=secret["createTime"]))


SECRET: Final[Mapping[str, Read]] = {
    "rotates": lambda secret: "nextRotationTime" in secret.get("rotation", {}),
    "tags": labels,
}
"""From `secretmanager.projects.secrets.list`."""

SECRET_VERSION: Final[Mapping[str, Callable[..., object]]] = {"changed": changed}
"""From `secretmanager.projects.secrets.versions.get` of the version `latest`, and the secret."""

SECRETS: Final = Source(
    kind=Secret,
    listing=GcpCall(
        "secretmanager",
        "projects.secrets.list",
        "secrets",
        path="v1/{+parent}/secrets",
        given={"parent": "projects/{account}"},
        params={"pageSize": 25_000},
        asset="secretmanager.googleapis.com/Secret",
    ),
    level="account",
    id=named_by("secretmanager"),
    name="{name}",
    region=lambda _: GLOBAL,
    # The inventory has those of single regions under the same type.
    keep=lambda secret: "/locations/" not in secret["name"],
    fields=SECRET,
    details=[
        Detail(
            call=GcpCall(
                "secretmanager",
                "projects.secrets.versions.get",
                path="v1/{+name}",
                # What the version holds is not in the answer: that takes another call.
                given={"name": "{name}/versions/latest"},
                absent=(NOT_FOUND,),
            ),
            with_item=True,
            fills=SECRET_VERSION,
        )
    ],
    lacking=("expires",),
)


#: Secrets that are kept in one region alone are listed at an address of that region; the inventory has all of them.
REGIONAL_SECRETS: Final = Source(
    kind=Secret,
    listing=inventory("secretmanager.googleapis.com/Secret"),
    level="account",
    id=named_by("secretmanager"),
    name="{name}",
    region=region_of_name,
    keep=lambda secret: "/locations/" in secret["name"],
    fields=SECRET,
    details=[
        Detail(
            call=inventory("secretmanager.googleapis.com/SecretVersion"),
            per="scope",
            with_item=True,
            fills={"changed": changed_last},
        )
    ],
    lacking=("expires",),
)


# -- keys of service accounts -----------------------------------------------------------------------------------------

ACCESS_KEY: Final[Mapping[str, Read]] = {
    "active": lambda key: not key.get("disabled", False),
    "created": "validAfterTime",
}
"""From `iam.projects.serviceAccounts.keys.list`, of the keys that users look after: Google replaces its own."""

ACCESS_KEY_LACKS: Final = ("used", "tags")

KEYS_OF_ACCOUNT: Final = GcpCall(
    "iam",
    "projects.serviceAccounts.keys.list",
    "keys",
    path="v1/{+name}/keys",
    given={"name": "{name}"},
    params={"keyTypes": "USER_MANAGED"},
    permission="iam.serviceAccountKeys.list",
)


def usable(keys: Sequence[Raw]) -> tuple[str, ...]:
    """Return the names of the keys that can be used."""
    return tuple(sorted(key["name"].rpartition("/")[2] for key in keys if not key.get("disabled", False)))


SERVICE_ACCOUNTS: Final = Source(
    kind=ServiceAccount,
    listing=GcpCall(
        "iam",
        "projects.serviceAccounts.list",
        "accounts",
        path="v1/{+name}/serviceAccounts",
        given={"name": "projects/{account}"},
        params={"pageSize": 100},
        asset="iam.googleapis.com/ServiceAccount",
    ),
    level="account",
    id=named_by("iam"),
    name="{email}",
    region=lambda _: GLOBAL,
    # Asked once for an account, though its keys are listed from the same answer.
    details=[Detail(call=KEYS_OF_ACCOUNT, per="shared", fills={"keys": usable})],
    lacking=("tags",),
)

ACCESS_KEYS: Final = Source(
    kind=AccessKey,
    listing=KEYS_OF_ACCOUNT,
    under=SERVICE_ACCOUNTS,
    level="account",
    id=named_by("iam"),
    name="{name}",
    region=lambda _: GLOBAL,
    fields=ACCESS_KEY,
    lacking=ACCESS_KEY_LACKS,
)

SOURCES: Final = (
    CERTIFICATES,
    MANAGER_CERTIFICATES,
    SECRETS,
    REGIONAL_SECRETS,
    SERVICE_ACCOUNTS,
    ACCESS_KEYS,
)
