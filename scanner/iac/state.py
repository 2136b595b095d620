"""Reads raw state, version 4, of Terraform and OpenTofu: what is managed, by which address, and nothing else of it.

A state is full of secrets. Of its attributes only those are looked at that identify a resource, or name the one that
it belongs to, and only they are kept.
"""

from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

import orjson

from scanner.errors import UserError
from scanner.iac.ids import PROVIDERS
from scanner.iac.settings import owner_attributes

_VERSION: Final = 4
_IDS: Final = ("arn", "id", "self_link", "resource_manager_id", "resource_versionless_id")
_PARENT_PARTS: Final = 2


class StateError(UserError):
    """A state that cannot be used. Names the file; exit code 2."""


class Instance(NamedTuple):
    """One managed resource of a state.

    `ids` identify it; `owners` maps an attribute to the ids of what it is a part of; `project` is Google Cloud's.
    """

    address: str
    type: str
    ids: tuple[str, ...]
    owners: Mapping[str, tuple[str, ...]]
    project: str = ""


def read_state(path: Path) -> list[Instance]:
    """Read a state file, or what `terraform state pull` printed. Raises StateError."""
    try:
        data = orjson.loads(_utf8(path.read_bytes()))
    except OSError as error:
        raise StateError(f"{path}: {error.strerror}") from None
    except orjson.JSONDecodeError:
        raise StateError(
            f"{path}: not JSON; give the raw state: a file, or what `state pull` prints"
        ) from None
    if not isinstance(data, dict):
        raise StateError(f"{path}: not a raw state; give the file itself or what `state pull` prints")
    if "encrypted_data" in data:
        raise StateError(f"{path}: encrypted; give what `tofu state pull` prints")
    if data.get("version") != _VERSION or not isinstance(data.get("resources"), list):
        raise StateError(
            f"{path}: not a raw state of version {_VERSION} (it says {data.get('version')!r}); "
            "give the file itself or what `state pull` prints, not `show -json`"
        )
    try:
        return list(_instances(data["resources"]))
    except (KeyError, TypeError, AttributeError) as error:
        raise StateError(f"{path}: not a raw state: {error!r}") from None


def _utf8(raw: bytes) -> bytes:
    """Return text as JSON has it, also where a shell of Windows wrote it with a mark in front."""
    if raw.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return raw.decode("utf-16", "replace").encode()
    return raw.removeprefix(BOM_UTF8)


def _instances(resources: list[Any]) -> Iterator[Instance]:
    for resource in resources:
        if resource["mode"] != "managed":
            continue
        type_ = resource["type"]
        if not type_.startswith(PROVIDERS):
            continue
        block = ".".join(part for part in (resource.get("module", ""), type_, resource["name"]) if part)
        attributes = owner_attributes(type_)
        for instance in resource["instances"]:
            values = instance.get("attributes")
            if instance.get("deposed") or not isinstance(values, dict):
                continue
            yield Instance(
                block + _key(instance.get("index_key")),
                type_,
                tuple(dict.fromkeys(_ids(type_, values))),
                {name: tuple(_owners(values, name)) for name in attributes},
                str(values.get("project") or "") if type_.startswith("google_") else "",
            )


def _ids(type_: str, values: Mapping[str, Any]) -> Iterator[str]:
    yield from (v for name in _IDS if isinstance(v := values.get(name), str) and v)
    if type_ == "google_spanner_database":  # its id is INSTANCE/NAME, and nothing else names the project
        words = [str(values.get(name) or "") for name in ("project", "instance", "name")]
        yield "projects/{}/instances/{}/databases/{}".format(*words)
    elif type_.startswith("google_") and str(values.get("name")).startswith("projects/"):
        yield values["name"]  # by the project's number, as some APIs answer


def _key(key: object) -> str:
    if key is None:
        return ""
    return f"[{orjson.dumps(key).decode()}]" if isinstance(key, str) else f"[{key}]"


def _owners(values: Mapping[str, Any], name: str) -> Iterator[str]:
    """Yield what stands at a dotted path, lists included; `^` is the id without its last two parts."""
    if name == "^":
        parts = str(values.get("id") or "").split("/")
        yield "/".join(parts[:-_PARENT_PARTS])
        return
    found: list[Any] = [values]
    for part in name.split("."):
        found = [value.get(part) for value in found if isinstance(value, dict)]
        found = [item for value in found for item in (value if isinstance(value, list) else [value])]
    yield from (value for value in found if isinstance(value, str) and value)
