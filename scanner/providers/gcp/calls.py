"""How one Google Cloud call is declared: API and method as the discovery documents name them, and its address."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Literal

from scanner.providers.spec import Call, Raw

#: APIs whose IAM permissions have another prefix than the name of their host. Source: IAM permissions reference.
IAM_PREFIX: Final = {
    "bigtableadmin": "bigtable",
    "cloudresourcemanager": "resourcemanager",
    "sqladmin": "cloudsql",
}

#: The error that means that nobody uses an API in the project: what the client makes of SERVICE_DISABLED when the
#: answer proves that it speaks of the scanned project, and not of the one that is charged for the call.
NOT_ENABLED: Final = "SERVICE_DISABLED"

#: The largest page of every list of Compute Engine (discovery: `maxResults`, 0 to 500).
COMPUTE_PAGE: Final = 500

#: Read actions that the API wants as POST. Every other call is a GET.
POSTED: Final = frozenset(
    {
        "cloudresourcemanager:projects.getIamPolicy",
        "compute:backendServices.getHealth",
        "compute:regionBackendServices.getHealth",
        "compute:targetPools.getHealth",
    }
)


@dataclass(frozen=True, eq=False)
class GcpCall(Call):
    """One declared call: `GcpCall("compute", "firewalls.list", "items", path="compute/v1/...")`.

    `service` is the first word of the API's host, `operation` the method's id in its discovery document without the
    API's name. `path` is what follows the host; `{words}` in it are filled from the arguments (a word with `+` may
    hold slashes), those in `body` are posted, all others are the query. `aggregated` is the key of the list within
    each scope of an aggregated list, whose scopes the client puts one after the other. `asset` is the type by which
    Cloud Asset Inventory holds the same JSON. `permission`, left out, is the method's under the API's IAM prefix,
    an aggregated list's that of the list. `token` is the parameter that asks for a further page.
    """

    service: str
    operation: str
    items: str = ""
    path: str = field(kw_only=True)
    method: Literal["GET", "POST"] = field(default="GET", kw_only=True)
    body: tuple[str, ...] = field(default=(), kw_only=True)
    aggregated: str = field(default="", kw_only=True)
    asset: str = field(default="", kw_only=True)
    regional: bool = field(default=False, kw_only=True)
    token: str = field(default="pageToken", kw_only=True)
    not_in_use: tuple[str, ...] = field(default=(NOT_ENABLED,), kw_only=True)

    def __post_init__(self) -> None:
        if not self.permission:
            prefix = IAM_PREFIX.get(self.service, self.service)
            *_, what, does = self.operation.replace("aggregatedList", "list").split(".")
            object.__setattr__(self, "permission", f"{prefix}.{what}.{does}")
        if not self.given and "{project}" in self.path:
            object.__setattr__(self, "given", {"project": "{account}"})
        if (self.method == "POST") != (self.name in POSTED):
            raise ValueError(f"{self.name}: only a declared read action may be posted")


def compute_list(what: str, *, asset: str, permission: str = "") -> GcpCall:
    """Declare the list of one project's global resources, such as `firewalls`."""
    return GcpCall(
        "compute",
        f"{what}.list",
        "items",
        path=f"compute/v1/projects/{{project}}/global/{what}",
        params={"maxResults": COMPUTE_PAGE},
        asset=asset and f"compute.googleapis.com/{asset}",
        permission=permission,
    )


def compute_regional(what: str, operation: str, *, permission: str, row: Callable[[Raw], Raw]) -> GcpCall:
    """Declare the list of one region's resources, for what has no list over all regions."""
    return GcpCall(
        "compute",
        operation,
        "items",
        path=f"compute/v1/projects/{{project}}/regions/{{region}}/{what}",
        given={"project": "{account}", "region": "{region}"},
        params={"maxResults": COMPUTE_PAGE},
        permission=permission,
        regional=True,
        row=row,
    )


def compute_aggregated(what: str, *, asset: str, key: str = "", permission: str = "") -> GcpCall:
    """Declare the list over all of a project's zones and regions, and what is global; `key`: as the path has it."""
    key = key or what
    return GcpCall(
        "compute",
        f"{what}.aggregatedList",
        "items",
        path=f"compute/v1/projects/{{project}}/aggregated/{key}",
        params={"maxResults": COMPUTE_PAGE},
        aggregated=key,
        asset=asset and f"compute.googleapis.com/{asset}",
        permission=permission,
    )


REGIONS: Final = GcpCall(
    "compute",
    "regions.list",
    "items",
    path="compute/v1/projects/{project}/regions",
    params={"maxResults": COMPUTE_PAGE},
)

#: Only sent when an API is not enabled somewhere, to learn whether that somewhere is the scanned project.
PROJECT: Final = GcpCall("cloudresourcemanager", "projects.get", path="v3/projects/{project}")

#: Only sent to find the projects of an organization or of folders, and as the bulk source.
ASSETS: Final = GcpCall(
    "cloudasset",
    "assets.list",
    "assets",
    path="v1/{+parent}/assets",
    params={"contentType": "RESOURCE", "pageSize": 1000},
    permission="cloudasset.assets.listResource",
)


def _data(found: Raw) -> Raw:
    data: Raw = found["resource"]["data"]
    return data


def inventory(asset: str, row: Callable[[Raw], Raw] = _data) -> GcpCall:
    """Declare all of a project's resources of one type as Cloud Asset Inventory has them, in the API's own JSON."""
    return GcpCall(
        ASSETS.service,
        ASSETS.operation,
        ASSETS.items,
        path=ASSETS.path,
        given={"parent": "projects/{account}"},
        params={**ASSETS.params, "assetTypes": asset},
        permission=ASSETS.permission,
        row=row,
        # That nobody uses the inventory says nothing about what it would hold.
        not_in_use=(),
    )


SESSION_CALLS: Final = (REGIONS, PROJECT)


def anywhere(service: str, what: str, *, asset: str, version: str = "v1", size: int = 1000) -> GcpCall:
    """Declare the list of what a service has in all locations of a project; `size` 0: it has no pages."""
    return GcpCall(
        service,
        f"projects.locations.{what}.list",
        what,
        path=f"{version}/projects/{{project}}/locations/{{location}}/{what}",
        given={"project": "{account}", "location": "-"},
        params={"pageSize": size} if size else {},
        asset=asset and f"{service}.googleapis.com/{asset}",
    )


def policy_of(service: str, what: str, *, version: str = "v1", name: str = "{name}") -> GcpCall:
    """Declare the IAM policy of what `name` is the path of."""
    return GcpCall(
        service,
        f"{what}.getIamPolicy",
        path=f"{version}/{{+resource}}:getIamPolicy",
        given={"resource": name},
        params={"options.requestedPolicyVersion": 3},
    )
