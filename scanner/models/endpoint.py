"""Where packets from the internet arrive: addresses, and what takes the packets that are sent to them."""

from typing import ClassVar

from scanner.models.network import Reference
from scanner.models.resource import UNREAD, Facts, Resource


class Address(Facts):
    """One address of an endpoint, as the internet knows it and as its own network does."""

    family: int = UNREAD
    """4 or 6."""
    public: str | None = UNREAD
    """The address on the internet, a block of them, or the DNS name where the cloud says no more; None: it has none.
    AWS `Association.PublicIp`, `Ipv6Addresses`, `Ipv6Prefixes`, `DNSName`; GCP `accessConfigs[].natIP`,
    `externalIpv6`, `IPAddress`; Azure `publicIPAddress` and its `ipAddress`."""
    private: str | None = UNREAD
    """What firewalls of its network see as the destination, after address translation; None: it has none. AWS
    `PrivateIpAddress`; GCP `networkIP`, and of a passthrough forwarding rule `IPAddress`; Azure `privateIPAddress`. An
    IPv6 address that is not translated stands in both."""
    blocked: bool = UNREAD
    """Whether the address itself is kept from the internet, whatever rules say. AWS: IPv6 and `DenyAllIgwTraffic`;
    GCP: external IPv6 without `ipv6AccessType` EXTERNAL; Azure: false."""
    open_without_firewall: bool = UNREAD
    """What becomes of packets to it where no firewall is attached: true, they arrive. AWS: true (a network load
    balancer without a group takes all); GCP: false for machines (the implied deny), true for what ends at Google's
    front ends; Azure: the public address's `sku` is Basic."""


class Service(Facts):
    """Ports on which an endpoint takes packets, and where they go from there."""

    protocol: str = UNREAD
    """`tcp`, `udp`, `all`, or another as `NetworkRule.protocol`. AWS listener `Protocol`, `tcp` of a database; GCP
    `IPProtocol`; Azure `protocol`."""
    ports: tuple[int, int] | None = UNREAD
    """First and last port in front; None: every one. AWS `Port`; GCP `ports`, `portRange`, `allPorts`; Azure
    `frontendPort`, `frontendPortRangeStart` and `...End`."""
    back_ports: tuple[int, int] | None = UNREAD
    """The ports behind, as `backends`' firewalls see them: as many, or one for all; None: those in front. GCP: None;
    Azure `backendPort`. AWS: None, what is behind has other packets."""
    keeps_destination: bool = UNREAD
    """Whether packets reach `backends` with the address in front as their destination, which no firewall rule for a
    machine's own address matches. Azure `enableFloatingIP`; elsewhere `Address.private` says it all."""
    backends: tuple[str, ...] | None = UNREAD
    """Endpoints that get the same packets, with the client's own address, so that their firewalls decide; each is a way
    in. None: packets end here, and only the endpoint's own firewalls decide. AWS, GCP proxies: None; GCP passthrough:
    interfaces of the backend service's instances; Azure: NICs of the backend pool or NAT rule, or the network and the
    address of what a pool names by these."""


def placed(network: str, address: str) -> str:
    """Return how something is called of which only its address in a network is known."""
    return f"{network} {address}"


class Endpoint(Resource):
    """Something that packets are sent to: a network interface, a front end of a load balancer, a managed database.

    AWS: network interfaces, whoever owns them (those of a load balancer, database or warehouse are counted as its own),
    load balancers, databases, warehouses, search domains. GCP: interfaces of instances, forwarding rules, managed
    databases with an external address. Azure: NICs, front ends of load balancers, managed databases with an address of
    their own, addresses of Azure Firewalls, Bastion hosts.
    """

    title: ClassVar[str] = "endpoint"

    owner: str | None = UNREAD
    """Id of what it belongs to, or the words by which the cloud calls that; None: nothing. AWS
    `Attachment.InstanceId`, else `Description` of what a service manages, ARN of the load balancer or database; GCP
    the instance, the forwarding rule itself; Azure `virtualMachine.id`, the load balancer."""
    addresses: tuple[Address, ...] = UNREAD
    """Every address, those that are not public too (firewall rules may name them)."""
    network: str | None = UNREAD
    """Id of the network that packets must come through; None: they end at the provider's own front, and neither routes
    nor firewalls of a network decide (GCP proxies, managed databases with an external address, Aurora's internet
    access gateway, OpenSearch domains without a VPC). AWS `VpcId`; GCP `network`; Azure: the subnet's."""
    subnets: tuple[str, ...] = UNREAD
    """Ids of the subnets in which it stands: each is a way in. One of a network interface, one per zone of an AWS load
    balancer. AWS `SubnetId`, `AvailabilityZones[].SubnetId`; GCP `subnetwork`; Azure `subnet.id`."""
    firewalls: tuple[str, ...] = UNREAD
    """Ids of firewalls attached to it directly. AWS security groups, by their `sg-` ids (unique in all of AWS); Azure
    the NIC's `networkSecurityGroup`, and of an Azure Firewall's address that firewall. GCP: none, its rules choose
    their targets by `memberships`."""
    memberships: tuple[Reference, ...] = UNREAD
    """What targets of rules and routes may name it by. GCP: network tags (`tag`), `service_account`, its
    `network`; secure tags: see `tag_sets`. Azure application security groups (`group`). AWS: none."""
    policies: tuple[str, ...] = UNREAD
    """Ids of firewalls that stand over its network in its region alone, in the order in which they are tried (see
    `Firewall.level`). GCP: regional policies of `regionNetworkFirewallPolicies.getEffectiveFirewalls`, of interfaces.
    AWS, Azure: none."""
    tag_sets: tuple[tuple[str, ...], ...] = UNREAD
    """The secure tags of each rule over it that is for machines with one of them, and for this one. Not applicable
    where no rule is for machines with such tags. GCP: `targetSecureTags` in `instances.getEffectiveFirewalls`, which
    gives only rules that are for the machine. AWS, Azure: none."""
    running: bool = UNREAD
    """Whether something is there to answer. AWS `Status` in-use and the instance's state; GCP `status` RUNNING; Azure:
    attached to a machine that is not deallocated. What a provider runs itself counts as running."""
    services: tuple[Service, ...] | None = UNREAD
    """The only ports on which it takes packets; empty: none (an AWS NAT gateway); None: every one, for nobody outside
    knows what a machine listens on. An AWS load balancer's are its `Listener`s, and not applicable here."""
    sources: tuple[str, ...] | None = UNREAD
    """Blocks, ranges and addresses that the endpoint itself lets in before any firewall; None: everyone. GCP
    `sourceIpRanges` of a forwarding rule, `authorizedNetworks`; Azure `firewallRules`. AWS: None."""
