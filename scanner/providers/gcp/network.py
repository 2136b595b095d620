"""VPC firewall rules, firewall policies and address groups, as the Compute Engine and Network Security APIs say."""

from collections.abc import Iterator, Mapping
from typing import Final

from scanner.models.network import (
    ADDRESS_LIST,
    ALLOW,
    DENY,
    GLOBAL_POLICY,
    INGRESS,
    NETWORK,
    NEXT,
    OF_NETWORK,
    ORGANIZATION,
    REGIONAL_POLICY,
    SECURE_TAG,
    SERVICE_ACCOUNT,
    SYSTEM,
    TAG,
    TARGET_TYPE,
    NetworkRule,
    Reference,
)
from scanner.providers.gcp.names import full_name
from scanner.providers.protocols import port_ranges, protocol_word
from scanner.providers.spec import Raw, Read
from scanner.providers.values import known

_EVERYONE: Final = ("0.0.0.0/0", "::/0")
_ACTIONS: Final = {
    "allow": ALLOW,
    # Allowed, and looked into on its way.
    "apply_security_profile_group": ALLOW,
    "deny": DENY,
    "goto_next": NEXT,
}
#: Where the source is: on the internet, elsewhere, or either.
_FROM: Final = {
    "INTERNET": True,
    "NON_INTERNET": False,
    "INTRA_VPC": False,
    "VPC_NETWORKS": False,
    "UNSPECIFIED": None,
    None: None,
}


def vpc_rules(firewall: Raw) -> tuple[NetworkRule, ...]:
    """Return one rule per protocol of a VPC firewall rule; none of one for outgoing packets."""
    if firewall.get("direction", "INGRESS") != "INGRESS":
        return ()
    members = (
        *_named(TAG, firewall.get("sourceTags")),
        *_named(SERVICE_ACCOUNT, firewall.get("sourceServiceAccounts")),
    )
    blocks = tuple(firewall.get("sourceRanges") or ())
    return tuple(
        NetworkRule(
            ref=firewall["name"],
            direction=INGRESS,
            action=action,
            priority=firewall["priority"],
            enabled=not firewall.get("disabled", False),
            protocol=protocol_word(entry["IPProtocol"]),
            ports=port_ranges(entry.get("ports") or ()),
            # Without any source a rule is for all of IPv4.
            sources=blocks if blocks or members else ("0.0.0.0/0",),
            source_references=members,
            unresolvable_sources=(),
            from_internet=None,
            destinations=tuple(firewall.get("destinationRanges") or ()),
            targets=(
                *_named(TAG, firewall.get("targetTags")),
                *_named(SERVICE_ACCOUNT, firewall.get("targetServiceAccounts")),
            ),
        )
        for action, entries in ((ALLOW, firewall.get("allowed")), (DENY, firewall.get("denied")))
        for entry in entries or ()
    )


def policy_rules(policy: Raw) -> tuple[NetworkRule, ...]:
    """Return one rule per protocol of each rule of a firewall policy for incoming packets."""
    return tuple(
        made
        for rule in policy.get("rules") or ()
        if rule["direction"] == "INGRESS"
        for made in _of_policy(rule)
    )


def _of_policy(rule: Raw) -> Iterator[NetworkRule]:
    match = rule["match"]
    tags, targets = _effective(match.get("srcSecureTags")), target_tags(rule)
    # A rule all of whose tags have lost their meaning is ignored.
    ignored = targets == () or (tags == () and not match.get("srcIpRanges"))
    unresolvable = tuple(_unresolvable(match))
    references = (*(tags or ()), *_lists(match.get("srcAddressGroups")))
    blocks = tuple(match.get("srcIpRanges") or ())
    for entry in match["layer4Configs"]:
        yield NetworkRule(
            ref=rule.get("ruleName") or f"priority {rule['priority']}",
            direction=INGRESS,
            action=_ACTIONS.get(rule["action"], str(rule["action"])),
            priority=rule["priority"],
            enabled=not rule.get("disabled", False) and not ignored,
            protocol=protocol_word(entry["ipProtocol"]),
            ports=port_ranges(entry.get("ports") or ()),
            sources=blocks if blocks or references or unresolvable else _EVERYONE,
            source_references=references,
            unresolvable_sources=unresolvable,
            from_internet=known(_FROM, match.get("srcNetworkType") or match.get("srcNetworkContext")),
            destinations=tuple(match.get("destIpRanges") or ()),
            targets=(*(targets or ()), *_targets(rule), *_lists(match.get("destAddressGroups"))),
        )


