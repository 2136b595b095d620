"""Keys, certificates and secrets: what protects everything else, and how old it may get."""

from datetime import datetime
from typing import ClassVar

from scanner.models.resource import UNREAD, Resource


class KeyVault(Resource):
    """Where keys and secrets are kept together, and who may come to them is decided. Azure alone has such a thing."""

    title: ClassVar[str] = "key vault"

    purge_protected: bool = UNREAD
    """Whether what is deleted stays for its days of grace, whoever wants it gone. Azure `enablePurgeProtection`;
    absent: false."""
    by_roles: bool = UNREAD
    """Whether roles say who may do what, and no list of its own. Azure `enableRbacAuthorization`; absent: false. A
    managed HSM: always."""
    networks: str = UNREAD
    """From which networks requests are taken: as `Bucket.networks`. Azure `publicNetworkAccess` and
    `networkAcls.defaultAction`."""
    private_endpoint: bool = UNREAD
    """Whether it has an address of its own in a network of the owner's. Azure: one of `privateEndpointConnections` is
    approved."""
    audit_log: str | None = UNREAD
    """Where it writes down who used what; None: nowhere. Azure: the diagnostic setting that takes AuditEvent."""


class Key(Resource):
    """A key of a key management service."""

    title: ClassVar[str] = "key"

    own: bool = UNREAD
    """Whether the account looks after it itself. AWS `KeyManager` is CUSTOMER; GCP and Azure: always."""
    enabled: bool = UNREAD
    """Whether it can be used. AWS `KeyState` is Enabled; GCP the `primary` version's `state`; Azure "
    "`attributes.enabled`."""
    rotatable: bool = UNREAD
    """Whether the cloud can rotate it by itself. AWS: symmetric encryption key whose material KMS made (`KeySpec`,
    `Origin`), and no replica of a key elsewhere; GCP `purpose` is ENCRYPT_DECRYPT; Azure: always."""
    rotation_days: float | None = UNREAD
    """Days after which the cloud rotates it; None: it does not. Not applicable to a key that cannot rotate, or that the
    cloud looks after. AWS `RotationPeriodInDays`; GCP `rotationPeriod`; Azure `rotationPolicy.lifetimeActions`."""
    expires: datetime | None = UNREAD
    """When it can no longer be used; None: never. Not applicable to one that is switched off. Azure `attributes.exp`.
    AWS and GCP lack it: their keys are used until somebody schedules their end."""


class Certificate(Resource):
    """A TLS certificate that the cloud keeps for its services."""

    title: ClassVar[str] = "certificate"

    expires: datetime | None = UNREAD
    """When it ends; None: it was not issued. AWS `NotAfter`, `Expiration`; GCP `expireTime`; Azure `expirationDate`."""
    in_use: bool | None = UNREAD
    """Whether something serves it; None: the cloud does not say. AWS `InUse`, not said of what IAM keeps; GCP, Azure:
    not said."""
    renews: bool = UNREAD
    """Whether the cloud renews it by itself. AWS: `Type` is AMAZON_ISSUED, or `RenewalEligibility` ELIGIBLE; GCP `type`
    is MANAGED; Azure: an App Service managed certificate (`canonicalName` is set)."""


class Secret(Resource):
    """A password, token or the like that the cloud keeps."""

    title: ClassVar[str] = "secret"

    rotates: bool = UNREAD
    """Whether somebody is called to change it from time to time. AWS `RotationEnabled`; GCP
    `rotation.nextRotationTime`; Azure lacks it."""
    changed: datetime = UNREAD
    """When it last got a value. AWS `LastChangedDate`, else `CreatedDate`; GCP `createTime` of the newest version;
    Azure `attributes.updated`."""
    expires: datetime | None = UNREAD
    """When it is no longer given out; None: never. Not applicable to one that is switched off. Azure `attributes.exp`.
    AWS lacks it, and so does GCP: what is past its `expireTime` is deleted."""
