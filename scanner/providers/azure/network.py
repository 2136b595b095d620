"""Network security groups and IP groups, as Azure Resource Manager gives them."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from scanner.exposure.notation import read
from scanner.models.network import ALLOW, ATTACHED, DENY, GROUP, INGRESS, SERVICE_TAG, NetworkRule, Reference
from scanner.providers.protocols import has_ports, port_ranges, protocol_word
from scanner.providers.spec import Raw, Read
from scanner.providers.values import known

EVERYONE: Final = ("0.0.0.0/0", "::/0")
_ANY: Final = frozenset({"*", "any"})
_ACTIONS: Final = {"allow": ALLOW, "deny": DENY}


def rules(group: Raw) -> tuple[NetworkRule, ...]:
    """Return the group's own rules for incoming packets, then those that every group has."""
    properties = group["properties"]
    return tuple(
        _rule(rule["name"], rule["properties"])
        for rule in (*(properties.get("securityRules") or ()), *properties["defaultSecurityRules"])
        if rule["properties"]["direction"].lower() == "inbound"
    )


def _rule(name: str, rule: Raw) -> NetworkRule:
    protocol = protocol_word(rule["protocol"])
    ports = _values(rule, "destinationPortRange", "destinationPortRanges")
    blocks, tags = addresses_and_tags(_values(rule, "sourceAddressPrefix", "sourceAddressPrefixes"))
    destinations, target_tags = _destinations(rule)
    return NetworkRule(
        ref=name,
        direction=INGRESS,
        action=known(_ACTIONS, rule["access"].lower()),
        priority=rule["priority"],
        enabled=True,
        protocol=protocol,
        # The source's port is chosen by whoever sends: it limits nobody, and is not read.
        ports=port_ranges(ports) if has_ports(protocol) else (),
        sources=blocks,
        source_references=(*tags, *_groups(rule.get("sourceApplicationSecurityGroups"))),
        unresolvable_sources=(),
        from_internet=None,
        destinations=destinations,
        targets=(*target_tags, *_groups(rule.get("destinationApplicationSecurityGroups"))),
    )


def _values(rule: Raw, one: str, many: str) -> tuple[str, ...]:
    """Read the singular and the plural field: the one that is not used is absent, null or empty."""
    return tuple(value for value in (rule.get(one), *(rule.get(many) or ())) if value)


def addresses_and_tags(prefixes: Iterable[str]) -> tuple[tuple[str, ...], tuple[Reference, ...]]:
    """Tell addresses and service tags apart; `*`, and `0.0.0.0` without a length, are everybody."""
    blocks: list[str] = []
    tags: list[Reference] = []
    for prefix in prefixes:
        if prefix.lower() in _ANY:
            blocks += EVERYONE
        elif prefix == "0.0.0.0":  # noqa: S104 - what a rule says, and nothing that is bound to
            blocks.append("0.0.0.0/0")
        elif _is_address(prefix):
            blocks.append(prefix)
        else:
            tags.append(Reference(SERVICE_TAG, prefix))
    return tuple(blocks), tuple(tags)


def _is_address(text: str) -> bool:
    try:
        read(text)
    except ValueError:
        # Tags start with a letter and have no colon. What else is no address is a broken one, and told later.
        return ":" in text or text[0].isdigit()
    return True


def _destinations(rule: Raw) -> tuple[tuple[str, ...], tuple[Reference, ...]]:
    """Destinations that narrow a rule; what stands in the group's own virtual network is all that it can reach."""
    blocks, tags = addresses_and_tags(_values(rule, "destinationAddressPrefix", "destinationAddressPrefixes"))
    if set(blocks) >= set(EVERYONE) or any(tag.id.lower() == "virtualnetwork" for tag in tags):
        return (), ()
    return blocks, tags


def _groups(groups: Iterable[Raw] | None) -> Iterator[Reference]:
    for group in groups or ():
        yield Reference(GROUP, group["id"].lower())


def attached(group: Raw) -> tuple[str, ...]:
    """Return the ids of the subnets and network interfaces that the group is on."""
    properties = group["properties"]
    return tuple(
        one["id"].lower() for field in ("subnets", "networkInterfaces") for one in properties.get(field) or ()
    )


SECURITY_GROUP: Final[Mapping[str, Read]] = {
    "rules": rules,
    "applies_to": attached,
    "level": lambda _: ATTACHED,
    "tags": lambda group: group.get("tags") or {},
}
"""Fields of a Firewall from one item of `networkSecurityGroups`."""

#: No machine gets a group because it names none, and what goes out needs no rule.
LACKS: Final = ("default", "lets_out")

IP_GROUP: Final[Mapping[str, Read]] = {
    "reference": lambda group: group["id"].lower(),
    "addresses": lambda group: tuple(group["properties"].get("ipAddresses") or ()),
    "tags": lambda group: group.get("tags") or {},
}
"""Fields of an AddressList from one item of `ipGroups`."""
