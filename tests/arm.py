"""Azure's SDKs as its own description: what each operation sends, and what its answers are made of.

Run as a program, it writes `fixtures/azure/methods.json`: the server of recorded answers knows from it which requests
Azure would refuse, without the SDKs themselves.
"""

import collections.abc
import datetime as dt
import decimal
import enum
import importlib
import importlib.util
import inspect
import re
import sys
import time
import types
import typing
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import orjson
from azure.core.credentials import AccessTokenInfo
from azure.core.pipeline.transport import HttpTransport

sys.path.insert(0, str(Path(__file__).parents[1]))

from scanner.providers.azure.calls import DESCENDANTS, AzureCall
from scanner.providers.azure.graph import QUERY

ROOT = Path(__file__).parents[1]
FILE = ROOT / "fixtures" / "azure" / "methods.json"
SUBSCRIPTION = "subscriptionId"

#: Provider to the module of the SDK that has its operations, and the name of its client.
CLIENTS = {
    "Microsoft.Authorization": ("azure.mgmt.resource.locks", "ManagementLockClient"),
    "Microsoft.Cache": ("azure.mgmt.redis", "RedisManagementClient"),
    "Microsoft.Compute": ("azure.mgmt.compute", "ComputeManagementClient"),
    "Microsoft.ContainerService": ("azure.mgmt.containerservice", "ContainerServiceClient"),
    "Microsoft.DBforMySQL": ("azure.mgmt.mysqlflexibleservers", "MySQLManagementClient"),
    "Microsoft.DBforPostgreSQL": ("azure.mgmt.postgresqlflexibleservers", "PostgreSQLManagementClient"),
    "Microsoft.DataProtection": ("azure.mgmt.dataprotection", "DataProtectionMgmtClient"),
    "Microsoft.DocumentDB": ("azure.mgmt.cosmosdb", "CosmosDBManagementClient"),
    "Microsoft.Insights": ("azure.mgmt.monitor", "MonitorManagementClient"),
    "Microsoft.KeyVault": ("azure.mgmt.keyvault", "KeyVaultManagementClient"),
    "Microsoft.Management": ("azure.mgmt.managementgroups", "ManagementGroupsMgmtClient"),
    "Microsoft.Network": ("azure.mgmt.network", "NetworkManagementClient"),
    "Microsoft.RecoveryServices": ("azure.mgmt.recoveryservices", "RecoveryServicesClient"),
    "Microsoft.ResourceGraph": ("azure.mgmt.resourcegraph", "ResourceGraphClient"),
    "Microsoft.Resources": ("azure.mgmt.resource.subscriptions", "SubscriptionClient"),
    "Microsoft.Search": ("azure.mgmt.search", "SearchManagementClient"),
    "Microsoft.Sql": ("azure.mgmt.sql", "SqlManagementClient"),
    "Microsoft.Storage": ("azure.mgmt.storage", "StorageManagementClient"),
    "Microsoft.Synapse": ("azure.mgmt.synapse", "SynapseManagementClient"),
}
ELSEWHERE = {
    "Microsoft.RecoveryServices:BackupProtectedItems_List": (
        "azure.mgmt.recoveryservicesbackup",
        "RecoveryServicesBackupClient",
    ),
    "Microsoft.Resources:Providers_Get": ("azure.mgmt.resource.resources", "ResourceManagementClient"),
}

#: What SDKs say that the tests do not install, written down from them by tests/arm_described.py.
DESCRIBED: dict[str, Any] = orjson.loads(
    (Path(__file__).parent / "providers" / "azure" / "described.json").read_bytes()
)

#: Where the end of a posted action is looked for: no operation of its own in the SDK, which just follows the answer.
OPERATION_RESULTS = {
    "Microsoft.Network.OperationResults": {
        "verb": "GET",
        "host": "management.azure.com",
        "path": "/subscriptions/{subscription}/providers/Microsoft.Network/locations/{location}/operationResults/{id}",
        "permission": "Microsoft.Network/locations/operationResults/read",
        "query": {"api-version": {"required": True}},
    }
}


class _Sent(Exception):  # noqa: N818 - no error: it carries what the SDK would have sent
    def __init__(self, method: str, url: str) -> None:
        self.method = method
        parts = urlsplit(url)
        self.host, self.path, self.query = parts.netloc, unquote(parts.path), parse_qs(parts.query)


