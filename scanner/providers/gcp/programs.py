"""Cloud Run, functions, topics and subscriptions."""

from collections.abc import Callable, Mapping
from typing import Final

from scanner.models.compute import MAY_INVOKE_BY_URL, Function, FunctionUrl
from scanner.models.messaging import Queue, Topic
from scanner.models.resource import GLOBAL, Resource
from scanner.models.storage import EVERYONE, MAY_ADMIN, MAY_READ, MAY_WRITE, PublicGrant
from scanner.providers.gcp.calls import GcpCall, anywhere, policy_of
from scanner.providers.gcp.places import named_by, region_of_name
from scanner.providers.gcp.policies import public_grants
from scanner.providers.gcp.storage import labels
from scanner.providers.spec import Detail, Raw, Read, Source

# What each role lets one do, as the API's description of bindings says it.
_INVOKERS: Final = {
    "roles/run.invoker": (MAY_INVOKE_BY_URL,),
    "roles/run.developer": (MAY_INVOKE_BY_URL, MAY_ADMIN),
    "roles/run.admin": (MAY_INVOKE_BY_URL, MAY_ADMIN),
    "roles/cloudfunctions.invoker": (MAY_INVOKE_BY_URL,),
    "roles/cloudfunctions.developer": (MAY_INVOKE_BY_URL, MAY_ADMIN),
    "roles/cloudfunctions.admin": (MAY_INVOKE_BY_URL, MAY_ADMIN),
}
_MESSAGES: Final = {
    "roles/pubsub.publisher": (MAY_WRITE,),
    "roles/pubsub.subscriber": (MAY_READ,),
    "roles/pubsub.editor": (MAY_READ, MAY_WRITE),
    "roles/pubsub.admin": (MAY_READ, MAY_WRITE, MAY_ADMIN),
}


# -- Cloud Run, functions ---------------------------------------------------------------------------------------------

_RUN: Final = "run.googleapis.com/"
_UNASKED: Final = PublicGrant(who=EVERYONE, may=(MAY_INVOKE_BY_URL,), said=f"{_RUN}invoker-iam-disabled")


def _said(service: Raw, annotation: str) -> str:
    return str((service["metadata"].get("annotations") or {}).get(_RUN + annotation, ""))


def service_url(service: Raw) -> FunctionUrl | None:
    """Return where a service takes requests from outside; the policy alone decides whose."""
    found = (service.get("status") or {}).get("url")
    return None if not found or _said(service, "ingress") == "internal" else _unsigned(found)


def _unsigned(address: str) -> FunctionUrl:
    return FunctionUrl(address=address, signed=False)


def service_grants(policy: Raw, service: Raw) -> tuple[PublicGrant, ...]:
    """Return the grants to the public, and that nobody's rights are looked at where a service says so."""
    unasked = _said(service, "invoker-iam-disabled") == "true"
    return (*((_UNASKED,) if unasked else ()), *public_grants(policy, _INVOKERS))


def service_region(service: Raw) -> str:
    """Return the region in which a service runs."""
    return str(service["metadata"]["labels"]["cloud.googleapis.com/location"])


SERVICE: Final[Mapping[str, Read]] = {
    "url": service_url,
    "tags": lambda service: dict(service["metadata"].get("labels") or {}),
}
"""Fields of a Function from `run.namespaces.services.list`, which has those of every region."""

SERVICE_POLICY: Final[Mapping[str, Callable[..., object]]] = {"policy_grants": service_grants}
"""From `run.projects.locations.services.getIamPolicy`, and the service."""

SERVICES: Final = Source(
    kind=Function,
    listing=GcpCall(
        "run",
        "namespaces.services.list",
        "items",
        path="apis/serving.knative.dev/v1/{+parent}/services",
        given={"parent": "namespaces/{account}"},
        token="continue",  # noqa: S106 - of a page
    ),
    level="account",
    id="//run.googleapis.com/projects/{account}/locations/{region}/services/{metadata.name}",
    name="{metadata.name}",
    region=service_region,
    fields=SERVICE,
    details=[
        Detail(
            call=policy_of(
                "run",
                "projects.locations.services",
                version="v2",
                name="projects/{account}/locations/{region}/services/{metadata.name}",
            ),
            with_item=True,
            fills=SERVICE_POLICY,
        )
    ],
)


def function_url(function: Raw) -> FunctionUrl | None:
    """Return where a function takes requests from outside; the policy alone decides whose."""
    said = function.get("serviceConfig") or {}
    found = said.get("uri") or function.get("url")
    return None if not found or said.get("ingressSettings") == "ALLOW_INTERNAL_ONLY" else _unsigned(found)


FUNCTION: Final[Mapping[str, Read]] = {"url": function_url, "tags": labels}
"""From `cloudfunctions.projects.locations.functions.list`."""

FUNCTION_POLICY: Final[Mapping[str, Callable[..., object]]] = {
    "policy_grants": lambda answer: public_grants(answer, _INVOKERS)
}
"""From `cloudfunctions.projects.locations.functions.getIamPolicy`."""

FUNCTIONS: Final = Source(
    kind=Function,
    listing=anywhere("cloudfunctions", "functions", asset="", version="v2"),
    level="account",
    id=named_by("cloudfunctions"),
    name="{name}",
    region=region_of_name,
    # Those of the second generation are services of Cloud Run, and counted there.
    keep=lambda function: function["environment"] == "GEN_1",
    fields=FUNCTION,
    details=[
        Detail(
            call=policy_of("cloudfunctions", "projects.locations.functions", version="v2"),
            fills=FUNCTION_POLICY,
        )
    ],
)


# -- Pub/Sub ----------------------------------------------------------------------------------------------------------

MESSAGES_POLICY: Final[Mapping[str, Callable[..., object]]] = {
    "policy_grants": lambda answer: public_grants(answer, _MESSAGES)
}
"""From `pubsub.projects.topics.getIamPolicy`, and that of subscriptions, which are queues."""

QUEUE_LACKS: Final = ("encrypted",)
"""Messages are always encrypted where they wait."""


def _messages(kind: type[Resource], what: str, asset: str, lacking: tuple[str, ...] = ()) -> Source:
    return Source(
        kind=kind,
        listing=GcpCall(
            "pubsub",
            f"projects.{what}.list",
            what,
            path=f"v1/{{+project}}/{what}",
            given={"project": "projects/{account}"},
            params={"pageSize": 1000},
            asset=f"pubsub.googleapis.com/{asset}",
        ),
        level="account",
        id=named_by("pubsub"),
        name="{name}",
        region=lambda _: GLOBAL,
        fields={"tags": labels},
        details=[Detail(call=policy_of("pubsub", f"projects.{what}"), fills=MESSAGES_POLICY)],
        lacking=lacking,
    )


TOPICS: Final = _messages(Topic, "topics", "Topic")
QUEUES: Final = _messages(Queue, "subscriptions", "Subscription", QUEUE_LACKS)

SOURCES: Final = (SERVICES, FUNCTIONS, TOPICS, QUEUES)
