"""Databases as endpoints: their addresses are the service's own, and their own firewalls decide who comes."""

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from scanner.models.endpoint import Address, Service
from scanner.models.network import Reference
from scanner.providers.azure.database import flexible_public, flexible_stopped, server_public
from scanner.providers.azure.reading import lower, tags
from scanner.providers.spec import Raw, Read

_V4: Final = 4
#: By which clients of an API of Cosmos DB come; of all others by HTTPS.
_COSMOS: Final = {"mongodb": 10255}
_HTTPS: Final = 443


def _at(name: str | None) -> tuple[Address, ...]:
    """One address that the cloud calls by a name alone; None: it is none on the internet."""
    return (Address(family=_V4, public=name, private=None, blocked=False, open_without_firewall=True),)


def _on(port: int) -> tuple[Service, ...]:
    return (Service(protocol="tcp", ports=(port, port), back_ports=None, backends=None),)


def _nobody(_: Raw) -> tuple[str, ...]:
    return ()


def _no_members(_: Raw) -> tuple[Reference, ...]:
    return ()


def admitted(answers: Iterable[Iterable[Raw]]) -> tuple[str, ...]:
    """Return the ranges that a server's own firewall lets in; without an answer it lets in nobody.

    The range that stands for all of Azure is one address here, which nobody on the internet has.
    """
    rules = (rule["properties"] for rules in answers for rule in rules)
    return tuple(f"{rule['startIpAddress']}-{rule['endIpAddress']}" for rule in rules)


ADMITTED: Final[Mapping[str, Callable[..., object]]] = {"sources": admitted}
"""From `firewallRules` of a server that has a public address."""


def _cosmos_sources(account: Raw) -> tuple[str, ...] | None:
    """Return what an account lets in; with neither addresses nor networks chosen, it is everybody."""
    said = account["properties"]
    rules = tuple(rule["ipAddressOrRange"] for rule in said.get("ipRules") or ())
    return rules if rules or said.get("isVirtualNetworkFilterEnabled") else None


_FRONT: Final[Mapping[str, Read]] = {
    "owner": lambda server: server["id"].lower(),
    "network": lambda _: None,
    "subnets": _nobody,
    "firewalls": _nobody,
    "memberships": _no_members,
    "policies": _nobody,
    "tag_sets": _nobody,
    "tags": tags,
}

SQL_SERVER: Final[Mapping[str, Read]] = {
    **_FRONT,
    "addresses": lambda server: _at(
        server["properties"]["fullyQualifiedDomainName"] if server_public(server) else None
    ),
    "running": lambda _: True,
    "services": lambda _: _on(1433),
}
"""Fields of an Endpoint from `Microsoft.Sql/servers`."""


def flexible_server(port: int) -> Mapping[str, Read]:
    """Return how to read an Endpoint from the flexible servers of an engine, by its port."""
    return {
        **_FRONT,
        "addresses": lambda server: _at(
            server["properties"]["fullyQualifiedDomainName"] if flexible_public(server) else None
        ),
        "running": lambda server: not flexible_stopped(server),
        "services": lambda _: _on(port),
    }


COSMOS: Final[Mapping[str, Read]] = {
    **_FRONT,
    "addresses": lambda account: _at(
        account["properties"]["documentEndpoint"] if server_public(account) else None
    ),
    "running": lambda _: True,
    "services": lambda account: _on(_COSMOS.get(lower(account.get("kind")) or "", _HTTPS)),
    "sources": _cosmos_sources,
}
"""Fields of an Endpoint from `Microsoft.DocumentDB/databaseAccounts`."""