class _Catching(HttpTransport[Any, Any]):
    def send(self, request: Any, **_: Any) -> Any:
        raise _Sent(request.method, request.url)

    def open(self) -> None:
        pass

    def close(self) -> None:
        pass

    def __exit__(self, *_: object) -> None:
        pass


class Anybody:
    """A credential that is good for nothing."""

    def get_token_info(self, *_: Any, **__: Any) -> AccessTokenInfo:
        return AccessTokenInfo("nobody", int(time.time()) + 3600)


def client_of(call: AzureCall, **options: Any) -> Any:
    module, name = ELSEWHERE.get(call.name) or CLIENTS[call.service]
    made = getattr(importlib.import_module(module), name)
    wants_subscription = "subscription_id" in inspect.signature(made.__init__).parameters
    arguments = [Anybody(), f"{{{SUBSCRIPTION}}}"] if wants_subscription else [Anybody()]
    return made(*arguments, **options)


def method_of(call: AzureCall, client: Any) -> Any:
    """The SDK's method for a call: `NetworkSecurityGroups_ListAll` is `network_security_groups.list_all`."""
    group, _, operation = call.operation.rpartition("_")
    owner = getattr(client, _snake(group)) if group else client
    name = _snake(operation)
    return getattr(owner, name, None) or getattr(owner, f"begin_{name}")


def _snake(name: str) -> str:
    # The SDK takes these for one word each.
    name = name.replace("IPv6", "Ipv6").replace("VMs", "Vms")
    return re.sub(r"(?<=[a-z0-9])([A-Z])|(?<=[A-Z])([A-Z])(?=[a-z])", r"_\1\2", name).lower()


@cache
def sent(call: AzureCall) -> _Sent:
    """What the SDK sends for a call, with `{words}` in the place of names."""
    if call.name in DESCRIBED:
        return _Sent("GET", DESCRIBED[call.name]["url"])
    method = method_of(call, client_of(call, transport=_Catching()))
    parameters = inspect.signature(method).parameters.values()
    wanted = [p for p in parameters if p.default is p.empty and p.kind is p.POSITIONAL_OR_KEYWORD]
    arguments = [_argument(call, parameter.name) for parameter in wanted]
    try:
        answer = method(*arguments)
        next(iter(answer))
    except _Sent as found:
        return found
    raise LookupError(f"{call.name}: the SDK sent nothing")


def _argument(call: AzureCall, name: str) -> Any:
    if name in ("query", "body", "parameters"):
        if call.asks:
            return {}
        return importlib.import_module("azure.mgmt.resourcegraph.models").QueryRequest(query="resources")
    first, *rest = name.split("_")
    return "{" + first + "".join(word.title() for word in rest) + "}"


def row(call: AzureCall) -> dict[str, Any]:
    """What the server needs to know about a call."""
    found = sent(call)
    said: dict[str, Any] = {
        "verb": found.method,
        "host": found.host,
        "path": re.sub(r"\{resourceUri\}", "{+resourceUri}", found.path),
        "permission": call.permission,
        "query": {"api-version": {"required": True, "choices": found.query["api-version"]}},
    }
    if call.items == "value":
        said["items"] = "value"
    return said


def file_of(calls: Iterable[AzureCall]) -> bytes:
    """The text of `methods.json` for these calls."""
    rows = {f"{call.service}.{call.operation}": row(call) for call in calls} | OPERATION_RESULTS
    return orjson.dumps(rows, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE)


def declared() -> list[AzureCall]:
    """Every call that Azure's provider declares or sends."""
    from scanner.providers.azure.provider import AZURE

    calls = [
        *AZURE.session_calls,
        DESCENDANTS,
        QUERY,
        *(call for source in AZURE.sources for call in source.calls),
    ]
    return [call for call in calls if isinstance(call, AzureCall)]


# -- what answers are made of -------------------------------------------------------------------------------


