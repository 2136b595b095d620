"""What load balancers send to: backend services and target pools, and the health of what is in them."""

from collections.abc import Callable, Sequence
from typing import Final

from scanner.models.load_balancer import TargetGroup
from scanner.providers.gcp import load_balancer
from scanner.providers.gcp.calls import GcpCall, compute_aggregated
from scanner.providers.gcp.listeners import BACKEND_SERVICES, FORWARDING_RULES
from scanner.providers.gcp.places import full_id, region
from scanner.providers.spec import Detail, Raw, Source


def checked_groups(service: Raw) -> list[dict[str, str]]:
    """Return the backend groups whose health is checked: instance groups, and endpoint groups of a zone.

    Endpoint groups of a region or of the whole world stand for serverless, private or outside services, which have
    no health checks.
    """
    groups = [backend["group"] for backend in service.get("backends") or () if service.get("healthChecks")]
    return [
        {"group": group, "region": region(service), "service": service["name"]}
        for group in groups
        if "/instanceGroups/" in group or "/zones/" in group
    ]


HEALTH: Final = GcpCall(
    "compute",
    "backendServices.getHealth",
    path="compute/v1/projects/{project}/global/backendServices/{backendService}/getHealth",
    method="POST",
    given={"project": "{account}", "backendService": "{each.service}", "group": "{each.group}"},
    body=("group",),
    permission="compute.backendServices.get",
)

HEALTH_OF_REGION: Final = GcpCall(
    "compute",
    "regionBackendServices.getHealth",
    path="compute/v1/projects/{project}/regions/{region}/backendServices/{backendService}/getHealth",
    method="POST",
    given={
        "project": "{account}",
        "region": "{each.region}",
        "backendService": "{each.service}",
        "group": "{each.group}",
    },
    body=("group",),
    permission="compute.regionBackendServices.get",
)


def _health(call: GcpCall, when: Callable[[Raw], bool]) -> Detail:
    return Detail(
        call=call,
        per="each",
        over=checked_groups,
        when=lambda service: when(service) and (not service.get("backends") or bool(checked_groups(service))),
        fills={"targets": load_balancer.targets},
    )


TARGET_GROUPS: Final = Source(
    kind=TargetGroup,
    listing=BACKEND_SERVICES,
    level="account",
    id=full_id,
    name="{name}",
    region=region,
    fields={"load_balancers": load_balancer.balancers},
    details=[
        _health(HEALTH, lambda service: "region" not in service),
        _health(HEALTH_OF_REGION, lambda service: "region" in service),
    ],
    lacking=("tags",),
)

HEALTH_OF_POOL: Final = GcpCall(
    "compute",
    "targetPools.getHealth",
    path="compute/v1/projects/{project}/regions/{region}/targetPools/{targetPool}/getHealth",
    method="POST",
    given={
        "project": "{account}",
        "region": "{each.region}",
        "targetPool": "{each.pool}",
        "instance": "{each.instance}",
    },
    body=("instance",),
    permission="compute.targetPools.get",
)


def pool_members(pool: Raw) -> list[dict[str, str]]:
    """Return the instances of a target pool, each with where to ask for its health."""
    where = {"region": region(pool), "pool": pool["name"]}
    return [{"instance": instance, **where} for instance in pool.get("instances") or ()]


def fronts_of_pool(rules: Sequence[Raw]) -> tuple[str, ...]:
    """Return the forwarding rules that lead to a target pool."""
    return tuple(sorted(full_id(rule) for rule in rules))


TARGET_POOLS: Final = compute_aggregated("targetPools", asset="TargetPool")

POOLS: Final = Source(
    kind=TargetGroup,
    listing=TARGET_POOLS,
    level="account",
    id=full_id,
    name="{name}",
    region=region,
    details=[
        Detail(
            call=FORWARDING_RULES,
            per="scope",
            join=("target", "{selfLink}"),
            fills={"load_balancers": fronts_of_pool},
        ),
        Detail(
            call=HEALTH_OF_POOL,
            per="each",
            over=pool_members,
            # Without a check every instance counts as healthy, and nobody asked it.
            when=lambda pool: bool(pool.get("healthChecks")) or not pool.get("instances"),
            fills={"targets": load_balancer.pool_targets},
        ),
    ],
    lacking=("tags",),
)

SOURCES: Final = (TARGET_GROUPS, POOLS)
