"""Firewalls in cloud-neutral form: their rules, and the lists of addresses that rules refer to."""

from typing import ClassVar, Final, NamedTuple

from scanner.models.resource import UNREAD, Facts, Resource

INGRESS: Final = "ingress"
EGRESS: Final = "egress"

ALLOW: Final = "allow"
DENY: Final = "deny"
NEXT: Final = "next"
"""Neither allowed nor denied here: whatever is asked next decides (Google Cloud `goto_next`, Azure admin `Allow`)."""
ALWAYS_ALLOW: Final = "always_allow"
"""Allowed, and nothing that stands after it is asked any more (Azure admin `AlwaysAllow`)."""


class Reference(NamedTuple):
    """What a rule names instead of addresses: a kind of thing, and its id."""

    kind: str
    id: str


#: Kinds of references. The id of the first is the `reference` of an `AddressList`.
ADDRESS_LIST: Final = "address_list"
"""AWS prefix list, Google Cloud address group, Azure IP group."""
SERVICE_TAG: Final = "service_tag"
"""Azure: a named set of addresses that Microsoft keeps; some (`Internet`, `VirtualNetwork`) are relative."""
GROUP: Final = "group"
"""AWS security group, Azure application security group: their members' addresses within the network."""
TAG: Final = "tag"
"""Google Cloud network tag: machines of the network that carry it."""
SECURE_TAG: Final = "secure_tag"
"""Google Cloud secure tag (`tagValues/...`): machines to which it is bound (`Endpoint.tag_sets`)."""
SERVICE_ACCOUNT: Final = "service_account"
"""Google Cloud: machines of the network that run as it."""
NETWORK: Final = "network"
"""Google Cloud: machines of that network."""
TARGET_TYPE: Final = "target_type"
"""Google Cloud `targetType`, such as INTERNAL_MANAGED_LB: only as a target."""


#: Levels of firewalls.
ATTACHED: Final = "attached"
"""On what is attached to it. AWS security group, Azure network security group."""
OF_NETWORK: Final = "network"
"""One rule of a whole network. Google Cloud VPC firewall rule."""
ORGANIZATION: Final = "organization"
"""Over networks, before all others. Google Cloud hierarchical policy, Azure security admin rule."""
SYSTEM: Final = "system"
"""Google Cloud system policy: after the hierarchical ones."""
GLOBAL_POLICY: Final = "global_policy"
"""Google Cloud global network firewall policy."""
REGIONAL_POLICY: Final = "regional_policy"
"""Google Cloud regional network firewall policy: after the global one."""


class NetworkRule(Facts):
    """One rule of a firewall: packets of one protocol, and what becomes of them.

    It matches a packet whose source is in `sources`, or behind one of `source_references`, or among
    `unresolvable_sources`, and that `from_internet` does not exclude; a rule that names none of the three matches
    nothing. Destinations and targets narrow it further; empty, they do not. A firewall without an order among its
    rules has the priority None everywhere.
    """

    ref: str = UNREAD
    """What people call the rule. AWS: protocol, ports and source; GCP `name`, `ruleName` or `priority`; Azure
    `name`."""
    direction: str = UNREAD
    """`ingress` or `egress`. AWS: by the list; GCP, Azure `direction`."""
    action: str = UNREAD
    """`allow`, `deny`, `next` or `always_allow`. AWS: allow; GCP `allowed`/`denied`, `action`; Azure `access`."""
    priority: int | None = UNREAD
    """The lowest number is tried first; None where every rule counts. GCP, Azure `priority`."""
    enabled: bool = UNREAD
    """Whether the rule is in force. GCP: not `disabled`."""
    protocol: str = UNREAD
    """`tcp`, `udp`, `icmp`, `icmpv6`, `all`, or the number as text. AWS `IpProtocol`; GCP `IPProtocol`,
    `layer4Configs[].ipProtocol`; Azure `protocol`."""
    ports: tuple[tuple[int, int], ...] = UNREAD
    """Destination ports, first and last of each range; empty: all, or the protocol has none. ICMP types are not ports;
    with `all`, they are those of every protocol that has ports. AWS `FromPort`, `ToPort`; GCP `ports`; Azure
    `destinationPortRange(s)`."""
    sources: tuple[str, ...] = UNREAD
    """Source blocks, ranges or addresses. AWS `IpRanges`, `Ipv6Ranges`; GCP `sourceRanges`, `srcIpRanges`; Azure
    `sourceAddressPrefix(es)`."""
    source_references: tuple[Reference, ...] = UNREAD
    """Sources by name. AWS `PrefixListIds`, `UserIdGroupPairs`; GCP tags, service accounts, address groups; Azure
    service tags and application security groups."""
    unresolvable_sources: tuple[str, ...] = UNREAD
    """Sources, in words, that no API turns into addresses. GCP `srcRegionCodes`, `srcFqdns`,
    `srcThreatIntelligences`."""
    from_internet: bool | None = UNREAD
    """True: only packets from the internet; False: none from there; None: both. GCP `srcNetworkType`."""
    destinations: tuple[str, ...] = UNREAD
    """Destination blocks, after address translation; empty: every one. GCP `destinationRanges`, `destIpRanges`; Azure
    `destinationAddressPrefix(es)`; AWS: of an access list's rules for outgoing packets."""
    targets: tuple[Reference, ...] = UNREAD
    """What the rule is for: references of one kind are alternatives; empty: everything that the firewall is on. GCP
    target tags, service accounts, `targetResources`, `targetType`, and `destAddressGroups` as `address_list`; Azure
    `destinationApplicationSecurityGroups`, and destinations that are service tags."""


class Firewall(Resource):
    """A set of network rules that is attached and changed as one.

    AWS: a security group. GCP: one VPC firewall rule, or one firewall policy. Azure: a network security group, one
    security admin rule, or the rules by which an Azure Firewall translates destinations.
    """

    title: ClassVar[str] = "firewall"

    rules: tuple[NetworkRule, ...] = UNREAD
    """The rules for incoming packets, in the order of the answer; those for outgoing ones are not read yet. AWS
    `IpPermissions`; GCP the rule itself, `rules`; Azure `securityRules` and `defaultSecurityRules`."""
    applies_to: tuple[str, ...] = UNREAD
    """Ids of networks, subnets and interfaces that it is on, or whose interfaces may carry it. AWS `VpcId`; GCP
    `network`, `associations[].attachmentTarget`; Azure `subnets[].id`, `networkInterfaces[].id`."""
    default: bool = UNREAD
    """Whether it is what a machine of its network gets that names none. AWS: the group called `default`. GCP and Azure
    lack it."""
    lets_out: bool = UNREAD
    """Whether some rule lets packets out. AWS `IpPermissionsEgress`. GCP and Azure lack it: theirs let everything out
    that no rule stops."""
    level: str = UNREAD
    """Where on the way it stands: `attached`, `network`, `organization`, `system`, `global_policy` or
    `regional_policy`."""


class AddressList(Resource):
    """A named list of addresses that rules refer to, as the account sees it. AWS: a prefix list. GCP: an address group.

    Azure: an IP group. An AWS list may belong to another account or to AWS itself, which rules do not say: its id
    holds the account that refers to it, and each account has its own.
    """

    title: ClassVar[str] = "address list"

    reference: str = UNREAD
    """The id by which rules name it. AWS `PrefixListId`; GCP, Azure: its own id."""
    addresses: tuple[str, ...] = UNREAD
    """Blocks of either family. AWS `Entries[].Cidr`; GCP `items`; Azure `ipAddresses`."""
