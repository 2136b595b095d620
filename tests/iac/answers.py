"""What Google Cloud and Azure answer of the estate, in their own wire formats, and the servers that say it."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from scanner.demo import azure, gcp
from scanner.demo.served import environment
from scanner.demo.wire.azure import Azure
from scanner.demo.wire.google import Google
from scanner.demo.wire.recorded import Method, Recorded, answers_in, folder_of, methods_in
from scanner.demo.wire.server import Answer, Request, WireServer
from scanner.models.resource import Cloud

Raw = Mapping[str, Any]

_COMPUTE = "https://www.googleapis.com/compute/v1/"
_HEADERS = {"Content-Type": "application/json; charset=utf-8"}
_TENANT = "8f1d2c3b-4a59-4768-8b97-a6b5c4d3e2f1"


def google(project: str, region: str, things: Mapping[str, Sequence[Raw]]) -> list[Recorded]:
    """Return what a project answers. `things`: the call that lists them → what there is of them, in `region`."""
    compute = f"/compute/v1/projects/{project}"
    policy = f"projects/{project}/policies/storage.publicAccessPrevention"
    asked = {"project": project, "projection": "full", "returnPartialSuccess": "true"}
    machines = {f"zones/{region}-b": {"instances": [*things["compute.instances.aggregatedList"]]}}
    found = [
        Recorded("compute.regions.list", f"{compute}/regions", {"items": [{"name": region, "status": "UP"}]}),
        Recorded("compute.instances.aggregatedList", f"{compute}/aggregated/instances", {"items": machines}),
        Recorded("storage.buckets.list", "/storage/v1/b", _items(things, "storage.buckets.list"), asked),
        Recorded(
            "sqladmin.instances.list",
            f"/v1/projects/{project}/instances",
            _items(things, "sqladmin.instances.list"),
        ),
        Recorded(
            "orgpolicy.projects.policies.getEffectivePolicy",
            f"/v2/{policy}:getEffectivePolicy",
            {"name": policy, "spec": {"rules": [{"enforce": False}]}},
        ),
    ]
    found += [
        Recorded(f"compute.{word}.list", f"{compute}/global/{word}", _items(things, f"compute.{word}.list"))
        for word in ("firewalls", "networks", "routes")
    ]
    found += [
        Recorded(
            "compute.networks.getEffectiveFirewalls",
            f"{compute}/global/networks/{network['name']}/getEffectiveFirewalls",
            {"firewalls": [*things["compute.firewalls.list"]]},
        )
        for network in things["compute.networks.list"]
    ]
    found += [
        Recorded(
            "compute.regionNetworkFirewallPolicies.getEffectiveFirewalls",
            f"{compute}/regions/{region}/firewallPolicies/getEffectiveFirewalls",
            {"firewalls": [*things["compute.firewalls.list"]]},
            {"network": network["selfLink"]},
        )
        for network in things["compute.networks.list"]
    ]
    found += [
        Recorded(
            "storage.buckets.getIamPolicy",
            f"/storage/v1/b/{bucket['name']}/iam",
            {"kind": "storage#policy", "etag": "CAE=", "version": 1, "bindings": []},
            {"optionsRequestedPolicyVersion": "3"},
        )
        for bucket in things["storage.buckets.list"]
    ]
    return found


def _items(things: Mapping[str, Sequence[Raw]], call: str) -> Raw:
    return {"items": [*things[call]]}


def link(path: str) -> str:
    """Return a resource of Compute Engine as others name it."""
    return _COMPUTE + path


def arm(subscription: str, region: str, things: Mapping[str, Sequence[Raw]]) -> list[Recorded]:
    """Return what a subscription answers. `things`: a type of resource → what there is of it."""
    here = f"/subscriptions/{subscription}"
    said = {
        "id": here,
        "subscriptionId": subscription,
        "tenantId": _TENANT,
        "displayName": "Estate",
        "state": "Enabled",
    }
    place = {
        "id": f"{here}/locations/{region}",
        "name": region,
        "type": "Region",
        "metadata": {"regionType": "Physical"},
    }
    found = [
        Recorded("Microsoft.Resources.Subscriptions_List", "/subscriptions", {"value": [said]}),
        Recorded("Microsoft.Resources.Subscriptions_Get", here, said),
        Recorded("Microsoft.Resources.Subscriptions_ListLocations", f"{here}/locations", {"value": [place]}),
    ]
    listed = methods_in(folder_of("azure"))
    for call, method in listed.items():
        path = method.path.replace("{subscriptionId}", subscription)
        type_ = path.partition("/providers/")[2].lower()
        if method.verb == "GET" and things.get(type_):
            found.append(Recorded(call, path, {"value": [*things[type_]]}))
    machines = {"value": [*things.get("microsoft.compute/virtualmachines", ())]}
    path = f"{here}/providers/Microsoft.Compute/virtualMachines"
    found.append(
        Recorded("Microsoft.Compute.VirtualMachines_ListAll", path, machines, {"statusOnly": "true"})
    )
    for account in things.get("microsoft.storage/storageaccounts", ()):
        service = f"{account['id']}/blobServices/default"
        blob = {
            "id": service,
            "properties": {"isVersioningEnabled": False, "deleteRetentionPolicy": {"enabled": False}},
        }
        found += [
            Recorded("Microsoft.Storage.BlobServices_GetServiceProperties", service, blob),
        ]
    for network in things.get("microsoft.network/virtualnetworks", ()):
        call = "Microsoft.Network.ListNetworkManagerEffectiveSecurityAdminRules"
        path = f"{network['id']}/listNetworkManagerEffectiveSecurityAdminRules"
        found.append(Recorded(call, path, {"value": []}, asked={}))
    return found


# -- as files, and served from them -----------------------------------------------------------------------------------


def as_files(cloud: Cloud, account: str, answers: Sequence[Recorded]) -> dict[str, str]:
    """Return path → text of the answers, as everything that was recorded is laid out."""
    rows: dict[str, list[Any]] = {}
    for one in answers:
        request = {"path": one.path, "query": dict(one.query), "body": one.asked}
        said = {key: value for key, value in request.items() if value or (value == {} and key == "body")}
        row = {"request": said, "status": one.status, "headers": _HEADERS, "body": one.body}
        rows.setdefault(f"answers/{cloud}/{account}/global/{one.call}.json", []).append(row)
    return {path: json.dumps(row, indent=1) + "\n" for path, row in rows.items()}


class _Missed:
    """Lists of what is told nowhere are empty; every other request without an answer is noted."""

    nothing: Raw

    def __init__(self) -> None:
        super().__init__()
        self.missed: list[str] = []

    def unknown(self, request: Request, method: Method) -> Answer:
        if method.items and method.verb == "GET":
            return Answer(200, self.nothing)
        self.missed.append(f"{method.call} {request.path} {request.query}")
        answer: Answer = super().unknown(request, method)  # type: ignore[misc]
        return answer


class _Google(_Missed, Google):
    nothing: Raw = {}  # noqa: RUF012 - an empty list of Google's is `{}`


class _Azure(_Missed, Azure):
    nothing: Raw = {"value": []}  # noqa: RUF012 - nobody writes to it


@contextmanager
def serving(folder: Path, cloud: Cloud, account: str) -> Iterator[WireServer]:
    """Serve the answers in a folder, in the environment in which a scan finds them; every request must have one."""
    dialect = _Google() if cloud is Cloud.GCP else _Azure()
    where = gcp if cloud is Cloud.GCP else azure
    answers = answers_in(folder / "answers" / cloud)
    with WireServer(dialect, methods_in(folder_of(cloud.value)), answers) as server:
        asking = {
            **where.asking(server.url),
            **({"GOOGLE_CLOUD_PROJECT": account} if cloud is Cloud.GCP else {}),
        }
        with environment(where.OWN, asking):
            yield server
    assert not dialect.missed, dialect.missed