def target_tags(rule: Raw) -> tuple[Reference, ...] | None:
    """Return the secure tags of a policy's rule one of which its targets carry; None: it is for all.

    Those that have lost their meaning are left out; a rule of which none is left is ignored.
    """
    return _effective(rule.get("targetSecureTags"))


def _targets(rule: Raw) -> Iterator[Reference]:
    yield from _named(SERVICE_ACCOUNT, rule.get("targetServiceAccounts"))
    for url in rule.get("targetResources") or ():
        yield Reference(NETWORK, full_name(url))
    if rule.get("targetType", "INSTANCES") != "INSTANCES":
        yield Reference(TARGET_TYPE, rule["targetType"])


def _lists(groups: list[str] | None) -> Iterator[Reference]:
    for group in groups or ():
        yield Reference(ADDRESS_LIST, full_name(group, "networksecurity"))


def _named(kind: str, ids: list[str] | None) -> tuple[Reference, ...]:
    return tuple(Reference(kind, id_) for id_ in ids or ())


def _effective(tags: list[Raw] | None) -> tuple[Reference, ...] | None:
    """Return the secure tags that have a meaning; None when the rule names none at all."""
    if not tags:
        return None
    return tuple(
        Reference(SECURE_TAG, tag["name"]) for tag in tags if tag.get("state", "EFFECTIVE") == "EFFECTIVE"
    )


def _unresolvable(match: Raw) -> Iterator[str]:
    for field, words in (
        ("srcRegionCodes", "region"),
        ("srcFqdns", "the host"),
        ("srcThreatIntelligences", "the threat list"),
    ):
        for value in match.get(field) or ():
            yield f"{words} {value}"


def policy_networks(policy: Raw) -> tuple[str, ...]:
    """Return the networks, folders and organizations that a policy is associated with."""
    return tuple(
        full_name(one["attachmentTarget"], "cloudresourcemanager") for one in policy.get("associations") or ()
    )


def policy_level(policy: Raw) -> str:
    """Return at which stage a listed policy is tried. The parent of a hierarchical one is a folder or organization."""
    if policy.get("policySource") == "SYSTEM":
        return SYSTEM
    if policy.get("parent"):
        return ORGANIZATION
    return REGIONAL_POLICY if policy.get("region") else GLOBAL_POLICY


VPC_FIREWALL: Final[Mapping[str, Read]] = {
    "rules": vpc_rules,
    "applies_to": lambda firewall: (full_name(firewall["network"]),),
    "level": lambda _: OF_NETWORK,
}
"""Fields of a Firewall from one item of `firewalls.list`. It has no labels."""

FIREWALL_POLICY: Final[Mapping[str, Read]] = {
    "rules": policy_rules,
    "applies_to": policy_networks,
    "level": policy_level,
}
"""Fields of a Firewall from a network, regional or hierarchical firewall policy. It has no labels."""

#: Rules stand over whole networks: no machine gets one because it names none, and what goes out needs no rule.
LACKS: Final = ("tags", "default", "lets_out")


def group_addresses(group: Raw) -> tuple[str, ...]:
    """Return the blocks of an address group; an empty one has no list, but the type that is required of each."""
    group["type"]
    return tuple(group.get("items") or ())


ADDRESS_GROUP: Final[Mapping[str, Read]] = {
    "reference": lambda group: full_name(group["name"], "networksecurity"),
    "addresses": group_addresses,
    "tags": lambda group: group.get("labels") or {},
}
"""Fields of an AddressList from one item of `addressGroups.list`."""
