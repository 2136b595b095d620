"""Policies that stand over a network in one region, and which secure tags of their rules a machine carries."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from scanner.models.network import Firewall
from scanner.providers.gcp.calls import GcpCall
from scanner.providers.gcp.names import full_name
from scanner.providers.gcp.network import LACKS, target_tags
from scanner.providers.gcp.routing import EFFECTIVE_POLICY, effective_id, effective_region
from scanner.providers.spec import PARENT, Detail, Raw, Source

#: Under which key an interface finds the answer for its network and region.
_OVER: Final = "policies over it"
#: Policies that `networkFirewallPolicies.aggregatedList` does not have: Google's own, for what it runs in a region.
_GOOGLES: Final = "SYSTEM_REGIONAL"


def _of_network(given: Mapping[str, Any], _: datetime) -> Mapping[str, Any]:
    """Ask the project that has the network: a shared one is in another than its machines."""
    return {"project": full_name(given["network"]).split("/")[4], **given}


def _of_machine(given: Mapping[str, Any], _: datetime) -> Mapping[str, Any]:
    """Ask for an instance by the parts of its address: `.../projects/P/zones/Z/instances/I`."""
    words = full_name(given["instance"]).split("/")
    return {**given, "project": words[4], "zone": words[6], "instance": words[8]}


OVER_NETWORK: Final = GcpCall(
    "compute",
    "regionNetworkFirewallPolicies.getEffectiveFirewalls",
    "firewallPolicys?",
    path="compute/v1/projects/{project}/regions/{region}/firewallPolicies/getEffectiveFirewalls",
    given={"network": "{networkInterfaces.0.network}", "region": "{region}"},
    made=_of_network,
    permission="compute.networks.getRegionEffectiveFirewalls",
    regional=True,
)

OVER_INTERFACE: Final = GcpCall(
    "compute",
    "instances.getEffectiveFirewalls",
    "firewallPolicys?",
    path="compute/v1/projects/{project}/zones/{zone}/instances/{instance}/getEffectiveFirewalls",
    given={"instance": "{selfLink}", "networkInterface": "{networkInterfaces.0.name}"},
    made=_of_machine,
)


def policies(found: Sequence[Raw], interface: Raw) -> tuple[str, ...]:
    """Return the policies of one region alone, in the order of the answer, which is that in which they are tried."""
    return tuple(
        effective_id({**policy, PARENT: interface})
        for policy in found
        if str(policy["type"]).endswith("_REGIONAL")
    )


def tags_decide(interface: Raw) -> bool:
    """Tell whether a rule over an interface's network and region is only for machines with some secure tag."""
    return any(True for _ in _tag_sets(interface[_OVER] or ()))


def tag_sets(found: Sequence[Raw], interface: Raw) -> tuple[tuple[str, ...], ...]:
    """Return the secure tags of each rule for them that is for an interface: it carries one of them, or more.

    "Only rules that target the specific VM instance are returned if target service accounts or target secure tags are
    specified in the rules" (discovery document). Raises LookupError for an answer that leaves out whole policies, and
    so says nothing of their rules.
    """
    names = {policy["name"] for policy in found}
    for policy in interface[_OVER]:
        if policy["name"] not in names:
            raise LookupError(f"has no word about policy {policy['name']}")
    return tuple(dict.fromkeys(_tag_sets(found)))


def _tag_sets(found: Sequence[Raw]) -> Iterator[tuple[str, ...]]:
    for policy in found:
        for rule in policy.get("rules") or ():
            if rule["direction"] == "INGRESS" and not rule.get("disabled"):
                tags = target_tags(rule)
                if tags:
                    yield tuple(sorted(one.id for one in tags))


OVER_IT: Final = Detail(
    call=OVER_NETWORK,
    per="shared",
    brings=f"{_OVER}[]",
    with_item=True,
    fills={"policies": policies},
    leads=[
        Detail(
            call=OVER_INTERFACE,
            when=tags_decide,
            with_item=True,
            fills={"tag_sets": tag_sets},
        )
    ],
)
"""Fields of an interface: asked once for its network and region, and by itself only where tags decide."""


def googles_own(interfaces: Source) -> Source:
    """List the system policies of the regions and networks in which interfaces stand."""
    return Source(
        kind=Firewall,
        listing=OVER_NETWORK,
        under=interfaces,
        once_for="{region} {networkInterfaces.0.network}",
        level="account",
        keep=lambda policy: policy["type"] == _GOOGLES,
        id=effective_id,
        name="{displayName?}",
        region=effective_region,
        fields=EFFECTIVE_POLICY,
        lacking=LACKS,
    )
