"""Functions and certificates of App Service, from raw JSON to facts."""

from collections.abc import Mapping
from typing import Final

from scanner.models.compute import MAY_INVOKE_BY_URL, FunctionUrl
from scanner.models.storage import EVERYONE, PublicGrant
from scanner.providers.azure.reading import tags
from scanner.providers.spec import PARENT, Raw, Read
from scanner.providers.values import known

_ANONYMOUS: Final = {"anonymous": True, "function": False, "admin": False}


def has_functions(site: Raw) -> bool:
    """Tell whether an app is made of functions: `functionapp,linux`."""
    return "functionapp" in (site.get("kind") or "").lower().split(",")


def _trigger(function: Raw) -> Raw | None:
    """Return what takes requests; a function that is switched off takes none."""
    properties = function["properties"]
    if properties.get("isDisabled"):
        return None
    bindings = properties["config"]["bindings"]
    return next((one for one in bindings if one["type"].lower() == "httptrigger"), None)


def policy_grants(function: Raw) -> tuple[PublicGrant, ...]:
    """Return what everyone may do with a function: run it, where its HTTP trigger asks for no key.

    A trigger that says nothing asks for the function's key.
    """
    trigger = _trigger(function)
    level = trigger.get("authLevel", "function").lower() if trigger else "function"
    if not known(_ANONYMOUS, level):
        return ()
    return (PublicGrant(who=EVERYONE, may=(MAY_INVOKE_BY_URL,), said="authLevel anonymous"),)


def url(function: Raw) -> FunctionUrl | None:
    """Return where a function takes requests; one without an HTTP trigger takes none."""
    trigger = _trigger(function)
    if trigger is None:
        return None
    anonymous = known(_ANONYMOUS, trigger.get("authLevel", "function").lower())
    return FunctionUrl(address=function["properties"]["invoke_url_template"], signed=not anonymous)


FUNCTION: Final[Mapping[str, Read]] = {
    "policy_grants": policy_grants,
    "url": url,
    "tags": lambda function: tags(function[PARENT]),
}
"""From `Microsoft.Web/sites/functions`, listed for a function app, which has the tags."""

CERTIFICATE: Final[Mapping[str, Read]] = {
    "expires": "properties.expirationDate",
    "in_use": lambda _: None,
    "renews": lambda certificate: bool(certificate["properties"].get("canonicalName")),
    "tags": tags,
}
"""From `Microsoft.Web/certificates`, listed for a subscription."""
