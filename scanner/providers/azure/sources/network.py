"""What is asked about networks: security groups, and groups of addresses."""

from typing import Final

from scanner.models.network import AddressList, Firewall
from scanner.providers.azure import network
from scanner.providers.azure.calls import listed
from scanner.providers.azure.reading import region
from scanner.providers.spec import Source

NETWORK: Final = "Microsoft.Network"
VERSION: Final = "2026-03-01"

#: Asked wherever something refers to a public address, which is a resource of its own.
ADDRESSES: Final = listed(NETWORK, "PublicIPAddresses_ListAll", "publicIPAddresses", VERSION)

#: Asked for what is on the internet, and for what its machines let through.
INTERFACES: Final = listed(NETWORK, "NetworkInterfaces_ListAll", "networkInterfaces", VERSION)

SECURITY_GROUPS: Final = Source(
    kind=Firewall,
    listing=listed(NETWORK, "NetworkSecurityGroups_ListAll", "networkSecurityGroups", VERSION),
    level="account",
    id="{id}",
    name="{name}",
    region=region,
    fields=network.SECURITY_GROUP,
    lacking=network.LACKS,
)

IP_GROUPS: Final = Source(
    kind=AddressList,
    listing=listed(NETWORK, "IpGroups_List", "ipGroups", VERSION),
    level="account",
    id="{id}",
    name="{name}",
    region=region,
    fields=network.IP_GROUP,
)

SOURCES: Final = (SECURITY_GROUPS, IP_GROUPS)