def answer_type(call: AzureCall) -> Any:
    """The SDK's model of an item of a list, or of the whole answer."""
    if call.name in DESCRIBED:
        return _described(DESCRIBED[call.name]["answer"])
    method = method_of(call, client_of(call))
    returns = inspect.signature(method).return_annotation
    if returns is inspect.Signature.empty:  # an older SDK, which says so in a comment
        returns = re.search(r"# type: \(\.\.\.\) -> (.*)", inspect.getsource(method))[1]  # type: ignore[index]
    if not inspect.isclass(returns):
        found = re.findall(r"models\.(?:_\w+\.)*(\w+)", str(returns))
        module, _ = ELSEWHERE.get(call.name) or CLIENTS[call.service]
        models = importlib.import_module(f"{module}.models") if hasattr_models(module) else None
        returns = next(getattr(models, name) for name in reversed(found) if hasattr(models, name))
    listed = (fields_of(returns, {}) or {}).get("value") if call.items == "value" else None
    return returns if listed is None else _of_list(listed)


def _described(said: Any) -> Any:
    """A type that was written down: `{fields}`, `[item]`, `{"*": value}`, `a|b` among words, or the name of a type."""
    if isinstance(said, list):
        return list[_described(said[0])]  # type: ignore[misc]
    if isinstance(said, dict):
        if said.keys() == {"*"}:
            return dict[str, _described(said["*"])]  # type: ignore[misc]
        return {name: _described(inner) for name, inner in said.items()}
    if "|" in said:
        return typing.Literal[tuple(filter(None, said.split("|")))]
    return {"Any": Any, **{kind.__name__: kind for kind in (*PLAIN, object)}}[said]


def _of_list(kind: Any) -> Any:
    """What stands in a list, which may be left out."""
    inner = next(one for one in (*typing.get_args(kind), kind) if one is not type(None))
    return typing.get_args(inner)[0] if typing.get_args(inner) else inner


def hasattr_models(module: str) -> bool:
    return importlib.util.find_spec(f"{module}.models") is not None


def misfits(value: Any, kind: Any, path: str = "") -> Iterator[str]:
    """In which ways a JSON value is not what the SDK says: unknown fields, other types, unknown words."""
    if value is None or kind is Any or kind is object:
        return
    if isinstance(kind, dict):
        yield from _object(value, kind, path)
    elif typing.get_origin(kind) in (typing.Union, types.UnionType):
        yield from _one_of(value, [one for one in typing.get_args(kind) if one is not type(None)], path)
    elif typing.get_origin(kind) in (list, collections.abc.Sequence):
        yield from _list(value, typing.get_args(kind)[0], path)
    elif typing.get_origin(kind) in (dict, collections.abc.Mapping):
        yield from _each(value, typing.get_args(kind)[1], path)
    elif typing.get_origin(kind) is typing.Literal:
        yield from _word(value, [getattr(one, "value", one) for one in typing.get_args(kind)], path)
    elif inspect.isclass(kind) and issubclass(kind, enum.Enum):
        yield from _word(value, [one.value for one in kind], path)
    elif inspect.isclass(kind) and (fields := fields_of(kind, value)) is not None:
        yield from _object(value, fields, path)
    elif not isinstance(value, PLAIN[kind]) or (isinstance(value, bool) and kind is not bool):
        yield f"{path}: {value!r} is no {getattr(kind, '__name__', kind)}"


PLAIN: dict[Any, Any] = {
    str: str,
    bool: bool,
    int: int,
    float: (int, float),
    bytes: str,
    dt.datetime: str,
    dt.date: str,
    dt.time: str,
    dt.timedelta: str,
    decimal.Decimal: (int, float),
}


