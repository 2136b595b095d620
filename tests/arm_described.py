"""Writes down what those SDKs of Azure say about our calls that the tests do not install.

Run it where they are installed beside the others: azure-mgmt-authorization,
azure-mgmt-databricks, azure-mgmt-redisenterprise, azure-mgmt-security, azure-mgmt-web.
"""

import enum
import inspect
import types
import typing
from importlib.metadata import version
from pathlib import Path
from typing import Any

import arm
import orjson

FILE = Path(__file__).parent / "providers" / "azure" / "described.json"
DEEPEST = 8

#: Package, module and client of each call.
DATABRICKS = ("azure-mgmt-databricks", "azure.mgmt.databricks", "AzureDatabricksManagementClient")
WEB = ("azure-mgmt-web", "azure.mgmt.web", "WebSiteManagementClient")
REDIS = ("azure-mgmt-redisenterprise", "azure.mgmt.redisenterprise", "RedisEnterpriseManagementClient")
AUTHORIZATION = ("azure-mgmt-authorization", "azure.mgmt.authorization", "AuthorizationManagementClient")
SECURITY = ("azure-mgmt-security", "azure.mgmt.security", "SecurityCenter")
CALLS = {
    "Microsoft.Authorization:RoleAssignments_ListForSubscription": AUTHORIZATION,
    "Microsoft.Authorization:RoleDefinitions_List": AUTHORIZATION,
    "Microsoft.Cache:Databases_ListByCluster": REDIS,
    "Microsoft.Cache:RedisEnterprise_List": REDIS,
    "Microsoft.Databricks:Workspaces_ListBySubscription": DATABRICKS,
    "Microsoft.Security:Pricings_List": SECURITY,
    "Microsoft.Security:SecurityContacts_List": SECURITY,
    "Microsoft.Web:Certificates_List": WEB,
    "Microsoft.Web:WebApps_List": WEB,
    "Microsoft.Web:WebApps_ListFunctions": WEB,
}
HOST = "https://management.azure.com"
#: What an SDK leaves to whoever calls it, and our path says.
SUBSCRIPTION = f"/subscriptions/{{{arm.SUBSCRIPTION}}}/"
SCOPE = {
    "/{scopeId}/": SUBSCRIPTION,
    f"{HOST}/providers/Microsoft.Authorization/": f"{HOST}{SUBSCRIPTION}providers/Microsoft.Authorization/",
}


def tree(kind: Any, depth: int = 0) -> Any:
    """A type in the words that `arm._described` reads."""
    origin, inside = typing.get_origin(kind), typing.get_args(kind)
    if isinstance(kind, dict):
        return {name: tree(inner, depth + 1) for name, inner in kind.items()}
    if origin in (typing.Union, types.UnionType):
        options = [one for one in inside if one is not type(None)]
        enums = [one for one in options if inspect.isclass(one) and issubclass(one, enum.Enum)]
        return tree((enums or options)[-1], depth)
    if origin in (list, dict):
        inner = tree(inside[-1], depth + 1)
        return [inner] if origin is list else {"*": inner}
    if inspect.isclass(kind) and issubclass(kind, enum.Enum):
        return "|".join([*(str(one.value) for one in kind), ""])
    if inspect.isclass(kind) and (fields := arm.fields_of(kind, {})) is not None:
        return tree(fields, depth) if depth < DEEPEST else "object"
    return getattr(kind, "__name__", "Any")


def described(name: str) -> dict[str, Any]:
    package, module, client = CALLS[name]
    call = next(one for one in arm.declared() if one.name == name)
    arm.ELSEWHERE[name] = (module, client)
    sent = arm.sent(call)
    url = f"https://{sent.host}{sent.path}?api-version={sent.query['api-version'][0]}"
    for theirs, ours in SCOPE.items():
        url = url.replace(theirs, ours)
    return {"package": f"{package} {version(package)}", "url": url, "answer": tree(arm.answer_type(call))}


if __name__ == "__main__":
    arm.DESCRIBED.clear()
    rows = {name: described(name) for name in CALLS}
    FILE.write_bytes(orjson.dumps(rows, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
