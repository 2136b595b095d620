"""From which networks a service takes requests: the switch, the list and the private endpoints that many share."""

from typing import Final

from scanner.models.storage import FROM_CHOSEN, FROM_EVERYWHERE, FROM_INSIDE
from scanner.providers.azure.reading import lower
from scanner.providers.spec import Raw
from scanner.providers.values import known

# Whether requests from public networks are taken at all; a perimeter has rules of its own about them.
_PUBLIC: Final = {
    None: FROM_EVERYWHERE,
    "enabled": FROM_EVERYWHERE,
    "securedbyperimeter": FROM_CHOSEN,
    "disabled": FROM_INSIDE,
}
_DEFAULT: Final = {"allow": FROM_EVERYWHERE, "deny": FROM_CHOSEN}
_STATES: Final = {"approved": True, "pending": False, "rejected": False, "disconnected": False}


def networks(service: Raw) -> str:
    """Return from which networks requests are taken; a service without a list, of everybody's."""
    said = service["properties"]
    public = known(_PUBLIC, lower(said.get("publicNetworkAccess")))
    if public != FROM_EVERYWHERE:
        return public
    rules = said.get("networkAcls")
    return known(_DEFAULT, rules["defaultAction"].lower()) if rules else FROM_EVERYWHERE


def private_endpoint(service: Raw) -> bool:
    """Tell whether a private endpoint leads to a service, and was let in."""
    connections = service["properties"].get("privateEndpointConnections") or ()
    states = (one["properties"]["privateLinkServiceConnectionState"]["status"] for one in connections)
    return True in {known(_STATES, state.lower()) for state in states}
