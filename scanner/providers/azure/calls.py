"""How one Azure call is declared: resource provider and operation as the REST specifications name them, its path."""

from dataclasses import dataclass, field
from typing import Final, Literal

from scanner.providers.spec import Call

#: What the client makes of an answer that proves that nobody uses a resource provider in the subscription.
NOT_REGISTERED: Final = "NotRegistered"

SUBSCRIPTION: Final = "/subscriptions/{account}"

#: Read actions that Azure wants as POST. Every other call is a GET. The role Reader does not hold them.
POSTED: Final = frozenset(
    {
        "Microsoft.Network:ApplicationGateways_BackendHealth",
        "Microsoft.Network:ListNetworkManagerEffectiveSecurityAdminRules",
        "Microsoft.Network:LoadBalancerLoadBalancingRules_Health",
        "Microsoft.ResourceGraph:Resources",
    }
)


@dataclass(frozen=True, eq=False)
class AzureCall(Call):
    """One declared call: `AzureCall("Microsoft.Network", "LoadBalancers_ListAll", path=..., version=...)`.

    `service` is the namespace of the resource provider, `operation` the operation's id in its REST specification.
    `path` is what follows the address; `{id}` in it is the whole id of an item, `{account}` the subscription, both
    filled from the arguments; all others are the query. `graph` is the type by which Resource Graph holds the same
    JSON, in lower case. A posted call may take its time: the client waits for its end. `asks`: it is posted with a
    body, in which the token of the next page stands. `permission`, left out, is the path's `.../read`.
    """

    service: str
    operation: str
    items: str = "value"
    path: str = field(kw_only=True)
    version: str = field(kw_only=True)
    method: Literal["GET", "POST"] = field(default="GET", kw_only=True)
    asks: bool = field(default=False, kw_only=True)
    graph: str = field(default="", kw_only=True)
    regional: bool = field(default=False, kw_only=True)
    not_in_use: tuple[str, ...] = field(default=(NOT_REGISTERED,), kw_only=True)

    def __post_init__(self) -> None:
        if not self.permission:
            object.__setattr__(self, "permission", _read_permission(self.path))
        if not self.given:
            given = {word: f"{{{word}}}" for word in ("account", "id") if f"{{{word}}}" in self.path}
            object.__setattr__(self, "given", given)
        if (self.method == "POST") != (self.name in POSTED):
            raise ValueError(f"{self.name}: only a declared read action may be posted")


def _read_permission(path: str) -> str:
    """Return the action that reads what stands at a path: its provider and types, without the names between them."""
    _, provider, typed = path.rpartition("/providers/")
    if not provider or path.startswith("{id}"):
        raise ValueError(f"{path}: the permission of a path that does not name its type has to be said")
    namespace, *types = typed.split("/")
    return "/".join((namespace, *types[::2], "read"))


def listed(
    service: str, operation: str, type: str, version: str, *, permission: str = "", graph: bool = True
) -> AzureCall:
    """Declare the list of a subscription's resources of one type, in all of its regions and resource groups."""
    return AzureCall(
        service,
        operation,
        path=f"{SUBSCRIPTION}/providers/{service}/{type}",
        version=version,
        permission=permission,
        graph=f"{service}/{type}".lower() if graph else "",
    )


def within(
    service: str,
    operation: str,
    what: str,
    type: str,
    version: str,
    *,
    items: str = "value",
    absent: tuple[str, ...] = (),
) -> AzureCall:
    """Declare what stands under an item, whose own id is the beginning of the path; `type` is the type of it."""
    return AzureCall(
        service,
        operation,
        items,
        path=f"{{id}}/{what}",
        version=version,
        permission=f"{service}/{type}/read",
        absent=absent,
    )


def diagnostic_settings(of: str = "") -> AzureCall:
    """Declare where the logs of an item go, or those of a service within it."""
    return AzureCall(
        "Microsoft.Insights",
        "DiagnosticSettings_List",
        path="{id}/providers/Microsoft.Insights/diagnosticSettings",
        given={"id": f"{{id}}{of}"},
        # There is no version of it that is no preview.
        version="2021-05-01-preview",
        permission="Microsoft.Insights/diagnosticSettings/read",
    )


#: Of everything in a subscription.
LOCKS: Final = AzureCall(
    "Microsoft.Authorization",
    "ManagementLocks_ListAtSubscriptionLevel",
    path=f"{SUBSCRIPTION}/providers/Microsoft.Authorization/locks",
    version="2020-05-01",
)

SUBSCRIPTIONS: Final = AzureCall(
    "Microsoft.Resources",
    "Subscriptions_List",
    path="/subscriptions",
    version="2022-12-01",
    permission="Microsoft.Resources/subscriptions/read",
)

LOCATIONS: Final = AzureCall(
    "Microsoft.Resources",
    "Subscriptions_ListLocations",
    path=f"{SUBSCRIPTION}/locations",
    version="2022-12-01",
    permission="Microsoft.Resources/subscriptions/locations/read",
)

#: Only sent when an answer leaves open whether a resource provider is in use in the subscription.
PROVIDER: Final = AzureCall(
    "Microsoft.Resources",
    "Providers_Get",
    "",
    path=f"{SUBSCRIPTION}/providers/{{namespace}}",
    version="2025-04-01",
    permission="Microsoft.Resources/subscriptions/providers/read",
)

#: Only sent to find the subscriptions of a management group.
DESCENDANTS: Final = AzureCall(
    "Microsoft.Management",
    "ManagementGroups_GetDescendants",
    path="/providers/Microsoft.Management/managementGroups/{group}/descendants",
    version="2023-04-01",
    permission="Microsoft.Management/managementGroups/descendants/read",
)

#: What every sign-in asks.
SESSION_CALLS: Final = (SUBSCRIPTIONS, LOCATIONS, PROVIDER)
