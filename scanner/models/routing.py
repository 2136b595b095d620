"""Networks and the ways through them: subnets, route tables, access lists."""

from typing import ClassVar, Final

from scanner.models.network import NetworkRule, Reference
from scanner.models.resource import UNREAD, Facts, Resource

#: What a subnet's `block` closes, and what its exclusion opens again: packets that come in, that go out, or both.
INGRESS_ONLY: Final = "ingress"
EGRESS_ONLY: Final = "egress"
BOTH_WAYS: Final = "both"

#: Which packets a flow log keeps.
ALL_PACKETS: Final = "all"
ACCEPTED: Final = "accepted"
REJECTED: Final = "rejected"


class FlowLog(Facts):
    """How much of a subnet's traffic is written down."""

    share: float = UNREAD
    """Of all connections, from 0 to 1. GCP `flowSampling`."""
    seconds: int = UNREAD
    """Over how long packets of one connection are added up. GCP `aggregationInterval`."""
    filtered: bool = UNREAD
    """Whether some are left out on purpose. GCP: `filterExpr` is something else than `true`."""


class Network(Resource):
    """A virtual network. AWS: a VPC; GCP: a VPC network; Azure: a virtual network.

    On AWS, here and below, one thing names another by its short id (`vpc-`, `subnet-`, `igw-` ...), which is unique in
    all of AWS: an ARN holds its owner, whom answers do not name. GCP: by full name; Azure: by the id in lower case.
    """

    title: ClassVar[str] = "network"

    internet_gateways: tuple[str, ...] = UNREAD
    """Ids of internet gateways that are attached to it. AWS `Attachments` of DescribeInternetGateways. GCP and Azure
    have no such thing: every network has a way out."""
    policies: tuple[str, ...] = UNREAD
    """Ids of firewalls that stand over the whole network, in the order in which they are tried before and after its own
    (see `Firewall.level`). GCP: the policies of getEffectiveFirewalls; Azure: the rules of
    listNetworkManagerEffectiveSecurityAdminRules, those of a higher manager first. AWS: none."""
    blocks: tuple[str, ...] = UNREAD
    """Blocks of addresses that are inside, so that nobody there is of the internet, whatever addresses they are. Azure
    `addressSpace.addressPrefixes`, and `remoteAddressSpace` of connected peerings. AWS and GCP lack it: there routes
    say what is inside."""
    policies_first: bool = UNREAD
    """Whether its global and regional policies are tried before its VPC firewall rules. GCP
    `networkFirewallPolicyEnforcementOrder` is BEFORE_CLASSIC_FIREWALL; absent: false. AWS and Azure lack it."""
    legacy: bool = UNREAD
    """Whether it is of the old kind without subnets. GCP: `IPv4Range` is set. AWS and Azure lack it."""
    made_open: bool = UNREAD
    """Whether it is the one that the cloud makes for every account with a firewall that lets SSH and RDP in from
    everywhere. GCP: it is called `default`. AWS and Azure lack it: AWS's lets nobody in from outside, Azure makes
    none."""
    dns_logged: bool = UNREAD
    """Whether the names that its machines ask for are written down. GCP: a DNS policy of the network has
    `enableLogging`. AWS and Azure lack it: there a log of its own takes them, which is not the network's."""
    flow_log: str | None = UNREAD
    """Which of its packets are written down, `all`, `accepted` or `rejected`; None: none. Of several logs, the one that
    keeps most. AWS `TrafficType` of a flow log of the VPC that is active and delivers; Azure: `all`, a flow log of the
    virtual network that is enabled. GCP lacks it: its subnets have one each."""
    flow_log_days: float | None = UNREAD
    """For how many days they are kept; None: for ever; 0: there is no flow log. Of several, the one that keeps them
    longest. Azure `retentionPolicy`. AWS and GCP lack it: there what takes the log decides."""
    watched: bool = UNREAD
    """Whether the cloud's own service for looking into its traffic is on in its region. Azure: a network watcher. AWS
    and GCP lack it: theirs need not be switched on."""
    ddos_protected: bool = UNREAD
    """Whether the paid protection against floods of traffic is on. Azure `enableDdosProtection`. AWS and GCP lack it:
    there it is not a matter of a network."""


