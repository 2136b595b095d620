"""What web application firewalls of application gateways do: policies, and the older configuration within a gateway."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from scanner.models.load_balancer import BLOCKS, DETECTS
from scanner.providers.azure.reading import SWITCH, tags
from scanner.providers.spec import Raw, Read
from scanner.providers.values import known

_MODES: Final = {"prevention": BLOCKS, "detection": DETECTS}
_BOTS: Final = "microsoft_botmanagerruleset"
#: From the least.
_ORDER: Final = (None, DETECTS, BLOCKS)


def waf(policies: Iterable[Raw], gateway: Raw) -> str | None:
    """Return what the gateway's web application firewall does; `policies` are those of the subscription.

    Listeners and paths may have policies of their own: the one that does least counts.
    """
    listed = {policy["id"].lower(): policy["properties"] for policy in policies}
    named = list(_named(gateway["properties"]))
    return min((_state(one, listed, gateway["properties"]) for one in named), key=_ORDER.index)


def _named(gateway: Raw) -> Iterator[Raw | None]:
    """Yield the policy of each listener, its own or the gateway's, and those of paths; None where there is none."""
    listeners: list[Raw] = [one["properties"] for one in gateway.get("httpListeners") or ()]
    for listener in listeners or ({},):
        yield listener.get("firewallPolicy") or gateway.get("firewallPolicy")
    for paths in gateway.get("urlPathMaps") or ():
        for rule in paths["properties"].get("pathRules") or ():
            if rule["properties"].get("firewallPolicy"):
                yield rule["properties"]["firewallPolicy"]


def _state(reference: Raw | None, listed: Mapping[str, Raw], gateway: Raw) -> str | None:
    """Return what one policy does, or the gateway's own configuration where no policy is named."""
    if reference is not None:
        settings = listed[reference["id"].lower()]["policySettings"]
        on, mode = known(SWITCH, settings["state"].lower()), settings["mode"]
    else:
        configured = gateway.get("webApplicationFirewallConfiguration") or {"enabled": False}
        on, mode = configured["enabled"], configured.get("firewallMode", "")
    return known(_MODES, mode.lower()) if on else None


def reads_bodies(policy: Raw) -> bool:
    """Tell whether bodies of requests are looked into; they are unless somebody switched it off."""
    return bool(policy["properties"]["policySettings"].get("requestBodyCheck", True))


def knows_bots(policy: Raw) -> bool:
    """Tell whether a policy has the rules against bots, of whatever version."""
    sets = policy["properties"]["managedRules"]["managedRuleSets"]
    return any(one["ruleSetType"].lower() == _BOTS for one in sets)


def in_use(policy: Raw) -> bool:
    """Tell whether a policy is on, and something has it."""
    said = policy["properties"]
    on = known(SWITCH, said["policySettings"]["state"].lower())
    return on and any(said.get(name) for name in ("applicationGateways", "httpListeners", "pathBasedRules"))


POLICY: Final[Mapping[str, Read]] = {
    "in_use": in_use,
    "reads_bodies": reads_bodies,
    "knows_bots": knows_bots,
    "tags": tags,
}
"""Fields of a WafPolicy from `Microsoft.Network/ApplicationGatewayWebApplicationFirewallPolicies`."""
