"""What a storage account of Azure says about all that lies in it: buckets, shares, keys."""

from typing import ClassVar

from scanner.models.resource import UNREAD, Resource


class StorageAccount(Resource):
    """A storage account, for what is set on it as a whole and no other cloud has. See also Bucket."""

    title: ClassVar[str] = "storage account"

    oldest_tls: str = UNREAD
    """The oldest version that it takes, of `TLS_VERSIONS`. Azure `minimumTlsVersion`; absent: TLSv1.0."""
    other_tenants: bool = UNREAD
    """Whether its objects may be replicated to accounts of other tenants. Azure `allowCrossTenantReplication`."""
    private_endpoint: bool = UNREAD
    """Whether it has an address in a network of the owner's. Azure: one of `privateEndpointConnections` is approved."""
    networks: str = UNREAD
    """From which networks requests are taken: as `Bucket.networks`."""
    lets_services_in: bool = UNREAD
    """Whether services of the cloud that it trusts come past its list of networks. Azure `networkAcls.bypass` has
    AzureServices."""
    by_identity: bool = UNREAD
    """Whether the portal reads it as who is signed in, unless somebody chooses a key. Azure
    `defaultToOAuthAuthentication`; absent: false."""
    reminder_days: float | None = UNREAD
    """Days after which its keys count as old, and are shown so; None: never. Azure `keyPolicy`."""
    elsewhere: bool = UNREAD
    """Whether all of it is copied to another region. Azure: `sku.name` is of a geo-redundant kind."""
    soft_delete_days: float | None = UNREAD
    """Days for which a deleted blob can be brought back; None: it cannot. Azure `deleteRetentionPolicy` of the blob
    service."""
    container_days: float | None = UNREAD
    """The same of a deleted container. Azure `containerDeleteRetentionPolicy`."""
