"""Subnets that nothing filters."""

from scanner import CIS_AZURE_6, NOTHING_TO_FIX, Case, Cloud, Problems, Severity, Subnet, rule

#: Names that Azure wants for subnets of its own services. Source: "Virtual network for Azure services".
OF_THE_CLOUD = frozenset(
    {
        "gatewaysubnet",
        "azurefirewallsubnet",
        "azurefirewallmanagementsubnet",
        "azurebastionsubnet",
        "routeserversubnet",
    }
)


@rule(
    "subnet-without-firewall",
    severity=Severity.LOW,
    controls=[CIS_AZURE_6["7.11"]],
    passes={
        "a security group": Case(Subnet(name="shop/web", firewalls=("web-nsg",))),
        "the cloud's own": Case(Subnet(name="shop/AzureBastionSubnet", firewalls=())),
    },
    fails={
        "none": Case(Subnet(name="shop/web", firewalls=())),
    },
    fix={
        Cloud.AWS: NOTHING_TO_FIX,
        Cloud.GCP: NOTHING_TO_FIX,
        Cloud.AZURE: "az network vnet subnet update --ids {id} --network-security-group <security-group-id>",
    },
    references=("https://learn.microsoft.com/azure/virtual-network/network-security-groups-overview",),
)
def subnet_without_firewall(subnet: Subnet) -> Problems:
    """Subnet has no network security group.

    What stands in it is filtered by what each machine brings along, or not at all: from inside the network
    everything reaches it, and an address on the internet with a Basic SKU lets in everybody. A group on the subnet
    holds for the machine that somebody adds next year, too.

    Subnets of gateways, firewalls, route servers and Bastion, which Azure runs itself and which cannot or need not
    have one, are left out.
    """
    if not subnet.firewalls and subnet.name.lower().rpartition("/")[2] not in OF_THE_CLOUD:
        yield "no network security group is on it"
