"""Azure Firewalls and Bastion hosts: what takes packets from the internet for a whole virtual network.

An Azure Firewall lets in from outside only what a DNAT rule translates: such rules are tried before all others, and
what they translate is allowed without asking any other (Azure Firewall rule processing, Microsoft Learn). What is
behind is not followed.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from scanner.models.endpoint import Address, Service
from scanner.models.network import ADDRESS_LIST, ALLOW, ATTACHED, INGRESS, NetworkRule, Reference
from scanner.providers.azure.interfaces import listed, network_of, part_id
from scanner.providers.azure.network import EVERYONE, addresses_and_tags
from scanner.providers.azure.reading import tags
from scanner.providers.protocols import has_ports, port_ranges, protocol_word
from scanner.providers.spec import PARENT, Raw, Read

_DNAT: Final = "dnat"
_NAT_COLLECTION: Final = "firewallpolicynatrulecollection"
_HTTPS: Final = 443
_V4, _V6 = 4, 6

#: A base policy's rules stand before a policy's own by one page of the documentation ("Azure Firewall rule
#: processing"), and by another ("Azure Firewall Manager policy overview") those for NAT are not handed down at all.
_HANDED_DOWN: Final = "the sources of a rule that a base policy may hand down"


# -- rules of Azure Firewalls ---------------------------------------------------------------------------------


def classic_rules(firewall: Raw) -> tuple[NetworkRule, ...]:
    """Return the DNAT rules that a firewall has itself, where it has no policy."""
    found = firewall["properties"].get("natRuleCollections") or ()
    return tuple(
        made for one in _by_priority(found) for made in _of_collection(one["properties"], "protocols")
    )


def has_policy(firewall: Raw) -> bool:
    """Tell whether a firewall's rules stand in a policy."""
    return bool(part_id(firewall["properties"].get("firewallPolicy")))


def based_on(policy: Raw) -> Raw:
    """Return what a policy is, and the reference to the one that it is based on; empty: to none."""
    return {"id": policy["id"], "base": policy["properties"].get("basePolicy") or {}}


def policies(firewall: Raw) -> list[Raw]:
    """Return a firewall's policy, once it was read, and the one that it is based on: a reference to each."""
    policy = firewall["policy"]
    return [policy, *([policy["base"]] if part_id(policy["base"]) else [])]


def policy_rules(groups: Sequence[Iterable[Raw]], _: Raw) -> tuple[NetworkRule, ...]:
    """Return the DNAT rules of the groups of a policy, then of those of its base, which may or may not count."""
    own, *base = groups
    return (*_of_groups(own), *(_doubted(rule) for one in base for rule in _of_groups(one)))


def _of_groups(groups: Iterable[Raw]) -> Iterator[NetworkRule]:
    for group in _by_priority(groups):
        collections = group["properties"].get("ruleCollections") or ()
        for one in sorted(collections, key=lambda one: one["priority"]):
            if one["ruleCollectionType"].lower() == _NAT_COLLECTION:
                yield from _of_collection(one, "ipProtocols")


def _by_priority(items: Iterable[Raw]) -> list[Raw]:
    return sorted(items, key=lambda one: one["properties"]["priority"])


def _of_collection(collection: Raw, protocols: str) -> Iterator[NetworkRule]:
    """One rule per protocol of each rule for DNAT; the first that matches translates, and each lets in."""
    if str((collection.get("action") or {}).get("type")).lower() != _DNAT:
        return
    for rule in collection.get("rules") or ():
        for protocol in rule[protocols]:
            yield _rule(rule, protocol_word(protocol), collection["priority"])


def _rule(rule: Raw, protocol: str, priority: int) -> NetworkRule:
    blocks, named = addresses_and_tags(rule.get("sourceAddresses") or ())
    groups = tuple(Reference(ADDRESS_LIST, id_.lower()) for id_ in rule.get("sourceIpGroups") or ())
    destinations, meant = addresses_and_tags(rule.get("destinationAddresses") or ())
    # A tag may hold the firewall's own address, or may not.
    unresolvable = tuple(f"the destination {one.id}" for one in meant)
    return NetworkRule(
        ref=str(rule["name"]),
        direction=INGRESS,
        action=ALLOW,
        priority=priority,
        enabled=True,
        protocol=protocol,
        ports=port_ranges(rule["destinationPorts"]) if has_ports(protocol) else (),
        sources=() if meant else blocks,
        source_references=() if meant else (*named, *groups),
        unresolvable_sources=unresolvable,
        from_internet=None,
        destinations=() if meant or set(destinations) >= set(EVERYONE) else destinations,
        targets=(),
    )