def _object(value: Any, fields: Mapping[str, Any], path: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{path}: {value!r} is no object"
        return
    for name, inner in value.items():
        if name in fields:
            yield from misfits(inner, fields[name], f"{path}.{name}")
        elif name not in BESIDE:
            yield f"{path}.{name}: no such field; there are {', '.join(sorted(fields))}"


#: Fields that Azure adds to what the specification says (RFC of ARM: `etag` and `systemData` stand on any resource).
BESIDE = frozenset({"etag", "systemData"})


def _list(value: Any, kind: Any, path: str) -> Iterator[str]:
    if not isinstance(value, list):
        yield f"{path}: {value!r} is no list"
        return
    for number, item in enumerate(value):
        yield from misfits(item, kind, f"{path}[{number}]")


def _each(value: Any, kind: Any, path: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{path}: {value!r} is no object"
        return
    for name, item in value.items():
        yield from misfits(item, kind, f"{path}.{name}")


def _word(value: Any, words: list[Any], path: str) -> Iterator[str]:
    if value not in words:
        yield f"{path}: {value!r} is none of {words}"


def _one_of(value: Any, kinds: list[Any], path: str) -> Iterator[str]:
    """`str | SomeEnum` is an enumeration that may grow: ours must know the word."""
    enums = [kind for kind in kinds if inspect.isclass(kind) and issubclass(kind, enum.Enum)]
    found = [list(misfits(value, kind, path)) for kind in (enums or kinds)]
    yield from min(found, key=len)


def fields_of(model: Any, value: Any) -> dict[str, Any] | None:
    """The fields of one of the SDK's models as JSON has them, with their types; None for what is no model."""
    if isinstance(model, dict):
        return model
    if hasattr(model, "_attribute_map"):
        return _older(model)
    if not any(base.__name__ == "Model" for base in model.__mro__):
        return None
    if isinstance(value, dict):
        kinds = _kinds(model)
        words = (word for word in value.values() if isinstance(word, str))
        model = next((kinds[word] for word in words if word in kinds), model)
    hints = _hints(model)
    return {
        field._rest_name_input or name: int if field._format in _SECONDS else hints.get(name, Any)
        for base in reversed(model.__mro__)
        for name, field in vars(base).items()
        if type(field).__name__ == "_RestField"
    }


#: How the SDK calls a moment that JSON has as a number of seconds since 1970.
_SECONDS = ("unix-timestamp",)


@cache
def _kinds(model: Any) -> dict[str, Any]:
    """The models that a word in the answer chooses among, those of a kind of a kind too."""
    own = vars(model).get("__mapping__") or {}
    nested = (kind for one in own.values() if one is not model for kind in _kinds(one).items())
    return {**dict(nested), **own}


@cache
def _hints(model: type) -> dict[str, Any]:
    hints: dict[str, Any] = {}
    for base in reversed(model.__mro__):
        if not base.__module__.startswith("azure."):
            continue
        module = sys.modules[base.__module__]
        package = importlib.import_module(base.__module__.rpartition(".")[0])
        names = {**vars(module), **vars(package), "_models": package, "models": package, "JSON": Any}
        for name, hint in getattr(base, "__annotations__", {}).items():
            hints[name] = _resolved(hint, names)
    return hints


def _resolved(hint: Any, names: dict[str, Any]) -> Any:
    if isinstance(hint, typing.ForwardRef):
        hint = hint.__forward_arg__
    if isinstance(hint, str):
        return _resolved(eval(hint, dict(names)), names)  # noqa: S307 - annotations of the SDK itself
    arguments = typing.get_args(hint)
    if not arguments or typing.get_origin(hint) is typing.Literal:
        return hint
    inner = tuple(_resolved(one, names) for one in arguments)
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        return typing.Union[inner]  # noqa: UP007 - made while the program runs
    return typing.get_origin(hint)[inner]


def _older(model: Any) -> dict[str, Any]:
    """The fields of a model of the older generator: their paths in JSON are flat, with dots."""
    models = importlib.import_module(model.__module__.rpartition(".")[0])
    fields: dict[str, Any] = {}
    for said in model._attribute_map.values():
        *outer, last = re.split(r"(?<!\\)\.", said["key"])
        here = fields
        for name in outer:
            here = here.setdefault(name.replace("\\.", "."), {})
        here[last.replace("\\.", ".")] = _named(said["type"], models)
    return fields


_NAMES = {
    "str": str, "bool": bool, "int": int, "long": int, "float": float, "iso-8601": dt.datetime,
    "rfc-1123": dt.datetime, "duration": dt.timedelta, "object": object, "date": dt.date,
}  # fmt: skip


def _named(name: str, models: Any) -> Any:
    if name.startswith("["):
        return list[_named(name[1:-1], models)]  # type: ignore[misc]
    if name.startswith("{"):
        return dict[str, _named(name[1:-1], models)]  # type: ignore[misc]
    return _NAMES.get(name) or getattr(models, name)


if __name__ == "__main__":
    FILE.parent.mkdir(parents=True, exist_ok=True)
    FILE.write_bytes(file_of(declared()))
