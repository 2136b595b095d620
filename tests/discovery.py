"""Google's discovery documents, as google-api-python-client carries them: what a call looks like, what it answers.

Run as a program, it writes `fixtures/gcp/methods.json`: the server of recorded answers knows from it which requests
Google would refuse, without the 5 MB of the documents themselves.
"""

import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import orjson

sys.path.insert(0, str(Path(__file__).parents[1]))

from scanner.providers.gcp.calls import GcpCall

ROOT = Path(__file__).parents[1]
FILE = ROOT / "fixtures" / "gcp" / "methods.json"


@cache
def documents(service: str) -> tuple[Mapping[str, Any], ...]:
    """Every version of an API that is no preview, newest first."""
    import googleapiclient.discovery_cache

    [package] = googleapiclient.discovery_cache.__path__
    files = sorted((Path(package) / "documents").glob(f"{service}.v*.json"), reverse=True)
    return tuple(
        orjson.loads(file.read_bytes()) for file in files if re.fullmatch(r"v\d+", file.stem.split(".")[-1])
    )


def methods(document: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield from document.get("methods", {}).values()
    for resource in document.get("resources", {}).values():
        yield from methods(resource)


@cache
def described(call: GcpCall) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """The document and the method that a call names. Raises LookupError when there is none with this address."""
    for document in documents(call.service):
        for method in methods(document):
            paths = {method["path"], method.get("flatPath", method["path"])}
            ours = {_shape(document["servicePath"] + path) for path in paths}
            if method["id"].partition(".")[2] == call.operation and _shape(call.path) in ours:
                return document, method
    raise LookupError(f"{call.name} with the address {call.path} stands in no discovery document")


def _shape(path: str) -> str:
    """A path whose words are all called the same."""
    return re.sub(r"\{(\+?)\w+\}", r"{\1}", path)


def answer_schema(call: GcpCall) -> tuple[Mapping[str, Any], str]:
    """All schemas of the call's document, and the name of that of its answer."""
    document, method = described(call)
    return document["schemas"], method["response"]["$ref"]


def row(call: GcpCall) -> dict[str, Any]:
    """What the server needs to know about a call."""
    document, method = described(call)
    given = method.get("parameters", {})
    # Several calls have one path where a word may hold slashes.
    path = document["servicePath"] + method["flatPath"] if "{+" in call.path else call.path
    said = {
        "verb": method["httpMethod"],
        "host": document["rootUrl"].removeprefix("https://").rstrip("/"),
        "path": f"/{path}",
        # No document names it; the server's refusals do.
        "permission": call.permission,
        "query": {
            name: _parameter(about) for name, about in sorted(given.items()) if about["location"] == "query"
        },
    }
    if call.token in given:
        said["items"] = call.items
    if call.token != "pageToken":
        said["token"] = call.token
    if call.aggregated:
        said["each"] = call.aggregated
    return said


def _parameter(about: Mapping[str, Any]) -> dict[str, Any]:
    most = about.get("maximum") or next(
        iter(re.findall(r"`0` to `(\d+)`, inclusive", about["description"])), None
    )
    said: dict[str, Any] = {"type": about["type"]}
    if most is not None:
        said["most"] = int(most)
    if about.get("required"):
        said["required"] = True
    if "enum" in about:
        said["choices"] = about["enum"]
    return said


def file_of(calls: Iterable[GcpCall]) -> bytes:
    """The text of `methods.json` for these calls."""
    rows = {f"{call.service}.{call.operation}": row(call) for call in calls}
    return orjson.dumps(rows, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE)


def declared() -> list[GcpCall]:
    """Every call that Google Cloud's provider declares."""
    from scanner.providers.gcp.calls import ASSETS
    from scanner.providers.gcp.provider import GCP

    calls = [*GCP.session_calls, ASSETS, *(call for source in GCP.sources for call in source.calls)]
    return [call for call in calls if isinstance(call, GcpCall)]


def misfits(
    value: Any, schema: Mapping[str, Any], schemas: Mapping[str, Any], path: str = ""
) -> Iterator[str]:
    """In which ways a value is not what a schema promises: unknown fields, other types, unknown enum values."""
    if "$ref" in schema:
        yield from misfits(value, schemas[schema["$ref"]], schemas, path)
        return
    kind = schema.get("type", "any")
    if kind == "object":
        yield from _object(value, schema, schemas, path)
    elif kind == "array":
        if not isinstance(value, list):
            yield f"{path}: {value!r} is no list"
            return
        for number, item in enumerate(value):
            yield from misfits(item, schema["items"], schemas, f"{path}[{number}]")
    elif not _is(value, kind, schema.get("format", "")):
        yield f"{path}: {value!r} is no {kind} ({schema.get('format', 'plain')})"
    elif "enum" in schema and value not in schema["enum"]:
        yield f"{path}: {value!r} is none of {schema['enum']}"
    elif "pattern" in schema and not re.fullmatch(schema["pattern"], value):
        yield f"{path}: {value!r} does not match {schema['pattern']}"


def _object(value: Any, schema: Mapping[str, Any], schemas: Mapping[str, Any], path: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{path}: {value!r} is no object"
        return
    properties, others = schema.get("properties", {}), schema.get("additionalProperties")
    for name, inner in value.items():
        here = f"{path}.{name}"
        if name in properties:
            yield from misfits(inner, properties[name], schemas, here)
        elif others is not None:
            yield from misfits(inner, others, schemas, here)
        else:
            yield f"{here}: no such field; there are {', '.join(sorted(properties))}"


def _is(value: Any, kind: str, form: str) -> bool:
    if kind == "string" and form in ("int64", "uint64"):
        return isinstance(value, str) and re.fullmatch(r"-?\d+", value) is not None
    types = {"string": str, "boolean": bool, "integer": int, "number": (int, float), "any": object}
    wanted = types[kind]
    return isinstance(value, wanted) and (kind == "boolean" or not isinstance(value, bool) or kind == "any")  # type: ignore[arg-type]


if __name__ == "__main__":
    FILE.parent.mkdir(parents=True, exist_ok=True)
    FILE.write_bytes(file_of(declared()))
