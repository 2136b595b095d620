"""The recorded answers are true to the discovery documents, and the demo project is whole."""

import importlib
from typing import Any

import discovery
import pytest

from scanner.demo.wire.recorded import Recorded, answers_in, folder_of

CALLS = {f"{call.service}.{call.operation}": call for call in discovery.declared()}
ANSWERS = list(answers_in(folder_of("gcp")))


def misfits(recorded: Recorded) -> list[str]:
    schemas, answer = discovery.answer_schema(CALLS[recorded.call])
    return list(discovery.misfits(recorded.body, schemas[answer], schemas))


@pytest.mark.parametrize("recorded", ANSWERS, ids=[f"{one.call} {one.path}" for one in ANSWERS])
def test_an_answer_has_the_fields_and_types_that_the_api_promises(recorded: Recorded) -> None:
    assert not misfits(recorded)


def test_every_declared_call_has_an_answer() -> None:
    assert {one.call for one in ANSWERS} == set(CALLS)


def test_the_answers_of_compute_engine_are_whole() -> None:
    """Each resource has what identifies it: nothing was cut down to what we read."""
    listed = [one for one in ANSWERS if one.call.startswith("compute.") and "items" in one.body]
    for recorded in listed:
        key = CALLS[recorded.call].aggregated
        rows = recorded.body["items"]
        items = [item for scope in rows.values() for item in scope.get(key, [])] if key else rows
        for item in items:
            assert {"kind", "id", "name", "selfLink", "creationTimestamp"} <= item.keys(), item


def change(body: Any, path: str, value: Any) -> Any:
    """The body with one value put in at a dotted path."""
    first, _, rest = path.partition(".")
    if isinstance(body, list):
        return [change(one, path, value) for one in body]
    return {**body, first: change(body[first], rest, value) if rest else value}


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("items.sourceRange", ["0.0.0.0/0"], "no such field"),
        ("items.priority", "1000", "is no integer"),
        ("items.id", 5, "is no string"),
        ("items.disabled", "false", "is no boolean"),
        ("items.direction", "SIDEWAYS", "is none of"),
        ("items.allowed", {"IPProtocol": "tcp"}, "is no list"),
        ("items.logConfig.enabled", True, "no such field"),
        ("items.logConfig", True, "is no object"),
    ],
)
def test_the_check_sees_what_is_wrong(path: str, value: Any, said: str) -> None:
    [recorded] = [one for one in ANSWERS if one.call == "compute.firewalls.list"]
    schemas, answer = discovery.answer_schema(CALLS[recorded.call])
    found = list(discovery.misfits(change(recorded.body, path, value), schemas[answer], schemas))
    assert found
    assert all(said in one for one in found)


@pytest.mark.slow
def test_the_official_client_of_compute_engine_reads_the_answers() -> None:
    """The same answers through google-cloud-compute's own types, which refuse what they do not know."""
    compute_v1 = importlib.import_module("google.cloud.compute_v1")
    json_format = importlib.import_module("google.protobuf.json_format")
    for recorded in ANSWERS:
        if recorded.call.startswith("compute."):
            _, name = discovery.answer_schema(CALLS[recorded.call])
            json_format.ParseDict(recorded.body, getattr(compute_v1, name).pb()())