def _doubted(rule: NetworkRule) -> NetworkRule:
    changed = {"sources": (), "source_references": (), "unresolvable_sources": (_HANDED_DOWN,)}
    return rule.model_copy(update=changed)


def configurations(whole: Raw) -> list[Raw]:
    """Return the configurations with which something takes packets: that for a firewall's own management takes none."""
    return list(whole["properties"].get("ipConfigurations") or ())


FIREWALL: Final[Mapping[str, Read]] = {
    "rules": classic_rules,
    "applies_to": lambda firewall: tuple(one["id"].lower() for one in configurations(firewall)),
    "level": lambda _: ATTACHED,
    "tags": tags,
}
"""Fields of a Firewall from one item of `azureFirewalls`; `policy_rules` takes the rules of one with a policy."""


# -- addresses ------------------------------------------------------------------------------------------------


def _address(public: str | None, private: str | None, *, open_: bool) -> Address:
    family = _V6 if public and ":" in public else _V4
    return Address(family=family, public=public, private=private, blocked=False, open_without_firewall=open_)


def _public(rows: Iterable[Raw], configuration: Raw) -> str | None:
    id_ = part_id(configuration["properties"].get("publicIPAddress"))
    return (listed(rows, id_)["properties"].get("ipAddress") or None) if id_ else None


def firewall_addresses(rows: Iterable[Raw], configuration: Raw) -> tuple[Address, ...]:
    """Return the address of a configuration of a firewall, which DNAT rules name as their destination.

    Raises LookupError.
    """
    public = _public(rows, configuration)
    return (_address(public, public, open_=False),)


def hub_addresses(firewall: Raw) -> list[Raw]:
    """Return the addresses of a firewall in a virtual hub, which are no resources of their own."""
    said = (firewall["properties"].get("hubIPAddresses") or {}).get("publicIPs") or {}
    return [{"address": one["address"]} for one in said.get("addresses") or ()]


def hub_id(address: Raw) -> str:
    """Return the id of an address of a firewall in a virtual hub."""
    return f"{address[PARENT]['id']}/hubIPAddresses/{address['address']}"


_ENDPOINT: Final[Mapping[str, Read]] = {
    "owner": lambda part: part[PARENT]["id"].lower(),
    "memberships": lambda _: (),
    "policies": lambda _: (),
    "tag_sets": lambda _: (),
    "running": lambda _: True,
    "tags": lambda part: tags(part[PARENT]),
}

FIREWALL_FRONT: Final[Mapping[str, Read]] = {
    **_ENDPOINT,
    # Neither the security group of its subnet nor routes decide: Azure keeps its subnet by itself.
    "network": lambda _: None,
    "subnets": lambda _: (),
    "firewalls": lambda part: (part[PARENT]["id"].lower(),),
    "services": lambda _: None,
    "sources": lambda _: None,
}
"""Fields of an Endpoint from one configuration of an Azure Firewall, or one of its addresses in a virtual hub."""

HUB_FRONT: Final[Mapping[str, Read]] = {
    **FIREWALL_FRONT,
    "addresses": lambda part: (_address(part["address"], part["address"], open_=False),),
}


def bastion_addresses(rows: Iterable[Raw], host: Raw) -> tuple[Address, ...]:
    """Return the address of a Bastion host; its private one is told nowhere. Raises LookupError."""
    return tuple(_address(_public(rows, one), None, open_=True) for one in configurations(host))


def _subnets(host: Raw) -> tuple[str, ...]:
    found = (part_id(one["properties"].get("subnet")) for one in configurations(host))
    return tuple(dict.fromkeys(filter(None, found)))


BASTION: Final[Mapping[str, Read]] = {
    **_ENDPOINT,
    "owner": lambda host: host["id"].lower(),
    "tags": tags,
    "network": lambda host: network_of(_subnets(host)[0]),
    "subnets": _subnets,
    "firewalls": lambda _: (),
    # What has to come in from the internet (Working with NSG access and Azure Bastion, Microsoft Learn).
    "services": lambda _: (Service(protocol="tcp", ports=(_HTTPS, _HTTPS), back_ports=None, backends=None),),
    # Its own list of addresses is for hosts of the kind that is shared, which have no address.
    "sources": lambda _: None,
}
"""Fields of an Endpoint from one item of `bastionHosts`; `addresses` takes the public ones."""
