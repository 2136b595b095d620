"""Signing in to Azure by azure-identity: service principal, workload identity, managed identity, the Azure CLI."""

import base64
import logging
import os
import re
from typing import Any, Final
from urllib.parse import urlsplit

import orjson
from azure.core import AzureClouds
from azure.core.exceptions import ClientAuthenticationError
from azure.identity import AzureAuthorityHosts, DefaultAzureCredential
from azure.mgmt.core.tools import get_arm_endpoints

from scanner.providers.azure.errors import one_line
from scanner.providers.endpoint import Endpoint

PUBLIC: Final = "https://management.azure.com"
NOBODY: Final = "nobody (anonymous, on this machine)"

#: Where people and programs sign in that use the Azure Resource Manager of another cloud.
AUTHORITIES: Final = {
    "management.usgovcloudapi.net": AzureAuthorityHosts.AZURE_GOVERNMENT,
    "management.chinacloudapi.cn": AzureAuthorityHosts.AZURE_CHINA,
}

#: Seconds that the Azure CLI and its like may take to bring a token.
PATIENCE: Final = 30

_AUTHORITY: Final = "AZURE_AUTHORITY_HOST"
_LOGIN: Final = "az login"
_PRINCIPAL: Final = (
    "AZURE_TENANT_ID, AZURE_CLIENT_ID and one of AZURE_CLIENT_SECRET, AZURE_CLIENT_CERTIFICATE_PATH and "
    "AZURE_FEDERATED_TOKEN_FILE"
)

#: What azure-identity says of ways of signing in that nobody has set up.
_NOT_SET_UP: Final = re.compile(
    r"unavailable|not found on path|could not be found|not installed|requires the"
)

# What it warns of is in the error that follows; without a handler of its own it would write to the screen.
logging.getLogger("azure").addHandler(logging.NullHandler())


def enter(endpoint: Endpoint | None) -> tuple[Any, str, str]:
    """Return a credential (no token fetched yet), the address of Azure Resource Manager, and the scope of its tokens.

    Plain http, which is on this machine, gets nobody's credential: None.
    """
    address = endpoint.of("") if endpoint else PUBLIC
    if address.startswith("http:"):
        return None, address, ""
    host = urlsplit(address).hostname or ""
    return DefaultAzureCredential(process_timeout=PATIENCE, **_authority(host)), address, _scope(host)


def _authority(host: str) -> dict[str, Any]:
    """Return where to sign in: as the environment says, else as fits the address.

    An authority that is not Microsoft's is not known to Microsoft's own, which need not be asked about it then.
    """
    said = os.environ.get(_AUTHORITY, "").removeprefix("https://").strip("/")
    if said:
        ours = (AzureAuthorityHosts.AZURE_PUBLIC_CLOUD, *AUTHORITIES.values())
        return {} if said in ours else {"disable_instance_discovery": True}
    return {"authority": AUTHORITIES[host]} if host in AUTHORITIES else {}


def _scope(host: str) -> str:
    """Return what a token has to be for: a private address or an emulator stands for the public cloud."""
    for cloud in AzureClouds:
        known = get_arm_endpoints(cloud)
        if urlsplit(known["resource_manager"]).hostname == host:
            return str(known["credential_scopes"][0])
    return f"{PUBLIC}/.default"


def identity_of(token: str) -> str:
    """Return who a token is for, as it says itself: a name people sign in with, or a service principal's id."""
    try:
        payload = token.split(".")[1]
        claims = orjson.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        name = claims.get("upn") or claims.get("unique_name") or claims.get("preferred_username")
        return str(name or f"service principal {claims.get('appid') or claims['oid']}")
    except (LookupError, TypeError, ValueError, AttributeError):
        return "whoever the token is for"


def advice(error: ClientAuthenticationError) -> str:
    """Say what to do about a sign-in that does not work."""
    tried = [_plain(line) for line in str(error.message).splitlines() if _says_more(line)]
    said = f": {one_line('; '.join(tried))}" if tried else ""
    return (
        f"Azure: no working sign-in{said}. Run: {_LOGIN} (or set {_PRINCIPAL} for a service principal; "
        "AZURE_CLIENT_ID alone names a managed identity)"
    )


def _says_more(line: str) -> bool:
    """Tell whether a line speaks of a way of signing in that was set up, and failed."""
    return ":" in line and line.startswith(("\t", " ")) and not _NOT_SET_UP.search(line)


def _plain(line: str) -> str:
    return " ".join(line.split())
