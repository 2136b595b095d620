"""Virtual networks, their subnets, and the security admin rules that stand over them, as Resource Manager says."""

from collections.abc import Iterable, Mapping
from typing import Final

from scanner.models.network import (
    ALWAYS_ALLOW,
    DENY,
    INGRESS,
    NEXT,
    ORGANIZATION,
    SERVICE_TAG,
    NetworkRule,
    Reference,
)
from scanner.providers.azure.interfaces import firewalls
from scanner.providers.azure.network import EVERYONE, addresses_and_tags
from scanner.providers.protocols import has_ports, port_ranges, protocol_word
from scanner.providers.spec import PARENT, Raw, Read
from scanner.providers.values import known

#: A group of virtual networks: what stands in them.
NETWORK_GROUP: Final = "network_group"

_ACTIONS: Final = {"allow": NEXT, "alwaysallow": ALWAYS_ALLOW, "deny": DENY}


def blocks(network: Raw) -> tuple[str, ...]:
    """Return the address space of a virtual network, and of those that it is peered with."""
    said = network["properties"]
    peers = (one["properties"] for one in said.get("virtualNetworkPeerings") or ())
    spaces = (peer.get("remoteAddressSpace") for peer in peers if peer.get("peeringState") == "Connected")
    own = (said["addressSpace"], *spaces)
    return tuple(block for space in own for block in (space or {}).get("addressPrefixes") or ())


def admin_policies(rules: Iterable[Raw]) -> tuple[str, ...]:
    """Return the ids of the security admin rules in force over a virtual network, in the order of the answer."""
    return tuple(rule["id"].lower() for rule in rules)


def admin_rules(rule: Raw) -> tuple[NetworkRule, ...]:
    """Return a security admin rule; none of one for outgoing packets."""
    said = rule["properties"]
    if said["direction"].lower() != "inbound":
        return ()
    protocol = protocol_word(said["protocol"])
    blocks, sources = _sides(said.get("sources"))
    destinations, targets = _sides(said.get("destinations"))
    ports = said.get("destinationPortRanges") or ("*",)
    return (
        NetworkRule(
            ref=_name(rule),
            direction=INGRESS,
            action=known(_ACTIONS, said["access"].lower()),
            priority=said["priority"],
            enabled=True,
            protocol=protocol,
            # As in security groups, whoever sends chooses the source's port.
            ports=port_ranges(ports) if has_ports(protocol) else (),
            sources=blocks,
            source_references=sources,
            unresolvable_sources=(),
            from_internet=None,
            destinations=() if _anywhere(destinations, targets) else destinations,
            targets=() if _anywhere(destinations, targets) else targets,
        ),
    )


def _sides(items: Iterable[Raw] | None) -> tuple[tuple[str, ...], tuple[Reference, ...]]:
    """Blocks and references of one side; without any, it is everybody."""
    given = list(items or ())
    groups = [one["addressPrefix"] for one in given if one.get("addressPrefixType") == "NetworkGroup"]
    others = [one["addressPrefix"] for one in given if one.get("addressPrefixType") != "NetworkGroup"]
    blocks, tags = addresses_and_tags(others)
    named = (*tags, *(Reference(NETWORK_GROUP, group.lower()) for group in groups))
    return (blocks, named) if given else (EVERYONE, ())


def _anywhere(blocks: Iterable[str], references: Iterable[Reference]) -> bool:
    """Tell whether destinations are all of a virtual network."""
    inside = Reference(SERVICE_TAG, "virtualnetwork")
    return set(blocks) >= set(EVERYONE) or inside in [
        Reference(one.kind, one.id.lower()) for one in references
    ]


def _name(rule: Raw) -> str:
    return str(rule["id"].rpartition("/")[2])


ADMIN_RULE: Final[Mapping[str, Read]] = {
    "rules": admin_rules,
    "applies_to": lambda rule: (rule[PARENT]["id"].lower(),),
    "level": lambda _: ORGANIZATION,
}
"""Fields of a Firewall from one of listNetworkManagerEffectiveSecurityAdminRules, under its virtual network."""

SUBNET: Final[Mapping[str, Read]] = {
    "network": lambda subnet: subnet[PARENT]["id"].lower(),
    "firewalls": lambda subnet: firewalls(subnet["properties"]),
}
"""Fields of a Subnet from one of `subnets`, in its virtual network."""