class Subnet(Resource):
    """A part of a network. GCP: a subnetwork."""

    title: ClassVar[str] = "subnet"

    flow_log: FlowLog | None = UNREAD
    """How much of its traffic is written down; None: nothing. Not applicable to one that is for load balancers or
    addresses alone. GCP `logConfig`. AWS and Azure lack it: their networks have one."""

    network: str = UNREAD
    """Id of its network. AWS `VpcId`; GCP `network`; Azure: the parent."""
    firewalls: tuple[str, ...] = UNREAD
    """Ids of firewalls attached to the subnet. Azure `networkSecurityGroup`; AWS and GCP lack it."""
    block: str | None = UNREAD
    """A switch of the account by which its networks are closed to the internet: `ingress` (to what comes in), `both` or
    None, off. AWS `BlockPublicAccessStates.InternetGatewayBlockMode`, absent where the region has no such switch; GCP
    and Azure lack it."""
    block_exclusion: str | None = UNREAD
    """What an exclusion lets through a `block`: `egress`, `both` or None, nothing; not applicable without a block. AWS
    `InternetGatewayExclusionMode` of the exclusion of the subnet or its VPC that is in force."""
    unadvertised: tuple[str, ...] = UNREAD
    """Blocks of IPv6 addresses that look public, but cannot be reached from the internet. AWS
    `Ipv6CidrBlockAssociationSet[].Ipv6AddressAttribute` is private; GCP and Azure lack it."""


class Route(Facts):
    """One route of a table. The longest prefix wins; among equals the lowest priority."""

    destination: str | None = UNREAD
    """Block of addresses; None where an address list stands instead. AWS `DestinationCidrBlock`,
    `DestinationIpv6CidrBlock`; GCP `destRange`."""
    address_list: str | None = UNREAD
    """Id of the `AddressList` whose every block is a destination. AWS `DestinationPrefixListId`; GCP: None."""
    target: str = UNREAD
    """Id or name of what packets are sent to. AWS `GatewayId`, `NatGatewayId` ...; GCP `nextHop...`."""
    to_internet: bool = UNREAD
    """Whether the target leads straight to the internet, both ways. AWS: an internet gateway (`igw-`; not a NAT
    gateway, not an egress-only one); GCP: `nextHopGateway` default-internet-gateway."""
    active: bool = UNREAD
    """Whether it is in force. AWS `State` active; GCP `routeStatus` ACTIVE or absent."""
    priority: int = UNREAD
    """The lowest number wins among equal destinations. GCP `priority`; AWS: 1 of a route that a gateway
    announced (`Origin`), which yields to what was set, 0."""
    targets: tuple[Reference, ...] = UNREAD
    """Machines that it is for; empty: all. GCP `tags`. AWS: none."""


class RouteTable(Resource):
    """Routes of subnets.

    AWS: a route table; GCP: each route is one of its own, for its whole network. Azure: not read, its routes do not
    decide what comes in.
    """

    title: ClassVar[str] = "route table"

    network: str = UNREAD
    """Id of its network. AWS `VpcId`; GCP `network`."""
    subnets: tuple[str, ...] = UNREAD
    """Ids of the subnets that it is set on. AWS `Associations[].SubnetId`. GCP: none."""
    gateways: tuple[str, ...] = UNREAD
    """Ids of gateways that it is set on: it says where packets go that come in by them. AWS `Associations[].GatewayId`.
    GCP: none."""
    main: bool = UNREAD
    """Whether it is for every subnet of its network on which no table is set. AWS `Associations[].Main`; GCP: true."""
    routes: tuple[Route, ...] = UNREAD
    """AWS `Routes`; GCP the route itself."""


class AccessList(Resource):
    """Rules without memory on all that enters and leaves subnets.

    AWS: a network ACL. GCP and Azure have no such thing: their firewalls remember connections, and let replies pass.
    """

    title: ClassVar[str] = "access list"

    network: str = UNREAD
    """Id of its network. AWS `VpcId`."""
    subnets: tuple[str, ...] = UNREAD
    """Ids of the subnets that it is set on. AWS `Associations[].SubnetId`."""
    rules: tuple[NetworkRule, ...] = UNREAD
    """Of both directions; `allow` hands a packet on, for other firewalls still stand behind. Those for outgoing packets
    name the other side in `destinations`. AWS `Entries`."""
