"""Another address for a cloud's APIs: a private endpoint, a sovereign cloud, an emulator on this machine."""

import ipaddress
import os
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from scanner.providers.spec import SignInError

SERVICE: Final = "{service}"


def is_loopback(host: str) -> bool:
    """Tell whether a host name or address is this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An address without a slash at its end; `{service}` in it stands for the service's name."""

    address: str

    def of(self, service: str) -> str:
        """Return the address of one service."""
        return self.address.replace(SERVICE, service)

    @property
    def loopback(self) -> bool:
        """Whether it is on this machine: only then may it be plain http, and nobody need sign in."""
        return is_loopback(urlsplit(self.of("service")).hostname or "")


def endpoint_of(configured: str, variable: str, key: str) -> Endpoint | None:
    """Return the endpoint that the environment or `surefoot.toml` names, None for the cloud's own.

    Raises SignInError when it is no address, or plain http to another machine.
    """
    address, where = os.environ.get(variable, ""), variable
    if not address:
        address, where = configured, key
    if not address:
        return None
    endpoint = Endpoint(address.rstrip("/"))
    try:
        parts = urlsplit(endpoint.of("service"))
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise SignInError(f"{where}: {address!r} is not an address: {error}") from None
    if parts.scheme not in ("http", "https") or not host or parts.query or parts.fragment:
        raise SignInError(f"{where}: {address!r} is not an address such as https://host:443/path")
    if parts.username is not None:
        raise SignInError(f"{where}: an address must not hold a user or a password")
    if parts.scheme == "http" and not endpoint.loopback:
        raise SignInError(
            f"{where}: {address}: plain http is accepted for a loopback address only; use https://"
        )
    return endpoint
