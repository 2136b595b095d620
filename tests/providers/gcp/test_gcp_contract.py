"""Declared calls against Google's own descriptions: the discovery documents, and the official clients."""

import importlib
import inspect
import re
from collections.abc import Mapping
from typing import Any

import discovery
import pytest

from scanner.providers.gcp.calls import GcpCall
from scanner.providers.gcp.pages import BESIDE

CALLS = {call.name: call for call in discovery.declared()}
_PROJECT = "https://www.googleapis.com/compute/v1/projects/p"
#: Items of which a call makes more than one argument.
GIVEN = {"network": f"{_PROJECT}/global/networks/n", "instance": f"{_PROJECT}/zones/z/instances/i"}
each_call = pytest.mark.parametrize("call", CALLS.values(), ids=CALLS.keys())


@each_call
def test_the_discovery_document_has_the_call(call: GcpCall) -> None:
    document, method = discovery.described(call)
    assert document["rootUrl"] == f"https://{call.service}.googleapis.com/"
    assert method["httpMethod"] == call.method
    parameters: Mapping[str, Any] = method.get("parameters", {})
    queries = {name for name, about in parameters.items() if about["location"] == "query"}
    words = set(re.findall(r"\{\+?(\w+)\}", call.path))
    arguments = call.prepared({**call.params, **{name: GIVEN.get(name, "x") for name in call.given}}).keys()
    assert arguments | {"assetTypes"} >= words - {"parent"}
    assert arguments <= queries | words | set(call.body) | {"parent"}
    for name, value in call.params.items():
        assert name not in parameters or "enum" not in parameters[name] or value in parameters[name]["enum"]


@each_call
def test_items_stand_where_the_answer_has_them(call: GcpCall) -> None:
    schemas, answer = discovery.answer_schema(call)
    properties = schemas[answer]["properties"]
    _, method = discovery.described(call)
    if not call.items:
        assert "nextPageToken" not in properties
        return
    items = call.items.removesuffix("?")
    assert properties[items]["type"] == ("object" if call.aggregated else "array")
    if call.token == "pageToken":
        assert ("nextPageToken" in properties) == ("pageToken" in method["parameters"])
    else:
        assert call.token in method["parameters"]
    if items == call.items:
        assert properties.keys() <= {items, *BESIDE}
    if call.aggregated:
        within = schemas[properties["items"]["additionalProperties"]["$ref"]]["properties"]
        assert within[call.aggregated]["type"] == "array"


@each_call
def test_pages_are_the_largest_that_the_api_gives(call: GcpCall) -> None:
    row = discovery.row(call)
    for name in ("maxResults", "pageSize"):
        if name in row["query"]:
            assert name in call.params, f"{call.name} pages by {name}"
            assert row["query"][name].get("most") in (None, call.params[name])


def test_the_server_s_descriptions_are_those_of_the_documents() -> None:
    assert discovery.FILE.read_bytes() == discovery.file_of(CALLS.values()), "run: python tests/discovery.py"


def test_equal_names_mean_equal_calls() -> None:
    """`declared` is a set of names, and the plan keeps one call a name."""
    for call in discovery.declared():
        other = CALLS[call.name]
        assert (call.path, call.permission, call.aggregated) == (
            other.path,
            other.permission,
            other.aggregated,
        )


@pytest.mark.slow
@each_call
def test_the_official_client_of_compute_engine_sends_the_same(call: GcpCall) -> None:
    if call.service != "compute":
        pytest.skip("not of Compute Engine")
    resource, _, method = call.operation.partition(".")
    package = re.sub(r"(?<=[a-z])([A-Z])", r"_\1", resource).lower()
    rest = importlib.import_module(f"google.cloud.compute_v1.services.{package}.transports.rest_base")
    [transport] = [one for name, one in inspect.getmembers(rest, inspect.isclass) if name.startswith("_Base")]
    [option] = getattr(transport, f"_Base{method[0].upper()}{method[1:]}")._get_http_options()
    assert option["method"].upper() == call.method
    assert _shape(option["uri"]) == _shape(f"/{call.path}")
    client = importlib.import_module(f"google.cloud.compute_v1.services.{package}.client")
    made: Any
    [made] = [
        one
        for name, one in inspect.getmembers(client, inspect.isclass)
        if name.endswith("Client") and one.__module__ == client.__name__
    ]
    assert made.DEFAULT_ENDPOINT == "compute.googleapis.com"


def _shape(path: str) -> str:
    return re.sub(r"\{\w+\}", "{}", path)


@pytest.mark.slow
def test_the_official_client_of_cloud_storage_sends_the_same() -> None:
    from google.auth.credentials import AnonymousCredentials

    storage = importlib.import_module("google.cloud.storage")
    client = storage.Client(project="p", credentials=AnonymousCredentials())
    base = client._connection.build_api_url("/b")
    assert base.startswith("https://storage.googleapis.com/storage/v1/b")
    assert CALLS["storage:buckets.list"].path == "storage/v1/b"
    assert storage.Bucket(client, "x").path == "/b/x"
    assert CALLS["storage:buckets.getIamPolicy"].path == "storage/v1/b/{bucket}/iam"
